//! Lyapunov exponents of the joint map of neurons and synapses, by tangent vectors (dx, dA) that the exact derivative of
//! the step carries along, with a QR decomposition now and then (Benettin et al. 1980). Per unit of time.

pub mod compact;
pub mod exact;
pub mod exponents;
mod sums;

pub use compact::CompactTangent;
pub use exact::{ExactTangent, Synapses};
pub use exponents::{Exponents, Protocol, kaplan_yorke_dimension};

use freezable_chaos::Dynamics;

use crate::failure::Failure;
use crate::simulation::Simulation;

/// A trajectory together with the derivative of its step.
pub trait TangentMap {
    /// Numbers in a tangent vector. The metric is Euclidean: an implementation scales what counts twice.
    fn dimension(&self) -> usize;

    /// The first so many of them belong to the neurons, the rest to the synapses.
    fn neurons(&self) -> usize;

    /// Length of a step in time.
    fn dt(&self) -> f64;

    /// One step of the trajectory. Tangent vectors, [`TangentMap::dimension`] numbers each, one after the other, are
    /// carried along by the derivative of that step in the state before it.
    fn step(&mut self, tangents: &mut [f64]) -> Result<(), Failure>;

    /// Rms over the neurons of dx/dt in the last step.
    fn speed(&self) -> f64;
}

/// The tangent map of a network where its simulation is: exact, or compact with its history running. A frozen compact
/// network is one with constant couplings, as a frozen exact one is.
pub fn tangent_map<'a>(
    simulation: &'a mut dyn Simulation,
    dynamics: &Dynamics,
    synapses: Synapses,
) -> Box<dyn TangentMap + 'a> {
    match simulation.history() {
        Some(history) if synapses == Synapses::Running => {
            Box::new(CompactTangent::new(simulation, dynamics, history))
        }
        _ => Box::new(ExactTangent::new(simulation, dynamics, synapses)),
    }
}
