//! What `mean-field` computes.

use serde::Serialize;

use super::{Problem, progress};
use crate::estimators::{MeanSem, half_width};
use crate::failure::Failure;
use crate::theory::iteration::generators;
use crate::theory::paths::{Neuron, Paths, Transforms};
use crate::theory::{
    Autocorrelation, MeanField, euler, fixed_points as points, frozen, potential, schroedinger,
};

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
    let field = iterate(problem, &problem.neuron, &progress(problem, 1));
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
        frozen: with_frozen
            .then(|| freeze(problem, &problem.neuron, &field))
            .flatten(),
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

fn iterate(problem: &Problem, neuron: &Neuron, progress: &crate::progress::Progress) -> MeanField {
    MeanField::solve(neuron, &problem.settings, problem.starts, || progress.advance(1))
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

/// Independent sets of paths for the frozen network.
const FROZEN_SETS: u32 = 4;
/// Their streams follow those of the starts.
const FROZEN_STREAM: u32 = 0x8000;

fn freeze(problem: &Problem, neuron: &Neuron, field: &MeanField) -> Option<Frozen> {
    let settings = &problem.settings;
    let transforms = Transforms::new(settings.length);
    let power = field.power();
    let covariance = transforms.covariance(&power);
    let states: Vec<frozen::FrozenState> = (0..FROZEN_SETS)
        .filter_map(|set| {
            // Twice the paths of an iteration: the regression on the field takes many.
            let mut generators = generators(settings.seed, FROZEN_STREAM + set, 2 * settings.groups);
            let paths: Vec<Paths> = generators
                .iter_mut()
                .map(|generator| Paths::sample(neuron, &transforms, &power, settings.burn_in, generator))
                .collect();
            frozen::solve(neuron, &paths, &covariance, settings.dt, &mut generators)
        })
        .collect();
    let mean = |value: fn(&frozen::FrozenState) -> f64| MeanSem::of(states.iter().map(value));
    (!states.is_empty()).then(|| Frozen {
        rightmost_edge: mean(|state| state.edge),
        cosine: mean(|state| state.cosine),
        c_star: mean(|state| state.c_star),
    })
}

/// Solutions that close in on the boundary.
const BISECTIONS: u64 = 5;

/// The k between two others where the edge of the frozen spectrum crosses zero.
pub(super) fn boundary(problem: &Problem, low: f64, high: f64) -> Result<Option<f64>, Failure> {
    let progress = progress(problem, BISECTIONS + 2);
    let edge = |k: f64| {
        let neuron = Neuron { k, ..problem.neuron };
        let field = iterate(problem, &neuron, &progress);
        let frozen = freeze(problem, &neuron, &field);
        frozen
            .and_then(|frozen| frozen.rightmost_edge)
            .map(|edge| edge.mean)
    };
    let unstable = |edge: Option<f64>| edge.is_some_and(|edge| edge > 0.0);
    let (mut below, mut above) = ((low, edge(low)), (high, edge(high)));
    if unstable(below.1) == unstable(above.1) {
        return Err(Failure::Check(format!(
            "the frozen state is {} at both --boundary {low} and {high}",
            if unstable(below.1) { "unstable" } else { "stable" }
        )));
    }
    for _ in 0..BISECTIONS {
        let middle = (below.0 + above.0) / 2.0;
        let there = (middle, edge(middle));
        if unstable(there.1) == unstable(below.1) {
            below = there;
        } else {
            above = there;
        }
    }
    // Straight between the last two.
    Ok(below
        .1
        .zip(above.1)
        .map(|(from, to)| below.0 + (above.0 - below.0) * from / (from - to)))
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
