//! `host-sim equivalence`: the compact network beside the exact one, by the same estimators, network by network.

mod text;

use std::path::Path;
use std::str::FromStr;

use clap::Args;
use figures::{ComparisonFigure, DifferenceColumn, DifferencesFigure, Piece};
use freezable_chaos::HistoryRule;
use science::measure::Measurement;
use science::measure::equivalence::{
    self, Equivalence, INTERVAL, Outcome, Summary, Thresholds, compare, kinds,
};
use science::networks::{Ensemble, Model};
use serde::{Serialize, Serializer};

use super::measured::{Parameters, carry_out_all, open_store, report};
use crate::failure::Failure;
use crate::options::{Configuration, NetworkOptions};
use crate::output::{Provenance, ResultObject, draw};

/// Options of `equivalence`. The kinds of networks are given: --model and --couplings are not for this command.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct EquivalenceOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// Freezes of each network
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    pub trials: u32,
    /// Pairs of trajectories of each network, to see how fast they part
    #[arg(long, default_value_t = 2, allow_negative_numbers = true)]
    pub pairs: u32,
    /// Histories of compact networks, SAMPLESxSPACINGxLEVELS each; if not given, the recommended one
    #[arg(long, value_delimiter = ',')]
    pub histories: Vec<HistoryOption>,
    /// Fail unless the compact networks agree within the thresholds
    #[arg(long)]
    pub check: bool,
}

/// A history as it is typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoryOption(HistoryRule);

impl Serialize for HistoryOption {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let HistoryRule {
            samples,
            spacing,
            levels,
        } = self.0;
        serializer.collect_str(&format_args!("{samples}x{spacing}x{levels}"))
    }
}

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

/// What a result states as its parameters.
#[derive(Serialize)]
struct WithThresholds<'a> {
    #[serde(flatten)]
    parameters: Parameters<'a, Equivalence>,
    /// Samples, spacing and levels of each history that is compared.
    histories: Vec<[u32; 3]>,
    thresholds: Thresholds,
}

pub fn execute(options: EquivalenceOptions) -> Result<(), Failure> {
    if options.network.model != Model::Exact
        || options.network.couplings.is_some()
        || options.network.own.couplings.couplings_file.is_some()
    {
        return Err(Failure::Usage(
            "--model, --couplings and --couplings-file are not for equivalence, which compares all kinds"
                .into(),
        ));
    }
    let exact = options.network.check()?;
    let equivalence = Equivalence {
        trials: options.trials,
        pairs: options.pairs,
        ..Equivalence::of(&exact.ensemble)
    };
    let histories: Vec<HistoryRule> = options.histories.iter().map(|option| option.0).collect();
    let configurations: Vec<Configuration> = kinds(&exact.ensemble, &histories)?
        .into_iter()
        .map(|ensemble| Configuration {
            ensemble,
            ..exact.clone()
        })
        .collect();
    let Configuration {
        ensemble, results, ..
    } = &exact;
    let params = WithThresholds {
        parameters: Parameters {
            ensemble,
            measurement: &equivalence,
        },
        histories: histories
            .iter()
            .map(|rule| [rule.samples, rule.spacing, rule.levels])
            .collect(),
        thresholds: Thresholds::SET,
    };
    let store = open_store::<Equivalence>(&exact, &params)?;
    let found = carry_out_all(&equivalence, &configurations, &store)?;
    let outcomes = found.iter().map(|measured| &measured.outcomes[..]);
    let of_kinds: Vec<(&Ensemble, &[Outcome])> = configurations
        .iter()
        .map(|configuration| &configuration.ensemble)
        .zip(outcomes)
        .collect();
    let summary = compare(&of_kinds);
    let title = ensemble.describe_parameters();
    let result = ResultObject {
        kind: Equivalence::NAME,
        params,
        summary: &summary,
        provenance: Provenance::collect(ensemble.network.seeds),
    };
    let interval = ensemble.network.sampling().1;
    report(
        &result,
        (store, results),
        || equivalence::arrays(&of_kinds),
        |out| draw_figures(&of_kinds, &summary, (interval, &title), out),
        || text::of(&summary, &title),
    )?;
    match summary.failed() {
        Some(failed) if options.check => Err(Failure::Check(failed)),
        _ => Ok(()),
    }
}

/// The autocorrelations, and the differences with their bounds.
fn draw_figures(
    of_kinds: &[(&Ensemble, &[Outcome])],
    summary: &Summary,
    (interval, title): (f64, &str),
    out: &Path,
) -> Result<(), Failure> {
    let figure = ComparisonFigure {
        curves: &equivalence::curves(of_kinds),
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
        interval: INTERVAL,
    };
    draw(&figure, &out.join("differences"))
}
