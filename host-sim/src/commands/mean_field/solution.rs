//! What `mean-field` computes.

use serde::Serialize;

use super::{Problem, progress};
use crate::estimators::{MeanSem, half_width};
use crate::failure::Failure;
use crate::theory::freezability::{self, Boundary};
use crate::theory::frozen::FrozenState;
use crate::theory::paths::Neuron;
use crate::theory::{Autocorrelation, MeanField, euler, fixed_points as points, potential, schroedinger};

/// A result with the curves to draw.
pub(super) struct Solved {
    pub(super) summary: Summary,
    /// `C_phi` at the lags 0, dt, ...: one curve per start, or the exact one.
    pub(super) curves: Vec<Vec<f64>>,
}

/// Averages are over the starts of the iteration, which differ in first guess and fields.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Summary {
    pub(super) c_phi_0: Option<MeanSem>,
    pub(super) c_x_0: Option<MeanSem>,
    pub(super) half_width: Option<MeanSem>,
    /// Of the map; only known at k = 0.
    pub(super) lyapunov_max: Option<f64>,
    /// Iterations of each start; 0 where the solution is exact.
    pub(super) iterations: usize,
    /// Largest over the starts.
    pub(super) residual: f64,
    pub(super) exact: Option<Exact>,
    pub(super) frozen: Option<Frozen>,
    pub(super) freezability_boundary: Option<f64>,
    pub(super) fixed_points: Option<FixedPoints>,
}

/// The solution without plasticity.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Exact {
    /// Of the Euler map.
    pub(super) map: ExactValues,
    /// In continuous time.
    pub(super) continuous: ExactValues,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct ExactValues {
    pub(super) c_phi_0: f64,
    pub(super) c_x_0: f64,
    pub(super) half_width: Option<f64>,
    pub(super) lyapunov_max: Option<f64>,
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
#[derive(Clone, Debug, Serialize)]
pub(super) struct Frozen {
    pub(super) rightmost_edge: Option<MeanSem>,
    pub(super) cosine: Option<MeanSem>,
    pub(super) c_star: Option<MeanSem>,
}

/// Stable neuronal-synaptic fixed points.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FixedPoints {
    /// `C` of the typical fixed point, if there is one beside rest.
    pub(super) c: Option<f64>,
    /// Stable below 1.
    pub(super) marginality: Option<f64>,
    /// `exp(Sigma)`, the growth of the annealed number of stable fixed points per neuron.
    pub(super) stable_per_neuron: Option<f64>,
}

/// Interval of the exact curve in continuous time.
const FINE: f64 = 0.01;

/// Solves for `C_phi`: exactly without plasticity, else by sampled paths.
pub(super) fn solve(problem: &Problem, with_frozen: bool) -> Result<Solved, Failure> {
    if problem.neuron.k == 0.0 && problem.neuron.leak.is_some() && !with_frozen {
        return exact(problem);
    }
    let progress = progress(problem, 1);
    let field = MeanField::solve(&problem.neuron, &problem.settings, problem.starts, || {
        progress.advance(1)
    });
    let solutions = &field.solutions;
    let residual = solutions
        .iter()
        .fold(0.0, |largest: f64, solution| largest.max(solution.residual));
    if !residual.is_finite() {
        return Err(Failure::Check(
            "the iteration diverged: --damping 0.5 or less may help".into(),
        ));
    }
    let summary = Summary {
        c_phi_0: MeanSem::of(solutions.iter().map(|solution| solution.covariance[0])),
        c_x_0: MeanSem::of(solutions.iter().map(|solution| solution.variance)),
        half_width: MeanSem::of(field.half_widths()),
        iterations: problem.settings.settling + problem.settings.averaged,
        residual,
        frozen: with_frozen.then(|| freeze(problem, &field)).flatten(),
        ..Summary::default()
    };
    let curves = solutions
        .iter()
        .map(|solution| {
            let mut curve = solution.covariance.clone();
            curve.resize(problem.lags, 0.0);
            curve
        })
        .collect();
    Ok(Solved { summary, curves })
}

fn exact(problem: &Problem) -> Result<Solved, Failure> {
    let (g, dt, transfer) = (problem.neuron.g, problem.settings.dt, problem.transfer);
    if g <= 1.0 {
        let rest = MeanSem::of([0.0]);
        let summary = Summary {
            c_phi_0: rest,
            c_x_0: rest,
            ..Summary::default()
        };
        let curves = vec![vec![0.0; problem.lags]];
        return Ok(Solved { summary, curves });
    }
    let unsolved = || {
        Failure::Check(format!(
            "g = {g} is too close to 1, or too large, for the exact solution"
        ))
    };
    let continuous = potential::solve(transfer, g, FINE).ok_or_else(unsolved)?;
    let map = euler::solve(transfer, g, dt).ok_or_else(unsolved)?;
    let lyapunov_max = schroedinger::largest_exponent_of_map(&map, g);
    let mut curve = map.rate_curve();
    curve.resize(problem.lags, 0.0);
    let summary = Summary {
        c_phi_0: MeanSem::of(curve.first().copied()),
        c_x_0: MeanSem::of([map.variance()]),
        half_width: MeanSem::of(half_width(&map.rate_curve(), dt)),
        lyapunov_max,
        exact: Some(Exact {
            map: ExactValues::of(&map, lyapunov_max),
            continuous: ExactValues::of(&continuous, schroedinger::largest_exponent(&continuous, g)),
        }),
        ..Summary::default()
    };
    let curves = vec![curve];
    Ok(Solved { summary, curves })
}

fn freeze(problem: &Problem, field: &MeanField) -> Option<Frozen> {
    let states = freezability::frozen_states(&problem.neuron, &problem.settings, field);
    let mean = |value: fn(&FrozenState) -> f64| MeanSem::of(states.iter().map(value));
    (!states.is_empty()).then(|| Frozen {
        rightmost_edge: mean(|state| state.edge),
        cosine: mean(|state| state.cosine),
        c_star: mean(|state| state.c_star),
    })
}

/// The k between two others where the edge of the frozen spectrum crosses zero.
pub(super) fn boundary(problem: &Problem, low: f64, high: f64) -> Result<Option<f64>, Failure> {
    let progress = progress(problem, freezability::SOLUTIONS);
    let between = [low, high];
    let found = freezability::boundary(
        &problem.neuron,
        &problem.settings,
        problem.starts,
        between,
        || progress.advance(1),
    );
    let nowhere = |state: &str| {
        Err(Failure::Check(format!(
            "the frozen state is {state} at both --boundary {low} and {high}"
        )))
    };
    match found {
        Boundary::At(k) => Ok(Some(k)),
        Boundary::Unsolved => Ok(None),
        Boundary::Stable => nowhere("stable"),
        Boundary::Unstable => nowhere("unstable"),
    }
}

/// Mean field and annealed number of the stable fixed points.
pub(super) fn fixed_points(problem: &Problem) -> Option<FixedPoints> {
    let Neuron { g, k, .. } = problem.neuron;
    let typical = points::typical(problem.transfer, g, k);
    let complexity = points::complexity(problem.transfer, g, k);
    Some(FixedPoints {
        c: typical.map(|point| point.c),
        marginality: typical.map(|point| point.marginality),
        stable_per_neuron: complexity.map(|complexity| complexity.sigma.exp()),
    })
}
