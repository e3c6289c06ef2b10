//! `host-sim mean-field`: the theory of infinitely many neurons. Exact at k = 0, by sampled paths elsewhere; on demand the
//! frozen network, the boundary of freezability, and stable neuronal-synaptic fixed points.

mod solution;

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::{AnyTransfer, Params};
use serde::Serialize;

use self::solution::{Solved, boundary, fixed_points, solve};
use super::drawing::draw;
use super::table::average;
use crate::configuration::TransferFunction;
use crate::failure::Failure;
use crate::figures::MeanFieldFigure;
use crate::output::npz::read_f64;
use crate::output::{Arrays, Provenance, ResultObject, Seeds};
use crate::progress::Progress;
use crate::reference::ReferenceTransfer;
use crate::theory::Settings;
use crate::theory::paths::{LANES, Neuron};

/// Options of `mean-field`.
#[derive(Args, Clone, Debug, Serialize)]
pub struct MeanFieldOptions {
    /// Gain of the quenched couplings
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    g: f32,
    /// Strength of the plasticity: Hebbian above zero, anti-Hebbian below
    #[arg(long, default_value_t = 2.0, allow_negative_numbers = true)]
    k: f32,
    /// Time constant of the synapses, in units of the neuronal time constant
    #[arg(long, default_value_t = 2.5, allow_negative_numbers = true)]
    p: f32,
    /// Step of the Euler map, below 1 and at most p; in units of p with --slow-synapses
    #[arg(long, default_value_t = 0.05, allow_negative_numbers = true)]
    dt: f32,
    /// Transfer function
    #[arg(long, value_enum, default_value_t = TransferFunction::Tanh)]
    transfer: TransferFunction,
    /// The limit p -> infinity, time in units of p: neurons follow their synapses at once
    #[arg(long)]
    slow_synapses: bool,
    /// Seed of the Gaussian fields
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Starts of the iteration, each with its own first guess and fields; errors come from their spread
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    starts: u32,
    /// Sampled paths per iteration, rounded up to a multiple of 16
    #[arg(long, default_value_t = 64, allow_negative_numbers = true)]
    paths: usize,
    /// Time that a path covers, rounded up to a power of two of steps
    #[arg(long, default_value_t = 1600.0, allow_negative_numbers = true)]
    window: f64,
    /// Iterations before those that count
    #[arg(long, default_value_t = 40, allow_negative_numbers = true)]
    settling: usize,
    /// Iterations that count
    #[arg(long, default_value_t = 100, allow_negative_numbers = true)]
    iterations: usize,
    /// Share of the new power in the next iteration, above 0 and at most 1
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    damping: f64,
    /// Longest lag in the results; if not given, 100 or half of --window, whichever is less
    #[arg(long, allow_negative_numbers = true)]
    longest_lag: Option<f64>,
    /// Also solve for the network frozen in the middle of its chaos
    #[arg(long)]
    frozen: bool,
    /// Also find the k between these two where freezing begins to succeed
    #[arg(long, num_args = 2, value_names = ["LOW", "HIGH"], allow_negative_numbers = true)]
    boundary: Option<Vec<f64>>,
    /// Also count stable neuronal-synaptic fixed points
    #[arg(long)]
    fixed_points: bool,
    /// Results of `host-sim run` (run.npz) to draw beside the theory
    #[arg(long)]
    simulation: Option<PathBuf>,
    /// Threads; 0 takes all processors
    #[arg(long, default_value_t = 0, allow_negative_numbers = true)]
    #[serde(skip)]
    threads: usize,
    /// Folder for arrays, results and figures
    #[arg(long)]
    #[serde(skip)]
    out: Option<PathBuf>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    #[serde(skip)]
    json: bool,
}

/// The equation, the settings of its solution, and what else is asked for; all checked.
struct Problem {
    neuron: Neuron,
    settings: Settings,
    starts: u32,
    transfer: ReferenceTransfer,
    lags: usize,
}

/// Longest lag if none is asked for and the window is long enough.
const DEFAULT_LAG: f64 = 100.0;
/// Time before a path is looked at, per that of the slower of synapses and 2.5 neuronal time constants: several times
/// the longest memory met.
const BURN_IN: f64 = 100.0;

