//! The loops over rows that the tangent maps spend their time in. Each is compiled for several instruction sets, and
//! gives the same bits with all of them: the order of every sum is fixed, and no product is fused with a sum.

use multiversion::multiversion;

/// Sums run in so many lanes, for vector instructions.
const LANES: usize = 8;

/// Inner product, in lanes.
#[multiversion(targets = "simd")]
pub(in crate::networks) fn dot(a: &[f64], b: &[f64]) -> f64 {
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
pub(in crate::networks) fn add(a: &[f64], b: &[f64], sum: &mut [f64]) {
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        *sum = a + b;
    }
}

/// One step of a row of A or dA: `retention row + left u + right v`.
#[multiversion(targets = "simd")]
pub(in crate::networks) fn learn(
    row: &mut [f64],
    retention: f64,
    (left, u): (f64, &[f64]),
    (right, v): (f64, &[f64]),
) {
    for ((entry, u), v) in row.iter_mut().zip(u).zip(v) {
        *entry = *entry * retention + (left * u + right * v);
    }
}

/// Adds `share row` to the drive.
#[multiversion(targets = "simd")]
pub(in crate::networks) fn add_scaled(drive: &mut [f64], share: f64, row: &[f64]) {
    for (drive, entry) in drive.iter_mut().zip(row) {
        *drive += entry * share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(n: usize, seed: usize) -> Vec<f64> {
        (0..n)
            .map(|i| ((i * 31 + seed * 17) as f64).sin() * 10.0_f64.powi((i % 7) as i32 - 3))
            .collect()
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    /// The plain twins: one number after the other, each product rounded before it is added.
    #[test]
    fn every_instruction_set_has_the_bits_of_plain_loops() {
        for n in [0, 1, 7, 8, 9, 31, 64, 203] {
            let (a, b, c) = (values(n, 1), values(n, 2), values(n, 3));
            let whole = n / LANES * LANES;
            let lane = |lane: usize| {
                let places = (lane..whole).step_by(LANES);
                places.fold(0.0, |sum, i| sum + a[i] * b[i])
            };
            let tail: f64 = (whole..n).map(|i| a[i] * b[i]).sum();
            let expected = (0..LANES).map(lane).sum::<f64>() + tail;
            assert_eq!(dot(&a, &b).to_bits(), expected.to_bits(), "dot of {n}");

            let mut sum = vec![0.0; n];
            add(&a, &b, &mut sum);
            let expected: Vec<f64> = (0..n).map(|i| a[i] + b[i]).collect();
            assert_eq!(bits(&sum), bits(&expected), "sum of {n}");

            let mut row = a.clone();
            learn(&mut row, 0.98, (0.3, &b), (-1.7, &c));
            let expected: Vec<f64> = (0..n).map(|i| a[i] * 0.98 + (0.3 * b[i] + -1.7 * c[i])).collect();
            assert_eq!(bits(&row), bits(&expected), "step of {n}");

            let mut drive = a.clone();
            add_scaled(&mut drive, 0.7, &b);
            let expected: Vec<f64> = (0..n).map(|i| a[i] + b[i] * 0.7).collect();
            assert_eq!(bits(&drive), bits(&expected), "drive of {n}");
        }
    }
}
