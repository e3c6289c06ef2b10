//! One trial: a cue is written into the running network, which is then frozen and held; and the same without freezing.

use freezable_chaos::Cue;

use crate::Stopped;
use crate::estimators::{
    FREEZE_LIMIT, FreezeProgress, FreezeTrial, RELEASE_LIMIT, ReleaseTime, cosine, steps_in,
};
use crate::measure::trajectory::{pass, stride};
use crate::measure::{hold, leave};
use crate::networks::{Saved, Simulation};
use crate::watch::{Watch, advance};

/// Time for which the network runs between the trials that train the readout: it forgets the cue before.
pub const FORGETTING: f64 = 50.0;

/// Times of a trial, in units of the neuronal time constant.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Protocol {
    /// For which the cue is the input.
    pub write: f64,
    /// Between the end of the cue and the freeze.
    pub rest: f64,
    /// From the end of the rest on, at which the network is read, frozen and running; ascending.
    pub times: Vec<f64>,
    /// From the freeze on, for which the state is held; read at its end. Not before the last of the times.
    pub hold: f64,
}

impl Protocol {
    /// Most steps of a trial of training.
    pub fn training_steps(&self, dt: f64) -> u64 {
        let parts = [self.write, self.rest, FREEZE_LIMIT, FORGETTING];
        parts.iter().map(|&time| steps_in(time, dt)).sum()
    }

    /// Most steps of a trial that is held out, but for the hold of a network that does not come to a standstill.
    pub fn steps(&self, dt: f64) -> u64 {
        let last = self.times.last().copied().unwrap_or(0.0);
        let parts = [self.write, self.rest, FREEZE_LIMIT.max(last), RELEASE_LIMIT, last];
        parts.iter().map(|&time| steps_in(time, dt)).sum()
    }
}

/// What a frozen network does.
#[derive(Clone, Debug)]
struct Held {
    /// Rates at the freeze, at the times of the protocol, and at the end of the hold.
    rates: Vec<Vec<f32>>,
    /// Rates when it has come to rest, or has had the time of a freeze trial.
    settled: Vec<f32>,
    /// Whether it came to rest.
    converged: bool,
    /// Whether its state repeated itself to the bit, with a period of one or two steps: then it does so for ever.
    repeats: bool,
}

/// What becomes of a cue.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Rates of the frozen network at the freeze, at the times of the protocol, and at the end of the hold.
    pub frozen: Vec<Vec<f32>>,
    /// Its rates when it has settled.
    pub settled: Vec<f32>,
    /// Whether it came to rest.
    pub converged: bool,
    /// Whether its state repeated itself to the bit, with a period of one or two steps: then it does so for ever.
    pub repeats: bool,
    /// Cosine between its rates at the freeze and at the end of the hold.
    pub cosine: Option<f64>,
    /// How fast it leaves what it held, once it is released.
    pub release: ReleaseTime,
    /// Rates without freezing, at the times of the protocol.
    pub running: Vec<Vec<f32>>,
}

/// Writes a cue and gives it the rest after it; the network runs on.
pub fn write(
    simulation: &mut dyn Simulation,
    dt: f64,
    protocol: &Protocol,
    cue: Cue,
    watch: &dyn Watch,
) -> Result<(), Stopped> {
    let mut input = vec![0.0; simulation.n()];
    cue.write(&mut input);
    for _ in 0..steps_in(protocol.write, dt) {
        simulation.step_with_input(&input)?;
    }
    pass(simulation, steps_in(protocol.rest, dt), watch)
}

/// Writes a cue, freezes the network and lets it settle; gives the state at the freeze and the rates at the end.
pub fn store(
    simulation: &mut dyn Simulation,
    dt: f64,
    protocol: &Protocol,
    cue: Cue,
    watch: &dyn Watch,
) -> Result<(Saved, Vec<f32>), Stopped> {
    write(simulation, dt, protocol, cue, watch)?;
    let before = simulation.save()?;
    let settled = hold(simulation, dt, watch)?.rates;
    Ok((before, settled))
}

/// Freezes the network until it has settled, and for at least that time, above 0; gives its rates.
pub fn hold_for(
    simulation: &mut dyn Simulation,
    dt: f64,
    time: f64,
    watch: &dyn Watch,
) -> Result<Vec<f32>, Stopped> {
    hold_and_read(simulation, dt, &[time], watch)?;
    Ok(rates(simulation))
}

/// Goes back to a state at a freeze and runs on, until the cue is forgotten.
pub fn forget(
    simulation: &mut dyn Simulation,
    dt: f64,
    before: &Saved,
    watch: &dyn Watch,
) -> Result<(), Stopped> {
    simulation.load(before)?;
    pass(simulation, steps_in(FORGETTING, dt), watch)
}

