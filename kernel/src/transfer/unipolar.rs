//! Transfer functions whose rates have one sign: threshold-linear and logistic.

use super::{Transfer, TransferId};
use crate::arithmetic::exp_of_negative;

/// `phi(x) = x` above 0, and 0 below: rates without a bound. For networks of full matrices; the compact one refuses it.
///
/// Where excitation wins, states run away until a step is refused: see [`Network::step`](crate::Network::step).
#[derive(Clone, Copy, Debug, Default)]
pub struct ThresholdLinear;

impl Transfer for ThresholdLinear {
    fn id(&self) -> TransferId {
        TransferId::THRESHOLD_LINEAR
    }

    fn value(&self, x: f32) -> f32 {
        // NaN stays what it is.
        if x <= 0.0 { 0.0 } else { x }
    }

    /// 1 above 0, and 0 from there on down.
    fn slope(&self, x: f32) -> f32 {
        if x.is_nan() {
            x
        } else if x > 0.0 {
            1.0
        } else {
            0.0
        }
    }

    fn bound(&self) -> f32 {
        f32::INFINITY
    }
}

/// `phi(x) = 1 / (1 + exp(-x))`: rates between 0 and 1, slope 1/4 at 0. Relative error below 1e-6; the same bits on every
/// target.
#[derive(Clone, Copy, Debug, Default)]
pub struct Logistic;

impl Transfer for Logistic {
    fn id(&self) -> TransferId {
        TransferId::LOGISTIC
    }

    fn value(&self, x: f32) -> f32 {
        let decay = exp_of_negative(magnitude(x));
        // Both are the same function; neither overflows, nor loses digits where it is small.
        if x < 0.0 {
            decay / (1.0 + decay)
        } else {
            1.0 / (1.0 + decay)
        }
    }

    fn slope(&self, x: f32) -> f32 {
        let decay = exp_of_negative(magnitude(x));
        let sum = 1.0 + decay;
        decay / (sum * sum)
    }
}

fn magnitude(x: f32) -> f32 {
    f32::from_bits(x.to_bits() & 0x7FFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_sharp_and_keeps_what_is_no_number() {
        for (x, value, slope) in [
            (2.5, 2.5, 1.0),
            (0.0, 0.0, 0.0),
            (-0.0, 0.0, 0.0),
            (-3.0, 0.0, 0.0),
        ] {
            assert_eq!(ThresholdLinear.value(x).to_bits(), f32::to_bits(value));
            assert_eq!(ThresholdLinear.slope(x), slope);
        }
        assert_eq!(ThresholdLinear.value(f32::MAX), f32::MAX);
        assert!(ThresholdLinear.value(f32::NAN).is_nan() && ThresholdLinear.slope(f32::NAN).is_nan());
    }

    #[test]
    fn the_logistic_function_is_within_its_documented_error() {
        for step in -80_000..=80_000 {
            let x = step as f32 * 1e-3;
            let decay = libm::exp(-f64::from(x));
            let exact = 1.0 / (1.0 + decay);
            let error = (f64::from(Logistic.value(x)) - exact).abs() / exact;
            assert!(error < 1e-6, "logistic({x}) has a relative error of {error:e}");
            let exact = exact * exact * decay;
            let error = (f64::from(Logistic.slope(x)) - exact).abs() / exact;
            assert!(error < 1e-6, "slope({x}) has a relative error of {error:e}");
        }
        let [zero, one] = [f32::NEG_INFINITY, f32::INFINITY].map(|x| Logistic.value(x));
        assert_eq!((zero, one, Logistic.value(0.0)), (0.0, 1.0, 0.5));
        assert!(Logistic.value(f32::NAN).is_nan() && Logistic.slope(f32::NAN).is_nan());
    }
}
