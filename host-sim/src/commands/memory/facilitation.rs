//! Short-term facilitation with the protocol of freezing: recall of one of several cues against the time since it.

use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check_count;
use crate::commands::drawing::draw;
use crate::commands::table::print_text;
use crate::estimators::MeanSem;
use crate::failure::Failure;
use crate::figures::recall::COLOURS;
use crate::figures::{FacilitationCurve, FacilitationFigure, RecallCurve};
use crate::memory::facilitation::{
    BACKGROUND, Groups, Memory, Network, PERSISTENT_BACKGROUND, Protocol, REACTIVATION, Recalled,
    TIME_CONSTANT, predicted_facilitation, recall,
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
const HOLDS: [f64; 11] = [
    0.0, 100.0, 300.0, 500.0, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0, 10_000.0, 20_000.0,
];
/// More groups than that do not fit among the excitatory neurons, a tenth of which is in each.
const MOST_CUES: u32 = 10;
const MOST_TRIALS: u32 = 1_000_000;
const MOST_THREADS: usize = 1024;
const LONGEST: f64 = 1e6;
/// Points of the theory's curve, less one.
const CURVE: u32 = 60;
/// Recall below which a memory is no longer kept.
const KEPT: f64 = 0.95;
/// The factor by which excitations may raise the background.
const MOST_REACTIVATION: f64 = 2.0;

/// One way to keep a memory, and what came of it.
#[derive(Clone, Debug, Serialize)]
struct Row {
    name: String,
    /// Predefined assemblies, or neurons drawn at random.
    groups: &'static str,
    /// Mean external input to excitatory neurons, in millivolts.
    background: f64,
    /// Strength of the reactivations.
    reactivation: Option<f64>,
    /// Time since the cue in units of the neuronal time constant, and recall.
    recall: Vec<(f64, Option<MeanSem>)>,
    /// The same of u of the cued group.
    facilitation: Vec<(f64, Option<MeanSem>)>,
    /// Time from which on recall is below 0.95, in units of the neuronal time constant, on a line between the two times
    /// about it; `null` if it never is.
    kept_time: Option<f64>,
    /// The same half-way between 1 and guessing.
    half_time: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    rows: Vec<Row>,
    chance: f64,
    /// Trials of each row.
    trials: u32,
    /// u of the cued group without reactivation, as its theory has it from its value at the end of the cue on.
    facilitation_theory: Vec<(f64, f64)>,
    /// Largest difference between it and the mean u.
    facilitation_error: f64,
}

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

fn row(name: &str, memory: &Memory, (holds, trials): (&[f64], &[Recalled]), cues: u32) -> Row {
    let over = |value: &dyn Fn(&Recalled, usize) -> f64| -> Vec<(f64, Option<MeanSem>)> {
        let at = |(place, hold): (usize, &f64)| {
            let values = trials.iter().map(|trial| value(trial, place));
            (hold / TIME_CONSTANT, MeanSem::of(values))
        };
        holds.iter().enumerate().map(at).collect()
    };
    let recall = over(&|trial, place| f64::from(u8::from(trial.is_right[place])));
    let half = f64::midpoint(1.0, 1.0 / f64::from(cues));
    Row {
        name: name.to_owned(),
        groups: match memory.groups {
            Groups::Assemblies => "assemblies",
            Groups::Random => "random",
        },
        background: memory.background,
        reactivation: memory.reactivation,
        kept_time: time_below(&recall, KEPT),
        half_time: time_below(&recall, half),
        recall,
        facilitation: over(&|trial, place| trial.facilitation[place]),
    }
}

/// First time at which a line through the values is below a level.
fn time_below(values: &[(f64, Option<MeanSem>)], level: f64) -> Option<f64> {
    let values: Vec<(f64, f64)> = values
        .iter()
        .filter_map(|&(time, value)| Some((time, value?.mean)))
        .collect();
    let below = values.iter().position(|(_, value)| *value < level)?;
    let (second, after) = values[below];
    let Some((first, before)) = below.checked_sub(1).map(|place| values[place]) else {
        return Some(second);
    };
    Some(first + (before - level) / (before - after) * (second - first))
}

fn summary(outcomes: &[(Row, Network, Vec<Recalled>)], options: &FacilitationOptions) -> Summary {
    let (mut theory, mut error) = (Vec::new(), 0.0_f64);
    if let Some((row, rested, _)) = outcomes.first() {
        let means = row
            .facilitation
            .iter()
            .filter_map(|&(time, value)| Some((time, value?.mean)));
        let means: Vec<(f64, f64)> = means.collect();
        let start = means.first().map_or(f64::NAN, |(_, u)| *u);
        for (time, u) in means {
            let predicted = predicted_facilitation(rested, start, time * TIME_CONSTANT);
            error = error.max((u - predicted).abs());
        }
        // Evenly on an axis in decades.
        let decades = options.hold.max(1.0).log10();
        theory.extend((0..=CURVE).map(|point| {
            let time = 10.0_f64.powf(decades * f64::from(point) / f64::from(CURVE));
            (time, predicted_facilitation(rested, start, time * TIME_CONSTANT))
        }));
    }
    Summary {
        rows: outcomes.iter().map(|(row, ..)| row.clone()).collect(),
        chance: 1.0 / f64::from(options.cues),
        trials: options.trials,
        facilitation_theory: theory,
        facilitation_error: error,
    }
}

fn text(summary: &Summary, cues: u32) -> String {
    let mut text = format!(
        "short-term facilitation, {cues} cues, {} trials each, chance {:.3}; times in units of {TIME_CONSTANT} ms\n\n",
        summary.trials, summary.chance
    );
    for row in &summary.rows {
        text += &format!(
            "{}\n  time      recalled           u of the cued group\n",
            row.name
        );
        for ((time, recall), (_, u)) in row.recall.iter().zip(&row.facilitation) {
            let cells = [recall, u].map(super::summary::cell);
            text += &format!("  {time:<8}  {:<17}  {}\n", cells[0], cells[1]);
        }
        for (name, time) in [
            ("recall below 0.95", row.kept_time),
            ("half-way to guessing", row.half_time),
        ] {
            let time = time.map_or("never, so far".to_owned(), |time| format!("after {time:.0}"));
            text += &format!("  {name}: {time}\n");
        }
        text.push('\n');
    }
    text + &format!(
        "u without reactivation differs from its theory by at most {:.4}\n",
        summary.facilitation_error
    )
}

/// Recall of frozen networks, from the result of another run.
#[derive(Debug, Deserialize)]
struct Frozen {
    summary: FrozenSummary,
}

#[derive(Debug, Deserialize)]
struct FrozenSummary {
    rows: Vec<FrozenRow>,
}

#[derive(Debug, Deserialize)]
struct FrozenRow {
    n: usize,
    cues: u32,
    frozen: Vec<(f64, Option<MeanSem>)>,
    running: Vec<(f64, Option<MeanSem>)>,
}

impl Frozen {
    fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable =
            |error: &dyn std::fmt::Display| Failure::Device(format!("{}: {error}", path.display()));
        let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
        serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))
    }
}

