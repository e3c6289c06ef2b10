//! `host-sim precision`: how fast the kernel, in single precision, parts from the reference simulator in double.

use std::path::Path;

use clap::Args;
use figures::chart::CONDITIONS;
use figures::{Chart, Look, Piece, Series};
use science::measure::Measured;
use science::measure::precision::{Rounding, Summary, times};
use science::networks::Ensemble;
use serde::Serialize;

use super::measured;
use super::table::average;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `precision`: --duration is the time for which both go on.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct PrecisionOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
}

pub fn execute(options: PrecisionOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let ensemble = &configuration.ensemble;
    measured::execute(
        &Rounding::default(),
        &configuration,
        |measured, out| draw_distances(measured, ensemble, out),
        rows,
    )
    .map(|_| ())
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    let early = summary.early_distance;
    vec![
        (
            "rms distance after one time unit",
            early.map_or_else(|| "-".to_owned(), |distance| format!("{:.2e}", distance.mean)),
        ),
        ("rate of its growth, 1e-5 to 1e-2", average(&summary.rate)),
        ("rms distance at the end", average(&summary.last_distance)),
    ]
}

/// The distances of all networks.
fn draw_distances(measured: &Measured<Rounding>, ensemble: &Ensemble, out: &Path) -> Result<(), Failure> {
    let time = times(ensemble, &measured.outcomes);
    let outcomes = measured.outcomes.iter().enumerate();
    let series: Vec<Series> = outcomes
        .map(|(network, outcome)| Series {
            name: (network == 0).then(|| "one network each".to_owned()),
            look: Look::Line,
            colour: CONDITIONS[1],
            x: time.clone(),
            y: outcome.distance.clone(),
            errors: Vec::new(),
        })
        .collect();
    draw(
        &Chart {
            x_name: &[Piece::Plain("time (units of the neuronal time constant)")],
            y_name: &[Piece::Plain("rms distance of x, f32 from f64")],
            note: "",
            series: &series,
            include: &[],
            decades: true,
            marks: &[],
        },
        &out.join("precision"),
    )
}
