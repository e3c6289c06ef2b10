//! A freeze trial of a network under simulation, and the release after it.

use super::trajectory::stride;
use crate::Stopped;
use crate::estimators::{FreezeProgress, FreezeTrial, FreezeVerdict, ReleaseTime, ReleaseWatch, cosine};
use crate::networks::Simulation;
use crate::watch::{Watch, advance};

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
/// frozen. The watcher may end it, and is told of no steps: how many there are is not known before.
pub fn hold(simulation: &mut dyn Simulation, dt: f64, watch: &dyn Watch) -> Result<Held, Stopped> {
    let (mut stored, mut rates) = (Vec::new(), Vec::new());
    simulation.copy_rates(&mut stored);
    simulation.freeze();
    let mut trial = FreezeTrial::new(dt, simulation.precision());
    let stride = stride(simulation.n());
    for step in 1_u64.. {
        simulation.step()?;
        if trial.push(simulation.speed().max) != FreezeProgress::Settling {
            break;
        }
        if step.is_multiple_of(stride) {
            advance(watch, 0)?;
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

/// Releases a frozen network and waits until it has left the rates that it held, or for as long as releases are watched.
/// The watcher is told as by [`hold`].
pub fn leave(
    simulation: &mut dyn Simulation,
    held: &[f32],
    dt: f64,
    watch: &dyn Watch,
) -> Result<ReleaseTime, Stopped> {
    simulation.release();
    let stride = stride(simulation.n());
    let (mut release, mut rates) = (ReleaseWatch::new(dt), Vec::new());
    let mut steps = 0_u64;
    loop {
        simulation.step()?;
        steps += 1;
        simulation.copy_rates(&mut rates);
        if let Some(found) = release.push(cosine(held, &rates)) {
            return Ok(found);
        }
        if steps.is_multiple_of(stride) {
            advance(watch, 0)?;
        }
    }
}
