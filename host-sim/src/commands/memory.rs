//! `host-sim memory`: writes cues, holds them frozen, reads them by a trained linear readout; and the same without freezing.

mod export;
mod measurement;
mod summary;

use clap::Args;
use serde::Serialize;

use self::measurement::{Task, measure};
use self::summary::{Summary, text};
use super::drawing::draw;
use super::table::print_text;
use crate::configuration::{Configuration, NetworkOptions};
use crate::ensemble;
use crate::failure::Failure;
use crate::figures::RecallFigure;
use crate::memory::Protocol;
use crate::output::{Arrays, Provenance, ResultObject, write_atomically};
use crate::progress::Progress;

/// Options of `memory`. --duration is not used: trials follow one another.
#[derive(Args, Clone, Debug)]
pub struct MemoryOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Numbers of cues, of which one at a time is stored; a readout is trained for each number
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "8",
        allow_negative_numbers = true
    )]
    cues: Vec<u32>,
    /// Strengths of the cues: inputs of that magnitude with random signs, the same in each network
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "2",
        allow_negative_numbers = true
    )]
    strengths: Vec<f32>,
    /// Trials that train the readout, for each cue
    #[arg(long, default_value_t = 8, allow_negative_numbers = true)]
    training: u32,
    /// Trials held out, of each network
    #[arg(long, default_value_t = 64, allow_negative_numbers = true)]
    trials: u32,
    /// Time for which a cue is written
    #[arg(long, default_value_t = 20.0, allow_negative_numbers = true)]
    write: f64,
    /// Time between the end of the cue and the freeze
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    rest: f64,
    /// Time for which a state is held
    #[arg(long, default_value_t = 10_000.0, allow_negative_numbers = true)]
    hold: f64,
}

/// Times at which the network that is not frozen is read.
const RUNNING: [f64; 6] = [3.0, 10.0, 30.0, 100.0, 200.0, 300.0];
/// Bounds against mistyped numbers.
const MOST_CUES: u32 = 4096;
const MOST_TRIALS: u32 = 100_000;
const LONGEST: f64 = 1e6;

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    cues: &'a [u32],
    strengths: &'a [f32],
    training: u32,
    trials: u32,
    protocol: &'a Protocol,
}

/// Runs the command.
pub fn execute(options: MemoryOptions) -> Result<(), Failure> {
    let tasks = tasks(&options)?;
    let configuration = options.network.clone().check()?;
    // The rates of all trials of a network are kept until its readout is trained.
    let most = tasks.iter().map(Task::all_trials).max().unwrap_or(0);
    configuration.check_memory(u64::from(most) * (3 + RUNNING.len() as u64))?;
    let dt = f64::from(configuration.dt);
    let networks = u64::from(configuration.networks);
    let progress = Progress::new("memory", tasks.iter().map(|task| networks * task.steps(dt)).sum());
    let (mut rows, mut parts) = (Vec::new(), Vec::new());
    for task in tasks {
        let (outcomes, kept) = ensemble::measure(
            &format!("memory-{:016x}", task.digest()?),
            &configuration,
            &progress,
            task.steps(dt),
            |index, simulation, progress| measure(&configuration, &task, index, simulation, progress),
        )?;
        rows.push((task, outcomes));
        parts.push(kept);
    }
    drop(progress);
    let summary = Summary::of(&rows);
    let protocol = protocol(&options);
    let result = ResultObject {
        kind: "memory",
        params: Parameters {
            configuration: &configuration,
            cues: &options.cues,
            strengths: &options.strengths,
            training: options.training,
            trials: options.trials,
            protocol: &protocol,
        },
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        let mut arrays = Arrays::new();
        for (place, (task, outcomes)) in rows.iter().enumerate() {
            let times = task.protocol.running.len();
            arrays
                .f64(
                    &format!("running_recall_{place}"),
                    &[outcomes.len(), times],
                    outcomes
                        .iter()
                        .flat_map(|outcome| outcome.running.clone())
                        .collect(),
                )?
                .f64(
                    &format!("frozen_recall_{place}"),
                    &[outcomes.len(), 3],
                    outcomes.iter().flat_map(|outcome| outcome.frozen).collect(),
                )?;
        }
        arrays.f64("running_times", &[RUNNING.len()], RUNNING.to_vec())?;
        arrays.write(&out.join("memory.npz"))?;
        draw(
            &RecallFigure {
                rows: &summary.figure_rows(),
                hold: options.hold,
                title: &configuration.describe(),
            },
            &out.join("memory"),
        )?;
        if let Some((task, Some(outcome))) = rows.first().map(|(task, outcomes)| (task, outcomes.first())) {
            let source = export::rust_source(&configuration, task, outcome);
            write_atomically(&out.join("readout.rs"), source.as_bytes())?;
        }
        result.write(&out.join("memory.json"))?;
    }
    parts.iter().for_each(ensemble::Parts::remove);
    if configuration.json {
        Ok(result.print()?)
    } else {
        print_text(&text(&configuration, &summary))
    }
}

fn protocol(options: &MemoryOptions) -> Protocol {
    Protocol {
        write: options.write,
        rest: options.rest,
        hold: options.hold,
        running: RUNNING.to_vec(),
    }
}

/// Every number of cues with every strength, checked.
fn tasks(options: &MemoryOptions) -> Result<Vec<Task>, Failure> {
    let refuse = |what: String| Err(Failure::Usage(what));
    if let Some(cues) = options
        .cues
        .iter()
        .find(|&&cues| !(2..=MOST_CUES).contains(&cues))
    {
        return refuse(format!("--cues {cues} is outside its bounds 2 and {MOST_CUES}"));
    }
    let is_strength = |strength: &f32| strength.is_finite() && *strength > 0.0;
    if let Some(strength) = options.strengths.iter().find(|strength| !is_strength(strength)) {
        return refuse(format!(
            "--strengths {strength} is not a number above its bound 0"
        ));
    }
    for (name, count) in [("--training", options.training), ("--trials", options.trials)] {
        if !(1..=MOST_TRIALS).contains(&count) {
            return refuse(format!(
                "{name} {count} is outside its bounds 1 and {MOST_TRIALS}"
            ));
        }
    }
    for (name, time) in [
        ("--write", options.write),
        ("--rest", options.rest),
        ("--hold", options.hold),
    ] {
        if !(0.0..=LONGEST).contains(&time) {
            return refuse(format!("{name} {time} is outside its bounds 0 and {LONGEST}"));
        }
    }
    let pairs = options
        .cues
        .iter()
        .flat_map(|&cues| options.strengths.iter().map(move |&strength| (cues, strength)));
    Ok(pairs
        .map(|(cues, strength)| Task {
            cues,
            strength,
            training: options.training * cues,
            trials: options.trials,
            protocol: protocol(options),
        })
        .collect())
}
