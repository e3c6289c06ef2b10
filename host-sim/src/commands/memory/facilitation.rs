//! Short-term facilitation with the protocol of freezing: recall of one of several cues against the time since it.

mod drawing;
mod summary;

use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use self::drawing::{Frozen, draw_facilitation};
use self::summary::{row, summary, text};
use super::check_count;
use crate::commands::table::print_text;
use crate::failure::Failure;
use crate::memory::facilitation::{
    BACKGROUND, Groups, Memory, PERSISTENT_BACKGROUND, Protocol, REACTIVATION, Recalled, TIME_CONSTANT,
    recall,
};
use crate::output::{Arrays, Provenance, ResultObject, Seeds};
use crate::progress::Progress;

/// Options of `memory facilitation`.
#[derive(Args, Clone, Debug)]
pub(super) struct FacilitationOptions {
    /// Number of cues, each of which excites a group of its own (published: 5)
    #[arg(long, default_value_t = 8, allow_negative_numbers = true)]
    cues: u32,
    /// Trials under each condition
    #[arg(long, default_value_t = 400, allow_negative_numbers = true)]
    trials: u32,
    /// Strengths of the excitations of all neurons that reactivate the memory, as factors of the background (published:
    /// 1.075)
    #[arg(
        long,
        value_delimiter = ',',
        default_values_t = [REACTIVATION, 1.15],
        allow_negative_numbers = true
    )]
    reactivations: Vec<f64>,
    /// Longest time for which a memory is kept, in units of the neuronal time constant, of 10 ms
    #[arg(long, default_value_t = 2000.0, allow_negative_numbers = true)]
    hold: f64,
    /// A memory.json of `memory`, whose first row is drawn on the same axis
    #[arg(long)]
    frozen: Option<PathBuf>,
    /// Seed of cues and noise
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Threads; 0 takes all processors
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    threads: usize,
    /// Folder for arrays, results and figures
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Times since the end of the cue, in milliseconds, as far as they are not beyond the hold.
const HOLDS: [f64; 19] = [
    0.0, 100.0, 300.0, 500.0, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6,
    5e6, 1e7,
];
/// More groups than that do not fit among the excitatory neurons, a tenth of which is in each.
const MOST_CUES: u32 = 10;
const MOST_TRIALS: u32 = 1_000_000;
const MOST_THREADS: usize = 1024;
const LONGEST: f64 = 1e6;
// no hold is cut short
const _: () = assert!(HOLDS[HOLDS.len() - 1] == LONGEST * TIME_CONSTANT);
/// The factor by which excitations may raise the background.
const MOST_REACTIVATION: f64 = 2.0;

#[derive(Serialize)]
struct Parameters<'a> {
    cues: u32,
    trials: u32,
    /// Milliseconds in a unit of time.
    time_constant: f64,
    protocol: &'a Protocol,
}

