//! Chebyshev series of a smooth function on [-1, 1].

use std::f64::consts::PI;

/// `f(u) = sum_j c_j T_j(u)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chebyshev {
    coefficients: Vec<f64>,
}

impl Chebyshev {
    /// Interpolates an odd function in the `2 half` Chebyshev nodes, at the positive ones of which it is called.
    pub fn odd(half: usize, function: impl Fn(f64) -> f64) -> Self {
        let count = 2 * half;
        let angle = |node: usize| PI * (node as f64 + 0.5) / count as f64;
        let values: Vec<f64> = (0..half).map(|node| function(angle(node).cos())).collect();
        // Opposite nodes give opposite values: even orders vanish, odd ones have both halves equal.
        let coefficients = (0..count)
            .map(|order| {
                let sum: f64 = values
                    .iter()
                    .enumerate()
                    .map(|(node, value)| value * (order as f64 * angle(node)).cos())
                    .sum();
                if order % 2 == 1 {
                    4.0 / count as f64 * sum
                } else {
                    0.0
                }
            })
            .collect();
        Self { coefficients }
    }

    /// The value at `u`, by Clenshaw's recurrence. A little beyond [-1, 1] the series still holds.
    pub fn value(&self, u: f64) -> f64 {
        let (mut next, mut after) = (0.0, 0.0);
        for coefficient in self.coefficients.iter().skip(1).rev() {
            (next, after) = (coefficient + 2.0 * u * next - after, next);
        }
        self.coefficients
            .first()
            .map_or(0.0, |first| first + u * next - after)
    }

    /// The series of the derivative.
    pub fn derivative(&self) -> Self {
        let orders = self.coefficients.len();
        let mut coefficients = vec![0.0; orders + 1];
        for order in (1..orders).rev() {
            coefficients[order - 1] = coefficients[order + 1] + 2.0 * order as f64 * self.coefficients[order];
        }
        coefficients[0] /= 2.0;
        coefficients.truncate(orders.saturating_sub(1).max(1));
        Self { coefficients }
    }

    /// The series of the integral from 0.
    pub fn integral(&self) -> Self {
        let orders = self.coefficients.len();
        let at = |order: usize| self.coefficients.get(order).copied().unwrap_or(0.0);
        let mut coefficients: Vec<f64> = (0..=orders)
            .map(|order| match order {
                0 => 0.0,
                1 => at(0) - at(2) / 2.0,
                _ => (at(order - 1) - at(order + 1)) / (2.0 * order as f64),
            })
            .collect();
        let offset = Self {
            coefficients: coefficients.clone(),
        }
        .value(0.0);
        coefficients[0] -= offset;
        Self { coefficients }
    }

    /// The largest of the last four coefficients: the size of what the series leaves out.
    pub fn tail(&self) -> f64 {
        let last = self.coefficients.iter().rev().take(4);
        last.fold(0.0, |tail, coefficient| coefficient.abs().max(tail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_its_derivative_and_its_integral() {
        let series = Chebyshev::odd(12, |u| (3.0 * u).sin());
        assert!(series.tail() < 1e-14);
        let (slope, area) = (series.derivative(), series.integral());
        for step in -20..=20 {
            let u = f64::from(step) / 20.0;
            assert!((series.value(u) - (3.0 * u).sin()).abs() < 1e-13);
            assert!((slope.value(u) - 3.0 * (3.0 * u).cos()).abs() < 1e-11);
            assert!((area.value(u) - (1.0 - (3.0 * u).cos()) / 3.0).abs() < 1e-13);
        }
    }
}
