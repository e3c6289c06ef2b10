//! `host-sim mean-field`: the theory of infinitely many neurons. Exact at k = 0, by sampled paths elsewhere; on demand the
//! frozen network, the boundary of freezability, and stable neuronal-synaptic fixed points.

mod simulation;

use std::path::{Path, PathBuf};

use clap::Args;
use figures::MeanFieldFigure;
use science::measure::mean_field::{Branch, Crossing, Kind, MeanFieldProblem, MeanFieldSummary};
use science::networks::TransferFunction;
use serde::Serialize;

use self::simulation::Simulation;
use super::measured::report;
use super::table::{self, average};
use crate::failure::Failure;
use crate::options::ResultOptions;
use crate::output::{Provenance, ResultObject, Seeds, draw};
use crate::progress::Progress;
use crate::store::Plan;

/// Options of `mean-field`.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct MeanFieldOptions {
    /// Gain of the quenched couplings
    #[arg(long, default_value_t = 2.0)]
    pub g: f32,
    /// Strength of the plasticity: Hebbian above zero, anti-Hebbian below
    #[arg(long, default_value_t = 2.0)]
    pub k: f32,
    /// Time constant of the synapses, in units of the neuronal time constant
    #[arg(long, default_value_t = 2.5)]
    pub p: f32,
    /// Step of the Euler map, below 1 and at most p; in units of p with --slow-synapses
    #[arg(long, default_value_t = 0.05)]
    pub dt: f32,
    /// Transfer function
    #[arg(long, value_enum, default_value_t = TransferFunction::Tanh)]
    pub transfer: TransferFunction,
    /// The limit p -> infinity, time in units of p: neurons follow their synapses at once
    #[arg(long)]
    pub slow_synapses: bool,
    /// Seed of the Gaussian fields
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Starts of the iteration, each with its own first guess and fields; errors come from their spread
    #[arg(long, default_value_t = 4)]
    pub starts: u32,
    /// Sampled paths per iteration, rounded up to a multiple of 16
    #[arg(long, default_value_t = 64)]
    pub paths: usize,
    /// Time that a path covers, rounded up to a power of two of steps
    #[arg(long, default_value_t = 1600.0)]
    pub window: f64,
    /// Iterations before those that count
    #[arg(long, default_value_t = 32)]
    pub settling: usize,
    /// Iterations that count
    #[arg(long, default_value_t = 24)]
    pub iterations: usize,
    /// Share of the new power in the next iteration, above 0 and at most 1
    #[arg(long, default_value_t = 1.0)]
    pub damping: f64,
    /// Longest lag in the results; if not given, 100 or half of --window, whichever is less
    #[arg(long)]
    pub longest_lag: Option<f64>,
    /// Also solve for the network frozen in the middle of its chaos
    #[arg(long)]
    pub frozen: bool,
    /// Also find the k between these two where freezing begins to succeed
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"])]
    pub boundary: Option<Vec<f64>>,
    /// Also count stable neuronal-synaptic fixed points
    #[arg(long)]
    pub fixed_points: bool,
    /// Also find the strengths of the plasticity between which chaos exists at this gain
    #[arg(long)]
    pub chaos_range: bool,
    /// Results of `host-sim run` (run.npz) to draw beside the theory
    #[arg(long)]
    pub simulation: Option<PathBuf>,
    /// Draw them even if they were made with other parameters, with both sets named
    #[arg(long, requires = "simulation")]
    pub other_parameters: bool,
    #[command(flatten)]
    #[serde(flatten)]
    pub results: ResultOptions,
}

#[derive(Serialize)]
struct Parameters<'a> {
    #[serde(flatten)]
    problem: &'a MeanFieldProblem,
    simulation: Option<&'a Path>,
}

impl MeanFieldOptions {
    fn problem(&self) -> MeanFieldProblem {
        let &Self {
            g,
            k,
            p,
            dt,
            transfer,
            slow_synapses,
            seed,
            starts,
            paths,
            window,
            settling,
            iterations,
            damping,
            longest_lag,
            frozen,
            fixed_points,
            chaos_range,
            ..
        } = self;
        MeanFieldProblem {
            g,
            k,
            p,
            dt,
            transfer,
            slow_synapses,
            seed,
            starts,
            paths,
            window,
            settling,
            iterations,
            damping,
            longest_lag,
            frozen,
            boundary: match self.boundary.as_deref() {
                Some(&[low, high]) => Some([low, high]),
                _ => None,
            },
            fixed_points,
            chaos_range,
        }
    }
}

