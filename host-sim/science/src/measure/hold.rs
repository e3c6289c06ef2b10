//! A freeze trial of a network under simulation.

use crate::Stopped;
use crate::estimators::{FreezeProgress, FreezeTrial, FreezeVerdict, cosine};
use crate::networks::Simulation;

/// A network that was frozen and left to itself.
#[derive(Clone, Debug)]
pub struct Held {
    /// Rates at the freeze.
    pub stored: Vec<f32>,
    /// Rates at the end.
    pub rates: Vec<f32>,
    /// Whether they are the same, and still.
    pub verdict: FreezeVerdict,
}

/// Freezes a network with steps of `dt` and waits until it stands still, or for as long as a trial lasts. It stays
/// frozen.
pub fn hold(simulation: &mut dyn Simulation, dt: f64) -> Result<Held, Stopped> {
    let (mut stored, mut rates) = (Vec::new(), Vec::new());
    simulation.copy_rates(&mut stored);
    simulation.freeze();
    let mut trial = FreezeTrial::new(dt, simulation.precision());
    loop {
        simulation.step()?;
        if trial.push(simulation.speed().max) != FreezeProgress::Settling {
            break;
        }
    }
    simulation.copy_rates(&mut rates);
    let verdict = trial.verdict(cosine(&stored, &rates));
    Ok(Held {
        stored,
        rates,
        verdict,
    })
}
