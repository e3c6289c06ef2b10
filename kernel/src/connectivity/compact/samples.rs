//! The inner loops over the samples of a block of neurons, in safe Rust.
//!
//! `cortex_m/` has hand-written twins of both.

/// Neurons that are worked on side by side.
pub(crate) const BLOCK: usize = 8;

/// Samples of a block of neurons, place by place.
#[inline]
fn blocks(samples: &[i8], stride: usize) -> impl Iterator<Item = &[i8; BLOCK]> {
    let mut rest = Some(samples);
    core::iter::from_fn(move || {
        let block = rest?.first_chunk()?;
        rest = rest?.get(stride..);
        Some(block)
    })
}

/// Adds the products of the samples of a block of neurons with their coarse rates to those of each place of the ring:
/// the sample there starts `stride` bytes after the one before.
#[inline]
pub(crate) fn multiply(samples: &[i8], stride: usize, coarse: &[i32; BLOCK], products: &mut [i32]) {
    for (product, sample) in products.iter_mut().zip(blocks(samples, stride)) {
        let mut sum = *product;
        for (&value, &rate) in sample.iter().zip(coarse) {
            sum = sum.wrapping_add(i32::from(value).wrapping_mul(rate));
        }
        *product = sum;
    }
}

/// Adds up the samples of a block of neurons, each times the coefficient of its place.
#[inline]
pub(crate) fn combine(samples: &[i8], stride: usize, coefficients: &[i32]) -> [i32; BLOCK] {
    let mut sums = [0_i32; BLOCK];
    for (&coefficient, sample) in coefficients.iter().zip(blocks(samples, stride)) {
        for (sum, &value) in sums.iter_mut().zip(sample) {
            *sum = sum.wrapping_add(i32::from(value).wrapping_mul(coefficient));
        }
    }
    sums
}
