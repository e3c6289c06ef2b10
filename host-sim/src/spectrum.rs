//! Eigenvalues of Jacobians.

use nalgebra::DMatrix;

/// Largest real part among the eigenvalues of a square matrix of `n` rows, row-major; `None` if the iteration
/// fails or the matrix is not square, empty or not finite.
pub fn rightmost_eigenvalue(n: usize, matrix: &[f64]) -> Option<f64> {
    if n == 0 || matrix.len() != n * n || matrix.iter().any(|entry| !entry.is_finite()) {
        return None;
    }
    let schur =
        nalgebra::linalg::Schur::try_new(DMatrix::from_row_slice(n, n, matrix), f64::EPSILON, 100 * n)?;
    schur
        .complex_eigenvalues()
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
}