impl MeanFieldOptions {
    fn check(&self) -> Result<Problem, Failure> {
        let Self { g, k, p, dt, .. } = *self;
        Params { g, k, p, dt }.validate(1)?;
        if dt >= 1.0 {
            return Err(Failure::Usage(format!("dt = {dt} is not below its bound 1")));
        }
        let step = f64::from(dt);
        within("--starts", self.starts.into(), 1.0, 1024.0)?;
        within("--paths", self.paths as f64, 1.0, 65536.0)?;
        within("--window", self.window, 20.0, 1e6)?;
        within("--settling", self.settling as f64, 0.0, 1e6)?;
        within("--iterations", self.iterations as f64, 1.0, 1e6)?;
        within("--damping", self.damping, 1e-3, 1.0)?;
        let longest_lag = self.longest_lag.unwrap_or(DEFAULT_LAG.min(self.window / 2.0));
        within("--longest-lag", longest_lag, step, self.window / 2.0)?;
        within("--threads", self.threads as f64, 0.0, 1024.0)?;
        if let Some([low, high]) = self.boundary.as_deref() {
            within("--boundary", *low, -1e15, 1e15)?;
            within("--boundary", *high, *low, 1e15)?;
        }
        let steps = self.window / step;
        const MOST_STEPS: f64 = 16_777_216.0;
        within("--window / --dt", steps, 64.0, MOST_STEPS)?;
        let slowest = if self.slow_synapses {
            1.0
        } else {
            f64::from(p).max(2.5)
        };
        let length = (steps.ceil() as usize).next_power_of_two();
        let kernel_transfer = match self.transfer {
            TransferFunction::Tanh => AnyTransfer::Tanh,
            TransferFunction::Erf => AnyTransfer::LibmErf,
        };
        Ok(Problem {
            neuron: Neuron {
                g: g.into(),
                k: k.into(),
                rate: if self.slow_synapses {
                    step
                } else {
                    step / f64::from(p)
                },
                leak: (!self.slow_synapses).then_some(step),
                transfer: kernel_transfer,
            },
            settings: Settings {
                dt: step,
                length,
                burn_in: ((BURN_IN * slowest / step) as usize).min(length),
                groups: self.paths.div_ceil(LANES),
                settling: self.settling,
                averaged: self.iterations,
                damping: self.damping,
                seed: self.seed,
            },
            starts: self.starts,
            transfer: self.transfer.into(),
            lags: (longest_lag / step).round() as usize + 1,
        })
    }
}

fn within(name: &str, value: f64, low: f64, high: f64) -> Result<(), Failure> {
    if value >= low && value <= high {
        return Ok(());
    }
    Err(Failure::Usage(format!(
        "{name} {value} is outside its bounds {low} and {high}"
    )))
}

/// Runs the command.
pub fn execute(options: MeanFieldOptions) -> Result<(), Failure> {
    let problem = options.check()?;
    let simulation = options.simulation.as_deref().map(Simulation::read).transpose()?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|error| Failure::Usage(format!("--threads {}: {error}", options.threads)))?;
    let mut solved = pool.install(|| solve(&problem, options.frozen))?;
    if let Some(&[low, high]) = options.boundary.as_deref() {
        solved.summary.freezability_boundary = pool.install(|| boundary(&problem, low, high))?;
    }
    if options.fixed_points {
        solved.summary.fixed_points = fixed_points(&problem);
    }
    let result = ResultObject {
        kind: "mean-field",
        params: &options,
        summary: &solved.summary,
        provenance: Provenance::collect(Seeds::all(options.seed)),
    };
    if let Some(out) = &options.out {
        write(&solved, &problem, simulation.as_ref(), out)?;
        result.write(&out.join("mean-field.json"))?;
    }
    if options.json {
        return Ok(result.print()?);
    }
    let MeanFieldOptions { g, k, p, dt, .. } = options;
    let time = if options.slow_synapses {
        "p -> infinity".to_owned()
    } else {
        format!("p = {p}")
    };
    super::table::print(
        &format!("mean field, g = {g}, k = {k}, {time}, dt = {dt}"),
        &rows(&solved),
    )
}

fn rows(solved: &Solved) -> Vec<(&'static str, String)> {
    let summary = &solved.summary;
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.6}"));
    let mut rows = vec![
        ("C_phi(0)", average(&summary.c_phi_0)),
        ("C_x(0)", average(&summary.c_x_0)),
        ("half-width of C_phi", average(&summary.half_width)),
        ("residual", format!("{:.5}", summary.residual)),
    ];
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
        rows.push(("freezable from k =", number(summary.freezability_boundary)));
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

/// `C_phi` of simulated networks.
struct Simulation {
    lags: Vec<f64>,
    networks: Vec<Vec<f64>>,
}

impl Simulation {
    fn read(path: &std::path::Path) -> Result<Self, Failure> {
        let read = |name| {
            read_f64(path, name)
                .map_err(|error| Failure::Device(format!("{}: {name}: {error}", path.display())))
        };
        let (lags, (_, curves)) = (read("lag")?.1, read("autocorrelation")?);
        let networks = curves
            .chunks_exact(lags.len().max(1))
            .map(<[f64]>::to_vec)
            .collect();
        Ok(Self { lags, networks })
    }
}

fn write(
    solved: &Solved,
    problem: &Problem,
    simulation: Option<&Simulation>,
    out: &std::path::Path,
) -> Result<(), Failure> {
    let lags: Vec<f64> = (0..problem.lags)
        .map(|lag| lag as f64 * problem.settings.dt)
        .collect();
    let curves = &solved.curves;
    let mut arrays = Arrays::new();
    arrays.f64("lag", &[lags.len()], lags.clone())?.f64(
        "autocorrelation",
        &[curves.len(), lags.len()],
        curves.iter().flatten().copied().collect(),
    )?;
    arrays.write(&out.join("mean-field.npz"))?;
    draw(
        &MeanFieldFigure {
            lags: &lags,
            starts: curves,
            simulation: simulation.map(|simulation| (&simulation.lags[..], &simulation.networks[..])),
        },
        &out.join("mean-field"),
    )
}

/// Progress over `iterations` iterations of all starts.
fn progress(problem: &Problem, runs: u64) -> Progress {
    let each = (problem.settings.settling + problem.settings.averaged) as u64 * u64::from(problem.starts);
    Progress::new("mean-field", runs * each)
}
