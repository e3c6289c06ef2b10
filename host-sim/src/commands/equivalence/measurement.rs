//! What is measured of one network, the same for every kind.

use freezable_chaos::Purpose;
use freezable_chaos::random::Randomness;
use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use crate::ensemble::PROGRESS_STRIDE;
use crate::estimators::separation::{self, KICK, LAST_DISTANCE, PARTING_LIMIT};
use crate::estimators::{
    AliveTest, FREEZE_LIMIT, FreezeProgress, FreezeTrial, FreezeVerdict, RateSamples, RmsAverage, cosine,
    steps_in,
};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::simulation::{Saved, Simulation};

/// Time between two looks at the distance of two trajectories.
const PARTING_INTERVAL: f64 = 0.5;

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) alive: bool,
    /// `C_phi(tau)`, one value per [`Configuration::sampling`] interval.
    pub(super) autocorrelation: Vec<f64>,
    pub(super) speed_rms: f64,
    /// Of each pair of trajectories that parted.
    pub(super) separation_rates: Vec<f64>,
    pub(super) trials: Vec<Trial>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Trial {
    pub(super) verdict: FreezeVerdict,
    /// Whether every bit of x stood still at last.
    pub(super) still: bool,
}

/// How much is measured of each network.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Effort {
    /// Freezes, at even intervals.
    pub(super) trials: u32,
    /// Pairs of trajectories, at even intervals.
    pub(super) pairs: u32,
    /// Lags of the autocorrelation.
    pub(super) lags: usize,
}

impl Effort {
    /// Most steps that a network can take.
    pub(super) fn steps(self, configuration: &Configuration) -> u64 {
        let dt = f64::from(configuration.dt);
        configuration.burn_in_steps()
            + configuration.window_steps()
            + u64::from(self.trials) * steps_in(FREEZE_LIMIT, dt)
            + u64::from(self.pairs) * 2 * steps_in(PARTING_LIMIT, dt)
    }
}

/// Runs one network, freezes it and parts its trajectories on the way.
pub(super) fn measure(
    configuration: &Configuration,
    effort: Effort,
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let dt = f64::from(configuration.dt);
    let (burn_in, window) = (configuration.burn_in_steps(), configuration.window_steps());
    let (stride, _) = configuration.sampling();
    let mut samples = RateSamples::with_capacity(configuration.n, (window / stride) as usize);
    let (mut alive, mut average, mut rates) = (AliveTest::new(dt), RmsAverage::default(), Vec::new());
    let (mut trials, mut separation_rates) = (Vec::new(), Vec::new());
    let every = |count: u32| (window / u64::from(count.max(1))).max(1);
    let mut kicks = configuration.generator(index, Purpose::Tangent);
    for step in 1..=burn_in + window {
        simulation.step()?;
        if step.is_multiple_of(PROGRESS_STRIDE) {
            progress.advance(PROGRESS_STRIDE);
        }
        let Some(step) = step.checked_sub(burn_in).filter(|&step| step > 0) else {
            continue;
        };
        let rms = simulation.speed().rms;
        alive.push(rms);
        average.push(rms);
        if step.is_multiple_of(stride) {
            simulation.copy_rates(&mut rates);
            samples.push(&rates);
        }
        if effort.trials > 0 && step.is_multiple_of(every(effort.trials)) {
            let before = simulation.save()?;
            trials.push(freeze(dt, simulation)?);
            simulation.load(&before)?;
            progress.advance(steps_in(FREEZE_LIMIT, dt));
        }
        if effort.pairs > 0 && step.is_multiple_of(every(effort.pairs)) {
            let before = simulation.save()?;
            let kick: Vec<f32> = (0..configuration.n)
                .map(|_| (KICK / dt) as f32 * kicks.gaussian())
                .collect();
            separation_rates.extend(part(dt, simulation, &before, &kick)?);
            simulation.load(&before)?;
            progress.advance(2 * steps_in(PARTING_LIMIT, dt));
        }
    }
    let autocorrelation = samples.autocorrelation(effort.lags).ok_or_else(|| {
        Failure::Usage(format!(
            "--duration {} is too short for {} lags",
            configuration.duration, effort.lags
        ))
    })?;
    Ok(Outcome {
        alive: alive.alive().unwrap_or(false),
        autocorrelation,
        speed_rms: average.value().unwrap_or(f64::NAN),
        separation_rates,
        trials,
    })
}

/// Freezes and waits: for the verdict, then for a standstill to the bit, within the time of a trial.
fn freeze(dt: f64, simulation: &mut dyn Simulation) -> Result<Trial, Failure> {
    let (mut stored, mut rates) = (Vec::new(), Vec::new());
    simulation.copy_rates(&mut stored);
    simulation.freeze();
    let mut trial = FreezeTrial::new(dt, simulation.precision());
    let mut steps = 0;
    loop {
        simulation.step()?;
        steps += 1;
        if trial.push(simulation.speed().max) != FreezeProgress::Settling {
            break;
        }
    }
    simulation.copy_rates(&mut rates);
    let verdict = trial.verdict(cosine(&stored, &rates));
    let (mut before, mut now) = (Vec::new(), Vec::new());
    simulation.copy_state(&mut before);
    let mut still = false;
    while verdict.converged && !still && steps < steps_in(FREEZE_LIMIT, dt) {
        simulation.step()?;
        steps += 1;
        simulation.copy_state(&mut now);
        still = before == now;
        std::mem::swap(&mut before, &mut now);
    }
    Ok(Trial { verdict, still })
}

/// The rate at which two trajectories of one state part, of which one is kicked in the first step.
fn part(
    dt: f64,
    simulation: &mut dyn Simulation,
    before: &Saved,
    kick: &[f32],
) -> Result<Option<f64>, Failure> {
    let interval = steps_in(PARTING_INTERVAL, dt);
    let count = steps_in(PARTING_LIMIT, dt) / interval;
    let mut path = Vec::with_capacity(count as usize);
    for _ in 0..count {
        for _ in 0..interval {
            simulation.step()?;
        }
        let mut state = Vec::new();
        simulation.copy_state(&mut state);
        path.push(state);
    }
    simulation.load(before)?;
    let (mut state, mut distances) = (Vec::new(), Vec::new());
    for (moment, other) in path.iter().enumerate() {
        for step in 0..interval {
            if moment == 0 && step == 0 {
                simulation.step_with_input(kick)?;
            } else {
                simulation.step()?;
            }
        }
        simulation.copy_state(&mut state);
        let distance = separation::distance(&state, other);
        distances.push(distance);
        if distance >= LAST_DISTANCE {
            break;
        }
    }
    Ok(separation::rate(&distances, interval as f64 * dt))
}
