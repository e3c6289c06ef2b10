//! Recall against the time for which a cue is held, and against the number of cues, their strength and the size of the
//! network.

use clap::Args;
use science::measure::recall::{MeasuredGrid, RecallGrid};
use science::memory::{Protocol, TrainedReadout};

use super::drawing::draw_recall;
use super::export::rust_source;
use super::table::text;
use crate::commands::measured::{Parameters, report};
use crate::failure::Failure;
use crate::options::{Configuration, NetworkOptions, neurons};
use crate::output::{Provenance, ResultObject, write_atomically};
use crate::progress::Progress;
use crate::store::Plan;

/// Options of `memory`. --duration is not used: trials follow one another.
#[derive(Args, Clone, Debug)]
pub(super) struct RecallOptions {
    #[command(flatten)]
    network: NetworkOptions,
    #[command(flatten)]
    cues: CueOptions,
    /// Numbers of cues, of which one at a time is stored; a readout is trained for each number
    #[arg(long = "cues", value_delimiter = ',', default_value = "8")]
    numbers: Vec<u32>,
    /// Strengths of the cues: inputs of that magnitude with random signs, the same in each network
    #[arg(long, value_delimiter = ',', default_value = "1")]
    strengths: Vec<f32>,
    /// Numbers of neurons, in place of --n
    #[arg(long, value_delimiter = ',', value_parser = neurons)]
    sizes: Vec<usize>,
    /// Times after the cue at which the network is read, frozen and running, in ascending order; if not given, those of
    /// 3,10,30,100,200,300 that are not beyond the hold, or the hold
    #[arg(long, value_delimiter = ',')]
    times: Option<Vec<f64>>,
    /// Time for which a state is held
    #[arg(long, default_value_t = 10_000.0)]
    hold: f64,
}

/// How cues are written and readouts trained, in all experiments.
#[derive(Args, Clone, Debug)]
pub(super) struct CueOptions {
    /// Trials that train the readout, for each cue
    #[arg(long, default_value_t = 8)]
    pub(super) training: u32,
    /// Trials held out, of each network
    #[arg(long, default_value_t = 64)]
    pub(super) trials: u32,
    /// Time for which a cue is written
    #[arg(long, default_value_t = 20.0)]
    pub(super) write: f64,
    /// Time between the end of the cue and the freeze
    #[arg(long, default_value_t = 1.0)]
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

    fn grid(&self, n: usize) -> RecallGrid {
        RecallGrid {
            cues: self.numbers.clone(),
            strengths: self.strengths.clone(),
            sizes: if self.sizes.is_empty() {
                vec![n]
            } else {
                self.sizes.clone()
            },
            training: self.cues.training,
            trials: self.cues.trials,
            protocol: Protocol {
                write: self.cues.write,
                rest: self.cues.rest,
                times: self.times(),
                hold: self.hold,
            },
        }
    }
}

pub(super) fn execute(options: RecallOptions) -> Result<(), Failure> {
    let grid = options.grid(options.network.neurons()?);
    let configuration = options.network.check()?;
    let Configuration {
        ensemble,
        execution,
        results,
    } = &configuration;
    let steps = grid.check(ensemble, execution)?;
    let params = Parameters {
        ensemble,
        measurement: &grid,
    };
    let store = results.shared_store(Plan::new("memory", &params)?)?;
    let progress = Progress::new("memory", steps);
    let measured = results.merged(grid.measure(ensemble, execution, &progress, &store))?;
    drop(progress);
    let result = ResultObject {
        kind: "memory",
        params,
        summary: &measured.summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    let title = title(&configuration, &grid.sizes);
    report(
        &result,
        (store, results),
        || grid.arrays(&measured),
        |out| {
            draw_recall(&measured.summary, &title, out)?;
            write_readout(&measured, out)
        },
        || text(&title, &measured.summary),
    )
}

/// What the networks have in common: not their size, if there are several.
fn title(base: &Configuration, sizes: &[usize]) -> String {
    let size = |n: usize| format!("N = {n}, ");
    let theirs = if let [n] = sizes { size(*n) } else { String::new() };
    let ensemble = &base.ensemble;
    ensemble
        .describe()
        .replacen(&size(ensemble.network.n), &theirs, 1)
}

/// The readout of the first network of the first task, for a firmware.
fn write_readout(measured: &MeasuredGrid, out: &std::path::Path) -> Result<(), Failure> {
    let Some(first) = measured.tasks.first() else {
        return Ok(());
    };
    let Some(outcome) = first.measured.outcomes.first() else {
        return Ok(());
    };
    let couplings = outcome.couplings.unwrap_or(0);
    let readout = TrainedReadout::new(&first.of, &first.recall.task, &outcome.readout, couplings);
    let source = rust_source(&readout, &first.of);
    write_atomically(&out.join("readout.rs"), source.as_bytes())?;
    // The reference has couplings of its own, which no device has.
    if outcome.couplings.is_some() {
        write_atomically(&out.join("readout.bin"), &readout.bytes()?)?;
    }
    Ok(())
}
