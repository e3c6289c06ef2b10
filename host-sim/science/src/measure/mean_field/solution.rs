//! What a mean-field problem gives.

use serde::{Deserialize, Serialize};

use super::{CHAOS_RANGE_ITERATIONS, Equation, MeanFieldProblem};
use crate::Stopped;
use crate::estimators::{MeanSem, half_width};
use crate::theory::branches::Kind;
use crate::theory::continuation;
pub use crate::theory::continuation::ChaosRange;
use crate::theory::freezability::{self, Boundary, Crossing};
use crate::theory::frozen::FrozenState;
use crate::theory::{
    Autocorrelation, MeanField, Settings, euler, fixed_points as points, potential, schroedinger,
};
use crate::watch::Watch;

/// Numbers and curves.
#[derive(Clone, Debug)]
pub struct MeanFieldSolution {
    /// The numbers.
    pub summary: MeanFieldSummary,
    /// `C_phi` at the lags 0, dt, ...: one curve per start, or the exact one.
    pub curves: Vec<Vec<f64>>,
    /// Which of the solutions each of these is.
    pub solution_of: Vec<usize>,
}

/// A solution of the mean field; averages are over the starts that came to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Branch {
    /// Rest, chaos or a fixed point.
    pub kind: Kind,
    /// How many of the starts came to it.
    pub starts: usize,
    /// Mean square rate.
    pub c_phi_0: Option<MeanSem>,
    /// Variance of x.
    pub c_x_0: Option<MeanSem>,
    /// Half-width of `C_phi`, in the unit of time.
    pub half_width: Option<MeanSem>,
    /// Largest over its starts.
    pub residual: f64,
    /// Whether small perturbations of it die out, where that is known: rest is stable below g = 1, whatever k.
    pub stable: Option<bool>,
}

/// Averages are over the starts of the iteration that came to the most active solution; starts differ in first guess and
/// fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MeanFieldSummary {
    /// All solutions that the starts came to, the most active first; none where the solution is exact.
    pub solutions: Vec<Branch>,
    /// Mean square rate.
    pub c_phi_0: Option<MeanSem>,
    /// Variance of x.
    pub c_x_0: Option<MeanSem>,
    /// Half-width of `C_phi`, in the unit of time.
    pub half_width: Option<MeanSem>,
    /// Of the map; only known at k = 0.
    pub lyapunov_max: Option<f64>,
    /// Iterations of each start; 0 where the solution is exact.
    pub iterations: usize,
    /// Largest over these starts.
    pub residual: f64,
    /// The exact solution, where it is known.
    pub exact: Option<Exact>,
    /// The frozen network, if it is asked for.
    pub frozen: Option<Frozen>,
    /// The k at which freezing begins to succeed, if it is asked for and solved.
    pub freezability_boundary: Option<f64>,
    /// Its standard error, of the paths for the frozen network.
    pub freezability_boundary_error: Option<f64>,
    /// The strengths of the plasticity between which chaos exists, if they are asked for.
    pub chaos_range: Option<ChaosRange>,
    /// Stable fixed points, if they are asked for.
    pub fixed_points: Option<FixedPoints>,
}

/// The solution without plasticity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exact {
    /// Of the Euler map.
    pub map: ExactValues,
    /// In continuous time.
    pub continuous: ExactValues,
}

/// Numbers of an exact solution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactValues {
    /// Mean square rate.
    pub c_phi_0: f64,
    /// Variance of x.
    pub c_x_0: f64,
    /// Half-width of `C_phi`.
    pub half_width: Option<f64>,
    /// Largest exponent, per unit of time.
    pub lyapunov_max: Option<f64>,
}

impl ExactValues {
    fn of(solution: &Autocorrelation, lyapunov_max: Option<f64>) -> Self {
        Self {
            c_phi_0: solution.rates.value(solution.variance()),
            c_x_0: solution.variance(),
            half_width: solution.half_width(),
            lyapunov_max,
        }
    }
}

