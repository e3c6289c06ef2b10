//! Where freezing begins to succeed: the frozen mean field on top of solved running ones, and the strength of the
//! plasticity at which the edge of its spectrum crosses zero.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::draws::Draws;
use super::frozen::{self, FrozenState};
use super::iteration::MeanField;
use super::paths::{Field, Lanes, Neuron, Paths};
use super::settings::Settings;
use super::transforms::Transforms;
use crate::Stopped;
use crate::estimators::MeanSem;
use crate::watch::{Watch, advance};

/// Independent sets of paths for the frozen network.
const SETS: u32 = 4;
/// Their streams follow those of the starts.
const STREAM: u32 = 2048;
/// Solutions at all paths, at most, that close in on the boundary.
const REFINEMENTS: u64 = 4;
/// Solutions that [`boundary`] asks for at most.
pub const SOLUTIONS: u64 = REFINEMENTS + 2;
/// The boundary is known when its last step in k was below this.
const PRECISION: f64 = 0.01;

/// The network frozen in the middle of the solved chaos, from independent sets of paths; none where the paths are too
/// short.
pub fn frozen_states(neuron: &Neuron, settings: &Settings, field: &MeanField) -> Vec<FrozenState> {
    let transforms = Transforms::new(settings.length);
    let power = field.power();
    let covariance = transforms.covariance(&power);
    let field = Field::new(neuron, &power, &covariance, settings.length);
    (0..SETS)
        .filter_map(|set| {
            // Twice the paths of an iteration: the regression on the field takes many.
            let mut draws = Draws::new(settings.seed, STREAM + set, 2 * settings.groups);
            let noise = draws.noise(field.frequencies(), transforms.frequencies());
            let paths: Vec<Paths> = noise
                .par_iter()
                .map_init(
                    || Lanes::new(&transforms),
                    |lanes, noise| lanes.sample(neuron, &transforms, &field, settings.burn_in, noise),
                )
                .collect();
            frozen::solve(neuron, &paths, &covariance, settings.dt, &draws)
        })
        .collect()
}

/// What [`boundary`] finds between two strengths of the plasticity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Boundary {
    /// The edge of the frozen spectrum crosses zero here.
    At(Crossing),
    /// The frozen state is stable at both.
    Stable,
    /// The frozen state is unstable at both.
    Unstable,
    /// The edge could not be computed on one side.
    Unsolved,
}

/// A strength of the plasticity that was solved for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Strength.
    pub k: f64,
    /// Its standard error, of the edge's over its slope in k; of the paths for the frozen network.
    pub error: Option<f64>,
}

/// The k between two others at which the edge of the frozen spectrum, `g sqrt(<phi'(x*)^2>) - 1`, crosses zero; the k of
/// the neuron itself does not matter. Each k is solved from `starts` starts; the watcher sees each iteration as a step, and
/// may end it.
///
/// A single start on a single group of paths finds about where it is; from there on false position (the Illinois rule) on
/// all paths, each k solved from the solution before, with a quarter of the iterations: the error is that of the frozen
/// state. Where starts come to several solutions, it is the most active one that is frozen. The error takes the slope of the edge as known.
pub fn boundary(
    neuron: &Neuron,
    settings: &Settings,
    starts: u32,
    [low, high]: [f64; 2],
    watch: &dyn Watch,
) -> Result<Boundary, Stopped> {
    let mut edges = Edges {
        neuron,
        settings,
        starts,
        before: None,
        watch,
    };
    let quick = Settings {
        groups: 1,
        ..*settings
    };
    let (Some(at_low), Some(at_high)) = (edges.at(low, &quick, 1)?, edges.at(high, &quick, 1)?) else {
        return Ok(Boundary::Unsolved);
    };
    match (at_low.mean > 0.0, at_high.mean > 0.0) {
        (true, true) => return Ok(Boundary::Unstable),
        (false, false) => return Ok(Boundary::Stable),
        _ => {}
    }
    let (mut below, mut above) = ((low, at_low.mean), (high, at_high.mean));
    let mut last = [below, above];
    let refined = Settings {
        settling: settings.settling / 4,
        averaged: settings.averaged.div_ceil(4),
        ..*settings
    };
    let mut crossing = Crossing {
        k: f64::NAN,
        error: None,
    };
    for done in 1..=REFINEMENTS {
        let k = root(below, above);
        let Some(edge) = edges.at(k, &refined, starts)? else {
            return Ok(Boundary::Unsolved);
        };
        last = [last[1], (k, edge.mean)];
        let slope = (last[1].1 - last[0].1) / (last[1].0 - last[0].0);
        crossing = Crossing {
            k: k - edge.mean / slope,
            error: edge.sem.map(|sem| (sem / slope).abs()),
        };
        if (crossing.k - k).abs() < PRECISION {
            edges.skip(REFINEMENTS - done)?;
            break;
        }
        // An end that stays is half believed.
        if (edge.mean > 0.0) == (below.1 > 0.0) {
            below = (k, edge.mean);
            above.1 /= 2.0;
        } else {
            above = (k, edge.mean);
            below.1 /= 2.0;
        }
    }
    crossing.k = crossing.k.clamp(low, high);
    Ok(Boundary::At(crossing))
}

/// Where the straight line through two points is zero.
fn root((a, at_a): (f64, f64), (b, at_b): (f64, f64)) -> f64 {
    a + (b - a) * at_a / (at_a - at_b)
}

/// The edge as a function of the strength of the plasticity.
struct Edges<'a> {
    neuron: &'a Neuron,
    settings: &'a Settings,
    starts: u32,
    before: Option<MeanField>,
    watch: &'a dyn Watch,
}

impl Edges<'_> {
    fn at(&mut self, k: f64, settings: &Settings, starts: u32) -> Result<Option<MeanSem>, Stopped> {
        let neuron = Neuron { k, ..*self.neuron };
        let field = match &self.before {
            None => MeanField::solve(&neuron, settings, starts, self.watch)?.most_active(),
            Some(before) => {
                let guess = |start: u32| {
                    before.solutions[start as usize % before.solutions.len()]
                        .covariance
                        .clone()
                };
                MeanField::solve_from(&neuron, settings, starts, &guess, self.watch)?.most_active()
            }
        };
        let (done, all) = (spent(settings, starts), spent(self.settings, self.starts));
        advance(self.watch, all - done)?;
        let states = frozen_states(&neuron, settings, &field);
        self.before = Some(field);
        Ok(MeanSem::of(states.iter().map(|state| state.edge)))
    }

    /// Tells the watcher of solutions that were not needed.
    fn skip(&self, solutions: u64) -> Result<(), Stopped> {
        advance(self.watch, solutions * spent(self.settings, self.starts))
    }
}

/// Iterations of all starts.
fn spent(settings: &Settings, starts: u32) -> u64 {
    u64::from(starts) * (settings.settling + settings.averaged) as u64
}
