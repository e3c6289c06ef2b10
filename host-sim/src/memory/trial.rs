//! One trial: a cue is written into the running network, which is then frozen and held; and the same without freezing.

use freezable_chaos::Cue;

use crate::estimators::{FREEZE_LIMIT, steps_in};
use crate::failure::Failure;
use crate::simulation::{Held, Simulation, hold};

/// Times of a trial, in units of the neuronal time constant.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Protocol {
    /// For which the cue is the input.
    pub write: f64,
    /// Between the end of the cue and the freeze.
    pub rest: f64,
    /// From the freeze on, for which the state is held.
    pub hold: f64,
    /// From the end of the rest on, at which the network that is not frozen is read; ascending.
    pub running: Vec<f64>,
}

impl Protocol {
    /// Most steps of a trial but for the hold of a network that does not come to a standstill.
    pub fn steps(&self, dt: f64) -> u64 {
        let parts = [
            self.write,
            self.rest,
            FREEZE_LIMIT,
            self.running.last().copied().unwrap_or(0.0),
        ];
        parts.iter().map(|&time| steps_in(time, dt)).sum()
    }
}

/// The rates of a trial.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// At the freeze.
    pub frozen: Vec<f32>,
    /// When the frozen network has settled.
    pub settled: Vec<f32>,
    /// At the end of the hold.
    pub held: Vec<f32>,
    /// Whether the frozen network came to rest.
    pub converged: bool,
    /// Whether the frozen state repeated itself to the bit, with a period of one or two steps: then it does so for ever.
    pub repeats: bool,
    /// Without freezing, at the times of the protocol.
    pub running: Vec<Vec<f32>>,
}

/// Writes a cue and records what becomes of it, frozen and running; leaves the network running, at the last of the times
/// without freezing.
pub fn record(
    simulation: &mut dyn Simulation,
    n: usize,
    dt: f64,
    protocol: &Protocol,
    cue: Cue,
) -> Result<Recorded, Failure> {
    let mut input = vec![0.0; n];
    cue.write(&mut input);
    for _ in 0..steps_in(protocol.write, dt) {
        simulation.step_with_input(&input)?;
    }
    for _ in 0..steps_in(protocol.rest, dt) {
        simulation.step()?;
    }
    let before = simulation.save()?;
    let Held {
        stored: frozen,
        rates: settled,
        verdict,
    } = hold(simulation, dt)?;
    let settling = steps_in(verdict.time, dt);
    let repeats = step_on(simulation, steps_in(protocol.hold, dt).saturating_sub(settling))?;
    let mut held = Vec::new();
    simulation.copy_rates(&mut held);

    simulation.load(&before)?;
    let (mut running, mut passed) = (Vec::with_capacity(protocol.running.len()), 0);
    for &time in &protocol.running {
        let until = steps_in(time, dt);
        for _ in passed..until {
            simulation.step()?;
        }
        passed = until.max(passed);
        let mut rates = Vec::new();
        simulation.copy_rates(&mut rates);
        running.push(rates);
    }
    Ok(Recorded {
        frozen,
        settled,
        held,
        converged: verdict.converged,
        repeats,
        running,
    })
}

/// Steps a frozen network on, until that many steps are over or the state repeats itself, as all later ones then do.
fn step_on(simulation: &mut dyn Simulation, steps: u64) -> Result<bool, Failure> {
    let (mut last, mut before_last, mut now) = (Vec::new(), Vec::new(), Vec::new());
    simulation.copy_state(&mut last);
    for _ in 0..steps {
        simulation.step()?;
        simulation.copy_state(&mut now);
        if now == last || now == before_last {
            return Ok(true);
        }
        std::mem::swap(&mut before_last, &mut last);
        std::mem::swap(&mut last, &mut now);
    }
    Ok(false)
}
