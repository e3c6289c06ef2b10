//! `host-sim jacobian`: spectra of the joint and of the frozen Jacobian along trajectories, and where theory puts them.

pub(super) mod measurement;

use clap::Args;
use nalgebra::Complex;
use serde::Serialize;

use self::measurement::{Outcome, Snapshot, measure, steps};
use super::drawing::draw;
use super::table::average;
use crate::configuration::{Configuration, Model, NetworkOptions};
use crate::ensemble::{self, Parts};
use crate::estimators::MeanSem;
use crate::failure::Failure;
use crate::figures::SpectrumFigure;
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::theory::joint_edge::JointEdge;

/// Options of `jacobian`.
#[derive(Args, Clone, Debug)]
pub struct JacobianOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// States of each network at which its equations are linearised, evenly spread over --duration. Each takes about
    /// 2.5e-8 N^3 seconds: 2 s at N = 400, two minutes at N = 1600
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    snapshots: u32,
}

/// What a result states as its parameters.
#[derive(Serialize)]
pub(super) struct Parameters<'a> {
    #[serde(flatten)]
    configuration: &'a Configuration,
    snapshots: u32,
}

/// Averages over alive networks, of averages over the snapshots of each. All predictions are for the bulk in the limit
/// of many neurons, from the slopes of the same states.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    /// Largest real part among the 2N eigenvalues that are not of lone synapses.
    pub(super) rightmost_joint: Option<MeanSem>,
    pub(super) predicted_rightmost: Option<MeanSem>,
    /// Its imaginary part, not negative.
    pub(super) imaginary_part_of_rightmost: Option<MeanSem>,
    pub(super) predicted_imaginary_part: Option<MeanSem>,
    /// With the synapses held.
    pub(super) rightmost_frozen: Option<MeanSem>,
    pub(super) predicted_rightmost_frozen: Option<MeanSem>,
    /// Of the rightmost 5% of the 2N.
    pub(super) mean_abs_imaginary: Option<MeanSem>,
    /// Share of the 2N with a real part above -1/p.
    pub(super) fraction_above_band: Option<MeanSem>,
    /// Number of the 2N with a positive real part.
    pub(super) unstable_joint: Option<MeanSem>,
    pub(super) alive: Option<MeanSem>,
}

/// Largest network: at twice as many rows, eigenvalues take an hour.
const LARGEST: usize = 4096;

