//! The phase diagram: what becomes of networks over a grid of gains g and strengths k of the plasticity, from small and
//! from large starts.
//!
//! [`PhaseMap`] says what to sweep. [`measure_point`] simulates one point and gives it its class by the rules of
//! [`class`]; [`Boundaries`] are those of the mean-field theory at one gain. Both are independent of all other points.

mod boundaries;
pub mod class;
mod diagram;
mod point;
mod settings;

pub use crate::theory::freezability::Crossing;
pub use boundaries::Boundaries;
pub use class::Class;
pub use diagram::{Diagram, Part, Row};
pub use point::{Point, Run, StartRow, measure_point};
pub use settings::MOST_VALUES;

use freezable_chaos::Params;
use serde::Serialize;

use crate::Refusal;
use crate::estimators::steps_in;
use crate::networks::{
    Biases, Ensemble, Execution, InitialState, Input, Model, Network, PlasticityRule, Seeds, TransferFunction,
};

/// Settings of a phase diagram. Their JSON form tells whether two are the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseMap {
    /// Gains, ascending.
    pub g: Vec<f32>,
    /// Strengths of the plasticity, ascending.
    pub k: Vec<f32>,
    /// Time constant of the synapses.
    pub p: f32,
    /// Kind of network, with its default couplings and history.
    pub model: Model,
    /// Number of neurons.
    pub n: usize,
    /// Step of the Euler map.
    pub dt: f32,
    /// Transfer function.
    pub transfer: TransferFunction,
    /// A bias for each neuron, if they have any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bias: Option<Biases>,
    /// Rule of the plasticity, without a k or a p of its own; if not given, the paper's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<PlasticityRule>,
    /// Seed of everything.
    pub seed: u64,
    /// Networks from each start.
    pub networks: u32,
    /// Time before anything is measured.
    pub burn_in: f64,
    /// Time over which activity is watched and networks are frozen.
    pub duration: f64,
    /// Freezes of each network, evenly spread over the duration.
    pub trials: u32,
    /// Longest time over which the exponent is measured, after the duration.
    pub exponent_duration: f64,
    /// After half of that, a split-half error below this in three looks one after the other ends it; 0 goes on.
    pub exponent_tolerance: f64,
    /// Whether to compute the boundaries of the mean-field theory.
    pub boundaries: bool,
    /// Gains at which to compute them beside those of the points, ascending.
    pub boundary_g: Vec<f32>,
}

/// A part of a phase diagram that is computed, and kept, by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// The point at this gain and strength.
    Point(f32, f32),
    /// The boundaries of the theory at this gain.
    Boundaries(f32),
}

impl Item {
    /// Progress that it reports, in steps of a network without tangent vector.
    pub fn cost(self, map: &PhaseMap) -> u64 {
        match self {
            Self::Point(..) => point::cost(map),
            Self::Boundaries(g) => boundaries::cost(map, g),
        }
    }
}

impl PhaseMap {
    /// All items: the points gain by gain, then the boundaries.
    pub fn items(&self) -> Vec<Item> {
        let row = |&g: &f32| self.k.iter().map(move |&k| Item::Point(g, k));
        let points = self.g.iter().flat_map(row);
        let mut gains = if self.boundaries {
            [&self.g[..], &self.boundary_g].concat()
        } else {
            Vec::new()
        };
        gains.sort_by(f32::total_cmp);
        gains.dedup();
        points.chain(gains.into_iter().map(Item::Boundaries)).collect()
    }

    /// The networks of one point, from one kind of start: first those of the small one, then as many of the large one.
    pub fn ensemble(&self, g: f32, k: f32, start: InitialState) -> Result<Ensemble, Refusal> {
        let (p, dt) = (self.p, self.dt);
        if self.boundaries {
            self.transfer.check_theory()?;
            if self.rule.is_some() || self.bias.is_some() {
                let words = "are of the paper's rule without biases";
                return Err(Refusal::because("boundaries", true, words).reason("set boundaries = false"));
            }
        }
        let mut network = Network::new(self.model, self.n, Params { g, k, p, dt })?
            .with_transfer(self.transfer)
            .with_seeds(Seeds::all(self.seed));
        if let Some(bias) = &self.bias {
            network = network.with_bias(bias.clone())?;
        }
        if let Some(rule) = &self.rule {
            if rule.k.is_some() || rule.p.is_some() {
                let words = "has a k or a p of its own, and the points have theirs";
                return Err(Refusal::because("rule", "", words));
            }
            network = network.with_rule(rule.clone())?;
        }
        Ensemble {
            network,
            // Several at a time whatever their number: a thread never shares the rows of its network.
            networks: 2 * self.networks,
            start,
            origin: None,
            input: Input::default(),
            burn_in: self.burn_in,
            duration: self.duration,
        }
        .check()
    }

    /// Refuses networks that do not fit into the memory allowed, of which as many are simulated at a time as there are
    /// threads.
    pub fn check_memory(&self, how: &Execution) -> Result<(), Refusal> {
        let mut ensemble = self.ensemble(self.g[0], self.k[0], InitialState::Small)?;
        // Points run side by side: there may be more networks at a time than one point has.
        ensemble.networks = u32::try_from(how.threads.max(2)).unwrap_or(u32::MAX);
        // J, A and the tangent vector in double precision: of each neuron 2.5 N numbers.
        let square = (self.n as u64).saturating_mul(self.n as u64);
        how.check_memory(&ensemble, 20 * square, 0)
    }

    /// Steps of a run without those for its exponent.
    fn steps(&self) -> u64 {
        let dt = f64::from(self.dt);
        (self.burn_in / dt).round() as u64 + steps_in(self.duration, dt)
    }
}
