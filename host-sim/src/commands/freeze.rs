//! `host-sim freeze`: freezes running networks again and again, and sees what becomes of the frozen states.

use std::path::Path;

use clap::Args;
use figures::{FrozenInterval, Labels, MemoryFigure, RasterFigure, Trace, Traces};
use science::measure::Measured;
use science::measure::freeze::{DEMONSTRATION, Freeze, Summary};
use science::networks::Ensemble;
use serde::Serialize;

use super::measured;
use super::table::average;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `freeze`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct FreezeOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// Freeze trials of each network, evenly spread over --duration
    #[arg(long, default_value_t = Freeze::default().trials)]
    pub trials: u32,
    /// Most neurons for which the eigenvalues of a frozen state are found, which takes a time of order N^3
    #[arg(long, default_value_t = Freeze::default().largest_spectrum)]
    pub largest_spectrum: usize,
}

pub fn execute(options: FreezeOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let ensemble = &configuration.ensemble;
    let freeze = Freeze {
        trials: options.trials,
        largest_spectrum: options.largest_spectrum,
    };
    measured::execute(
        &freeze,
        &configuration,
        |measured, out| draw_freeze(measured, ensemble, out),
        rows,
    )
    .map(|_| ())
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    vec![
        ("alive networks", average(&summary.alive)),
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("freeze trials", summary.freeze_trials.to_string()),
        ("converged", average(&summary.freeze_converged)),
        (
            "success (converged, cosine > 0.9)",
            average(&summary.freeze_success),
        ),
        ("cosine to the stored state", average(&summary.cosine)),
        (
            "rightmost frozen eigenvalue",
            average(&summary.rightmost_eigenvalue),
        ),
        ("release time", average(&summary.release_time)),
        (
            "released but not gone after 200",
            average(&summary.release_censored),
        ),
    ]
}

/// A freeze, a hold and a release of the first network: activity, speed and cosine to what is stored.
fn draw_freeze(measured: &Measured<Freeze>, ensemble: &Ensemble, out: &Path) -> Result<(), Failure> {
    let Some(first) = measured.outcomes.first() else {
        return Ok(());
    };
    let demonstration = &first.demonstration;
    let (_, interval) = ensemble.network.sampling();
    let [running, held, _] = DEMONSTRATION;
    let frozen = [FrozenInterval {
        start: running,
        end: running + held,
    }];
    let rates: Vec<f32> = demonstration.rates.iter().flatten().copied().collect();
    let raster = RasterFigure {
        rates: &rates,
        neurons: demonstration.rates.first().map_or(0, Vec::len),
        start: interval,
        interval,
        frozen: &frozen,
    };
    let trace = |values| Traces {
        host: Trace {
            times: &demonstration.time,
            values,
        },
        device: None,
        control: None,
    };
    let labels = Labels {
        host: "first network",
        ..Labels::default()
    };
    draw(
        &MemoryFigure {
            raster,
            speed: trace(&demonstration.speed),
            cosine: trace(&demonstration.cosine),
            labels,
            power_cut: None,
        },
        &out.join("freeze"),
    )
}
