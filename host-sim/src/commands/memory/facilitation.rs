//! `host-sim memory facilitation`: short-term facilitation with the protocol of freezing.

mod drawing;

use std::path::PathBuf;

use clap::Args;
use science::measure::facilitation::{Facilitation, Summary};
use science::memory::facilitation::TIME_CONSTANT;

use self::drawing::{Frozen, draw_facilitation};
use super::table::cell;
use crate::commands::measured::report;
use crate::failure::Failure;
use crate::options::ResultOptions;
use crate::output::{Provenance, ResultObject, Seeds};
use crate::progress::Progress;
use crate::store::Plan;

/// Options of `memory facilitation`.
#[derive(Args, Clone, Debug)]
pub(super) struct FacilitationOptions {
    /// Number of cues, each of which excites a group of its own (published: 5)
    #[arg(long, default_value_t = Facilitation::default().cues)]
    cues: u32,
    /// Trials under each condition
    #[arg(long, default_value_t = Facilitation::default().trials)]
    trials: u32,
    /// Strengths of the excitations of all neurons that reactivate the memory, as factors of the background (published:
    /// 1.075)
    #[arg(
        long,
        value_delimiter = ',',
        default_values_t = Facilitation::default().reactivations
    )]
    reactivations: Vec<f64>,
    /// Longest time for which a memory is kept, in units of the neuronal time constant, of 10 ms
    #[arg(long, default_value_t = Facilitation::default().hold)]
    hold: f64,
    /// A memory.json of `memory`, whose first row is drawn on the same axis
    #[arg(long)]
    frozen: Option<PathBuf>,
    /// Seed of cues and noise
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    results: ResultOptions,
}

pub(super) fn execute(options: FacilitationOptions) -> Result<(), Failure> {
    let facilitation = Facilitation {
        cues: options.cues,
        trials: options.trials,
        reactivations: options.reactivations,
        hold: options.hold,
        seed: options.seed,
    };
    facilitation.check()?;
    let execution = options.results.execution()?;
    let frozen = options.frozen.as_deref().map(Frozen::read).transpose()?;
    let params = facilitation.parameters();
    let plan = Plan::new("memory facilitation", &params)?;
    let store = options.results.store(plan)?;
    let progress = Progress::new("memory facilitation", facilitation.steps());
    let facilitated = facilitation.measure(execution.threads, &progress)?;
    drop(progress);
    let result = ResultObject {
        kind: "memory facilitation",
        params,
        summary: &facilitated.summary,
        provenance: Provenance::collect(Seeds::all(options.seed)),
    };
    report(
        &result,
        (store, &options.results),
        || facilitation.arrays(&facilitated),
        |out| draw_facilitation(&facilitated.summary, frozen.as_ref(), out),
        || text(&facilitated.summary, options.cues),
    )
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
            let cells = [recall, u].map(cell);
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
