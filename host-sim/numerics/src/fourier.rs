//! Fourier transforms of real series.

use std::sync::Arc;

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

/// The transforms of real series of one length, there and back; neither is scaled, so that both in turn multiply by the
/// length. Series have `length` values, spectra `length / 2 + 1`. Both use their input up.
#[derive(Clone)]
pub struct Fourier<T> {
    /// From a series to its spectrum.
    pub forward: Arc<dyn RealToComplex<T>>,
    /// From a spectrum to its series.
    pub backward: Arc<dyn ComplexToReal<T>>,
}

/// The transforms of series of `length` values of 32 bits.
pub fn single_precision(length: usize) -> Fourier<f32> {
    let mut planner = RealFftPlanner::new();
    Fourier {
        forward: planner.plan_fft_forward(length),
        backward: planner.plan_fft_inverse(length),
    }
}

/// The transforms of series of `length` values of 64 bits.
pub fn double_precision(length: usize) -> Fourier<f64> {
    let mut planner = RealFftPlanner::new();
    Fourier {
        forward: planner.plan_fft_forward(length),
        backward: planner.plan_fft_inverse(length),
    }
}