/// An axis in decades has no zero: the end of the cue is drawn at its beginning.
fn shown(values: &[(f64, Option<MeanSem>)]) -> Vec<(f64, MeanSem)> {
    let shown = values
        .iter()
        .filter_map(|&(time, value)| Some((time.max(1.0), value?)));
    shown.collect()
}

fn draw_facilitation(summary: &Summary, frozen: Option<&Frozen>, out: &Path) -> Result<(), Failure> {
    let mut recall = Vec::new();
    let mut title = format!("{} cues", (1.0 / summary.chance).round());
    if let Some(FrozenRow {
        n,
        cues,
        frozen,
        running,
    }) = frozen.and_then(|frozen| frozen.summary.rows.first())
    {
        title = format!("frozen: {cues} cues, N = {n}; facilitated: {title}");
        for (name, values, is_broken) in [("frozen", frozen, false), ("not frozen", running, true)] {
            recall.push(RecallCurve {
                name: Some(name.to_owned()),
                colour: COLOURS[0],
                is_broken,
                points: shown(values),
            });
        }
    }
    let mut facilitation = Vec::new();
    for (row, colour) in summary.rows.iter().zip(COLOURS.into_iter().skip(1).cycle()) {
        recall.push(RecallCurve {
            name: Some(row.name.clone()),
            colour,
            is_broken: row.groups == "random",
            points: shown(&row.recall),
        });
        let is_first = facilitation.is_empty();
        facilitation.push(FacilitationCurve {
            colour,
            points: shown(&row.facilitation),
            theory: if is_first {
                summary.facilitation_theory.clone()
            } else {
                Vec::new()
            },
        });
    }
    draw(
        &FacilitationFigure {
            recall: &recall,
            chance: summary.chance,
            facilitation: &facilitation,
            title: &title,
        },
        &out.join("facilitation"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_below_a_level_lies_on_the_line_between_two_values() {
        let value = |mean| MeanSem::of([mean]);
        let values = [(0.0, value(1.0)), (10.0, value(0.8)), (20.0, value(0.2))];
        assert_eq!(time_below(&values, 0.9), Some(5.0));
        assert!((time_below(&values, 0.5).unwrap() - 15.0).abs() < 1e-9);
        assert_eq!(time_below(&values, 0.1), None);
        assert_eq!(time_below(&values, 1.5), Some(0.0));
    }

    #[test]
    fn random_neurons_are_one_of_the_conditions_and_have_the_strongest_reactivation() {
        let all = conditions(&[1.05, 1.2, 1.1]);
        assert_eq!(all.len(), 6);
        let (_, last) = &all[5];
        assert_eq!((last.groups, last.reactivation), (Groups::Random, Some(1.2)));
    }
}
