//! Transfer functions phi: from a neuron's state to its rate.
//!
//! To add one, implement [`Transfer`] with an identifier of at least [`TransferId::FIRST_CUSTOM`].

mod any;
mod biased;
#[cfg(cortex_m_float)]
#[expect(unsafe_code, reason = "a hand-written loop")]
mod cortex_m;
#[cfg(feature = "libm")]
mod libm;
#[cfg(feature = "micromath")]
mod micromath;
mod tanh;
mod unipolar;

pub use any::AnyTransfer;
pub use biased::Biased;
#[cfg(feature = "libm")]
pub use libm::{LibmErf, LibmTanh};
#[cfg(feature = "micromath")]
pub use micromath::MicromathTanh;
pub use tanh::{PortableTanh, Tanh};
pub use unipolar::{Logistic, ThresholdLinear};

/// Names a transfer function and the arithmetic that computes it; a snapshot carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
pub struct TransferId(pub u8);

impl TransferId {
    /// [`Tanh`], the kernel's own.
    pub const TANH: Self = Self(0);
    /// tanh of the `libm` crate.
    pub const LIBM_TANH: Self = Self(1);
    /// `erf(sqrt(pi)/2 x)` of the `libm` crate.
    pub const LIBM_ERF: Self = Self(2);
    /// tanh built on the exponential of the `micromath` crate.
    pub const MICROMATH_TANH: Self = Self(3);
    /// [`ThresholdLinear`].
    pub const THRESHOLD_LINEAR: Self = Self(4);
    /// [`Logistic`].
    pub const LOGISTIC: Self = Self(5);
    /// Added to an identifier: with a bias for each neuron, as [`Biased`] has them.
    pub const BIASED: u8 = 64;
    /// Identifiers from here on are free for a user's own transfer functions.
    pub const FIRST_CUSTOM: Self = Self(128);
}

/// A transfer function phi. Those of the paper are sigmoids, with `phi(-x) = -phi(x)`, `phi'(0) = 1` and `|phi| <= 1`; the
/// mean-field theory wants that, a network does not.
///
/// Rates up to 1 keep the plastic couplings finite by themselves, and let a step take its quick path; the compact network
/// takes no others. A function with another [`bound`](Self::bound) says so.
pub trait Transfer {
    /// Which function, computed how.
    fn id(&self) -> TransferId;

    /// `phi(x)`.
    fn value(&self, x: f32) -> f32;

    /// `phi'(x)`, with a small relative error also where phi saturates.
    fn slope(&self, x: f32) -> f32;

    /// `phi(x)` of the neuron of that number, for functions that are not the same for all.
    fn value_of(&self, _neuron: usize, x: f32) -> f32 {
        self.value(x)
    }

    /// `phi'(x)` of the neuron of that number.
    fn slope_of(&self, _neuron: usize, x: f32) -> f32 {
        self.slope(x)
    }

    /// Largest magnitude of a rate; infinite where there is no bound.
    fn bound(&self) -> f32 {
        1.0
    }

    /// `phi[i] = phi(x[i])` for all neurons.
    fn apply(&self, x: &[f32], phi: &mut [f32]) {
        for (rate, &state) in phi.iter_mut().zip(x) {
            *rate = self.value(state);
        }
    }
}

#[cfg(test)]
pub(crate) mod test_support {
    use super::Transfer;

    /// Odd, NaN kept, infinities at +-1, slope equal to the exact one within `relative`.
    pub fn check_sigmoid(transfer: &impl Transfer, exact_slope: impl Fn(f64) -> f64, relative: f64) {
        assert_eq!(transfer.value(f32::INFINITY), 1.0);
        assert_eq!(transfer.value(f32::NEG_INFINITY), -1.0);
        assert!(transfer.value(f32::NAN).is_nan() && transfer.slope(f32::NAN).is_nan());
        assert_eq!(transfer.value(0.0).to_bits(), 0);
        assert_eq!(transfer.slope(f32::INFINITY), 0.0);
        for step in 0..20_000 {
            let x = step as f32 * 1e-3;
            assert_eq!(
                transfer.value(-x).to_bits(),
                (-transfer.value(x)).to_bits(),
                "odd at {x}"
            );
            assert!(transfer.value(x) <= 1.0, "bounded at {x}");
            let exact = exact_slope(f64::from(x));
            if exact > 1e-30 {
                let error = (f64::from(transfer.slope(x)) - exact).abs() / exact;
                assert!(error < relative, "slope at {x} has a relative error of {error:e}");
            }
        }
    }
}