/// Writes a cue and gives the rates of the frozen network when it has settled, to train a readout; leaves the network
/// running.
pub fn settle(
    simulation: &mut dyn Simulation,
    dt: f64,
    protocol: &Protocol,
    cue: Cue,
    watch: &dyn Watch,
) -> Result<Vec<f32>, Stopped> {
    let (before, settled) = store(simulation, dt, protocol, cue, watch)?;
    forget(simulation, dt, &before, watch)?;
    Ok(settled)
}

/// Writes a cue and records what becomes of it, frozen, released and without freezing; leaves the network running, at the
/// last of the times without freezing.
pub fn record(
    simulation: &mut dyn Simulation,
    dt: f64,
    protocol: &Protocol,
    cue: Cue,
    watch: &dyn Watch,
) -> Result<Recorded, Stopped> {
    write(simulation, dt, protocol, cue, watch)?;
    let before = simulation.save()?;
    let times: Vec<f64> = protocol.times.iter().copied().chain([protocol.hold]).collect();
    let Held {
        rates: frozen,
        settled,
        converged,
        repeats,
    } = hold_and_read(simulation, dt, &times, watch)?;
    let cosine = frozen.first().zip(frozen.last()).and_then(|(a, b)| cosine(a, b));
    let held = rates(simulation);
    let release = leave(simulation, &held, dt, watch)?;

    simulation.load(&before)?;
    let (mut running, mut passed) = (Vec::with_capacity(protocol.times.len()), 0);
    for &time in &protocol.times {
        let until = steps_in(time, dt);
        pass(simulation, until.saturating_sub(passed), watch)?;
        passed = until.max(passed);
        running.push(rates(simulation));
    }
    Ok(Recorded {
        frozen,
        settled,
        converged,
        repeats,
        cosine,
        release,
        running,
    })
}

/// Steps a frozen network until its state repeats itself to the bit, `most` steps at most; gives the steps.
pub fn until_repeated(simulation: &mut dyn Simulation, most: u64, watch: &dyn Watch) -> Result<u64, Stopped> {
    let stride = stride(simulation.n());
    let (mut repetition, mut steps) = (Repetition::default(), 0);
    while steps < most {
        simulation.step()?;
        steps += 1;
        if repetition.period(simulation).is_some() {
            break;
        }
        if steps.is_multiple_of(stride) {
            advance(watch, stride)?;
        }
    }
    Ok(steps)
}

fn rates(simulation: &dyn Simulation) -> Vec<f32> {
    let mut rates = Vec::new();
    simulation.copy_rates(&mut rates);
    rates
}

/// Freezes the network and reads it now and at ascending times, at least until it has settled.
fn hold_and_read(
    simulation: &mut dyn Simulation,
    dt: f64,
    times: &[f64],
    watch: &dyn Watch,
) -> Result<Held, Stopped> {
    let mut read = vec![rates(simulation)];
    simulation.freeze();
    let mut trial = FreezeTrial::new(dt, simulation.precision());
    let mut settled = None;
    let (mut repetition, mut repeats) = (Repetition::default(), false);
    let stride = stride(simulation.n());
    let mut steps = 0_u64;
    let mut marks = times.iter().map(|&time| steps_in(time, dt)).peekable();
    while settled.is_none() || marks.peek().is_some() {
        simulation.step()?;
        steps += 1;
        if settled.is_none() && trial.push(simulation.speed().max) != FreezeProgress::Settling {
            settled = Some(rates(simulation));
        }
        while marks.next_if(|&mark| mark <= steps).is_some() {
            read.push(rates(simulation));
        }
        repeats = settled.is_some() && repetition.period(simulation).is_some();
        if repeats {
            // All that follows is known.
            read.extend(marks.by_ref().map(|_| rates(simulation)));
        }
        if steps.is_multiple_of(stride) {
            advance(watch, stride)?;
        }
    }
    Ok(Held {
        rates: read,
        settled: settled.unwrap_or_default(),
        converged: trial.verdict(None).converged,
        repeats,
    })
}

/// Watches a frozen network for a state of one or two steps before, to the bit: what follows repeats itself for ever.
#[derive(Default)]
struct Repetition {
    states: [Vec<f64>; 3],
}

impl Repetition {
    /// Takes in the present state, after every step; the period in steps if it was there before.
    fn period(&mut self, simulation: &dyn Simulation) -> Option<u32> {
        let [now, last, before_last] = &mut self.states;
        simulation.copy_state(now);
        let period = if now == last {
            Some(1)
        } else {
            (now == before_last).then_some(2)
        };
        self.states.rotate_right(1);
        period
    }
}
