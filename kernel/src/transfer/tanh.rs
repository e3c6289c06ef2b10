//! The kernel's own tanh.

use super::{Transfer, TransferId};
use crate::arithmetic::tanh;

/// tanh from `+`, `-`, `*` and a table of 2.3 KB: the same bits on every target, whatever a dependency does.
///
/// Absolute error below 1e-7, relative error within 4 units in the last place, exactly odd and monotone over
/// every `f32` (checked exhaustively, see `tests/transfer.rs`); infinities give +-1 and NaN gives NaN.
///
/// ```
/// use freezable_chaos::{Tanh, Transfer};
/// assert_eq!(Tanh.value(0.5), -Tanh.value(-0.5));
/// assert!((Tanh.value(0.5) - 0.46211716).abs() < 1e-7);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Tanh;

impl Transfer for Tanh {
    fn id(&self) -> TransferId {
        TransferId::TANH
    }

    #[inline]
    fn value(&self, x: f32) -> f32 {
        tanh::value(x)
    }

    fn apply(&self, x: &[f32], phi: &mut [f32]) {
        #[cfg(cortex_m_float)]
        super::cortex_m::apply(x, phi);
        #[cfg(feature = "std")]
        crate::simd::Simd::detect().tanh(x, phi);
        #[cfg(not(any(feature = "std", cortex_m_float)))]
        tanh::two_at_a_time(x, phi);
    }

    /// `1 / cosh^2`, as `4 e / (1 + e)^2` with `e = exp(-2|x|)`: no cancellation where phi saturates.
    fn slope(&self, x: f32) -> f32 {
        tanh::slope(x)
    }
}

/// [`Tanh`] in safe Rust alone where the target has a hand-written loop too: the same bits, slower. What that is
/// measured and tested against.
#[derive(Clone, Copy, Debug, Default)]
pub struct PortableTanh;

impl Transfer for PortableTanh {
    fn id(&self) -> TransferId {
        Tanh.id()
    }

    #[inline]
    fn value(&self, x: f32) -> f32 {
        tanh::value(x)
    }

    /// Two at a time: their operations take turns, so that none waits for the one before.
    fn apply(&self, x: &[f32], phi: &mut [f32]) {
        tanh::two_at_a_time(x, phi);
    }

    fn slope(&self, x: f32) -> f32 {
        tanh::slope(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::test_support::check_sigmoid;

    #[test]
    fn is_a_sigmoid_with_an_accurate_slope() {
        check_sigmoid(&Tanh, |x| 1.0 / libm::cosh(x) / libm::cosh(x), 2e-6);
    }

    #[test]
    fn value_is_within_its_documented_error() {
        // Every 1009th float of the range that matters; `tests/transfer.rs` visits all of them.
        for bits in (0..0x4120_0000u32).step_by(1009) {
            let x = f32::from_bits(bits);
            let exact = libm::tanh(f64::from(x));
            let error = (f64::from(Tanh.value(x)) - exact).abs();
            let unit = f64::from(exact as f32 - f32::from_bits((exact as f32).to_bits().saturating_sub(1)));
            assert!(error < 1e-7, "tanh({x:e}) is off by {error:e}");
            assert!(
                error <= 4.0 * unit || x == 0.0,
                "tanh({x:e}) is off by {} units",
                error / unit
            );
        }
    }

    #[test]
    fn keeps_signed_zero_and_tiny_values() {
        assert_eq!(Tanh.value(-0.0).to_bits(), (-0.0f32).to_bits());
        assert_eq!(Tanh.value(f32::from_bits(1)), f32::from_bits(1));
        assert_eq!(Tanh.value(f32::MIN_POSITIVE), f32::MIN_POSITIVE);
        assert_eq!(Tanh.value(f32::MAX), 1.0);
    }
}
