//! Rules of plasticity as data: `p_ij dA_ij/dt = -A_ij + k_ij f(r_i) h(r_j) / N`, which every measurement takes as
//! [`Network::with_rule`](super::Network::with_rule).
//!
//! [`PlasticityRule`] says what a user wants; [`Plan`] is the same step by step. From it come the network in single precision
//! ([`RuleSynapses`]), the reference in double, the tangent map and the joint Jacobian.

mod description;
mod factor;
mod jacobian;
mod panels;
mod plan;
mod reference;
mod synapses;
mod tangent;
mod values;

pub use description::{Change, PlasticityRule};
pub use factor::Factor;
pub use plan::{Moment, Plan};
pub use reference::ReferenceRule;
pub use synapses::{RuleStorage, RuleSynapses};
pub use tangent::RuleTangent;
pub use values::{Mask, Values};

pub(super) use jacobian::joint_jacobian;

#[cfg(test)]
mod tests;
