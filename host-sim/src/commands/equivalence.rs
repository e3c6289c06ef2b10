//! `host-sim equivalence`: the compact network beside the exact one, by the same estimators, network by network.
//!
//! Three kinds of networks share seeds and initial states: exact with Gaussian couplings, exact with sign couplings,
//! and compact with the same signs. The compact ones are compared with the exact ones of the same signs, pairwise.

mod measurement;
mod summary;

use std::str::FromStr;

use clap::Args;
use freezable_chaos::HistoryRule;
use serde::Serialize;

use self::measurement::{Effort, Outcome, measure};
use self::summary::{Summary, Thresholds};
use super::drawing::draw;
use super::table::print_text;
use crate::configuration::{Configuration, Couplings, Model, NetworkOptions};
use crate::ensemble;
use crate::failure::Failure;
use crate::figures::{ComparisonFigure, DifferenceColumn, DifferencesFigure, Piece};
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;

/// Options of `equivalence`. The kinds of networks are given: --model and --couplings are not for this command.
#[derive(Args, Clone, Debug)]
pub struct EquivalenceOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Freezes of each network
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    trials: u32,
    /// Pairs of trajectories of each network, to see how fast they part
    #[arg(long, default_value_t = 2, allow_negative_numbers = true)]
    pairs: u32,
    /// Histories of compact networks, SAMPLESxSPACINGxLEVELS each; if not given, the recommended one
    #[arg(long, value_delimiter = ',')]
    histories: Vec<HistoryOption>,
    /// Fail unless the compact networks agree within the thresholds
    #[arg(long)]
    check: bool,
}

/// A history as it is typed.
#[derive(Clone, Copy, Debug)]
struct HistoryOption(HistoryRule);

impl FromStr for HistoryOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Option<Vec<u32>> = text.split('x').map(|part| part.parse().ok()).collect();
        match parts.as_deref() {
            Some(&[samples, spacing, levels]) => {
                let rule = HistoryRule {
                    samples,
                    spacing,
                    levels,
                };
                rule.validate().map(Self).map_err(|error| error.to_string())
            }
            _ => Err("it is not SAMPLESxSPACINGxLEVELS, as in 8x20x127".to_owned()),
        }
    }
}

/// Longest lag of the autocorrelation.
const LONGEST_LAG: f64 = 100.0;
/// Most freezes, and most pairs of trajectories, of a network.
const MOST: u32 = 1000;

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    #[serde(flatten)]
    effort: Effort,
    thresholds: Thresholds,
}

/// A kind of network and its outcomes.
struct Variant {
    name: String,
    outcomes: Vec<Outcome>,
}

/// Runs the command.
pub fn execute(options: EquivalenceOptions) -> Result<(), Failure> {
    if options.network.model != Model::Exact || options.network.couplings.is_some() {
        return Err(Failure::Usage(
            "--model and --couplings are not for equivalence, which compares all kinds".into(),
        ));
    }
    for (option, count) in [("--trials", options.trials), ("--pairs", options.pairs)] {
        if count > MOST {
            return Err(Failure::Usage(format!(
                "{option} {count} is above its bound {MOST}"
            )));
        }
    }
    let exact = options.network.clone().check()?;
    let (_, interval) = exact.sampling();
    let effort = Effort {
        trials: options.trials,
        pairs: options.pairs,
        lags: (LONGEST_LAG.min(exact.duration / 2.0) / interval).round() as usize,
    };
    exact.check_memory(exact.window_steps() / exact.sampling().0)?;
    let kinds = kinds(&exact, &options.histories);
    let steps = effort.steps(&exact);
    let progress = Progress::new(
        "equivalence",
        steps * u64::from(exact.networks) * kinds.len() as u64,
    );
    let (mut variants, mut parts) = (Vec::new(), Vec::new());
    for (name, configuration) in &kinds {
        let (outcomes, kept) = ensemble::measure(
            &format!("equivalence-{}-{}-{}", effort.trials, effort.pairs, effort.lags),
            configuration,
            &progress,
            steps,
            |index, simulation, progress| measure(configuration, effort, index, simulation, progress),
        )?;
        variants.push(Variant {
            name: name.clone(),
            outcomes,
        });
        parts.push(kept);
    }
    drop(progress);
    let summary = Summary::of(&variants, interval);
    let result = ResultObject {
        kind: "equivalence",
        params: Parameters {
            configuration: &exact,
            effort,
            thresholds: Thresholds::SET,
        },
        summary: &summary,
        provenance: Provenance::collect(exact.seeds),
    };
    if let Some(out) = &exact.out {
        write_arrays(&variants, interval, &out.join("equivalence.npz"))?;
        draw_figures(&variants, &summary, (interval, &exact.describe_parameters()), out)?;
        result.write(&out.join("equivalence.json"))?;
    }
    parts.iter().for_each(ensemble::Parts::remove);
    if exact.json {
        result.print()?;
    } else {
        print_text(&summary.text(&exact.describe_parameters()))?;
    }
    match summary.failed() {
        Some(failed) if options.check => Err(Failure::Check(failed)),
        _ => Ok(()),
    }
}

