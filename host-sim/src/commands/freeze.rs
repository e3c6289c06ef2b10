//! `host-sim freeze`: freezes running networks again and again, and sees what becomes of the frozen states.

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::configuration::{Configuration, NetworkOptions};
use crate::ensemble::{self, PROGRESS_STRIDE};
use crate::estimators::{
    AliveTest, FREEZE_LIMIT, FreezeProgress, FreezeTrial, FreezeVerdict, MeanSem, RELEASE_LIMIT, ReleaseTime,
    ReleaseWatch, cosine, steps_in,
};
use crate::failure::Failure;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::simulation::Simulation;
use crate::spectrum::rightmost_eigenvalue;

/// Options of `freeze`.
#[derive(Args, Clone, Debug)]
pub struct FreezeOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Freeze trials of each network, evenly spread over --duration
    #[arg(long, default_value_t = 6)]
    trials: u32,
}

/// Above this size the eigenvalues of a frozen state would take longer than everything else.
const LARGEST_SPECTRUM: usize = 512;

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outcome {
    alive: bool,
    c_phi_0: f64,
    trials: Vec<Trial>,
    /// Largest real part of the frozen Jacobian's spectrum where the first trial ended.
    rightmost_eigenvalue: Option<f64>,
    demonstration: Option<Demonstration>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Trial {
    verdict: FreezeVerdict,
    /// Of converged trials.
    release: Option<ReleaseTime>,
}

/// One freeze, hold and release, to look at: one value or row per sample.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Demonstration {
    pub(super) time: Vec<f64>,
    pub(super) rates: Vec<Vec<f32>>,
    pub(super) speed: Vec<f64>,
    pub(super) cosine: Vec<f64>,
}

/// Times of the demonstration: running, held, released.
pub(super) const DEMONSTRATION: [f64; 3] = [100.0, 200.0, 150.0];
/// Neurons that its raster shows.
const RASTER_NEURONS: usize = 100;

/// Averages over alive networks; shares are of the trials of a network.
#[derive(Clone, Debug, Serialize)]
struct Summary {
    c_phi_0: Option<MeanSem>,
    alive: Option<MeanSem>,
    /// Trials over alive networks.
    freeze_trials: usize,
    freeze_converged: Option<MeanSem>,
    freeze_success: Option<MeanSem>,
    /// Between the rates at the freeze and at the end, over converged trials.
    cosine: Option<MeanSem>,
    /// `null` above 512 neurons, where it is not computed.
    rightmost_eigenvalue: Option<MeanSem>,
    /// Of converged trials; those still near the stored state after 200 count as 200.
    release_time: Option<MeanSem>,
    /// Share of the released networks that had not left by then.
    release_censored: Option<MeanSem>,
}

