//! `host-sim jacobian`: spectra of the joint and of the frozen Jacobian along trajectories, and where theory puts them.

use std::path::Path;

use clap::Args;
use figures::SpectrumFigure;
use science::measure::Measured;
use science::measure::spectra::{Snapshot, Spectra, Summary};
use science::networks::Ensemble;
use science::spectra::Complex;
use science::theory::joint_edge::{JointEdge, frozen_edge};
use serde::Serialize;

use super::measured;
use super::table::average;
use crate::failure::Failure;
use crate::options::NetworkOptions;
use crate::output::draw;

/// Options of `jacobian`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct JacobianOptions {
    #[command(flatten)]
    #[serde(flatten)]
    pub network: NetworkOptions,
    /// States of each network at which its equations are linearised, evenly spread over --duration. Each takes about
    /// 2.5e-8 N^3 seconds: 2 s at N = 400, two minutes at N = 1600
    #[arg(long, default_value_t = Spectra::default().snapshots, allow_negative_numbers = true)]
    pub snapshots: u32,
}

pub fn execute(options: JacobianOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let spectra = Spectra {
        snapshots: options.snapshots,
    };
    let ensemble = &configuration.ensemble;
    measured::execute(
        &spectra,
        &configuration,
        |measured, out| draw_spectra(measured, ensemble, out),
        rows,
    )
    .map(|_| ())
}

fn rows(summary: &Summary) -> Vec<(&'static str, String)> {
    vec![
        ("alive networks", average(&summary.alive)),
        ("rightmost joint eigenvalue", average(&summary.rightmost_joint)),
        ("  predicted edge", average(&summary.predicted_rightmost)),
        (
            "its imaginary part",
            average(&summary.imaginary_part_of_rightmost),
        ),
        ("  predicted", average(&summary.predicted_imaginary_part)),
        ("rightmost frozen eigenvalue", average(&summary.rightmost_frozen)),
        ("  predicted edge", average(&summary.predicted_rightmost_frozen)),
        (
            "mean |Im| of the rightmost 5%",
            average(&summary.mean_abs_imaginary),
        ),
        ("share above -1/p", average(&summary.fraction_above_band)),
        ("unstable joint eigenvalues", average(&summary.unstable_joint)),
    ]
}

/// Eigenvalues that a figure can show before they hide each other.
const SHOWN: usize = 3000;

/// Draws the spectra of the active networks' first snapshots, as many as can be told apart, and the predicted edges.
fn draw_spectra(measured: &Measured<Spectra>, ensemble: &Ensemble, out: &Path) -> Result<(), Failure> {
    let network = &ensemble.network;
    let [g, k, p] = [network.g, network.k, network.p].map(f64::from);
    let active = measured.outcomes.iter().filter(|outcome| outcome.alive);
    let shown: Vec<&Snapshot> = active
        .flat_map(|outcome| outcome.snapshots.first())
        .take((SHOWN / (2 * network.n)).max(1))
        .collect();
    let collect = |eigenvalues: fn(&Snapshot) -> &[[f64; 2]]| -> Vec<Complex<f64>> {
        let all = shown.iter().flat_map(|snapshot| eigenvalues(snapshot));
        all.map(|[re, im]| Complex::new(*re, *im)).collect()
    };
    let states = shown
        .iter()
        .map(|snapshot| (snapshot.mean_square_rate, &snapshot.slopes[..]));
    let slopes: Vec<f64> = shown
        .iter()
        .flat_map(|snapshot| snapshot.slopes.clone())
        .collect();
    let figure = SpectrumFigure {
        joint: &collect(|snapshot| &snapshot.joint),
        frozen: &collect(|snapshot| &snapshot.frozen),
        edge: &JointEdge::new([g, k, p], states),
        frozen_radius: 1.0 + frozen_edge(g, &slopes),
        gap: -1.0 / p,
        title: &format!(
            "g = {g}, k = {k}, p = {p}, {} {} of {} neurons",
            shown.len(),
            if shown.len() == 1 { "network" } else { "networks" },
            network.n,
        )
        .replace('-', "−"),
    };
    draw(&figure, &out.join("jacobian"))
}