pub(crate) fn execute(options: MeanFieldOptions) -> Result<(), Failure> {
    let problem = options.problem();
    problem.check()?;
    let execution = options.results.execution()?;
    let simulation = options.simulation.as_deref();
    let drawn = simulation
        .map(|path| Simulation::read(path, &problem, options.other_parameters))
        .transpose()?;
    let params = Parameters {
        problem: &problem,
        simulation,
    };
    let plan = Plan::new("mean-field", &params)?;
    let store = options.results.store(plan)?;
    let progress = Progress::new("mean-field", problem.iterations());
    let solution = problem.solve(execution.threads, &progress)?;
    drop(progress);
    let result = ResultObject {
        kind: "mean-field",
        params,
        summary: &solution.summary,
        provenance: Provenance::collect(Seeds::all(options.seed)),
    };
    report(
        &result,
        (store, &options.results),
        || problem.arrays(&solution),
        |out| {
            let figure = MeanFieldFigure {
                lags: &problem.lags(&solution),
                starts: &solution.curves,
                simulation: drawn.as_ref().map(|drawn| (&drawn.lags[..], &drawn.networks[..])),
                different: drawn
                    .as_ref()
                    .and_then(|drawn| drawn.different.as_ref())
                    .map(|[theory, simulated]| [&theory[..], &simulated[..]]),
            };
            draw(&figure, &out.join("mean-field"))
        },
        || table::text(&title(&problem), &rows(&solution.summary)),
    )
}

fn title(problem: &MeanFieldProblem) -> String {
    let MeanFieldProblem { g, k, p, dt, .. } = problem;
    let time = if problem.slow_synapses {
        "p -> infinity".to_owned()
    } else {
        format!("p = {p}")
    };
    format!("mean field, g = {g}, k = {k}, {time}, dt = {dt}")
}

fn rows(summary: &MeanFieldSummary) -> Vec<(&'static str, String)> {
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.6}"));
    let mut rows = vec![
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("C_x(0)", average(&summary.c_x_0)),
        ("half-width of C_phi", average(&summary.half_width)),
        ("residual", format!("{:.5}", summary.residual)),
    ];
    if let [first, others @ ..] = &summary.solutions[..] {
        rows.push(("solution", described(first)));
        rows.extend(others.iter().map(|other| ("another solution", described(other))));
    }
    if let Some(exact) = &summary.exact {
        rows.extend([
            ("exact: C_phi(0)", number(Some(exact.map.c_phi_0))),
            ("exact: C_x(0)", number(Some(exact.map.c_x_0))),
            ("exact: half-width", number(exact.map.half_width)),
            ("exact: largest exponent", number(exact.map.lyapunov_max)),
            ("dt -> 0: C_x(0)", number(Some(exact.continuous.c_x_0))),
            ("dt -> 0: half-width", number(exact.continuous.half_width)),
            ("dt -> 0: largest exponent", number(exact.continuous.lyapunov_max)),
        ]);
    }
    if let Some(frozen) = &summary.frozen {
        rows.extend([
            ("frozen: rightmost edge", average(&frozen.rightmost_edge)),
            ("frozen: cosine", average(&frozen.cosine)),
        ]);
    }
    if summary.freezability_boundary.is_some() {
        let (k, error) = (summary.freezability_boundary, summary.freezability_boundary_error);
        rows.push(("freezable from k =", crossing(k.map(|k| Crossing { k, error }))));
    }
    if let Some(range) = summary.chaos_range {
        rows.extend([
            ("chaos begins at k =", crossing(range.onset)),
            ("chaos ends at k =", crossing(range.end)),
        ]);
    }
    if let Some(points) = &summary.fixed_points {
        rows.extend([
            ("fixed points: C of the typical", number(points.c)),
            ("fixed points: stable below 1", number(points.marginality)),
            (
                "fixed points: stable ones per neuron",
                number(points.stable_per_neuron),
            ),
        ]);
    }
    rows
}

/// A strength of the plasticity with its error.
fn crossing(found: Option<Crossing>) -> String {
    match found {
        Some(Crossing {
            k,
            error: Some(error),
        }) => format!("{k:.4} +- {error:.4}"),
        Some(Crossing { k, error: None }) => format!("{k:.4}"),
        None => "-".to_owned(),
    }
}

/// A solution in a few words.
fn described(branch: &Branch) -> String {
    let Branch {
        kind,
        starts,
        c_phi_0,
        ..
    } = branch;
    let name = match kind {
        Kind::Rest => "rest",
        Kind::Chaos => "chaos",
        Kind::FixedPoint => "fixed point",
    };
    let stability = match branch.stable {
        Some(true) => ", stable",
        Some(false) => ", unstable",
        None => "",
    };
    format!(
        "{name}{stability}, C_phi(0) = {}, of {starts} starts",
        average(c_phi_0)
    )
}
