//! `host-sim precision`: how fast the kernel, in single precision, parts from the reference simulator in double.
//!
//! After the burn-in the reference takes over the state and the couplings of the kernel's network, bit for bit, and both
//! go on: what then parts them is rounding, which chaos amplifies.

use clap::Args;
use serde::{Deserialize, Serialize};

use super::drawing::draw;
use super::table::average;
use crate::configuration::{Configuration, Model, NetworkOptions, Precision, TransferFunction};
use crate::ensemble::{self, PROGRESS_STRIDE};
use crate::estimators::{MeanSem, separation, steps_in};
use crate::failure::Failure;
use crate::figures::{Chart, Look, Piece, Series, chart::CONDITIONS};
use crate::output::{Arrays, Provenance, ResultObject};
use crate::progress::Progress;
use crate::reference::{Reference, ReferenceParameters, ReferenceTransfer};
use crate::simulation::Simulation;

/// Options of `precision`: --duration is the time for which both go on.
#[derive(Args, Clone, Debug)]
pub struct PrecisionOptions {
    #[command(flatten)]
    network: NetworkOptions,
}

/// Time between two looks at the distance.
const INTERVAL: f64 = 1.0;
/// Distances between which the growth is timed: above rounding, where every direction is mixed in, and below the size of
/// the attractor.
const GROWTH: [f64; 2] = [1e-5, 1e-2];

/// What is measured of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Outcome {
    /// Rms distance of x per neuron, one value per time unit.
    distance: Vec<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    /// Rms distance per neuron after one time unit.
    early_distance: Option<MeanSem>,
    /// Rate of its growth from 1e-5 to 1e-2, per unit of time, of the networks that got there.
    rate: Option<MeanSem>,
    /// Rms distance per neuron at the end.
    last_distance: Option<MeanSem>,
}

/// Runs the command.
pub fn execute(options: PrecisionOptions) -> Result<(), Failure> {
    let configuration = options.network.check()?;
    if configuration.model == Model::Compact || configuration.precision == Precision::F64 {
        return Err(Failure::Usage(
            "--model compact and --precision f64 are not for precision, which compares both precisions of the exact network"
                .into(),
        ));
    }
    // J and A in double precision.
    configuration.check_memory(2 * 2 * configuration.n as u64)?;
    let steps = configuration.burn_in_steps() + configuration.window_steps();
    let progress = Progress::new("precision", steps * u64::from(configuration.networks));
    let (outcomes, parts) = ensemble::measure(
        "precision",
        &configuration,
        &progress,
        steps,
        |_, simulation, progress| measure(&configuration, simulation, progress),
    )?;
    drop(progress);
    let summary = Summary {
        early_distance: MeanSem::of(
            outcomes
                .iter()
                .filter_map(|outcome| outcome.distance.first().copied()),
        ),
        rate: MeanSem::of(outcomes.iter().filter_map(|outcome| rate(&outcome.distance))),
        last_distance: MeanSem::of(
            outcomes
                .iter()
                .filter_map(|outcome| outcome.distance.last().copied()),
        ),
    };
    let result = ResultObject {
        kind: "precision",
        params: &configuration,
        summary: &summary,
        provenance: Provenance::collect(configuration.seeds),
    };
    if let Some(out) = &configuration.out {
        write(&outcomes, out)?;
        result.write(&out.join("precision.json"))?;
    }
    parts.remove();
    if configuration.json {
        return Ok(result.print()?);
    }
    let rows = [
        (
            "rms distance after one time unit",
            summary
                .early_distance
                .map_or_else(|| "-".to_owned(), |d| format!("{:.2e}", d.mean)),
        ),
        ("rate of its growth, 1e-5 to 1e-2", average(&summary.rate)),
        ("rms distance at the end", average(&summary.last_distance)),
    ];
    super::table::print(&configuration.describe(), &rows)
}

fn measure(
    configuration: &Configuration,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let burn_in = configuration.burn_in_steps();
    for step in 1..=burn_in {
        simulation.step()?;
        if step.is_multiple_of(PROGRESS_STRIDE) {
            progress.advance(PROGRESS_STRIDE);
        }
    }
    progress.advance(burn_in % PROGRESS_STRIDE);
    let mut twin = reference(configuration, simulation)?;
    let interval = steps_in(INTERVAL, configuration.dt.into());
    let (mut distance, mut state) = (Vec::new(), Vec::new());
    for step in 1..=configuration.window_steps() {
        simulation.step()?;
        twin.step().map_err(|error| Failure::Check(error.to_string()))?;
        if step.is_multiple_of(interval) {
            simulation.copy_state(&mut state);
            distance.push(separation::distance(&state, twin.state()));
            progress.advance(interval);
        }
    }
    Ok(Outcome { distance })
}

/// The reference simulator in the very state of the kernel's network.
fn reference(configuration: &Configuration, simulation: &dyn Simulation) -> Result<Reference, Failure> {
    let (quenched, plastic) = simulation.couplings();
    let mut state = Vec::new();
    simulation.copy_state(&mut state);
    let parameters = ReferenceParameters {
        k: configuration.k.into(),
        p: configuration.p.into(),
        dt: configuration.dt.into(),
    };
    let transfer = match configuration.transfer {
        TransferFunction::Tanh => ReferenceTransfer::Tanh,
        TransferFunction::Erf => ReferenceTransfer::Erf,
    };
    Reference::new(parameters, transfer, quenched, plastic, state)
        .map_err(|error| Failure::Usage(error.to_string()))
}

/// Growth rate between the last time below the one distance and the first above the other.
fn rate(distance: &[f64]) -> Option<f64> {
    let end = distance.iter().position(|&distance| distance >= GROWTH[1])?;
    let begin = distance[..end]
        .iter()
        .rposition(|&distance| distance <= GROWTH[0])?;
    Some((distance[end] / distance[begin]).ln() / ((end - begin) as f64 * INTERVAL))
}

fn write(outcomes: &[Outcome], out: &std::path::Path) -> Result<(), Failure> {
    let times = outcomes.first().map_or(0, |outcome| outcome.distance.len());
    let time: Vec<f64> = (1..=times).map(|at| at as f64 * INTERVAL).collect();
    let mut arrays = Arrays::new();
    arrays.f64("time", &[times], time.clone())?.f64(
        "distance",
        &[outcomes.len(), times],
        outcomes
            .iter()
            .flat_map(|outcome| outcome.distance.iter().copied())
            .collect(),
    )?;
    arrays.write(&out.join("precision.npz"))?;
    let series: Vec<Series> = outcomes
        .iter()
        .enumerate()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_timed_between_its_bounds() {
        let distance: Vec<f64> = (0..200).map(|at| 1e-7 * (0.1 * f64::from(at)).exp()).collect();
        assert!((rate(&distance).unwrap() - 0.1).abs() < 1e-9);
        assert_eq!(rate(&[1e-6; 50]), None);
        assert_eq!(rate(&[1.0]), None, "apart from the first");
    }
}