/// Runs the experiment.
pub(super) fn execute(options: FacilitationOptions) -> Result<(), Failure> {
    check(&options)?;
    let frozen = options.frozen.as_deref().map(Frozen::read).transpose()?;
    let holds: Vec<f64> = HOLDS
        .into_iter()
        .filter(|hold| *hold <= options.hold * TIME_CONSTANT)
        .collect();
    let protocol = Protocol::published(options.cues as usize, holds.clone());
    let conditions = conditions(&options.reactivations);
    let steps = protocol.steps() * u64::from(options.trials) * conditions.len() as u64;
    let progress = Progress::new("memory facilitation", steps);
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|error| Failure::Usage(format!("--threads {}: {error}", options.threads)))?;
    let mut outcomes = Vec::new();
    for (name, memory) in &conditions {
        let rested = memory.rested(&protocol);
        let one = |trial: u32| {
            let recalled = recall(memory, &protocol, &rested, options.seed, trial);
            progress.advance(protocol.steps());
            recalled
        };
        let trials: Vec<Recalled> = pool.install(|| (0..options.trials).into_par_iter().map(one).collect());
        outcomes.push((row(name, memory, (&holds, &trials), options.cues), rested, trials));
    }
    drop(progress);
    let summary = summary(&outcomes, &options);
    let result = ResultObject {
        kind: "memory facilitation",
        params: Parameters {
            cues: options.cues,
            trials: options.trials,
            time_constant: TIME_CONSTANT,
            protocol: &protocol,
        },
        summary: &summary,
        provenance: Provenance::collect(Seeds::all(options.seed)),
    };
    if let Some(out) = &options.out {
        let mut arrays = Arrays::new();
        for (place, (_, _, trials)) in outcomes.iter().enumerate() {
            let shape = [trials.len(), holds.len()];
            let right = trials.iter().flat_map(|trial| &trial.is_right);
            arrays
                .f64(
                    &format!("recalled_{place}"),
                    &shape,
                    right.map(|&is_right| f64::from(u8::from(is_right))).collect(),
                )?
                .f64(
                    &format!("facilitation_{place}"),
                    &shape,
                    trials
                        .iter()
                        .flat_map(|trial| trial.facilitation.clone())
                        .collect(),
                )?;
        }
        arrays.f64(
            "times",
            &[holds.len()],
            holds.iter().map(|hold| hold / TIME_CONSTANT).collect(),
        )?;
        arrays.write(&out.join("facilitation.npz"))?;
        draw_facilitation(&summary, frozen.as_ref(), out)?;
        result.write(&out.join("facilitation.json"))?;
    }
    if options.json {
        Ok(result.print()?)
    } else {
        print_text(&text(&summary, options.cues))
    }
}

fn check(options: &FacilitationOptions) -> Result<(), Failure> {
    check_count("--cues", options.cues, [2, MOST_CUES])?;
    check_count("--trials", options.trials, [1, MOST_TRIALS])?;
    let is_strength = |strength: &&f64| !(1.0..=MOST_REACTIVATION).contains(*strength);
    if let Some(strength) = options.reactivations.iter().find(is_strength) {
        return Err(Failure::Usage(format!(
            "--reactivations {strength} is outside its bounds 1 and {MOST_REACTIVATION}"
        )));
    }
    if !(0.0..=LONGEST).contains(&options.hold) {
        return Err(Failure::Usage(format!(
            "--hold {} is outside its bounds 0 and {LONGEST}",
            options.hold
        )));
    }
    if options.threads > MOST_THREADS {
        return Err(Failure::Usage(format!(
            "--threads {} is above its bound {MOST_THREADS}",
            options.threads
        )));
    }
    Ok(())
}

/// Without reactivation, with each, by persistent firing; and neurons drawn at random, with the strongest reactivation.
fn conditions(reactivations: &[f64]) -> Vec<(String, Memory)> {
    let silent = Memory {
        groups: Groups::Assemblies,
        background: BACKGROUND,
        reactivation: None,
    };
    let mut conditions = vec![("facilitated".to_owned(), silent)];
    for &strength in reactivations {
        let reactivated = Memory {
            reactivation: Some(strength),
            ..silent
        };
        conditions.push((format!("facilitated, reactivated × {strength}"), reactivated));
    }
    let persistent = Memory {
        background: PERSISTENT_BACKGROUND,
        ..silent
    };
    conditions.push(("facilitated, goes on firing".to_owned(), persistent));
    let random = Memory {
        groups: Groups::Random,
        reactivation: reactivations.iter().copied().reduce(f64::max),
        ..silent
    };
    conditions.push(("facilitated neurons drawn at random".to_owned(), random));
    conditions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_neurons_are_one_of_the_conditions_and_have_the_strongest_reactivation() {
        let all = conditions(&[1.05, 1.2, 1.1]);
        assert_eq!(all.len(), 6);
        let (_, last) = &all[5];
        assert_eq!((last.groups, last.reactivation), (Groups::Random, Some(1.2)));
    }
}
