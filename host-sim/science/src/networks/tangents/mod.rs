//! Derivatives of a network's step along its trajectory: what Lyapunov exponents are measured with. Every network brings
//! its own, as [`Simulation::tangent_map`](super::Simulation::tangent_map).

pub mod compact;
pub mod exact;
pub(super) mod sums;

pub use compact::CompactTangent;
pub use exact::ExactTangent;

use crate::Stopped;

/// Whether the synapses take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synapses {
    /// Neurons and synapses, N + N(N+1)/2 dimensions of the exact network.
    Running,
    /// Frozen: N dimensions. (With A they would have N(N+1)/2 exponents of zero more.)
    Frozen,
}

/// A trajectory together with the derivative of its step.
pub trait TangentMap {
    /// Numbers in a tangent vector. The metric is Euclidean: an implementation scales what counts twice.
    fn dimension(&self) -> usize;

    /// The first so many of them belong to the neurons, the rest to the synapses.
    fn neurons(&self) -> usize;

    /// Length of a step in time.
    fn dt(&self) -> f64;

    /// One step of the trajectory. Tangent vectors, [`TangentMap::dimension`] numbers each, one after the other, are
    /// carried along by the derivative of that step in the state before it. An external input, one value per neuron, moves
    /// the trajectory alone.
    fn step(&mut self, tangents: &mut [f64], input: Option<&[f32]>) -> Result<(), Stopped>;

    /// Rms over the neurons of dx/dt in the last step.
    fn speed(&self) -> f64;
}