/// The frozen network; averages over independent sets of paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// Right edge of the spectrum of its Jacobian: stable below 0.
    pub rightmost_edge: Option<MeanSem>,
    /// Between the rates at the freeze and where it comes to rest.
    pub cosine: Option<MeanSem>,
    /// Mean square rate where it comes to rest.
    pub c_star: Option<MeanSem>,
}

/// Stable neuronal-synaptic fixed points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FixedPoints {
    /// `C` of the typical fixed point, if there is one beside rest.
    pub c: Option<f64>,
    /// Stable below 1.
    pub marginality: Option<f64>,
    /// `exp(Sigma)`, the growth of the annealed number of stable fixed points per neuron.
    pub stable_per_neuron: Option<f64>,
}

/// Interval of the exact curve in continuous time.
const FINE: f64 = 0.01;

/// Solves for all that is asked for, in rayon's present pool.
pub(super) fn solve(
    problem: &MeanFieldProblem,
    equation: &Equation,
    watch: &dyn Watch,
) -> Result<MeanFieldSolution, Stopped> {
    let mut solution = if problem.is_exact() {
        exact(problem, equation)?
    } else {
        sampled(problem, equation, watch)?
    };
    if let Some(between) = problem.boundary {
        let crossing = boundary(problem, equation, between, watch)?;
        solution.summary.freezability_boundary = crossing.map(|crossing| crossing.k);
        solution.summary.freezability_boundary_error = crossing.and_then(|crossing| crossing.error);
    }
    if problem.chaos_range {
        let [settling, averaged] = CHAOS_RANGE_ITERATIONS;
        let settings = Settings {
            groups: 1,
            settling,
            averaged,
            damping: 1.0,
            ..equation.settings
        };
        let range = continuation::chaos_range(&equation.neuron, &settings, problem.starts, watch)?;
        solution.summary.chaos_range = Some(range);
    }
    if problem.fixed_points {
        solution.summary.fixed_points = Some(fixed_points(problem));
    }
    Ok(solution)
}

/// `C_phi` by sampled paths.
fn sampled(
    problem: &MeanFieldProblem,
    equation: &Equation,
    watch: &dyn Watch,
) -> Result<MeanFieldSolution, Stopped> {
    let field = MeanField::solve(&equation.neuron, &equation.settings, problem.starts, watch)?;
    let solutions = &field.solutions;
    let residual = solutions
        .iter()
        .fold(0.0, |largest: f64, solution| largest.max(solution.residual));
    if !residual.is_finite() {
        return Err(Stopped::Failed(
            "the iteration diverged: a damping of 0.5 or less may help".into(),
        ));
    }
    let found = field.branches();
    let branches: Vec<Branch> = found
        .iter()
        .map(|branch| described(&field.of(branch), branch.kind, equation))
        .collect();
    let mut solution_of = vec![0; solutions.len()];
    for (index, branch) in found.iter().enumerate() {
        branch.starts.iter().for_each(|&start| solution_of[start] = index);
    }
    let summary = MeanFieldSummary {
        iterations: problem.settling + problem.iterations,
        frozen: problem
            .frozen
            .then(|| freeze(equation, &field.most_active()))
            .flatten(),
        ..match branches.first() {
            Some(first) => MeanFieldSummary {
                c_phi_0: first.c_phi_0,
                c_x_0: first.c_x_0,
                half_width: first.half_width,
                residual: first.residual,
                ..MeanFieldSummary::default()
            },
            None => MeanFieldSummary::default(),
        }
    };
    let summary = MeanFieldSummary {
        solutions: branches,
        ..summary
    };
    let curves = solutions
        .iter()
        .map(|solution| {
            let mut curve = solution.covariance.clone();
            curve.resize(equation.lags, 0.0);
            curve
        })
        .collect();
    Ok(MeanFieldSolution {
        summary,
        curves,
        solution_of,
    })
}

