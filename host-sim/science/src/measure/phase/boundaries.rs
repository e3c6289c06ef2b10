//! Boundaries of the phase diagram in mean-field theory, at one gain.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::PhaseMap;
use crate::measure::plausible;
use crate::theory::fixed_points;
use crate::theory::freezability::{self, Boundary};
use crate::theory::iteration;
use crate::theory::paths::Neuron;
use crate::{Stopped, Watch};

/// The strengths of the plasticity at which something changes at the gain g; `None` where nothing does, or where it is
/// not solved. The zero state is stable below g = 1 / phi'(0) = 1 whatever k.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boundaries {
    /// Gain.
    pub g: f32,
    /// Above, the bulk of the frozen spectrum is stable: freezing succeeds. Only above g = 1.
    pub freezability: Option<f64>,
    /// Above, the number of stable fixed points of neurons and synapses grows with N, on average over networks.
    pub stable_fixed_points: Option<f64>,
    /// Above, the mean field of fixed points on the outer branch has a solution, and that is stable: `g^2 <phi'^2 /
    /// (1 - k C phi')^2> < 1`.
    pub marginality: Option<f64>,
}

/// Starts of the iterated mean field, sets of 16 paths, and the time that a path covers. The boundary in k then
/// reproduces within about 0.03.
const STARTS: u32 = 2;
const GROUPS: usize = 2;
const WINDOW: f64 = 800.0;
/// Iterations before those that count, and those.
const ITERATIONS: [usize; 2] = [32, 24];
/// Time before a path is looked at, per that of the slower of synapses and 2.5 neuronal time constants.
const BURN_IN: f64 = 100.0;
/// Fixed points are looked for up to this strength: as g -> 0 they need k > 2.017, at larger g less.
const STRONGEST: f64 = 4.0;
/// Stable fixed points are counted this closely in k.
const PRECISION: f64 = 2e-3;

impl Boundaries {
    /// Whether what was kept can be boundaries.
    pub fn is_plausible(&self) -> bool {
        let places = [self.freezability, self.stable_fixed_points, self.marginality];
        plausible::finite(places.into_iter().flatten())
    }

    /// Solves for the boundaries at one gain, in rayon's present pool.
    pub fn solve(settings: &PhaseMap, g: f32, watch: &dyn Watch) -> Result<Self, Stopped> {
        let (transfer, gain) = (settings.transfer, f64::from(g));
        let grows = |k: f64| {
            let found = fixed_points::complexity(transfer, gain, k);
            // Where no C allows any, there are fewer than any number.
            found.map_or(-1.0, |count| count.sigma)
        };
        let is_stable =
            |k: f64| fixed_points::typical(transfer, gain, k).is_some_and(|point| point.marginality < 1.0);
        let (freezability, (stable_fixed_points, marginality)) = rayon::join(
            || freezability(settings, gain, watch),
            || (threshold(|k| grows(k) > 0.0), threshold(is_stable)),
        );
        Ok(Self {
            g,
            freezability: freezability?,
            stable_fixed_points,
            marginality,
        })
    }

    /// Distance in k from the nearest of them.
    pub fn distance(&self, k: f64) -> Option<f64> {
        let all = [self.freezability, self.stable_fixed_points, self.marginality];
        let distances = all.into_iter().flatten().map(|at| (at - k).abs());
        distances.reduce(f64::min)
    }
}

/// The k between 0 and the strongest at which a property sets in.
fn threshold(holds: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut below, mut above) = (0.0, STRONGEST);
    if holds(below) || !holds(above) {
        return None;
    }
    while above - below > PRECISION {
        let middle = (below + above) / 2.0;
        if holds(middle) {
            above = middle;
        } else {
            below = middle;
        }
    }
    Some((below + above) / 2.0)
}

/// Progress that [`Boundaries::solve`] reports, in steps of a network of the sweep.
pub(super) fn cost(settings: &PhaseMap, g: f32) -> u64 {
    let iterations = ITERATIONS.iter().sum::<usize>() as u64 * u64::from(STARTS) * freezability::SOLUTIONS;
    if g > 1.0 {
        iterations * iteration_cost(settings)
    } else {
        0
    }
}

/// An iteration takes about as long as a step of 24,000 neurons.
fn iteration_cost(settings: &PhaseMap) -> u64 {
    (600_000_000 / (settings.n as u64).pow(2)).max(1)
}

/// The k at which freezing begins to succeed, which lies between none and the gain itself wherever it was solved.
fn freezability(settings: &PhaseMap, g: f64, watch: &dyn Watch) -> Result<Option<f64>, Stopped> {
    if g <= 1.0 {
        return Ok(None);
    }
    let (dt, p) = (f64::from(settings.dt), f64::from(settings.p));
    let length = ((WINDOW / dt).ceil() as usize).next_power_of_two();
    let iterated = iteration::Settings {
        dt,
        length,
        burn_in: ((BURN_IN * p.max(2.5) / dt) as usize).min(length),
        groups: GROUPS,
        settling: ITERATIONS[0],
        averaged: ITERATIONS[1],
        damping: 1.0,
        seed: settings.seed,
    };
    let neuron = Neuron {
        g,
        k: 0.0,
        rate: dt / p,
        leak: Some(dt),
        transfer: settings.transfer.kernel(),
    };
    let watch = Iterations {
        watch,
        cost: iteration_cost(settings),
    };
    Ok(
        match freezability::boundary(&neuron, &iterated, STARTS, [0.0, g], &watch)? {
            Boundary::At(crossing) => Some(crossing.k),
            Boundary::Stable | Boundary::Unstable | Boundary::Unsolved => None,
        },
    )
}

/// Reports iterations as steps of a network of the sweep.
struct Iterations<'a> {
    watch: &'a dyn Watch,
    cost: u64,
}

impl Watch for Iterations<'_> {
    fn advanced(&self, iterations: u64) -> ControlFlow<()> {
        self.watch.advanced(iterations * self.cost)
    }
}
