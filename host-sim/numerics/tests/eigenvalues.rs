//! Eigenvalues of matrices whose polynomial is known.

use numerics::{Complex, eigenvalues, rightmost_eigenvalue};

#[test]
fn of_matrices_solved_by_hand() {
    // A rotation with growth: 0.5 +- 2i; a triangle: its diagonal.
    assert!((rightmost_eigenvalue(2, &[0.5, -2.0, 2.0, 0.5]).unwrap() - 0.5).abs() < 1e-12);
    let triangle = [-1.0, 5.0, 3.0, 0.0, 0.25, 7.0, 0.0, 0.0, -3.0];
    assert!((rightmost_eigenvalue(3, &triangle).unwrap() - 0.25).abs() < 1e-12);
    assert_eq!(rightmost_eigenvalue(2, &[1.0, f64::NAN, 0.0, 1.0]), None);
    assert_eq!(rightmost_eigenvalue(0, &[]), None);
}

/// The matrix of a polynomial that is one with the highest power, given from there down.
fn companion(polynomial: &[f64]) -> Vec<f64> {
    let n = polynomial.len();
    let mut matrix = vec![0.0; n * n];
    for (at, coefficient) in polynomial.iter().enumerate() {
        matrix[at] = -coefficient;
    }
    (1..n).for_each(|row| matrix[row * n + row - 1] = 1.0);
    matrix
}

/// Largest distance of a known eigenvalue from its nearest neighbour found, each of which is taken once.
fn distance(mut found: Vec<Complex<f64>>, known: &[Complex<f64>]) -> f64 {
    assert_eq!(found.len(), known.len());
    let apart = known.iter().map(|known| {
        let (at, distance) = (found.iter().map(|found| (found - known).norm()).enumerate())
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap();
        found.swap_remove(at);
        distance
    });
    apart.fold(0.0, f64::max)
}

#[test]
fn of_matrices_whose_polynomial_is_known() {
    // Wilkinson's polynomial of degree 6, (z - 1) ... (z - 6); and Grcar's matrix of order 4, with
    // z^4 - 4 z^3 + 9 z^2 - 12 z + 8.
    let wilkinson = companion(&[-21.0, 175.0, -735.0, 1624.0, -1764.0, 720.0]);
    let known: Vec<_> = (1..=6).map(|root| Complex::new(f64::from(root), 0.0)).collect();
    assert!(distance(eigenvalues(6, &wilkinson).unwrap(), &known) < 1e-9);
    let grcar = [
        1.0, 1.0, 1.0, 1.0, //
        -1.0, 1.0, 1.0, 1.0, //
        0.0, -1.0, 1.0, 1.0, //
        0.0, 0.0, -1.0, 1.0,
    ];
    for at in eigenvalues(4, &grcar).unwrap() {
        let value = (((at - 4.0) * at + 9.0) * at - 12.0) * at + 8.0;
        assert!(value.norm() < 1e-11, "{at}: {value}");
    }
}

#[test]
fn of_a_large_ring_of_circulant_couplings() {
    // A circulant matrix: the Fourier transform of its first row; large enough for the blocked algorithm.
    const N: usize = 200;
    let row: Vec<f64> = (0..N)
        .map(|at| (at as f64 * 1.7).sin() / (1.0 + at as f64))
        .collect();
    let matrix: Vec<f64> = (0..N * N).map(|at| row[(at % N + N - at / N) % N]).collect();
    let wave = |frequency: usize| {
        let phase = |at: usize| std::f64::consts::TAU * (frequency * at % N) as f64 / N as f64;
        let terms = row.iter().enumerate();
        terms
            .map(|(at, value)| Complex::from_polar(*value, phase(at)))
            .sum()
    };
    let known: Vec<Complex<f64>> = (0..N).map(wave).collect();
    let apart = distance(eigenvalues(N, &matrix).unwrap(), &known);
    assert!(apart < 1e-12, "{apart}");
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
