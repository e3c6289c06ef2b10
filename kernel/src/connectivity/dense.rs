//! Quenched couplings J as a dense matrix, in RAM or in flash: drawn, or one's own.

use super::error::CouplingsError;
use super::image::{DENSE_HEADER, DenseHeader, couplings_len, dense_values};
use super::is_moderate;
use super::tiles::{Tile, coupling_index};
use crate::bytes::Fnv1a;
use crate::parameters::Dynamics;
use crate::random::Randomness;
use crate::values::SizeError;

/// Quenched couplings, one `f32` each: independent Gaussians of mean 0 and variance `g^2 / N`, the diagonal drawn like the
/// rest ([`seed`](Self::seed)), or a matrix of one's own ([`from_rows`](Self::from_rows), [`from_fn`](Self::from_fn)).
///
/// `J_ij` acts from neuron j on neuron i. Read-only and `Copy`: several trajectories share one J. The values lie in the
/// kernel's own memory order behind a header, which together are an *image*: it may be written into flash and borrowed
/// from there ([`from_image`](Self::from_image)), or be made of a `const` table at compile time
/// ([`dense_image!`](macro@crate::dense_image)). The header carries the version of the order and the digest of J: numbers in
/// any other order are refused.
///
/// ```
/// use freezable_chaos::{DenseCouplings, Generator, Params, Purpose, couplings_len};
/// let dynamics = Params { g: 1.5, k: 1.5, p: 2.5, dt: 0.05 }.validate(30).unwrap();
/// let mut buffer = [0.0; couplings_len(30)];
/// let mut randomness = Generator::new(46, 0, Purpose::Couplings);
/// let drawn = DenseCouplings::seed(&mut buffer, &dynamics, &mut randomness).unwrap();
/// assert_eq!(drawn.get(30, 0), None);
/// // What lies in the buffer may be written into flash, and borrowed from there.
/// let borrowed = DenseCouplings::from_image(drawn.image(), &dynamics).unwrap();
/// assert_eq!(borrowed.get(3, 4), drawn.get(3, 4));
/// // A matrix of one's own, row by row.
/// let rows: Vec<f32> = (0..30 * 30).map(|index| index as f32 * 1e-3).collect();
/// let own = DenseCouplings::from_rows(&mut buffer, &rows, &dynamics).unwrap();
/// assert_eq!(own.get(3, 4), Some(rows[3 * 30 + 4]));
/// assert!(DenseCouplings::from_image(&rows, &dynamics).is_err());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DenseCouplings<'a> {
    image: &'a [f32],
    header: DenseHeader,
    moderate: bool,
}

impl<'a> DenseCouplings<'a> {
    /// Draws J into the first [`couplings_len`]`(n)` elements of a buffer: `J_ij = (g / sqrt N) z`, with one
    /// Gaussian z after the other in row-major order.
    pub fn seed(
        buffer: &'a mut [f32],
        dynamics: &Dynamics,
        randomness: &mut impl Randomness,
    ) -> Result<Self, SizeError> {
        let (scale, gain) = (dynamics.coupling_scale(), dynamics.params().g);
        Self::fill(buffer, dynamics.n(), Some(gain), |_, _| {
            Ok(scale * randomness.gaussian())
        })
    }

    /// Copies a matrix of one's own, `N^2` values row by row, into the first [`couplings_len`]`(n)` elements of a buffer.
    ///
    /// Refuses another number of values, and one that is not finite. The gain g of the parameters plays no part in it.
    pub fn from_rows(
        buffer: &'a mut [f32],
        rows: &[f32],
        dynamics: &Dynamics,
    ) -> Result<Self, CouplingsError> {
        let n = dynamics.n();
        SizeError::check("the matrix of couplings", n.saturating_mul(n), rows.len())?;
        let mut values = rows.iter().copied();
        Self::from_fn(buffer, dynamics, |_, _| values.next().unwrap_or(f32::NAN))
    }

    /// Takes `J_ij = coupling(i, j)`, asked for in row-major order, into the first [`couplings_len`]`(n)` elements of a
    /// buffer: couplings of one's own that lie nowhere. Refuses a value that is not finite.
    pub fn from_fn(
        buffer: &'a mut [f32],
        dynamics: &Dynamics,
        mut coupling: impl FnMut(usize, usize) -> f32,
    ) -> Result<Self, CouplingsError> {
        Self::fill(buffer, dynamics.n(), None, |row, column| {
            let coupling = coupling(row, column);
            if coupling.is_finite() {
                Ok(coupling)
            } else {
                Err(CouplingsError::NotFinite { row, column })
            }
        })
    }

