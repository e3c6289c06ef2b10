//! What the problem without plasticity gives.

use super::gaussian::RateCovariance;
use crate::estimators::half_width;

/// An autocorrelation of the network without plasticity: that of the states, and from it that of the rates.
#[derive(Clone, Debug)]
pub struct Autocorrelation {
    /// Time between two points.
    pub interval: f64,
    /// `C_x` at the lags 0, 1, 2, ... intervals, until it has decayed.
    pub states: Vec<f64>,
    /// From `C_x` to `C_phi`.
    pub rates: RateCovariance,
}

impl Autocorrelation {
    /// `C_x(0)`, the variance of x.
    pub fn variance(&self) -> f64 {
        self.states.first().copied().unwrap_or(0.0)
    }

    /// `C_phi` at the same lags.
    pub fn rate_curve(&self) -> Vec<f64> {
        self.states.iter().map(|&c| self.rates.value(c)).collect()
    }

    /// `<phi'(x(t)) phi'(x(t + tau))>` at the same lags.
    pub fn slope_curve(&self) -> Vec<f64> {
        self.states.iter().map(|&c| self.rates.slope(c)).collect()
    }

    /// Half-width of `C_phi`.
    pub fn half_width(&self) -> Option<f64> {
        half_width(&self.rate_curve(), self.interval)
    }
}
