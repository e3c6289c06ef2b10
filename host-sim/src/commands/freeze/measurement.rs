//! Freeze trials along one network's trajectory, and one freeze to look at.

use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use crate::ensemble::PROGRESS_STRIDE;
use crate::estimators::{
    AliveTest, FREEZE_LIMIT, FreezeVerdict, RELEASE_LIMIT, ReleaseTime, ReleaseWatch, cosine, steps_in,
};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::simulation::{Held, Simulation, hold};
use crate::spectrum::rightmost_eigenvalue;

/// How much is measured of each network.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Effort {
    /// Freeze trials, at even intervals.
    pub(super) trials: u32,
    /// Most neurons for which the eigenvalues of a frozen state are found.
    pub(super) largest_spectrum: usize,
}

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) alive: bool,
    pub(super) c_phi_0: f64,
    pub(super) trials: Vec<Trial>,
    /// Largest real part of the frozen Jacobian's spectrum where the first trial ended.
    pub(super) rightmost_eigenvalue: Option<f64>,
    /// Mean magnitude of the cosine between the states that two converged trials held, over all pairs.
    pub(super) stored_overlap: Option<f64>,
    /// One freeze; with rates of the first network only.
    pub(super) demonstration: Demonstration,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Trial {
    pub(super) verdict: FreezeVerdict,
    /// Of converged trials.
    pub(super) release: Option<ReleaseTime>,
}

/// One freeze, hold and release, to look at: one value or row per sample.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(in crate::commands) struct Demonstration {
    pub(in crate::commands) time: Vec<f64>,
    pub(in crate::commands) rates: Vec<Vec<f32>>,
    pub(in crate::commands) speed: Vec<f64>,
    pub(in crate::commands) cosine: Vec<f64>,
}

/// Times of the demonstration: running, held, released.
pub(crate) const DEMONSTRATION: [f64; 3] = [100.0, 200.0, 150.0];
/// Neurons that its raster shows.
const RASTER_NEURONS: usize = 100;

/// Most steps that a network can take: trials may end early.
pub(super) fn steps(configuration: &Configuration, trials: u32) -> u64 {
    let dt = f64::from(configuration.dt);
    let window = configuration.burn_in_steps() + configuration.window_steps();
    window + demonstration_steps(dt) + u64::from(trials) * trial_steps(dt)
}

fn demonstration_steps(dt: f64) -> u64 {
    DEMONSTRATION.iter().map(|&duration| steps_in(duration, dt)).sum()
}

fn trial_steps(dt: f64) -> u64 {
    steps_in(FREEZE_LIMIT, dt) + steps_in(RELEASE_LIMIT, dt)
}

/// Runs one network and freezes it at even intervals; the first network also gives the demonstration.
pub(super) fn measure(
    configuration: &Configuration,
    Effort {
        trials,
        largest_spectrum,
    }: Effort,
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let dt = f64::from(configuration.dt);
    let (burn_in, window) = (configuration.burn_in_steps(), configuration.window_steps());
    let (stride, _) = configuration.sampling();
    for step in 1..=burn_in {
        simulation.step()?;
        report(step, burn_in, progress);
    }
    let shown = if index == 0 { RASTER_NEURONS } else { 0 };
    let demonstration = demonstrate(configuration, shown, simulation)?;
    progress.advance(demonstration_steps(dt));
    let mut outcome = Outcome {
        alive: false,
        c_phi_0: 0.0,
        trials: Vec::new(),
        rightmost_eigenvalue: None,
        stored_overlap: None,
        demonstration,
    };
    let mut alive = AliveTest::new(dt);
    let (mut moved, mut rates, mut samples) = (false, Vec::new(), 0u64);
    let mut held: Vec<Vec<f32>> = Vec::new();
    let between_trials = (window / u64::from(trials)).max(1);
    for step in 1..=window {
        simulation.step()?;
        alive.push(simulation.speed().rms);
        moved = simulation.speed().rms > crate::estimators::activity::REST_SPEED;
        if step.is_multiple_of(stride) {
            simulation.copy_rates(&mut rates);
            let squares: f64 = rates.iter().map(|&rate| f64::from(rate).powi(2)).sum();
            outcome.c_phi_0 += squares / configuration.n as f64;
            samples += 1;
        }
        if step.is_multiple_of(between_trials) && outcome.trials.len() < trials as usize {
            let trial = try_to_freeze(
                configuration,
                simulation,
                largest_spectrum,
                &mut outcome.rightmost_eigenvalue,
                &mut held,
            )?;
            outcome.trials.push(trial);
            progress.advance(trial_steps(dt));
        }
        report(step, window, progress);
    }
    outcome.c_phi_0 /= samples.max(1) as f64;
    outcome.alive = alive.alive().unwrap_or(moved);
    outcome.stored_overlap = mean_overlap(&held);
    Ok(outcome)
}

