//! A network that runs, whatever it is made of: what measurements take.

use freezable_chaos::Generator;

use super::double::Reference;
use super::input::Current;
use super::kinds::InitialState;
use super::tangents::{Synapses, TangentMap};
use crate::estimators::Precision;
use crate::{Refusal, Stopped};

/// How fast the neurons move: `dx/dt` in the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// Root mean square over the neurons.
    pub rms: f64,
    /// Largest magnitude.
    pub max: f64,
}

/// The history of the rates that a compact network has in place of A.
#[derive(Clone, Debug)]
pub struct History {
    /// Steps between two samples.
    pub spacing: u32,
    /// Steps since the newest one.
    pub phase: u32,
    /// The samples as rates, newest first; of all neurons each.
    pub samples: Vec<Vec<f64>>,
}

/// A state to come back to.
#[derive(Clone, Debug)]
pub enum Saved {
    /// A snapshot of the kernel.
    Snapshot(Vec<u8>),
    /// The whole reference simulator.
    Reference(Box<Reference>),
    /// A network with an external input, and where that is.
    Driven {
        /// The network.
        network: Box<Saved>,
        /// Its input.
        current: Box<Current>,
    },
}

/// A network that can be advanced, frozen, released and looked at.
pub trait Simulation {
    /// Number of neurons N.
    fn n(&self) -> usize;
    /// Starts anew from a random state: plasticity running, no step done.
    fn start(&mut self, start: InitialState, states: &mut Generator);
    /// Back to rest: x = 0, A = 0, plasticity running, no step done.
    fn rest(&mut self);
    /// One step of the map.
    fn step(&mut self) -> Result<(), Stopped>;
    /// One step with an external input, one value per neuron.
    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Stopped>;
    /// One step, with an external input if there is one.
    fn step_under(&mut self, input: Option<&[f32]>) -> Result<(), Stopped> {
        match input {
            Some(input) => self.step_with_input(input),
            None => self.step(),
        }
    }
    /// Halts the plasticity.
    fn freeze(&mut self);
    /// Lets the plasticity run.
    fn release(&mut self);
    /// The rates phi(x) of all neurons, in place of what the vector holds.
    fn copy_rates(&self, rates: &mut Vec<f32>);
    /// The states x of all neurons, in place of what the vector holds.
    fn copy_state(&self, state: &mut Vec<f64>);
    /// The rates phi(x) and the slopes phi'(x) of all neurons, in place of what the vectors hold.
    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>);
    /// The quenched couplings J and the plastic ones A: N x N each, row-major.
    fn couplings(&self) -> (Vec<f64>, Vec<f64>);
    /// The history in place of A; of the compact network only.
    fn history(&self) -> Option<History>;
    /// Digest of the quenched couplings, as snapshots have it; of the kernel's networks only.
    fn couplings_digest(&self) -> Option<u64>;
    /// Digest of x and of the plastic state, as boards have it; of the kernel's networks only.
    fn digest(&self) -> Option<u64>;
    /// Speed in the last step; not a number before the first.
    fn speed(&self) -> Speed;
    /// Arithmetic.
    fn precision(&self) -> Precision;
    /// Keeps the whole state.
    fn save(&self) -> Result<Saved, Stopped>;
    /// Goes back to a state kept from this network.
    fn load(&mut self, saved: &Saved) -> Result<(), Stopped>;
    /// Jacobian of the neurons with the synapses held, `-I + (J + A) D` with `D = diag(phi'(x))`: N x N, row-major.
    fn frozen_jacobian(&self) -> Vec<f64>;
    /// The derivative of the step from here on. Refused where the rule of the plasticity gives none: another rule's would
    /// give exponents of another network.
    fn tangent_map(&mut self, synapses: Synapses) -> Result<Box<dyn TangentMap + '_>, Refusal>;
    /// The Jacobian of neurons and of what they feel of the synapses, 2N x 2N, row-major, see [`State`]; refused where the
    /// rule gives none.
    ///
    /// [`State`]: crate::spectra::State
    fn joint_jacobian(&self) -> Result<Vec<f64>, Refusal>;
}
