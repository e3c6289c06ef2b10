//! Equations that were solved by hand.

use numerics::Matrix;

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }
}

fn entries(matrix: &Matrix) -> Vec<f64> {
    let rows = 0..matrix.rows();
    rows.flat_map(|row| (0..matrix.columns()).map(move |column| (row, column)))
        .map(|at| matrix[at])
        .collect()
}

#[test]
fn products_parts_and_transposes_by_hand() {
    let a = Matrix::from_rows(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3);
    close(&entries(&a.transposed()), &[1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    close(&entries(&a.times(&a.transposed())), &[14.0, 32.0, 32.0, 77.0]);
    close(&a.apply(&[1.0, 0.0, -1.0]), &[-2.0, -2.0]);
    close(&entries(&a.part(1..2, 0..2)), &[4.0, 5.0]);
    let same = Matrix::from_fn(2, 3, |row, column| (3 * row + column + 1) as f64);
    assert_eq!(entries(&same), entries(&a));
}

#[test]
fn equations_solved_by_hand() {
    // The first pivot is zero: rows must be exchanged.
    let a = Matrix::from_rows(&[0.0, 2.0, 1.0, 1.0], 2, 2);
    close(&a.solve(&[4.0, 5.0]), &[3.0, 2.0]);
    let symmetric = Matrix::from_rows(&[4.0, 2.0, 2.0, 3.0], 2, 2);
    let factor = symmetric.cholesky().unwrap();
    close(&factor.solve(&[8.0, 8.0]), &[1.0, 2.0]);
    close(&entries(&factor.inverse()), &[0.375, -0.25, -0.25, 0.5]);
    assert!(
        Matrix::from_rows(&[1.0, 2.0, 2.0, 1.0], 2, 2)
            .cholesky()
            .is_none()
    );
    assert!(!Matrix::from_rows(&[1.0, 1.0, 1.0, 1.0], 2, 2).solve(&[1.0, 2.0])[0].is_finite());
}

#[test]
fn the_line_of_least_squares() {
    // Through (0, 1), (1, 3), (2, 3), (3, 5): 1.2 + 1.2 x.
    let a = Matrix::from_fn(4, 2, |row, power| (row as f64).powi(power as i32));
    let right = Matrix::from_rows(&[1.0, 3.0, 3.0, 5.0], 4, 1);
    close(&entries(&a.least_squares(&right)), &[1.2, 1.2]);
}

#[test]
fn singular_vectors_and_eigenvalues_of_known_matrices() {
    // One row of (3, 4): its direction first, up to sign; then what is orthogonal to it.
    let a = Matrix::from_rows(&[3.0, 4.0, 0.0, 0.0], 2, 2);
    let vectors = a.right_singular_vectors().unwrap();
    close(&[vectors[(0, 0)].abs(), vectors[(1, 0)].abs()], &[0.6, 0.8]);
    let mut found = Matrix::from_rows(&[2.0, 1.0, 1.0, 2.0], 2, 2)
        .eigenvalues()
        .unwrap();
    found.sort_by(|a, b| a.re.total_cmp(&b.re));
    close(&[found[0].re, found[1].re], &[1.0, 3.0]);
}