    /// Fills the values, then the header, without which there is no image: an error leaves none.
    fn fill<E: From<SizeError>>(
        buffer: &'a mut [f32],
        n: usize,
        gain: Option<f32>,
        mut coupling: impl FnMut(usize, usize) -> Result<f32, E>,
    ) -> Result<Self, E> {
        let image = take_first(buffer, couplings_len(n))?;
        image.fill(0.0);
        let mut digest = Fnv1a::new();
        let mut moderate = true;
        for i in 0..n {
            for j in 0..n {
                let coupling = coupling(i, j)?;
                digest = digest.with(coupling.to_le_bytes());
                moderate &= is_moderate(coupling);
                if let Some(slot) = image.get_mut(DENSE_HEADER + coupling_index(n, i, j)) {
                    *slot = coupling;
                }
            }
        }
        let header = DenseHeader {
            n,
            gain,
            digest: digest.digest(),
        };
        for (slot, word) in image.iter_mut().zip(header.words()) {
            *slot = word;
        }
        Ok(Self {
            image,
            header,
            moderate,
        })
    }

    /// Borrows an image, for instance from flash: what [`image`](Self::image) gave, or [`dense_image!`](macro@crate::dense_image).
    ///
    /// Refuses what is none, one of another size or memory order, changed values, values that are not finite, and
    /// couplings that were drawn for another gain.
    pub fn from_image(image: &'a [f32], dynamics: &Dynamics) -> Result<Self, CouplingsError> {
        let n = dynamics.n();
        let header = DenseHeader::read(image)?;
        if header.n != n {
            return Err(CouplingsError::Neurons {
                expected: n,
                found: header.n,
            });
        }
        SizeError::check("the image of couplings", couplings_len(n), image.len())?;
        let expected = dynamics.params().g;
        if let Some(found) = header.gain.filter(|&gain| gain != expected) {
            return Err(CouplingsError::Gain { expected, found });
        }
        let couplings = Self {
            image,
            header,
            moderate: dense_values(image).iter().copied().all(is_moderate),
        };
        couplings.check()?;
        Ok(couplings)
    }

    /// Whether the values are finite and have the digest in the header, which they have in one order only.
    fn check(&self) -> Result<(), CouplingsError> {
        let mut digest = Fnv1a::new();
        for row in 0..self.header.n {
            for column in 0..self.header.n {
                let coupling = self.get(row, column).unwrap_or(f32::NAN);
                if !coupling.is_finite() {
                    return Err(CouplingsError::NotFinite { row, column });
                }
                digest = digest.with(coupling.to_le_bytes());
            }
        }
        let (expected, found) = (self.header.digest, digest.digest());
        if expected == found {
            Ok(())
        } else {
            Err(CouplingsError::Digest { expected, found })
        }
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.header.n
    }

    /// The gain that they were drawn for; `None` of a matrix of one's own, which serves any.
    pub fn gain(&self) -> Option<f32> {
        self.header.gain
    }

