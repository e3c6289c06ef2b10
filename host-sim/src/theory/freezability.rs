//! Where freezing begins to succeed: the frozen mean field on top of solved running ones, and the strength of the
//! plasticity at which the edge of its spectrum crosses zero.

use super::frozen::{self, FrozenState};
use super::iteration::{MeanField, Settings, generators};
use super::paths::{Neuron, Paths, Transforms};
use crate::estimators::MeanSem;

/// Independent sets of paths for the frozen network.
const SETS: u32 = 4;
/// Their streams follow those of the starts.
const STREAM: u32 = 0x8000;
/// Solutions that close in on the boundary.
const BISECTIONS: u64 = 5;
/// Solutions that [`boundary`] asks for at most.
pub const SOLUTIONS: u64 = BISECTIONS + 2;

/// The network frozen in the middle of the solved chaos, from independent sets of paths; none where the paths are too
/// short.
pub fn frozen_states(neuron: &Neuron, settings: &Settings, field: &MeanField) -> Vec<FrozenState> {
    let transforms = Transforms::new(settings.length);
    let power = field.power();
    let covariance = transforms.covariance(&power);
    (0..SETS)
        .filter_map(|set| {
            // Twice the paths of an iteration: the regression on the field takes many.
            let mut generators = generators(settings.seed, STREAM + set, 2 * settings.groups);
            let paths: Vec<Paths> = generators
                .iter_mut()
                .map(|generator| Paths::sample(neuron, &transforms, &power, settings.burn_in, generator))
                .collect();
            frozen::solve(neuron, &paths, &covariance, settings.dt, &mut generators)
        })
        .collect()
}

/// What [`boundary`] finds between two strengths of the plasticity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Boundary {
    /// The edge of the frozen spectrum crosses zero at this k.
    At(f64),
    /// The frozen state is stable at both.
    Stable,
    /// The frozen state is unstable at both.
    Unstable,
    /// The edge could not be computed on one side.
    Unsolved,
}

/// The k between two others at which the edge of the frozen spectrum, `g sqrt(<phi'(x*)^2>) - 1`, crosses zero; the k of
/// the neuron itself does not matter. Each k is solved from `starts` starts; `done` is told of each iteration.
pub fn boundary(
    neuron: &Neuron,
    settings: &Settings,
    starts: u32,
    [low, high]: [f64; 2],
    done: impl Fn() + Sync,
) -> Boundary {
    let edge = |k: f64| {
        let neuron = Neuron { k, ..*neuron };
        let field = MeanField::solve(&neuron, settings, starts, &done);
        let states = frozen_states(&neuron, settings, &field);
        MeanSem::of(states.iter().map(|state| state.edge)).map(|edge| edge.mean)
    };
    let unstable = |edge: Option<f64>| edge.is_some_and(|edge| edge > 0.0);
    let (mut below, mut above) = ((low, edge(low)), (high, edge(high)));
    match (unstable(below.1), unstable(above.1)) {
        (true, true) => return Boundary::Unstable,
        (false, false) => return Boundary::Stable,
        _ => {}
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
    let crossing = |(from, to): (f64, f64)| below.0 + (above.0 - below.0) * from / (from - to);
    below
        .1
        .zip(above.1)
        .map_or(Boundary::Unsolved, |edges| Boundary::At(crossing(edges)))
}
