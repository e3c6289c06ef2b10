//! tanh built on the exponential of the `micromath` crate. Its bits are those of the version in the lock file.

use super::{Transfer, TransferId};
use micromath::F32;

/// tanh with an absolute error below 2e-3, for targets where the last digits do not matter.
///
/// `micromath` has no tanh: this is `(1 - e) / (1 + e)` with `e = exp(-2|x|)` from `micromath`, and a Taylor
/// polynomial below 1/4, where that quotient would lose its relative accuracy.
#[derive(Clone, Copy, Debug, Default)]
pub struct MicromathTanh;

/// Below this the Taylor polynomial of degree 7 is exact to 1e-7.
const TAYLOR_LIMIT: f32 = 0.25;
/// From here on tanh is 1 in single precision.
const SATURATION: f32 = 9.1;

impl Transfer for MicromathTanh {
    fn id(&self) -> TransferId {
        TransferId::MICROMATH_TANH
    }

    fn value(&self, x: f32) -> f32 {
        let sign = x.to_bits() & 0x8000_0000;
        let magnitude = f32::from_bits(x.to_bits() ^ sign);
        let value = if magnitude > SATURATION {
            1.0
        } else if magnitude > TAYLOR_LIMIT {
            let decay = F32::exp(F32(-2.0 * magnitude)).0;
            (1.0 - decay) / (1.0 + decay)
        } else {
            let square = magnitude * magnitude;
            let series = -1.0 / 3.0 + square * (2.0 / 15.0 - square * (17.0 / 315.0));
            magnitude + magnitude * (square * series)
        };
        f32::from_bits(value.to_bits() ^ sign)
    }

    fn slope(&self, x: f32) -> f32 {
        let magnitude = f32::from_bits(x.to_bits() & 0x7FFF_FFFF);
        if magnitude > 43.0 {
            return 0.0;
        }
        let decay = F32::exp(F32(-2.0 * magnitude)).0;
        let sum = 1.0 + decay;
        4.0 * decay / (sum * sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::test_support::check_sigmoid;

    #[test]
    fn is_a_sigmoid_within_its_documented_error() {
        check_sigmoid(&MicromathTanh, |x| 1.0 / libm::cosh(x) / libm::cosh(x), 5e-2);
        for step in 0..12_000 {
            let x = step as f32 * 1e-3;
            let error = f64::from(MicromathTanh.value(x)) - libm::tanh(f64::from(x));
            assert!(error.abs() < 2e-3, "tanh({x}) is off by {error:e}");
        }
    }
}
