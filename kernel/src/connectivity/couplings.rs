//! Quenched Gaussian couplings J, owned in RAM or borrowed from flash.

use super::is_moderate;
use super::tiles::{Tile, coupling_index, couplings_len};
use crate::bytes::{ByteSink, Fnv1a};
use crate::error::SizeError;
use crate::parameters::Dynamics;
use crate::random::Randomness;

/// Quenched couplings: independent Gaussians of mean 0 and variance `g^2 / N`, the diagonal drawn like the rest.
///
/// Read-only and `Copy`: several trajectories share one J. The values lie in the kernel's own memory order; fill
/// them with [`seed`](Self::seed), or borrow from flash what `seed` wrote into a buffer on the host.
///
/// ```
/// use freezable_chaos::{Generator, GaussianCouplings, Params, Purpose, couplings_len};
/// let dynamics = Params { g: 1.5, k: 1.5, p: 2.5, dt: 0.05 }.validate(30).unwrap();
/// let mut buffer = [0.0; couplings_len(30)];
/// let mut randomness = Generator::new(46, 0, Purpose::Couplings);
/// let drawn = GaussianCouplings::seed(&mut buffer, &dynamics, &mut randomness).unwrap();
/// assert_eq!(drawn.get(30, 0), None);
/// // What lies in the buffer may be written into flash, and borrowed from there.
/// let borrowed = GaussianCouplings::from_slice(drawn.as_slice(), &dynamics).unwrap();
/// assert_eq!(borrowed.get(3, 4), drawn.get(3, 4));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct GaussianCouplings<'a> {
    values: &'a [f32],
    n: usize,
    gain: f32,
    moderate: bool,
}

impl<'a> GaussianCouplings<'a> {
    /// Draws J into the first [`couplings_len`]`(n)` elements of a buffer: `J_ij = (g / sqrt N) z`, with one
    /// Gaussian z after the other in row-major order.
    pub fn seed(
        buffer: &'a mut [f32],
        dynamics: &Dynamics,
        randomness: &mut impl Randomness,
    ) -> Result<Self, SizeError> {
        let n = dynamics.n();
        let values = take_first(buffer, couplings_len(n))?;
        values.fill(0.0);
        for i in 0..n {
            for j in 0..n {
                let coupling = dynamics.coupling_scale() * randomness.gaussian();
                if let Some(slot) = values.get_mut(coupling_index(n, i, j)) {
                    *slot = coupling;
                }
            }
        }
        Ok(Self {
            moderate: values.iter().copied().all(is_moderate),
            values,
            n,
            gain: dynamics.params().g,
        })
    }

    /// Borrows couplings that [`seed`](Self::seed) wrote for the same size and gain, for instance from flash.
    pub fn from_slice(values: &'a [f32], dynamics: &Dynamics) -> Result<Self, SizeError> {
        let n = dynamics.n();
        SizeError::check("the slice of quenched couplings", couplings_len(n), values.len())?;
        Ok(Self {
            moderate: values.iter().copied().all(is_moderate),
            values,
            n,
            gain: dynamics.params().g,
        })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The gain that they were drawn for.
    pub fn gain(&self) -> f32 {
        self.gain
    }

    /// Tiles in memory order.
    pub(super) fn tiles(&self) -> &'a [Tile] {
        self.values.as_chunks().0
    }

    /// Whether no coupling can make a drive overflow: see [`is_moderate`].
    pub(super) fn is_moderate(&self) -> bool {
        self.moderate
    }

    /// `J_ij`, the coupling from neuron j to neuron i.
    pub fn get(&self, i: usize, j: usize) -> Option<f32> {
        if i < self.n && j < self.n {
            self.values.get(coupling_index(self.n, i, j)).copied()
        } else {
            None
        }
    }

    /// Digest of all couplings in row-major order.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        for i in 0..self.n {
            for j in 0..self.n {
                digest.put(&self.get(i, j).unwrap_or(f32::NAN).to_le_bytes());
            }
        }
        digest.digest()
    }

    /// All values in the private memory order, for a flash image.
    pub fn as_slice(&self) -> &'a [f32] {
        self.values
    }
}

/// The first `length` elements of a buffer that may be longer.
pub(super) fn take_first(buffer: &mut [f32], length: usize) -> Result<&mut [f32], SizeError> {
    let found = buffer.len();
    buffer.get_mut(..length).ok_or(SizeError {
        what: "the buffer of couplings",
        expected: length,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Generator, Params, Purpose};
    use std::vec;

    fn dynamics(n: usize) -> Dynamics {
        Params {
            g: 1.5,
            k: 1.0,
            p: 2.5,
            dt: 0.05,
        }
        .validate(n)
        .unwrap()
    }

    #[test]
    fn drawn_in_row_major_order_with_variance_g_squared_over_n() {
        let n = 101;
        let mut buffer = vec![0.0; couplings_len(n)];
        let mut generator = Generator::new(3, 0, Purpose::Couplings);
        let couplings = GaussianCouplings::seed(&mut buffer, &dynamics(n), &mut generator.clone()).unwrap();
        let mut sum = 0.0;
        for i in 0..n {
            for j in 0..n {
                let expected = 1.5 / libm::sqrtf(101.0) * generator.gaussian();
                assert_eq!(couplings.get(i, j), Some(expected));
                sum += f64::from(expected) * f64::from(expected);
            }
        }
        // Five standard errors of a sample variance over N^2 values.
        let variance = sum / (n * n) as f64 * n as f64 / 2.25;
        assert!((variance - 1.0).abs() < 5.0 * libm::sqrt(2.0 / (n * n) as f64));
        assert_eq!(couplings.get(n, 0), None);
    }

    #[test]
    fn a_flash_image_is_the_same_couplings() {
        let dynamics = dynamics(7);
        let mut buffer = vec![0.0; couplings_len(7) + 9];
        let mut generator = Generator::new(3, 0, Purpose::Couplings);
        let seeded = GaussianCouplings::seed(&mut buffer, &dynamics, &mut generator).unwrap();
        let image = seeded.as_slice().to_vec();
        let borrowed = GaussianCouplings::from_slice(&image, &dynamics).unwrap();
        assert_eq!(borrowed.digest(), seeded.digest());
        assert!(GaussianCouplings::from_slice(&image[1..], &dynamics).is_err());
    }
}
