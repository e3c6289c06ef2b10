//! Transfer functions of the `libm` crate. Their bits are those of the version in the lock file.

use super::{Transfer, TransferId};

/// tanh of the `libm` crate: half the error of [`Tanh`](super::Tanh), four times its cost without a division unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct LibmTanh;

impl Transfer for LibmTanh {
    fn id(&self) -> TransferId {
        TransferId::LIBM_TANH
    }

    fn value(&self, x: f32) -> f32 {
        libm::tanhf(x)
    }

    fn slope(&self, x: f32) -> f32 {
        let cosh = libm::coshf(x);
        1.0 / (cosh * cosh)
    }
}

/// `erf(sqrt(pi)/2 x)`, the transfer function for which the mean field has closed forms; unit slope at zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct LibmErf;

impl Transfer for LibmErf {
    fn id(&self) -> TransferId {
        TransferId::LIBM_ERF
    }

    fn value(&self, x: f32) -> f32 {
        // sqrt(pi)/2
        libm::erff(0.886_226_9 * x)
    }

    fn slope(&self, x: f32) -> f32 {
        libm::expf(-core::f32::consts::FRAC_PI_4 * x * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::test_support::check_sigmoid;

    #[test]
    fn tanh_is_a_sigmoid() {
        check_sigmoid(&LibmTanh, |x| 1.0 / libm::cosh(x) / libm::cosh(x), 2e-6);
    }

    #[test]
    fn erf_is_a_sigmoid_of_unit_slope() {
        check_sigmoid(
            &LibmErf,
            |x| libm::exp(-core::f64::consts::FRAC_PI_4 * x * x),
            2e-5,
        );
        for step in 0..6000 {
            let x = step as f32 * 1e-3;
            let exact = libm::erf(libm::sqrt(core::f64::consts::PI) / 2.0 * f64::from(x));
            assert!((f64::from(LibmErf.value(x)) - exact).abs() < 1.2e-7, "erf at {x}");
        }
    }
}
