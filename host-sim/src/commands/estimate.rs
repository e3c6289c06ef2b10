//! `--estimate`: what a measurement would take, from a piece of it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use science::measure::Measurement;
use science::networks::with_simulation;
use science::{Stopped, Watch};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::options::Configuration;

/// How long the first network is measured.
const PATIENCE: Duration = Duration::from_secs(3);

/// What an ensemble would take, reckoned from the first steps of its first network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Estimate {
    /// Networks of the whole.
    pub(super) networks: u32,
    /// Steps of each, at most.
    pub(super) steps: u64,
    /// Seconds for each on one processor of this machine, if all its steps take as long as the first ones.
    pub(super) seconds: f64,
    /// Bytes for each that runs.
    pub(super) bytes: u64,
    /// Bytes that are kept of each that is done.
    pub(super) kept: u64,
}

/// Ends a measurement after a while, and counts its steps.
struct Clock {
    end: Instant,
    steps: AtomicU64,
}

impl Watch for Clock {
    fn advanced(&self, steps: u64) -> ControlFlow<()> {
        self.steps.fetch_add(steps, Ordering::Relaxed);
        // Where steps are counted trial by trial, there is nothing to reckon from in between.
        if steps == 0 || Instant::now() < self.end {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

/// Measures the first network for a while.
pub(super) fn estimate<M: Measurement>(
    measurement: &M,
    configuration: &Configuration,
) -> Result<Estimate, Failure> {
    let Configuration {
        ensemble, execution, ..
    } = configuration;
    let cost = measurement.check(ensemble)?;
    execution.check_memory(ensemble, cost.bytes, cost.outcome)?;
    let (begin, mut start) = (Instant::now(), Instant::now());
    let mut steps = 0;
    let one = with_simulation(ensemble, 0, |network| {
        start = Instant::now();
        let clock = Clock {
            end: start + PATIENCE,
            steps: AtomicU64::new(0),
        };
        let outcome = measurement.one(ensemble, 0, network, &clock);
        steps = clock.steps.into_inner();
        outcome
    });
    let share = match one {
        Ok(_) => 1.0,
        Err(Stopped::Interrupted) => steps as f64 / cost.steps.max(1) as f64,
        Err(stopped) => return Err(stopped.into()),
    };
    let building = start.duration_since(begin).as_secs_f64();
    Ok(Estimate {
        networks: ensemble.networks,
        steps: cost.steps,
        seconds: building + start.elapsed().as_secs_f64() / share,
        bytes: ensemble.network.bytes() + cost.bytes,
        kept: cost.outcome,
    })
}
