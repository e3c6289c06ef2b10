//! Eigenvalues of real matrices that are not symmetric.

use nalgebra::{Complex, DMatrix};

/// All eigenvalues of a square matrix of `n` rows, row-major, in no order; `None` if the iteration fails or the matrix
/// is not square, empty or not finite.
///
/// Takes about `3e-9 n^3` seconds: 2 s at n = 800, two minutes at n = 3200.
pub fn eigenvalues(n: usize, matrix: &[f64]) -> Option<Vec<Complex<f64>>> {
    if n == 0 || matrix.len() != n * n || matrix.iter().any(|entry| !entry.is_finite()) {
        return None;
    }
    // `DMatrix::complex_eigenvalues` would save the vectors, but iterates without an end where it does not converge.
    let schur = nalgebra::linalg::Schur::try_new(DMatrix::from_row_slice(n, n, matrix), NEGLIGIBLE, 100 * n)?;
    Some(schur.complex_eigenvalues().iter().copied().collect())
}

/// An entry below the diagonal is negligible beside its neighbours on it. Rounding alone leaves as much where an
/// eigenvalue is repeated a hundred times, and with no more allowed the iteration goes on forever.
const NEGLIGIBLE: f64 = 16.0 * f64::EPSILON;

/// Largest real part among them.
pub fn rightmost_eigenvalue(n: usize, matrix: &[f64]) -> Option<f64> {
    let eigenvalues = eigenvalues(n, matrix)?;
    eigenvalues
        .iter()
        .map(|eigenvalue| eigenvalue.re)
        .reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_matrices_solved_by_hand() {
        // A rotation with growth: 0.5 +- 2i; a triangle: its diagonal.
        assert!((rightmost_eigenvalue(2, &[0.5, -2.0, 2.0, 0.5]).unwrap() - 0.5).abs() < 1e-12);
        let triangle = [-1.0, 5.0, 3.0, 0.0, 0.25, 7.0, 0.0, 0.0, -3.0];
        assert!((rightmost_eigenvalue(3, &triangle).unwrap() - 0.25).abs() < 1e-12);
        assert_eq!(rightmost_eigenvalue(2, &[1.0, f64::NAN, 0.0, 1.0]), None);
        assert_eq!(rightmost_eigenvalue(0, &[]), None);
    }

    #[test]
    fn an_iteration_that_does_not_converge_ends() {
        // A permutation of three in a ring: the double shift leaves it as it is. Eigenvalues or none, but an answer.
        let ring = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        if let Some(found) = eigenvalues(3, &ring) {
            assert!(
                found
                    .iter()
                    .all(|eigenvalue| (eigenvalue.norm() - 1.0).abs() < 1e-9)
            );
        }
    }
}