/// Mean magnitude of the cosine between every two of the states; none of fewer than two.
fn mean_overlap(states: &[Vec<f32>]) -> Option<f64> {
    let pairs = states
        .iter()
        .enumerate()
        .flat_map(|(at, one)| states[..at].iter().map(move |other| cosine(one, other)));
    let overlaps: Vec<f64> = pairs
        .map(|overlap| overlap.map(f64::abs))
        .collect::<Option<_>>()?;
    crate::estimators::MeanSem::of(overlaps).map(|mean| mean.mean)
}

fn report(step: u64, last: u64, progress: &Progress) {
    if step.is_multiple_of(PROGRESS_STRIDE) {
        progress.advance(PROGRESS_STRIDE);
    } else if step == last {
        progress.advance(last % PROGRESS_STRIDE);
    }
}

/// Freezes, waits, releases, waits; then puts the network back to where it was.
fn try_to_freeze(
    configuration: &Configuration,
    simulation: &mut dyn Simulation,
    largest_spectrum: usize,
    rightmost: &mut Option<f64>,
    held: &mut Vec<Vec<f32>>,
) -> Result<Trial, Failure> {
    let dt = f64::from(configuration.dt);
    let before = simulation.save()?;
    let Held {
        stored,
        mut rates,
        verdict,
    } = hold(simulation, dt)?;
    if rightmost.is_none() && verdict.converged && configuration.n <= largest_spectrum {
        *rightmost = rightmost_eigenvalue(configuration.n, &simulation.frozen_jacobian());
    }
    let mut release = None;
    if verdict.converged {
        // What was held, not where the freeze began, is what a release leaves.
        let state = std::mem::replace(&mut rates, stored);
        simulation.release();
        let mut watch = ReleaseWatch::new(dt);
        while release.is_none() {
            simulation.step()?;
            simulation.copy_rates(&mut rates);
            release = watch.push(cosine(&state, &rates));
        }
        held.push(state);
    }
    simulation.load(&before)?;
    Ok(Trial { verdict, release })
}

/// A freeze, a hold and a release to look at; then puts the network back to where it was.
fn demonstrate(
    configuration: &Configuration,
    shown: usize,
    simulation: &mut dyn Simulation,
) -> Result<Demonstration, Failure> {
    let dt = f64::from(configuration.dt);
    let (stride, interval) = configuration.sampling();
    let before = simulation.save()?;
    let (mut stored, mut now) = (Vec::new(), 0.0);
    let mut record = Demonstration::default();
    for (phase, duration) in DEMONSTRATION.into_iter().enumerate() {
        match phase {
            1 => {
                simulation.copy_rates(&mut stored);
                simulation.freeze();
            }
            2 => simulation.release(),
            _ => {}
        }
        for step in 1..=steps_in(duration, dt) {
            simulation.step()?;
            if step.is_multiple_of(stride) {
                now += interval;
                let mut rates = Vec::new();
                simulation.copy_rates(&mut rates);
                record.time.push(now);
                record.speed.push(simulation.speed().rms);
                record.rates.push(rates);
            }
        }
    }
    simulation.load(&before)?;
    // Only now: before the freeze, the cosine is to what will be stored.
    record.cosine = record
        .rates
        .iter()
        .map(|rates| cosine(&stored, rates).unwrap_or(0.0))
        .collect();
    record.rates.iter_mut().for_each(|rates| rates.truncate(shown));
    Ok(record)
}
