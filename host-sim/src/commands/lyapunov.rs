//! `host-sim lyapunov`: exponents of the joint map of neurons and synapses, or of neurons and samples of the history.

use std::path::Path;

use clap::Args;
use figures::LyapunovFigure;
use science::measure::Measured;
use science::measure::exponents::{Lyapunov, Outcome, Summary, synaptic_rate};
use science::networks::{Ensemble, Model, Synapses};
use serde::Serialize;

use super::measured;
use super::table::average;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `lyapunov`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct LyapunovOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// Number of leading exponents, or all: N + N(N+1)/2 of them (antisymmetric changes of A have -1/p besides); of the
    /// compact network N(H+1), neurons and H samples of the history, of its step without the rounding to integers
    #[arg(long, default_value = "1", allow_negative_numbers = true)]
    pub exponents: String,
    /// Stop as soon as the split-half error of the largest exponent is below this in three looks one after the other,
    /// after half of --duration at the earliest; 0 goes on to the end
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    pub tolerance: f64,
    /// Freeze after --burn-in, and measure the neurons alone
    #[arg(long)]
    pub frozen: bool,
}

pub fn execute(options: LyapunovOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let ensemble = &configuration.ensemble;
    let synapses = if options.frozen {
        Synapses::Frozen
    } else {
        Synapses::Running
    };
    let mut lyapunov = Lyapunov::of(ensemble, synapses);
    lyapunov.tolerance = options.tolerance;
    lyapunov.exponents = number_of(&options.exponents, lyapunov.dimension())?;
    measured::execute(
        &lyapunov,
        &configuration,
        |measured, out| draw_exponents(&lyapunov, measured, ensemble, out),
        |summary| rows(&lyapunov, summary),
    )
    .map(|_| ())
}

/// The number of exponents that was typed; of too many, the measurement knows the bound.
fn number_of(typed: &str, dimension: usize) -> Result<usize, Failure> {
    if typed == "all" {
        return Ok(dimension);
    }
    let number = typed.parse();
    number.map_err(|_| {
        Failure::Usage(format!(
            "--exponents {typed} is outside its bounds 1 and {dimension}, and not all"
        ))
    })
}

fn rows(lyapunov: &Lyapunov, summary: &Summary) -> Vec<(&'static str, String)> {
    let tangents = format!("{}, {} dimensions", lyapunov.tangents(), lyapunov.dimension());
    vec![
        ("tangents of", tangents),
        ("alive networks", average(&summary.alive)),
        ("chaotic networks", average(&summary.chaotic)),
        ("largest exponent", average(&summary.lyapunov_max)),
        ("its split-half error", average(&summary.split_half_error)),
        ("Kaplan-Yorke dimension", average(&summary.kaplan_yorke_dimension)),
        (
            "share above a lone synapse's",
            average(&summary.above_synaptic_rate),
        ),
        ("share below it", average(&summary.below_synaptic_rate)),
        ("synapses in the leading vector", average(&summary.synaptic_share)),
    ]
}

/// The running estimate and, of several exponents, the spectrum: of the networks that the summary averages over.
fn draw_exponents(
    lyapunov: &Lyapunov,
    measured: &Measured<Lyapunov>,
    ensemble: &Ensemble,
    out: &Path,
) -> Result<(), Failure> {
    let counted = lyapunov.counted(&measured.outcomes);
    let curves = |curve: &dyn Fn(&Outcome) -> Vec<f64>| -> Vec<Vec<f64>> {
        counted.iter().map(|outcome| curve(outcome)).collect()
    };
    let times = lyapunov.times(ensemble, &measured.outcomes);
    draw(
        &LyapunovFigure {
            x_name: "time (units of the neuronal time constant)",
            y_name: "largest Lyapunov exponent",
            x: &times,
            networks: &curves(&|outcome| outcome.running_to(times.len())),
            level: None,
        },
        &out.join("lyapunov"),
    )?;
    if lyapunov.exponents == 1 {
        return Ok(());
    }
    let network = &ensemble.network;
    // Where there is no bottom, nothing can be drawn.
    let is_finite = |at: &usize| counted.iter().all(|outcome| outcome.spectrum[*at].is_finite());
    let shown = (0..lyapunov.exponents).take_while(is_finite).count();
    let numbers = (1..=shown).map(|at| at as f64 / network.n as f64);
    let level = Some(synaptic_rate(network)).filter(|rate| rate.is_finite() && network.model == Model::Exact);
    draw(
        &LyapunovFigure {
            x_name: "number of the exponent / N",
            y_name: "Lyapunov exponent",
            x: &numbers.collect::<Vec<f64>>(),
            networks: &curves(&|outcome| outcome.spectrum[..shown].to_vec()),
            level: level.map(|rate| (rate, "a lone synapse")),
        },
        &out.join("spectrum"),
    )
}