    /// Tiles in memory order.
    pub(super) fn tiles(&self) -> &'a [Tile] {
        dense_values(self.image).as_chunks().0
    }

    /// Whether no coupling can make a drive overflow: see [`is_moderate`].
    pub(super) fn is_moderate(&self) -> bool {
        self.moderate
    }

    /// `J_ij`, the coupling from neuron j to neuron i.
    pub fn get(&self, i: usize, j: usize) -> Option<f32> {
        let n = self.header.n;
        if i < n && j < n {
            dense_values(self.image).get(coupling_index(n, i, j)).copied()
        } else {
            None
        }
    }

    /// Digest of all couplings in row-major order: FNV-1a over their little-endian bits.
    pub fn digest(&self) -> u64 {
        self.header.digest
    }

    /// Header and values in the private memory order, for [`from_image`](Self::from_image).
    pub fn image(&self) -> &'a [f32] {
        self.image
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
        const ROOT_OF_101: f32 = 10.049875;
        let n = 101;
        let mut buffer = vec![0.0; couplings_len(n)];
        let mut generator = Generator::new(3, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(&mut buffer, &dynamics(n), &mut generator.clone()).unwrap();
        let mut sum = 0.0;
        for i in 0..n {
            for j in 0..n {
                let expected = 1.5 / ROOT_OF_101 * generator.gaussian();
                assert_eq!(couplings.get(i, j), Some(expected));
                sum += f64::from(expected) * f64::from(expected);
            }
        }
        // Five standard errors of a sample variance over N^2 values.
        let variance = sum / (n * n) as f64 * n as f64 / 2.25;
        assert!((variance - 1.0).abs() < 5.0 * libm::pow(2.0 / (n * n) as f64, 0.5));
        assert_eq!(couplings.get(n, 0), None);
    }

    #[test]
    fn a_flash_image_is_the_same_couplings() {
        let dynamics = dynamics(7);
        let mut buffer = vec![0.0; couplings_len(7) + 9];
        let mut generator = Generator::new(3, 0, Purpose::Couplings);
        let seeded = DenseCouplings::seed(&mut buffer, &dynamics, &mut generator).unwrap();
        let image = seeded.image().to_vec();
        let borrowed = DenseCouplings::from_image(&image, &dynamics).unwrap();
        assert_eq!(borrowed.digest(), seeded.digest());
        assert_eq!(borrowed.gain(), Some(1.5));
    }

    /// The values of a matrix without symmetry.
    fn rows(n: usize) -> vec::Vec<f32> {
        (0..n * n).map(|index| libm::sinf(0.1 + index as f32)).collect()
    }

    #[test]
    fn a_matrix_of_ones_own_is_taken_row_by_row() {
        for n in [1, 3, 4, 17] {
            let (rows, mut buffer) = (rows(n), vec![0.0; couplings_len(n)]);
            let own = DenseCouplings::from_rows(&mut buffer, &rows, &dynamics(n)).unwrap();
            let mut digest = Fnv1a::new();
            for (index, value) in rows.iter().enumerate() {
                assert_eq!(own.get(index / n, index % n), Some(*value));
                digest = digest.with(value.to_le_bytes());
            }
            assert_eq!((own.digest(), own.gain()), (digest.digest(), None));
            let image = own.image().to_vec();
            let other_gain = Params {
                g: 2.0,
                ..dynamics(n).params()
            };
            let borrowed = DenseCouplings::from_image(&image, &other_gain.validate(n).unwrap()).unwrap();
            assert_eq!(borrowed.digest(), own.digest());
        }
    }

    #[test]
    fn a_matrix_of_another_size_or_not_finite_is_refused() {
        let (mut rows, mut buffer) = (rows(5), vec![0.0; couplings_len(5)]);
        let size = SizeError {
            what: "the matrix of couplings",
            expected: 25,
            found: 24,
        };
        let refusal = DenseCouplings::from_rows(&mut buffer, &rows[1..], &dynamics(5)).unwrap_err();
        assert_eq!(refusal, CouplingsError::Size(size));
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            rows[5 * 3 + 2] = value;
            let refusal = DenseCouplings::from_rows(&mut buffer, &rows, &dynamics(5)).unwrap_err();
            assert_eq!(refusal, CouplingsError::NotFinite { row: 3, column: 2 });
            // What was written before is no image.
            assert_eq!(
                DenseCouplings::from_image(&buffer, &dynamics(5)).unwrap_err(),
                CouplingsError::NotAnImage
            );
        }
    }

    #[test]
    fn anything_but_an_image_of_these_couplings_is_refused() {
        let n = 8;
        let (rows, mut buffer) = (rows(n), vec![0.0; couplings_len(n)]);
        let own = DenseCouplings::from_rows(&mut buffer, &rows, &dynamics(n)).unwrap();
        let image = own.image().to_vec();
        let refusal = |image: &[f32], n| DenseCouplings::from_image(image, &dynamics(n)).unwrap_err();
        assert_eq!(refusal(&rows, n), CouplingsError::NotAnImage);
        assert_eq!(refusal(&[], n), CouplingsError::NotAnImage);
        let (expected, found) = (7, n);
        assert_eq!(refusal(&image, 7), CouplingsError::Neurons { expected, found });
        assert!(matches!(refusal(&image[..71], n), CouplingsError::Size(_)));
        // Row-major values behind the header of the image: right length, wrong order.
        let mut row_major = image.clone();
        row_major[DENSE_HEADER..].copy_from_slice(&rows);
        assert!(matches!(refusal(&row_major, n), CouplingsError::Digest { .. }));
        // Any bit of the header but those of the gain, which an own matrix has none of.
        for bit in 0..32 * DENSE_HEADER {
            let mut spoilt = image.clone();
            spoilt[bit / 32] = f32::from_bits(spoilt[bit / 32].to_bits() ^ (1 << (bit % 32)));
            assert!(
                DenseCouplings::from_image(&spoilt, &dynamics(n)).is_err(),
                "bit {bit}"
            );
        }
        let mut not_finite = image.clone();
        not_finite[DENSE_HEADER + 1] = f32::NAN;
        assert_eq!(
            refusal(&not_finite, n),
            CouplingsError::NotFinite { row: 0, column: 1 }
        );
        let mut drawn = vec![0.0; couplings_len(n)];
        let mut generator = Generator::new(3, 0, Purpose::Couplings);
        DenseCouplings::seed(&mut drawn, &dynamics(n), &mut generator).unwrap();
        let other = Params {
            g: 2.0,
            ..dynamics(n).params()
        };
        assert_eq!(
            DenseCouplings::from_image(&drawn, &other.validate(n).unwrap()).unwrap_err(),
            CouplingsError::Gain {
                expected: 2.0,
                found: 1.5
            }
        );
    }
}
