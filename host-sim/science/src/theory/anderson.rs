//! Anderson's acceleration of a fixed-point iteration `x -> f(x)` (J. ACM 12, 547, 1965): the next point is where the
//! last few steps, taken as straight, say that nothing would change.

use std::collections::VecDeque;

use numerics::Matrix;

/// Steps remembered.
const MEMORY: usize = 6;
/// A residual that grows by more than this does not follow from the steps before it: they are forgotten.
const GROWTH: f64 = 2.0;

/// The steps of an iteration so far.
#[derive(Clone, Debug)]
pub struct Anderson {
    damping: f64,
    /// Point and residual `f(x) - x` of the last step.
    last: Option<(Vec<f64>, Vec<f64>)>,
    /// Differences of points and of residuals.
    steps: VecDeque<(Vec<f64>, Vec<f64>)>,
}

impl Anderson {
    /// With `damping`, the share of the residual in a step.
    pub fn new(damping: f64) -> Self {
        Self {
            damping,
            last: None,
            steps: VecDeque::new(),
        }
    }

    /// Where to go on from the point x, for which `found` was found.
    pub fn next(&mut self, x: &[f64], found: &[f64]) -> Vec<f64> {
        let residual = difference(found, x);
        if let Some((point, before)) = self.last.replace((x.to_vec(), residual.clone())) {
            if norm(&residual) > GROWTH * norm(&before) {
                self.steps.clear();
            } else {
                self.steps
                    .push_back((difference(x, &point), difference(&residual, &before)));
                if self.steps.len() > MEMORY {
                    self.steps.pop_front();
                }
            }
        }
        let mut next: Vec<f64> = x
            .iter()
            .zip(&residual)
            .map(|(x, r)| x + self.damping * r)
            .collect();
        for ((moved, changed), share) in self.steps.iter().zip(self.shares(&residual)) {
            let parts = moved.iter().zip(changed);
            for (next, (moved, changed)) in next.iter_mut().zip(parts) {
                *next -= share * (moved + self.damping * changed);
            }
        }
        next
    }

    /// How much of each remembered step is to be undone: least squares of the residual that would be left.
    fn shares(&self, residual: &[f64]) -> Vec<f64> {
        let count = self.steps.len();
        if count == 0 {
            return Vec::new();
        }
        let mut products = Matrix::from_fn(count, count, |row, column| {
            dot(&self.steps[row].1, &self.steps[column].1)
        });
        for at in 0..count {
            products[(at, at)] *= 1.0 + 1e-10;
        }
        let right: Vec<f64> = self
            .steps
            .iter()
            .map(|(_, changed)| dot(changed, residual))
            .collect();
        let shares = products.solve(&right);
        if shares.iter().all(|share| share.is_finite()) {
            shares
        } else {
            vec![0.0; count]
        }
    }
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Iterations until the point is within 1e-9 of its image.
    fn iterations(
        map: impl Fn(&[f64]) -> Vec<f64>,
        start: &[f64],
        mut next: impl FnMut(&[f64], &[f64]) -> Vec<f64>,
    ) -> usize {
        let mut x = start.to_vec();
        (1..1000)
            .find(|_| {
                let found = map(&x);
                let done = norm(&difference(&found, &x)) < 1e-9;
                x = next(&x, &found);
                done
            })
            .unwrap_or(1000)
    }

    #[test]
    fn a_slow_iteration_becomes_a_fast_one() {
        // x_i -> cos(i) + 0.95 sin(x_i + small coupling): contracts by 0.95 at worst.
        let map = |x: &[f64]| -> Vec<f64> {
            let mean = x.iter().sum::<f64>() / x.len() as f64;
            let slopes = [0.95, 0.9, 0.5, -0.7];
            x.iter()
                .zip(slopes)
                .map(|(x, slope)| 0.01 + slope * (x + 0.1 * mean).sin())
                .collect()
        };
        let start = [0.4, -0.3, 0.2, 0.1];
        let plain = iterations(map, &start, |_, found| found.to_vec());
        let mut anderson = Anderson::new(1.0);
        let fast = iterations(map, &start, |x, found| anderson.next(x, found));
        assert!(plain > 100 && fast < 15, "{plain} and {fast}");
    }
}
