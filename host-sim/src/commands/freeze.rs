//! `host-sim freeze`: freezes running networks again and again, and sees what becomes of the frozen states.

pub(crate) mod measurement;

use clap::Args;
use serde::Serialize;

use self::measurement::{Demonstration, Effort, Outcome, Trial, measure, steps};
use crate::configuration::{Configuration, NetworkOptions};
use crate::ensemble;
use crate::estimators::{FreezeVerdict, MeanSem};
use crate::failure::Failure;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;

/// Options of `freeze`.
#[derive(Args, Clone, Debug)]
pub struct FreezeOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Freeze trials of each network, evenly spread over --duration
    #[arg(long, default_value_t = 6, allow_negative_numbers = true)]
    trials: u32,
    /// Most neurons for which the eigenvalues of a frozen state are found, which takes a time of order N^3
    #[arg(long, default_value_t = 512, allow_negative_numbers = true)]
    largest_spectrum: usize,
}

/// What a result states as its parameters.
#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    #[serde(flatten)]
    effort: Effort,
}

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
    /// `null` above --largest-spectrum neurons, where it is not computed.
    rightmost_eigenvalue: Option<MeanSem>,
    /// Mean magnitude of the cosine between the states that a network held in two converged trials.
    stored_overlap: Option<MeanSem>,
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
    configuration.check_memory(0)?;
    let most = configuration.window_steps();
    if u64::from(options.trials) > most {
        return Err(Failure::Usage(format!(
            "--trials {} is above its bound {most}, the steps of --duration",
            options.trials
        )));
    }
    let effort = Effort {
        trials: options.trials,
        largest_spectrum: options.largest_spectrum,
    };
    let progress = Progress::new(
        "freeze",
        steps(&configuration, options.trials) * u64::from(configuration.networks),
    );
    let (outcomes, parts) = ensemble::measure(
        &format!("freeze-{}-{}", options.trials, options.largest_spectrum),
        &configuration,
        &progress,
        steps(&configuration, options.trials),
        |index, simulation, progress| measure(&configuration, effort, index, simulation, progress),
    )?;
    drop(progress);
    let summary = summarise(&outcomes);
    let result = ResultObject {
        kind: "freeze",
        params: Parameters {
            configuration: &configuration,
            effort,
        },
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write_arrays(&outcomes, options.trials as usize, &out.join("freeze.npz"))?;
        if let Some(first) = outcomes.first() {
            super::drawing::draw_demonstration(&first.demonstration, &configuration, out)?;
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
        stored_overlap: MeanSem::of(alive.iter().filter_map(|outcome| outcome.stored_overlap)),
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
    if let Some(Outcome { demonstration, .. }) = outcomes.first() {
        let times = demonstration.time.len();
        let shown = demonstration.rates.first().map_or(0, Vec::len);
        let of_all = |values: fn(&Demonstration) -> &[f64]| {
            let rows = outcomes.iter().flat_map(|outcome| values(&outcome.demonstration));
            rows.copied().collect()
        };
        arrays
            .f64("demonstration_time", &[times], demonstration.time.clone())?
            .f64("demonstration_speed", &[times], demonstration.speed.clone())?
            .f64("demonstration_cosine", &[times], demonstration.cosine.clone())?
            .f32(
                "demonstration_rates",
                &[times, shown],
                demonstration.rates.iter().flatten().copied().collect(),
            )?
            .f64("hold_speed", &[outcomes.len(), times], of_all(|one| &one.speed))?
            .f64("hold_cosine", &[outcomes.len(), times], of_all(|one| &one.cosine))?;
    }
    Ok(arrays.write(path)?)
}
