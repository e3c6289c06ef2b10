//! Vectors made orthonormal by hand.

use numerics::orthonormalise;

#[test]
fn two_vectors_by_hand() {
    let mut vectors = [3.0, 4.0, 0.0, 1.0, 1.0, 2.0];
    let factor = orthonormalise(&mut vectors, 3);
    // |(3, 4, 0)| = 5; (1, 1, 2) along it 1.4, the rest (0.16, -0.12, 2) of length 2.01.
    let rest = (0.16_f64.powi(2) + 0.12_f64.powi(2) + 4.0).sqrt();
    for (found, expected) in [
        (factor[(0, 0)], 5.0),
        (factor[(0, 1)], 1.4),
        (factor[(1, 1)], rest),
    ] {
        assert!((found.abs() - expected).abs() < 1e-12, "{found}, not {expected}");
    }
    assert!(factor[(1, 0)].abs() < 1e-12);
    let (first, second) = vectors.split_at(3);
    let product: f64 = first.iter().zip(second).map(|(a, b)| a * b).sum();
    assert!(
        product.abs() < 1e-12 && (first[0].abs() - 0.6).abs() < 1e-12,
        "{vectors:?}"
    );
}
