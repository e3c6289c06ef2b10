//! `host-sim run`: simulates networks and takes the statistics of their activity.

use std::path::Path;

use clap::Args;
use figures::{AutocorrelationFigure, Labels, RasterFigure, SpeedFigure, Trace, Traces};
use science::measure::Measured;
use science::measure::activity::{Run, Summary};
use science::networks::Ensemble;
use serde::Serialize;

use super::measured;
use super::table::average;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `run`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct RunOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// Longest lag of the autocorrelation, in units of the neuronal time constant; if not given, 100 or half of
    /// --duration, whichever is less
    #[arg(long)]
    pub longest_lag: Option<f64>,
}

pub fn execute(options: RunOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let ensemble = &configuration.ensemble;
    let mut run = Run::of(ensemble);
    run.longest_lag = options.longest_lag.unwrap_or(run.longest_lag);
    measured::execute(
        &run,
        &configuration,
        |measured, out| draw_run(measured, ensemble, out),
        rows,
    )
    .map(|_| ())
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    vec![
        ("alive networks", average(&summary.alive)),
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("half-width of C_phi", average(&summary.half_width)),
        ("rms speed", average(&summary.speed_rms)),
    ]
}

/// Autocorrelation of the active networks, activity raster and speed of the first.
fn draw_run(measured: &Measured<Run>, ensemble: &Ensemble, out: &Path) -> Result<(), Failure> {
    let Some(first) = measured.outcomes.first() else {
        return Ok(());
    };
    let (_, interval) = ensemble.network.sampling();
    let alive = measured.outcomes.iter().filter(|outcome| outcome.alive);
    let networks: Vec<Vec<f64>> = alive.map(|outcome| outcome.autocorrelation.clone()).collect();
    draw(
        &AutocorrelationFigure {
            networks: &networks,
            interval,
            theory: None,
        },
        &out.join("autocorrelation"),
    )?;
    let rates: Vec<f32> = first.raster.iter().flatten().copied().collect();
    draw(
        &RasterFigure {
            rates: &rates,
            neurons: first.raster.first().map_or(0, Vec::len),
            start: ensemble.burn_in + ensemble.duration - first.raster.len() as f64 * interval,
            interval,
            frozen: &[],
        },
        &out.join("raster"),
    )?;
    let times: Vec<f64> = (1..=first.speed.len())
        .map(|sample| sample as f64 * interval)
        .collect();
    let values: Vec<f64> = first.speed.iter().map(|&speed| speed.into()).collect();
    let host = Trace {
        times: &times,
        values: &values,
    };
    let speed = Traces {
        host,
        device: None,
        control: None,
    };
    let labels = Labels {
        host: "first network",
        ..Labels::default()
    };
    draw(
        &SpeedFigure {
            speed,
            frozen: &[],
            labels,
        },
        &out.join("speed"),
    )
}
