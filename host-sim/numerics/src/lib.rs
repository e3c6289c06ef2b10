//! Fourier transforms and linear algebra, for the science library.
//!
//! Both libraries behind are generic over their numbers: whoever names their types compiles their code, some minutes of it,
//! again with every change of his own. Here it is compiled once, for what is needed, behind types that are not generic.

#![forbid(unsafe_code)]

mod eigenvalues;
mod fourier;
mod matrix;
mod orthonormal;

pub use faer::complex::Complex;

pub use eigenvalues::{eigenvalues, rightmost_eigenvalue};
pub use fourier::{Fourier, double_precision, single_precision};
pub use matrix::{Cholesky, Matrix};
pub use orthonormal::orthonormalise;
