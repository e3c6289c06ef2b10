//! Recall against the time for which a cue is held, and against the number of cues, their strength and the size of the
//! network.

use clap::Args;
use serde::Serialize;

use super::check_count;
use super::drawing::draw_recall;
use super::export::Export;
use super::measurement::{Outcome, Task, measure};
use super::summary::{Summary, text};
use crate::commands::table::print_text;
use crate::configuration::{Configuration, NetworkOptions, neurons};
use crate::ensemble;
use crate::failure::Failure;
use crate::memory::Protocol;
use crate::output::{Arrays, Provenance, ResultObject, write_atomically};
use crate::progress::Progress;

/// Options of `memory`. --duration is not used: trials follow one another.
#[derive(Args, Clone, Debug)]
pub(super) struct RecallOptions {
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    cues: CueOptions,
    /// Numbers of cues, of which one at a time is stored; a readout is trained for each number
    #[arg(
        long = "cues",
        value_delimiter = ',',
        default_value = "8",
        allow_negative_numbers = true
    )]
    numbers: Vec<u32>,
    /// Strengths of the cues: inputs of that magnitude with random signs, the same in each network
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1",
        allow_negative_numbers = true
    )]
    strengths: Vec<f32>,
    /// Numbers of neurons, in place of --n
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true, value_parser = neurons)]
    sizes: Vec<usize>,
    /// Times after the cue at which the network is read, frozen and running, in ascending order; if not given, those of
    /// 3,10,30,100,200,300 that are not beyond the hold, or the hold
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true)]
    times: Option<Vec<f64>>,
    /// Time for which a state is held
    #[arg(long, default_value_t = 10_000.0, allow_negative_numbers = true)]
    hold: f64,
}

/// How cues are written and readouts trained, in all experiments.
#[derive(Args, Clone, Debug)]
pub(super) struct CueOptions {
    /// Trials that train the readout, for each cue
    #[arg(long, default_value_t = 8, allow_negative_numbers = true)]
    pub(super) training: u32,
    /// Trials held out, of each network
    #[arg(long, default_value_t = 64, allow_negative_numbers = true)]
    pub(super) trials: u32,
    /// Time for which a cue is written
    #[arg(long, default_value_t = 20.0, allow_negative_numbers = true)]
    pub(super) write: f64,
    /// Time between the end of the cue and the freeze
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    pub(super) rest: f64,
}

/// Where a running network forgets, and beyond.
const TIMES: [f64; 6] = [3.0, 10.0, 30.0, 100.0, 200.0, 300.0];

impl RecallOptions {
    fn times(&self) -> Vec<f64> {
        if let Some(times) = &self.times {
            return times.clone();
        }
        let within_hold: Vec<f64> = TIMES.into_iter().filter(|&time| time <= self.hold).collect();
        if within_hold.is_empty() {
            vec![self.hold]
        } else {
            within_hold
        }
    }
}

/// Bounds against mistyped numbers.
const MOST_CUES: u32 = 4096;
const MOST_TRIALS: u32 = 100_000;
const LONGEST: f64 = 1e6;

impl CueOptions {
    /// The trials of one number of cues and strength, checked.
    pub(super) fn task(
        &self,
        cues: u32,
        (option, strength): (&str, f32),
        times: &[f64],
        hold: f64,
    ) -> Result<Task, Failure> {
        check_count("--cues", cues, [2, MOST_CUES])?;
        if !(strength.is_finite() && strength > 0.0) {
            return Err(Failure::Usage(format!(
                "{option} {strength} is not a number above its bound 0"
            )));
        }
        check_count("--training", self.training, [1, MOST_TRIALS])?;
        check_count("--trials", self.trials, [1, MOST_TRIALS])?;
        let named = [("--write", self.write), ("--rest", self.rest), ("--hold", hold)];
        for (name, time) in named
            .into_iter()
            .chain(times.iter().map(|&time| ("--times", time)))
        {
            if !(0.0..=LONGEST).contains(&time) {
                return Err(Failure::Usage(format!(
                    "{name} {time} is outside its bounds 0 and {LONGEST}"
                )));
            }
        }
        let all = || times.iter().copied().chain([hold]);
        if let Some((first, second)) = all().zip(all().skip(1)).find(|(first, second)| first > second) {
            return Err(Failure::Usage(format!(
                "--times and --hold: {second} comes after {first} and is less"
            )));
        }
        Ok(Task {
            cues,
            strength,
            training: self.training * cues,
            trials: self.trials,
            protocol: Protocol {
                write: self.write,
                rest: self.rest,
                times: times.to_vec(),
                hold,
            },
        })
    }
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    cues: &'a [u32],
    strengths: &'a [f32],
    sizes: &'a [usize],
    training: u32,
    trials: u32,
    protocol: &'a Protocol,
}

