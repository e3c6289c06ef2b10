//! Boundaries of the phase diagram in mean-field theory, at one gain.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::PhaseMap;
use crate::measure::mean_field::CHAOS_RANGE_ITERATIONS;
use crate::measure::plausible;
use crate::theory::Settings;
use crate::theory::continuation::{self, ChaosRange};
use crate::theory::fixed_points;
use crate::theory::freezability::{self, Boundary, Crossing};
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
    /// Its standard error, of the paths for the frozen network.
    pub freezability_error: Option<f64>,
    /// Above, the number of stable fixed points of neurons and synapses grows with N, on average over networks.
    pub stable_fixed_points: Option<f64>,
    /// Above, the mean field of fixed points on the outer branch has a solution, and that is stable: `g^2 <phi'^2 /
    /// (1 - k C phi')^2> < 1`.
    pub marginality: Option<f64>,
    /// Above, there is a chaotic solution beside rest, which is stable: induced chaos. Only below g = 1.
    pub chaos_onset: Option<Crossing>,
    /// There, chaos slows down without bound, and gives way to fixed points.
    pub chaos_end: Option<Crossing>,
}

/// Starts of the iterated mean field, sets of 16 paths, and the time that a path covers. The boundary in k then
/// reproduces within about 0.03.
const STARTS: u32 = 2;
const GROUPS: usize = 2;
const WINDOW: f64 = 800.0;
/// Iterations before those that count, and those.
const ITERATIONS: [usize; 2] = [32, 24];
/// The same for where chaos begins and ends, which takes longer paths.
const RANGE_STARTS: u32 = 4;
const RANGE_WINDOW: f64 = 1600.0;
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
        let crossings = [self.chaos_onset, self.chaos_end].into_iter().flatten();
        plausible::finite(places.into_iter().flatten())
            && plausible::finite(crossings.map(|crossing| crossing.k))
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
        let ((freezability, range), (stable_fixed_points, marginality)) = rayon::join(
            || {
                rayon::join(
                    || freezability(settings, gain, watch),
                    || chaos_range(settings, gain, watch),
                )
            },
            || (threshold(|k| grows(k) > 0.0), threshold(is_stable)),
        );
        let (freezability, range) = (freezability?, range?);
        Ok(Self {
            g,
            freezability: freezability.map(|crossing| crossing.k),
            freezability_error: freezability.and_then(|crossing| crossing.error),
            stable_fixed_points,
            marginality,
            chaos_onset: range.onset,
            chaos_end: range.end,
        })
    }

    /// Distance in k from the nearest of those at which networks change, or their fixed points; chaos that a fold begins or that
    /// slows down is followed by networks of finite size for some way.
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
    let range = continuation::SOLUTIONS
        * CHAOS_RANGE_ITERATIONS.iter().sum::<usize>() as u64
        * u64::from(RANGE_STARTS);
    let all = if g > 1.0 { iterations + range } else { range };
    all * iteration_cost(settings)
}

/// An iteration takes about as long as a step of 24,000 neurons.
fn iteration_cost(settings: &PhaseMap) -> u64 {
    (600_000_000 / (settings.n as u64).pow(2)).max(1)
}

/// The k at which freezing begins to succeed, which lies between none and the gain itself wherever it was solved.
fn freezability(settings: &PhaseMap, g: f64, watch: &dyn Watch) -> Result<Option<Crossing>, Stopped> {
    if g <= 1.0 {
        return Ok(None);
    }
    let iterated = iterated(settings, WINDOW, GROUPS, ITERATIONS);
    let watch = iterations(settings, watch);
    let found = freezability::boundary(&neuron(settings, g), &iterated, STARTS, [0.0, g], &watch)?;
    Ok(match found {
        Boundary::At(crossing) => Some(crossing),
        Boundary::Stable | Boundary::Unstable | Boundary::Unsolved => None,
    })
}

/// Where chaos begins and ends.
fn chaos_range(settings: &PhaseMap, g: f64, watch: &dyn Watch) -> Result<ChaosRange, Stopped> {
    let watch = iterations(settings, watch);
    continuation::chaos_range(
        &neuron(settings, g),
        &range_settings(settings),
        RANGE_STARTS,
        &watch,
    )
}

fn range_settings(settings: &PhaseMap) -> Settings {
    iterated(settings, RANGE_WINDOW, 1, CHAOS_RANGE_ITERATIONS)
}

fn iterated(settings: &PhaseMap, window: f64, groups: usize, [settling, averaged]: [usize; 2]) -> Settings {
    let (dt, p) = (f64::from(settings.dt), f64::from(settings.p));
    let length = ((window / dt).ceil() as usize).next_power_of_two();
    Settings {
        dt,
        length,
        burn_in: ((BURN_IN * p.max(2.5) / dt) as usize).min(length),
        groups,
        settling,
        averaged,
        damping: 1.0,
        seed: settings.seed,
    }
}

fn neuron(settings: &PhaseMap, g: f64) -> Neuron {
    let (dt, p) = (f64::from(settings.dt), f64::from(settings.p));
    Neuron {
        g,
        k: 0.0,
        rate: dt / p,
        leak: Some(dt),
        transfer: settings.transfer.kernel(),
    }
}

fn iterations<'a>(settings: &PhaseMap, watch: &'a dyn Watch) -> Iterations<'a> {
    Iterations {
        watch,
        cost: iteration_cost(settings),
    }
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
