//! Averages of transfer functions over jointly Gaussian variables.

use std::f64::consts::{PI, TAU};

use super::chebyshev::Chebyshev;
use crate::networks::TransferFunction;

/// Beyond this many standard deviations a Gaussian weight is below 1e-16.
const CUTOFF: f64 = 8.5;

/// Nodes and weights of the average over a standard Gaussian of functions that look like `phi(sigma z)`.
///
/// The trapezoidal rule on an even grid. tanh has poles at a distance of `pi / (2 sigma)` from the real axis, so its
/// error is below `exp(-pi^2 / (sigma h))`; Gauss-Hermite's falls only with the root of the number of nodes.
pub fn nodes(sigma: f64) -> Vec<(f64, f64)> {
    let step = (PI * PI / (34.0 * sigma.max(1e-3))).min(0.35);
    let half = (CUTOFF / step).ceil() as i64;
    (-half..=half)
        .map(|node| {
            let z = node as f64 * step;
            (z, step * (-z * z / 2.0).exp() / TAU.sqrt())
        })
        .collect()
}

/// `<f(sigma z)>` over a standard Gaussian z.
pub fn average(sigma: f64, function: impl Fn(f64) -> f64) -> f64 {
    let nodes = nodes(sigma);
    nodes.iter().map(|(z, weight)| weight * function(sigma * z)).sum()
}

/// `Q(c) = <phi(x) phi(y)>` for Gaussian x and y of equal variance and covariance c, as a function of c.
///
/// By Price's theorem `dQ/dc = <phi'(x) phi'(y)>`.
#[derive(Clone, Debug)]
pub struct RateCovariance {
    variance: f64,
    value: Chebyshev,
    slope: Chebyshev,
    area: Chebyshev,
}

impl RateCovariance {
    /// Tabulates Q for one variance, above zero, to about 1e-13.
    pub fn new(transfer: TransferFunction, variance: f64) -> Self {
        let sigma = variance.sqrt();
        let nodes = nodes(sigma);
        // phi(x) is odd: the half z > 0 does, doubled.
        let outer: Vec<(f64, f64)> = nodes
            .iter()
            .filter(|(z, _)| *z > 0.0)
            .map(|&(z, weight)| (sigma * z, 2.0 * weight * transfer.value(sigma * z)))
            .collect();
        let value_at = |u: f64| -> f64 {
            let spread = sigma * (1.0 - u * u).max(0.0).sqrt();
            let inner = |mean: f64| -> f64 {
                nodes
                    .iter()
                    .map(|(w, weight)| weight * transfer.value(mean + spread * w))
                    .sum()
            };
            outer.iter().map(|&(x, weight)| weight * inner(u * x)).sum()
        };
        // Q is analytic up to |c| = variance (1 + O(1 / variance)), which sets the number of nodes.
        let value = Chebyshev::odd(16 + (14.0 * sigma).ceil() as usize, value_at);
        Self {
            variance,
            slope: value.derivative(),
            area: value.integral(),
            value,
        }
    }

    /// The variance of x and y.
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// `<phi(x) phi(y)>` at the covariance `c`.
    pub fn value(&self, c: f64) -> f64 {
        self.value.value(c / self.variance)
    }

    /// `<phi'(x) phi'(y)>` at the covariance `c`.
    pub fn slope(&self, c: f64) -> f64 {
        self.slope.value(c / self.variance) / self.variance
    }

    /// The integral of Q from 0 to `c`.
    pub fn area(&self, c: f64) -> f64 {
        self.area.value(c / self.variance) * self.variance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erf_has_a_closed_form() {
        // <erf erf> = 2/pi asin(2 c / (1 + 2 v)) for erf of unit argument; here the argument is sqrt(pi)/2 x.
        for variance in [0.05, 1.0, 6.0, 25.0] {
            let table = RateCovariance::new(TransferFunction::Erf, variance);
            for u in [-1.0, -0.4, 0.0, 0.3, 0.9, 1.0] {
                let c = u * variance;
                let s = PI / 2.0 / (1.0 + PI / 2.0 * variance);
                let exact = 2.0 / PI * (s * c).asin();
                assert!(
                    (table.value(c) - exact).abs() < 1e-11,
                    "value at {c} of {variance}"
                );
                let slope = 2.0 / PI * s / (1.0 - (s * c).powi(2)).sqrt();
                assert!(
                    (table.slope(c) - slope).abs() < 1e-8,
                    "slope at {c} of {variance}"
                );
                let area = 2.0 / PI * (c * (s * c).asin() + ((1.0 - (s * c).powi(2)).sqrt() - 1.0) / s);
                assert!(
                    (table.area(c) - area).abs() < 1e-10 * (1.0 + variance),
                    "area at {c} of {variance}"
                );
            }
        }
    }

    #[test]
    fn tanh_agrees_with_single_averages() {
        for variance in [0.3, 2.0, 17.0_f64] {
            let sigma = variance.sqrt();
            let table = RateCovariance::new(TransferFunction::Tanh, variance);
            let square = average(sigma, |x| x.tanh().powi(2));
            let slope_square = average(sigma, |x| x.cosh().powi(-4));
            let slope = average(sigma, |x| x.cosh().powi(-2));
            assert!((table.value(variance) - square).abs() < 1e-12);
            assert!((table.slope(variance) - slope_square).abs() < 1e-8);
            assert!((table.slope(0.0) - slope * slope).abs() < 1e-10);
        }
    }
}