/// A task, the networks that do it, and what they did.
pub(super) struct Measured {
    pub(super) configuration: Configuration,
    pub(super) task: Task,
    pub(super) outcomes: Vec<Outcome>,
}

/// Runs the experiment.
pub(super) fn execute(options: RecallOptions) -> Result<(), Failure> {
    let base = options.network.clone().check()?;
    let sizes = if options.sizes.is_empty() {
        vec![base.n]
    } else {
        options.sizes.clone()
    };
    let times = options.times();
    let mut tasks = Vec::new();
    for &n in &sizes {
        let network = NetworkOptions {
            n,
            ..options.network.clone()
        };
        let configuration = network.check()?;
        for &cues in &options.numbers {
            for &strength in &options.strengths {
                let task = options
                    .cues
                    .task(cues, ("--strengths", strength), &times, options.hold)?;
                // The rates of the trials of a network are kept until its readout is trained and tested.
                let kept = u64::from(task.training) + u64::from(task.trials) * (3 + 2 * times.len() as u64);
                configuration.check_memory(kept)?;
                tasks.push((configuration.clone(), task));
            }
        }
    }
    let protocol = tasks
        .first()
        .map(|(_, task)| task.protocol.clone())
        .ok_or_else(|| Failure::Usage("--cues and --strengths need a value each".into()))?;
    let dt = f64::from(base.dt);
    let networks = u64::from(base.networks);
    let steps = tasks.iter().map(|(_, task)| networks * task.steps(dt));
    let progress = Progress::new("memory", steps.sum());
    let (mut measured, mut parts) = (Vec::new(), Vec::new());
    for (configuration, task) in tasks {
        let (outcomes, kept) = ensemble::measure(
            &format!("memory-{:016x}", task.digest()?),
            &configuration,
            &progress,
            task.steps(dt),
            |index, simulation, progress| measure(&configuration, &task, index, simulation, progress),
        )?;
        measured.push(Measured {
            configuration,
            task,
            outcomes,
        });
        parts.push(kept);
    }
    drop(progress);
    let summary = Summary::of(&measured);
    let result = ResultObject {
        kind: "memory",
        params: Parameters {
            configuration: &base,
            cues: &options.numbers,
            strengths: &options.strengths,
            sizes: &sizes,
            training: options.cues.training,
            trials: options.cues.trials,
            protocol: &protocol,
        },
        summary: &summary,
        provenance: Provenance::collect(base.seeds),
    };
    if let Some(out) = &base.out {
        arrays(&measured, &protocol)?.write(&out.join("memory.npz"))?;
        draw_recall(&summary, &title(&base, &sizes), out)?;
        if let Some(first) = measured.first()
            && let Some(outcome) = first.outcomes.first()
        {
            let couplings = outcome.couplings.unwrap_or(0);
            let readout = Export::new(&first.configuration, &first.task, &outcome.readout, couplings);
            write_atomically(&out.join("readout.rs"), readout.rust_source().as_bytes())?;
            // The reference has couplings of its own, which no device has.
            if outcome.couplings.is_some() {
                write_atomically(&out.join("readout.bin"), &readout.bytes()?)?;
            }
        }
        result.write(&out.join("memory.json"))?;
    }
    parts.iter().for_each(ensemble::Parts::remove);
    if base.json {
        Ok(result.print()?)
    } else {
        print_text(&text(&title(&base, &sizes), &summary))
    }
}

/// What the networks have in common: not their size, if there are several.
fn title(base: &Configuration, sizes: &[usize]) -> String {
    let size = |n: usize| format!("N = {n}, ");
    let theirs = if let [n] = sizes { size(*n) } else { String::new() };
    base.describe().replacen(&size(base.n), &theirs, 1)
}

/// One array of each kind for every task, a row for each network.
fn arrays(measured: &[Measured], protocol: &Protocol) -> Result<Arrays, Failure> {
    let mut arrays = Arrays::new();
    let times = protocol.times.len();
    for (place, Measured { outcomes, .. }) in measured.iter().enumerate() {
        let of = |values: &dyn Fn(&Outcome) -> Vec<f64>| outcomes.iter().flat_map(values).collect();
        let networks = outcomes.len();
        arrays
            .f64(
                &format!("running_recall_{place}"),
                &[networks, times],
                of(&|outcome| outcome.running.clone()),
            )?
            .f64(
                &format!("frozen_recall_{place}"),
                &[networks, times + 2],
                of(&|outcome| outcome.frozen.clone()),
            )?
            .f64(
                &format!("settled_recall_{place}"),
                &[networks],
                of(&|outcome| vec![outcome.settled]),
            )?;
    }
    let frozen = [0.0].into_iter().chain(protocol.times.iter().copied());
    arrays
        .f64("running_times", &[times], protocol.times.clone())?
        .f64(
            "frozen_times",
            &[times + 2],
            frozen.chain([protocol.hold]).collect(),
        )?;
    Ok(arrays)
}
