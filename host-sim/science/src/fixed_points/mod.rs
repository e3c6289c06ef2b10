//! Stable fixed points of neurons and synapses together: `A = (k/N) phi phi^T`, so that `x = J phi + k C phi` with
//! `C = |phi|^2 / N`. Found by letting networks settle, then refined and told apart in double precision.
//!
//! With x, -x is a fixed point too, of the same A: the two are one pair.

pub mod catalogue;
pub mod newton;

pub use catalogue::{Catalogue, FixedPoint};
pub use newton::Equation;
