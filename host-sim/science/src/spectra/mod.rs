//! Jacobians of a network and their eigenvalues.

mod jacobian;

pub use numerics::{Complex, eigenvalues, rightmost_eigenvalue};

pub use jacobian::{State, frozen_jacobian};
