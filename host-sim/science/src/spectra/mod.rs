//! Jacobians of a network and their eigenvalues.

mod eigenvalues;
mod jacobian;

pub use faer::complex::Complex;

pub use eigenvalues::{eigenvalues, rightmost_eigenvalue};
pub use jacobian::{State, frozen_jacobian};