/// The autocorrelations, and the differences with their bounds.
fn draw_figures(
    variants: &[Variant],
    summary: &Summary,
    (interval, title): (f64, &str),
    out: &std::path::Path,
) -> Result<(), Failure> {
    let figure = ComparisonFigure {
        curves: &summary::curves(variants),
        interval,
        title,
    };
    draw(&figure, &out.join("equivalence"))?;
    let differences = &summary.differences;
    let kinds: Vec<String> = differences.iter().map(|row| row.name.clone()).collect();
    let c_phi_0: Vec<_> = differences.iter().map(|row| row.c_phi_0).collect();
    let half_width: Vec<_> = differences.iter().map(|row| row.half_width).collect();
    let columns = [
        DifferenceColumn {
            name: &[
                Piece::Plain("difference in C"),
                Piece::Subscript("φ"),
                Piece::Plain("(0)"),
            ],
            values: &c_phi_0,
            bound: Thresholds::SET.c_phi_0,
        },
        DifferenceColumn {
            name: &[Piece::Plain("relative difference in half-width")],
            values: &half_width,
            bound: Thresholds::SET.half_width,
        },
    ];
    let figure = DifferencesFigure {
        kinds: &kinds,
        columns: &columns,
        title: &format!("{title}; to exact, signs; 95% intervals, bounds shaded"),
        interval: summary::INTERVAL,
    };
    draw(&figure, &out.join("differences"))
}

/// Names and configurations of all kinds of networks.
fn kinds(exact: &Configuration, histories: &[HistoryOption]) -> Vec<(String, Configuration)> {
    let signs = Configuration {
        couplings: Couplings::Signs,
        ..exact.clone()
    };
    let recommended = HistoryOption(HistoryRule::recommended(&exact.dynamics.params()));
    let histories = match histories {
        [] => std::slice::from_ref(&recommended),
        given => given,
    };
    let compact = histories.iter().map(|&HistoryOption(rule)| {
        let HistoryRule {
            samples,
            spacing,
            levels,
        } = rule;
        let configuration = Configuration {
            model: Model::Compact,
            history: Some(rule),
            ..signs.clone()
        };
        (format!("compact {samples}x{spacing}x{levels}"), configuration)
    });
    [
        ("exact, Gaussian".to_owned(), exact.clone()),
        ("exact, signs".to_owned(), signs.clone()),
    ]
    .into_iter()
    .chain(compact)
    .collect()
}

fn write_arrays(variants: &[Variant], interval: f64, path: &std::path::Path) -> Result<(), Failure> {
    let outcomes = || variants.iter().flat_map(|variant| &variant.outcomes);
    let lags = outcomes()
        .next()
        .map_or(0, |outcome| outcome.autocorrelation.len());
    let networks = variants.first().map_or(0, |variant| variant.outcomes.len());
    let shape = [variants.len(), networks];
    let mut arrays = Arrays::new();
    arrays
        .f64(
            "lag",
            &[lags],
            (0..lags).map(|lag| lag as f64 * interval).collect(),
        )?
        .f64(
            "autocorrelation",
            &[variants.len(), networks, lags],
            outcomes()
                .flat_map(|outcome| outcome.autocorrelation.iter().copied())
                .collect(),
        )?
        .f64(
            "alive",
            &shape,
            outcomes()
                .map(|outcome| f64::from(u8::from(outcome.alive)))
                .collect(),
        )?
        .f64(
            "speed_rms",
            &shape,
            outcomes().map(|outcome| outcome.speed_rms).collect(),
        )?;
    Ok(arrays.write(path)?)
}
