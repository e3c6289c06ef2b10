//! The loops over rows that the tangent maps spend their time in. Each is compiled for several instruction sets, and
//! gives the same bits with all of them: the order of every sum is fixed, and no product is fused with a sum.

use multiversion::multiversion;

/// Sums run in so many lanes, for vector instructions.
const LANES: usize = 8;

/// Inner product, in lanes.
#[multiversion(targets = "simd")]
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let tail: f64 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum::<f64>() + tail
}

/// `sum = a + b`.
#[multiversion(targets = "simd")]
pub(super) fn add(a: &[f64], b: &[f64], sum: &mut [f64]) {
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        *sum = a + b;
    }
}

/// One step of a row of A or dA: `retention row + left u + right v`.
#[multiversion(targets = "simd")]
pub(super) fn learn(row: &mut [f64], retention: f64, (left, u): (f64, &[f64]), (right, v): (f64, &[f64])) {
    for ((entry, u), v) in row.iter_mut().zip(u).zip(v) {
        *entry = *entry * retention + (left * u + right * v);
    }
}

/// Adds `share row` to the drive.
#[multiversion(targets = "simd")]
pub(super) fn add_scaled(drive: &mut [f64], share: f64, row: &[f64]) {
    for (drive, entry) in drive.iter_mut().zip(row) {
        *drive += entry * share;
    }
}
