//! Jacobian of neurons and synapses together, of the equations in continuous time.
//!
//! Of its N + N^2 eigenvalues, N^2 - N are -1/p: changes of A with `dA phi = 0`, which no neuron feels. What the neurons
//! feel is `a = dA phi`, and the other 2N eigenvalues are those of (dx, a), with `W = J + A`, `D = diag(phi'(x))` and
//! `C = |phi|^2 / N`:
//!
//! ```text
//! [ -I + W D                              I   ]
//! [ (k/p) (C I + phi phi^T / N) D       -I/p  ]
//! ```

use crate::estimators::mean_square;

/// A state of the network at which its equations are linearised.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// The rates phi(x), N of them.
    pub rates: &'a [f64],
    /// The slopes phi'(x), N of them.
    pub slopes: &'a [f64],
    /// The Jacobian with the synapses held, `-I + W D`: N x N, row-major.
    pub frozen: &'a [f64],
    /// Strength of the plasticity.
    pub k: f64,
    /// Time constant of the synapses.
    pub p: f64,
}

impl State<'_> {
    /// `C = |phi|^2 / N`.
    pub fn mean_square_rate(&self) -> f64 {
        mean_square(self.rates)
    }

    /// The reduced joint matrix: 2N x 2N, row-major, the neurons before what they feel of the synapses.
    pub fn joint(&self) -> Vec<f64> {
        let (n, c) = (self.rates.len(), self.mean_square_rate());
        let (growth, decay) = (self.k / self.p, 1.0 / self.p);
        let mut matrix = vec![0.0; 4 * n * n];
        let (upper, lower) = matrix.split_at_mut(2 * n * n);
        let rows = upper.chunks_exact_mut(2 * n).zip(lower.chunks_exact_mut(2 * n));
        for (i, ((upper, lower), frozen)) in rows.zip(self.frozen.chunks_exact(n)).enumerate() {
            upper[..n].copy_from_slice(frozen);
            upper[n + i] = 1.0;
            let rate = self.rates[i] / n as f64;
            for ((entry, other), slope) in lower.iter_mut().zip(self.rates).zip(self.slopes) {
                *entry = growth * rate * other * slope;
            }
            lower[i] += growth * c * self.slopes[i];
            lower[n + i] = -decay;
        }
        matrix
    }
}

/// `-I + W D`, the Jacobian of the neurons with the synapses held: N x N, row-major, with `W_ij` the coupling from j on i
/// and `D` the diagonal of the slopes.
pub fn frozen_jacobian(coupling: impl Fn(usize, usize) -> f64, slopes: &[f64]) -> Vec<f64> {
    let n = slopes.len();
    let entry = |i: usize, j: usize| coupling(i, j) * slopes[j] - if i == j { 1.0 } else { 0.0 };
    (0..n)
        .flat_map(|i| (0..n).map(move |j| (i, j)))
        .map(|(i, j)| entry(i, j))
        .collect()
}

#[cfg(test)]
mod tests;