/// Runs the command.
pub fn execute(options: JacobianOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    let (outcomes, parts) = spectra(&configuration, options.snapshots)?;
    let summary = summarise(&outcomes);
    let result = ResultObject {
        kind: "jacobian",
        params: Parameters {
            configuration: &configuration,
            snapshots: options.snapshots,
        },
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write_arrays(&outcomes, &configuration, &out.join("jacobian.npz"))?;
        draw_spectra(&outcomes, &configuration, out)?;
        result.write(&out.join("jacobian.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    super::table::print(&configuration.describe(), &rows(&summary))
}

/// Measures the spectra of an ensemble.
pub(super) fn spectra(
    configuration: &Configuration,
    snapshots: u32,
) -> Result<(Vec<Outcome>, Parts), Failure> {
    if configuration.model == Model::Compact {
        return Err(Failure::Usage(
            "--model compact has no joint Jacobian: its synapses are a history of samples, not a variable that moves \
             with the neurons"
                .into(),
        ));
    }
    let (n, most) = (configuration.n, configuration.window_steps());
    if n > LARGEST {
        return Err(Failure::Usage(format!("--n {n} is above its bound {LARGEST}")));
    }
    if snapshots == 0 || u64::from(snapshots) > most {
        return Err(Failure::Usage(format!(
            "--snapshots {snapshots} is outside its bounds 1 and {most}, the steps of --duration"
        )));
    }
    // Four matrices of 2N x 2N while the eigenvalues are found, and those of N x N that they come from.
    configuration.check_memory(40 * n as u64)?;
    let each = steps(configuration, snapshots);
    let progress = Progress::new("jacobian", each * u64::from(configuration.networks));
    ensemble::measure(
        &format!("jacobian-{snapshots}"),
        configuration,
        &progress,
        each,
        |_, simulation, progress| measure(configuration, snapshots, simulation, progress),
    )
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

/// The averages over an ensemble.
pub(super) fn summarise(outcomes: &[Outcome]) -> Summary {
    let mean =
        |value: fn(&Snapshot) -> f64| {
            MeanSem::of(outcomes.iter().filter(|outcome| outcome.alive).map(|outcome| {
                outcome.snapshots.iter().map(value).sum::<f64>() / outcome.snapshots.len() as f64
            }))
        };
    Summary {
        rightmost_joint: mean(|snapshot| snapshot.rightmost().re),
        predicted_rightmost: mean(|snapshot| snapshot.predicted_rightmost[0]),
        imaginary_part_of_rightmost: mean(|snapshot| snapshot.rightmost().im.abs()),
        predicted_imaginary_part: mean(|snapshot| snapshot.predicted_rightmost[1]),
        rightmost_frozen: mean(Snapshot::rightmost_frozen),
        predicted_rightmost_frozen: mean(|snapshot| snapshot.predicted_rightmost_frozen),
        mean_abs_imaginary: mean(Snapshot::mean_abs_imaginary),
        fraction_above_band: mean(|snapshot| snapshot.fraction_above_band),
        unstable_joint: mean(|snapshot| snapshot.unstable() as f64),
        alive: MeanSem::of(outcomes.iter().map(|outcome| f64::from(u8::from(outcome.alive)))),
    }
}

fn write_arrays(
    outcomes: &[Outcome],
    configuration: &Configuration,
    path: &std::path::Path,
) -> Result<(), Failure> {
    let snapshots = outcomes.first().map_or(0, |outcome| outcome.snapshots.len());
    let shape = [outcomes.len(), snapshots];
    let of_snapshots = |value: fn(&Snapshot) -> f64| -> Vec<f64> {
        outcomes.iter().flat_map(|o| &o.snapshots).map(value).collect()
    };
    let points = |eigenvalues: fn(&Snapshot) -> &[[f64; 2]]| -> Vec<f64> {
        let all = outcomes.iter().flat_map(|o| &o.snapshots).flat_map(eigenvalues);
        all.flatten().copied().collect()
    };
    let mut arrays = Arrays::new();
    // The last axis: real and imaginary part.
    let [networks, snapshots] = shape;
    arrays
        .u64(
            "alive",
            &shape[..1],
            outcomes.iter().map(|outcome| u64::from(outcome.alive)).collect(),
        )?
        .f64("time", &shape, of_snapshots(|snapshot| snapshot.time))?
        .f64(
            "mean_square_rate",
            &shape,
            of_snapshots(|snapshot| snapshot.mean_square_rate),
        )?
        .f64(
            "slopes",
            &[networks, snapshots, configuration.n],
            outcomes
                .iter()
                .flat_map(|o| &o.snapshots)
                .flat_map(|snapshot| snapshot.slopes.clone())
                .collect(),
        )?
        .f64(
            "joint",
            &[networks, snapshots, 2 * configuration.n, 2],
            points(|snapshot| &snapshot.joint),
        )?
        .f64(
            "frozen",
            &[networks, snapshots, configuration.n, 2],
            points(|snapshot| &snapshot.frozen),
        )?
        .f64(
            "predicted_rightmost",
            &[networks, snapshots, 2],
            points(|snapshot| std::slice::from_ref(&snapshot.predicted_rightmost)),
        )?
        .f64(
            "predicted_rightmost_frozen",
            &shape,
            of_snapshots(|snapshot| snapshot.predicted_rightmost_frozen),
        )?;
    Ok(arrays.write(path)?)
}

/// Eigenvalues that a figure can show before they hide each other.
const SHOWN: usize = 3000;

/// Draws the spectra of the alive networks' first snapshots, as many as can be told apart, and the predicted edges.
pub(super) fn draw_spectra(
    outcomes: &[Outcome],
    configuration: &Configuration,
    out: &std::path::Path,
) -> Result<(), Failure> {
    let Configuration { n, g, k, p, .. } = *configuration;
    let [g, k, p] = [g, k, p].map(f64::from);
    let shown: Vec<&Snapshot> = outcomes
        .iter()
        .filter(|outcome| outcome.alive)
        .flat_map(|outcome| outcome.snapshots.first())
        .take((SHOWN / (2 * n)).max(1))
        .collect();
    let collect = |eigenvalues: fn(&Snapshot) -> &[[f64; 2]]| -> Vec<Complex<f64>> {
        let all = shown.iter().flat_map(|snapshot| eigenvalues(snapshot));
        all.map(|[re, im]| Complex::new(*re, *im)).collect()
    };
    let edge = JointEdge::new(
        [g, k, p],
        shown
            .iter()
            .map(|snapshot| (snapshot.mean_square_rate, &snapshot.slopes[..])),
    );
    let slopes: Vec<f64> = shown
        .iter()
        .flat_map(|snapshot| snapshot.slopes.clone())
        .collect();
    let figure = SpectrumFigure {
        joint: &collect(|snapshot| &snapshot.joint),
        frozen: &collect(|snapshot| &snapshot.frozen),
        edge: &edge,
        frozen_radius: 1.0 + crate::theory::joint_edge::frozen_edge(g, &slopes),
        gap: -1.0 / p,
        title: &format!(
            "g = {g}, k = {k}, p = {p}, {} {} of {n} neurons",
            shown.len(),
            if shown.len() == 1 { "network" } else { "networks" },
        )
        .replace('-', "−"),
    };
    draw(&figure, &out.join("jacobian"))
}
