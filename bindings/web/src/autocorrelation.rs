//! `C_phi(tau)` of a network that runs, with what is long past forgotten.

use std::collections::VecDeque;

/// Estimator of `C_phi(tau) = < phi_i(t) phi_i(t + tau) >`, averaged over neurons and over the past with a weight that
/// decays. Nothing is subtracted. Each lag is divided by the weight of its own pairs, as in `host-sim`.
pub struct Autocorrelation {
    lags: usize,
    retention: f64,
    /// Rates of all neurons, newest first.
    recent: VecDeque<Vec<f32>>,
    sums: Vec<f64>,
    weights: Vec<f64>,
}

impl Autocorrelation {
    /// Of lags 0 to `lags - 1` samples, with a memory of so many samples.
    pub fn new(lags: usize, memory: f64) -> Self {
        Self {
            lags,
            retention: 1.0 - 1.0 / memory,
            recent: VecDeque::new(),
            sums: vec![0.0; lags],
            weights: vec![0.0; lags],
        }
    }

    /// Takes the next sample.
    pub fn push(&mut self, rates: &[f32]) {
        // Reuses the memory of the sample that falls out.
        let mut sample = if self.recent.len() == self.lags {
            self.recent.pop_back().unwrap_or_default()
        } else {
            Vec::new()
        };
        sample.clear();
        sample.extend_from_slice(rates);
        self.recent.push_front(sample);
        let n = rates.len() as f64;
        for (lag, earlier) in self.recent.iter().enumerate() {
            self.sums[lag] = self.sums[lag] * self.retention + dot(rates, earlier) / n;
            self.weights[lag] = self.weights[lag] * self.retention + 1.0;
        }
    }

    /// No pair reaches over this moment, at which the network was not left to itself.
    pub fn interrupt(&mut self) {
        self.recent.clear();
    }

    /// `C_phi` by lag, as far as there are pairs.
    pub fn values(&self) -> Vec<f32> {
        let pairs = self.sums.iter().zip(&self.weights);
        pairs
            .take_while(|&(_, &weight)| weight > 0.0)
            .map(|(sum, weight)| (sum / weight) as f32)
            .collect()
    }
}

/// By eight sums side by side, which the compiler makes vectors of.
fn dot(a: &[f32], b: &[f32]) -> f64 {
    const WIDTH: usize = 8;
    let mut sums = [0.0_f32; WIDTH];
    let ((a, a_tail), (b, b_tail)) = (a.as_chunks::<WIDTH>(), b.as_chunks::<WIDTH>());
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let tail: f32 = a_tail.iter().zip(b_tail).map(|(a, b)| a * b).sum();
    sums.into_iter().map(f64::from).sum::<f64>() + f64::from(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(t: usize) -> Vec<f32> {
        (0..11).map(|i| (0.3 * t as f32 + i as f32).sin()).collect()
    }

    #[test]
    fn with_a_long_memory_it_is_the_plain_average() {
        let mut estimator = Autocorrelation::new(4, 1e12);
        (0..50).for_each(|t| estimator.push(&rates(t)));
        for (lag, value) in estimator.values().into_iter().enumerate() {
            let pairs = (lag..50).map(|t| dot(&rates(t), &rates(t - lag)) / 11.0);
            let plain = pairs.sum::<f64>() / (50 - lag) as f64;
            assert!(
                (f64::from(value) - plain).abs() < 1e-6,
                "lag {lag}: {value}, {plain}"
            );
        }
    }

    #[test]
    fn no_pair_reaches_over_an_interruption() {
        let mut estimator = Autocorrelation::new(3, 100.0);
        estimator.push(&[1.0]);
        estimator.interrupt();
        estimator.push(&[-1.0]);
        assert_eq!(estimator.values(), [1.0]);
    }
}