/// The numbers of one solution, from the starts that came to it.
fn described(field: &MeanField, kind: Kind, equation: &Equation) -> Branch {
    let solutions = &field.solutions;
    Branch {
        kind,
        starts: solutions.len(),
        c_phi_0: MeanSem::of(solutions.iter().map(|solution| solution.covariance[0])),
        c_x_0: MeanSem::of(solutions.iter().map(|solution| solution.variance)),
        half_width: MeanSem::of(field.half_widths()).filter(|_| kind == Kind::Chaos),
        residual: solutions
            .iter()
            .fold(0.0, |largest: f64, solution| largest.max(solution.residual)),
        stable: (kind == Kind::Rest).then_some(equation.neuron.g < 1.0),
    }
}

fn exact(problem: &MeanFieldProblem, equation: &Equation) -> Result<MeanFieldSolution, Stopped> {
    let (g, dt, transfer) = (equation.neuron.g, equation.settings.dt, problem.transfer);
    if g <= 1.0 {
        let rest = MeanSem::of([0.0]);
        let summary = MeanFieldSummary {
            c_phi_0: rest,
            c_x_0: rest,
            ..MeanFieldSummary::default()
        };
        return Ok(MeanFieldSolution {
            summary,
            curves: vec![vec![0.0; equation.lags]],
            solution_of: vec![0],
        });
    }
    let unsolved = || {
        Stopped::Failed(format!(
            "g = {g} is too close to 1, or too large, for the exact solution"
        ))
    };
    let continuous = potential::solve(transfer, g, FINE).ok_or_else(unsolved)?;
    let map = euler::solve(transfer, g, dt).ok_or_else(unsolved)?;
    let lyapunov_max = schroedinger::largest_exponent_of_map(&map, g);
    let mut curve = map.rate_curve();
    curve.resize(equation.lags, 0.0);
    let summary = MeanFieldSummary {
        c_phi_0: MeanSem::of(curve.first().copied()),
        c_x_0: MeanSem::of([map.variance()]),
        half_width: MeanSem::of(half_width(&map.rate_curve(), dt)),
        lyapunov_max,
        exact: Some(Exact {
            map: ExactValues::of(&map, lyapunov_max),
            continuous: ExactValues::of(&continuous, schroedinger::largest_exponent(&continuous, g)),
        }),
        ..MeanFieldSummary::default()
    };
    Ok(MeanFieldSolution {
        summary,
        curves: vec![curve],
        solution_of: vec![0],
    })
}

fn freeze(equation: &Equation, field: &MeanField) -> Option<Frozen> {
    let states = freezability::frozen_states(&equation.neuron, &equation.settings, field);
    let mean = |value: fn(&FrozenState) -> f64| MeanSem::of(states.iter().map(value));
    (!states.is_empty()).then(|| Frozen {
        rightmost_edge: mean(|state| state.edge),
        cosine: mean(|state| state.cosine),
        c_star: mean(|state| state.c_star),
    })
}

/// The k between two others where the edge of the frozen spectrum crosses zero.
fn boundary(
    problem: &MeanFieldProblem,
    equation: &Equation,
    [low, high]: [f64; 2],
    watch: &dyn Watch,
) -> Result<Option<Crossing>, Stopped> {
    let Equation { neuron, settings, .. } = equation;
    let nowhere = |state: &str| {
        Err(Stopped::Failed(format!(
            "the frozen state is {state} at both k = {low} and k = {high}: there is no boundary between them"
        )))
    };
    match freezability::boundary(neuron, settings, problem.starts, [low, high], watch)? {
        Boundary::At(crossing) => Ok(Some(crossing)),
        Boundary::Unsolved => Ok(None),
        Boundary::Stable => nowhere("stable"),
        Boundary::Unstable => nowhere("unstable"),
    }
}

/// Mean field and annealed number of the stable fixed points.
fn fixed_points(problem: &MeanFieldProblem) -> FixedPoints {
    let (g, k) = (problem.g.into(), problem.k.into());
    let typical = points::typical(problem.transfer, g, k);
    let complexity = points::complexity(problem.transfer, g, k);
    FixedPoints {
        c: typical.map(|point| point.c),
        marginality: typical.map(|point| point.marginality),
        stable_per_neuron: complexity.map(|complexity| complexity.sigma.exp()),
    }
}