/// Runs the command.
pub fn execute(options: FreezeOptions) -> Result<(), Failure> {
    if options.trials == 0 {
        return Err(Failure::Usage("--trials 0 is below its bound 1".into()));
    }
    let configuration = options.network.check()?;
    let progress = Progress::new(
        "freeze",
        steps(&configuration, options.trials) * u64::from(configuration.networks),
    );
    let (outcomes, parts) = ensemble::measure(
        &format!("freeze-{}", options.trials),
        &configuration,
        &progress,
        steps(&configuration, options.trials),
        |index, simulation, progress| measure(&configuration, options.trials, index, simulation, progress),
    )?;
    drop(progress);
    let summary = summarise(&outcomes);
    let result = ResultObject {
        kind: "freeze",
        params: &configuration,
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write_arrays(&outcomes, options.trials as usize, &out.join("freeze.npz"))?;
        if let Some(demonstration) = outcomes.iter().find_map(|outcome| outcome.demonstration.as_ref()) {
            super::drawing::draw_demonstration(demonstration, &configuration, out)?;
        }
        result.write(&out.join("freeze.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    super::table::print(&configuration.describe(), &rows(&summary))
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    use super::table::average;
    vec![
        ("alive networks", average(&summary.alive)),
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("freeze trials", summary.freeze_trials.to_string()),
        ("converged", average(&summary.freeze_converged)),
        (
            "success (converged, cosine > 0.9)",
            average(&summary.freeze_success),
        ),
        ("cosine to the stored state", average(&summary.cosine)),
        (
            "rightmost frozen eigenvalue",
            average(&summary.rightmost_eigenvalue),
        ),
        ("release time", average(&summary.release_time)),
        (
            "released but not gone after 200",
            average(&summary.release_censored),
        ),
    ]
}

/// Most steps that a network can take: the trials may end early.
fn steps(configuration: &Configuration, trials: u32) -> u64 {
    let dt = f64::from(configuration.dt);
    let window = steps_in(configuration.burn_in, dt) + steps_in(configuration.duration, dt);
    window + u64::from(trials) * trial_steps(dt)
}

fn trial_steps(dt: f64) -> u64 {
    steps_in(FREEZE_LIMIT, dt) + steps_in(RELEASE_LIMIT, dt)
}

fn measure(
    configuration: &Configuration,
    trials: u32,
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let dt = f64::from(configuration.dt);
    let (burn_in, window) = (
        steps_in(configuration.burn_in, dt),
        steps_in(configuration.duration, dt),
    );
    let (stride, _) = configuration.sampling();
    for step in 1..=burn_in {
        simulation.step()?;
        report(step, burn_in, progress);
    }
    let demonstration = (index == 0)
        .then(|| demonstrate(configuration, simulation))
        .transpose()?;
    let mut outcome = Outcome {
        alive: false,
        c_phi_0: 0.0,
        trials: Vec::new(),
        rightmost_eigenvalue: None,
        demonstration,
    };
    let mut alive = AliveTest::new(dt);
    let (mut moved, mut rates, mut samples) = (false, Vec::new(), 0u64);
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
            let trial = try_to_freeze(configuration, simulation, &mut outcome.rightmost_eigenvalue)?;
            outcome.trials.push(trial);
            progress.advance(trial_steps(dt));
        }
        report(step, window, progress);
    }
    outcome.c_phi_0 /= samples as f64;
    outcome.alive = alive.alive().unwrap_or(moved);
    Ok(outcome)
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
    rightmost: &mut Option<f64>,
) -> Result<Trial, Failure> {
    let dt = f64::from(configuration.dt);
    let before = simulation.save()?;
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
    if rightmost.is_none() && verdict.converged && configuration.n <= LARGEST_SPECTRUM {
        *rightmost = rightmost_eigenvalue(configuration.n, &simulation.frozen_jacobian());
    }
    let mut release = None;
    if verdict.converged {
        // What was held, not where the freeze began, is what a release leaves.
        std::mem::swap(&mut stored, &mut rates);
        simulation.release();
        let mut watch = ReleaseWatch::new(dt);
        while release.is_none() {
            simulation.step()?;
            simulation.copy_rates(&mut rates);
            release = watch.push(cosine(&stored, &rates));
        }
    }
    simulation.load(&before)?;
    Ok(Trial { verdict, release })
}

/// A freeze, a hold and a release to look at; then puts the network back to where it was.
fn demonstrate(
    configuration: &Configuration,
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
    record
        .rates
        .iter_mut()
        .for_each(|rates| rates.truncate(RASTER_NEURONS));
    Ok(record)
}

fn summarise(outcomes: &[Outcome]) -> Summary {
    let alive: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.alive).collect();
    let share = |holds: fn(&FreezeVerdict) -> bool| {
        MeanSem::of(alive.iter().map(|outcome| {
            let held = outcome
                .trials
                .iter()
                .filter(|trial| holds(&trial.verdict))
                .count();
            held as f64 / outcome.trials.len() as f64
        }))
    };
    // One value per network: the mean over its trials that have one.
    let mean_of = |value: fn(&Trial) -> Option<f64>| {
        MeanSem::of(alive.iter().filter_map(|outcome| {
            let values: Vec<f64> = outcome.trials.iter().filter_map(value).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        }))
    };
    Summary {
        c_phi_0: MeanSem::of(alive.iter().map(|outcome| outcome.c_phi_0)),
        alive: MeanSem::of(outcomes.iter().map(|outcome| f64::from(u8::from(outcome.alive)))),
        freeze_trials: alive.iter().map(|outcome| outcome.trials.len()).sum(),
        freeze_converged: share(|verdict| verdict.converged),
        freeze_success: share(|verdict| verdict.success),
        cosine: mean_of(|trial| trial.verdict.cosine.filter(|_| trial.verdict.converged)),
        rightmost_eigenvalue: MeanSem::of(alive.iter().filter_map(|outcome| outcome.rightmost_eigenvalue)),
        release_time: mean_of(|trial| trial.release.map(|release| release.time)),
        release_censored: mean_of(|trial| trial.release.map(|release| f64::from(u8::from(release.censored)))),
    }
}

fn write_arrays(outcomes: &[Outcome], trials: usize, path: &std::path::Path) -> Result<(), Failure> {
    let shape = [outcomes.len(), trials];
    let of_trials = |value: fn(&Trial) -> f64| outcomes.iter().flat_map(|o| &o.trials).map(value).collect();
    let mut arrays = Arrays::new();
    arrays
        .u64(
            "alive",
            &shape[..1],
            outcomes.iter().map(|outcome| u64::from(outcome.alive)).collect(),
        )?
        .f64(
            "c_phi_0",
            &shape[..1],
            outcomes.iter().map(|outcome| outcome.c_phi_0).collect(),
        )?
        .f64(
            "converged",
            &shape,
            of_trials(|trial| f64::from(u8::from(trial.verdict.converged))),
        )?
        .f64(
            "cosine",
            &shape,
            of_trials(|trial| trial.verdict.cosine.unwrap_or(f64::NAN)),
        )?
        .f64("settling_time", &shape, of_trials(|trial| trial.verdict.time))?
        .f64(
            "release_time",
            &shape,
            of_trials(|trial| trial.release.map_or(f64::NAN, |release| release.time)),
        )?;
    if let Some(demonstration) = outcomes.iter().find_map(|outcome| outcome.demonstration.as_ref()) {
        let times = demonstration.time.len();
        let shown = demonstration.rates.first().map_or(0, Vec::len);
        arrays
            .f64("demonstration_time", &[times], demonstration.time.clone())?
            .f64("demonstration_speed", &[times], demonstration.speed.clone())?
            .f64("demonstration_cosine", &[times], demonstration.cosine.clone())?
            .f32(
                "demonstration_rates",
                &[times, shown],
                demonstration.rates.iter().flatten().copied().collect(),
            )?;
    }
    Ok(arrays.write(path)?)
}
