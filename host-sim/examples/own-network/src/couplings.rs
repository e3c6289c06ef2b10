//! Couplings of one's own: independent Gaussians and two modes of rank one.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use science::networks::CouplingMatrix;

use crate::Checked;

/// Row-major, `J_ij` from neuron j on neuron i.
pub fn with_two_modes(n: usize) -> Checked<CouplingMatrix> {
    let mut randomness = Generator::new(7, 0, Purpose::Couplings);
    let scale = 2.0 / (n as f32).sqrt();
    let mut j: Vec<f32> = (0..n * n).map(|_| scale * randomness.gaussian()).collect();
    for strength in [0.5, 0.3] {
        let u: Vec<f32> = (0..n).map(|_| randomness.gaussian()).collect();
        let v: Vec<f32> = (0..n).map(|_| randomness.gaussian()).collect();
        for (row, u) in j.chunks_exact_mut(n).zip(&u) {
            for (coupling, v) in row.iter_mut().zip(&v) {
                *coupling += strength / n as f32 * u * v;
            }
        }
    }
    CouplingMatrix::new(n, j)
}
