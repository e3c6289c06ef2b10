//! Quenched couplings that are signs: one bit each, stored or hashed.

use super::hashed::HashedSigns;
use crate::bytes::{ByteSink, Fnv1a};
use crate::connectivity::error::CouplingsError;
use crate::connectivity::image::{SIGN_HEADER, SignHeader, sign_word, signs_len};
use crate::parameters::Dynamics;
use crate::random::Randomness;
use crate::signed_sums::{COLUMNS, Words};
use crate::values::SizeError;

/// Quenched couplings `J_ij = +-g / sqrt N`, one bit each, in RAM or in flash.
///
/// The theory of large networks knows only the variance of J, which is that of the Gaussian couplings. The gain g
/// is a factor of the whole sum, so the bits serve any gain. They lie in the kernel's own memory order behind a header,
/// which together are an *image*, as of [`DenseCouplings`](crate::DenseCouplings): computed ([`store`](Self::store)), drawn
/// ([`seed`](Self::seed)) or one's own ([`from_rows`](Self::from_rows)), and borrowed from flash
/// ([`from_image`](Self::from_image)).
///
/// ```
/// use freezable_chaos::{HashedSigns, Params, SignCouplings, signs_len};
/// let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(100).unwrap();
/// let hashed = HashedSigns::new(&dynamics, 7, 0);
/// let mut buffer = [0; signs_len(100)]; // 1,632 bytes for 10,000 couplings
/// let stored = SignCouplings::store(&mut buffer, &hashed).unwrap();
/// assert_eq!(stored.is_positive(3, 4), hashed.is_positive(3, 4));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SignCouplings<'a> {
    image: &'a [u64],
    n: usize,
}

impl<'a> SignCouplings<'a> {
    /// Keeps the signs of [`HashedSigns`] in the first [`signs_len`]`(n)` words of a buffer: the same couplings.
    pub fn store(buffer: &'a mut [u64], hashed: &HashedSigns) -> Result<Self, SizeError> {
        let n = hashed.n();
        Self::fill(buffer, n, |words| {
            for (pass, column) in words.chunks_exact_mut(n.max(1)).enumerate() {
                let signs = hashed.pass(pass);
                for (row, word) in column.iter_mut().enumerate() {
                    *word = signs.get(row);
                }
            }
            Ok(())
        })
    }

    /// Draws independent signs with equal chances into the first [`signs_len`]`(n)` words of a buffer: row by row,
    /// 32 columns from each draw, the lowest bit first.
    pub fn seed(
        buffer: &'a mut [u64],
        dynamics: &Dynamics,
        randomness: &mut impl Randomness,
    ) -> Result<Self, SizeError> {
        let n = dynamics.n();
        Self::fill(buffer, n, |words| {
            for row in 0..n {
                for word in words.iter_mut().skip(row).step_by(n.max(1)) {
                    *word = u64::from(randomness.next_u32()) | u64::from(randomness.next_u32()) << 32;
                }
            }
            Ok(())
        })
    }

    /// Takes signs of one's own, `N^2` values row by row, each 1 or -1, into the first [`signs_len`]`(n)` words of a
    /// buffer. Refuses another number of values, and a value that is neither.
    pub fn from_rows(
        buffer: &'a mut [u64],
        rows: &[i8],
        dynamics: &Dynamics,
    ) -> Result<Self, CouplingsError> {
        let n = dynamics.n();
        SizeError::check("the matrix of signs", n.saturating_mul(n), rows.len())?;
        Self::fill(buffer, n, |words| {
            for (pass, column) in words.chunks_exact_mut(n.max(1)).enumerate() {
                let rows = rows.chunks_exact(n.max(1)).enumerate();
                for (word, (row, signs)) in column.iter_mut().zip(rows) {
                    *word = sign_word(signs, row, pass * COLUMNS)?;
                }
            }
            Ok(())
        })
    }

    /// Fills the words, then the header, without which there is no image: an error leaves none.
    fn fill<E: From<SizeError>>(
        buffer: &'a mut [u64],
        n: usize,
        fill: impl FnOnce(&mut [u64]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let image = take_first(buffer, signs_len(n))?;
        image.fill(0);
        if let Some(words) = image.get_mut(SIGN_HEADER..) {
            fill(words)?;
        }
        let digest = Signs::Stored(SignCouplings { image, n }).digest();
        for (slot, word) in image.iter_mut().zip(SignHeader { n, digest }.words()) {
            *slot = word;
        }
        Ok(Self { image, n })
    }

    /// Borrows an image, for instance from flash: what [`image`](Self::image) gave, or [`sign_image!`](macro@crate::sign_image).
    ///
    /// Refuses what is none, one of another size or memory order, and changed signs.
    pub fn from_image(image: &'a [u64], dynamics: &Dynamics) -> Result<Self, CouplingsError> {
        let n = dynamics.n();
        let header = SignHeader::read(image)?;
        if header.n != n {
            return Err(CouplingsError::Neurons {
                expected: n,
                found: header.n,
            });
        }
        SizeError::check("the image of signs", signs_len(n), image.len())?;
        let couplings = Self { image, n };
        let (expected, found) = (header.digest, Signs::Stored(couplings).digest());
        if expected == found {
            Ok(couplings)
        } else {
            Err(CouplingsError::Digest { expected, found })
        }
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Header and signs in the private memory order, for [`from_image`](Self::from_image).
    pub fn image(&self) -> &'a [u64] {
        self.image
    }

    /// The words behind the header.
    fn words(&self) -> &'a [u64] {
        self.image.get(SIGN_HEADER..).unwrap_or(&[])
    }

    /// Whether `J_ij`, the coupling from neuron j to neuron i, is positive.
    pub fn is_positive(&self, i: usize, j: usize) -> Option<bool> {
        if i >= self.n || j >= self.n {
            return None;
        }
        let word = self.words().get(j / COLUMNS * self.n + i)?;
        Some(word >> (j % COLUMNS) & 1 == 1)
    }

    fn pass(&self, pass: usize) -> Words<'a> {
        let first = pass * self.n;
        Words::Stored(self.words().get(first..first + self.n).unwrap_or(&[]))
    }
}

/// Where the signs of J come from.
#[derive(Clone, Debug)]
pub enum Signs<'a> {
    /// Read from memory.
    Stored(SignCouplings<'a>),
    /// Computed when they are needed.
    Hashed(HashedSigns),
}

impl<'a> From<SignCouplings<'a>> for Signs<'a> {
    fn from(couplings: SignCouplings<'a>) -> Self {
        Self::Stored(couplings)
    }
}

impl From<HashedSigns> for Signs<'_> {
    fn from(couplings: HashedSigns) -> Self {
        Self::Hashed(couplings)
    }
}

impl Signs<'_> {
    /// Number of neurons.
    pub fn n(&self) -> usize {
        match self {
            Self::Stored(couplings) => couplings.n(),
            Self::Hashed(couplings) => couplings.n(),
        }
    }

    /// Whether `J_ij`, the coupling from neuron j to neuron i, is positive.
    pub fn is_positive(&self, i: usize, j: usize) -> Option<bool> {
        match self {
            Self::Stored(couplings) => couplings.is_positive(i, j),
            Self::Hashed(couplings) => couplings.is_positive(i, j),
        }
    }

    /// Refuses another number of neurons.
    pub(super) fn check(&self, n: usize) -> Result<(), SizeError> {
        match self {
            Self::Stored(couplings) => SizeError::check("the slice of signs, in neurons,", n, couplings.n()),
            Self::Hashed(couplings) => couplings.check(n),
        }
    }

    /// The signs of the 64 columns from `64 pass` on, of all rows.
    pub(crate) fn pass(&self, pass: usize) -> Words<'_> {
        match self {
            Self::Stored(couplings) => couplings.pass(pass),
            Self::Hashed(couplings) => couplings.pass(pass),
        }
    }

    /// Digest of the signs: 64 columns after the other, each row by row in words with zeros behind the last column.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        let n = self.n();
        for pass in 0..n.div_ceil(COLUMNS) {
            let columns = n.saturating_sub(pass * COLUMNS).min(COLUMNS);
            let signs = self.pass(pass);
            for row in 0..n {
                let word = signs.get(row) & (u64::MAX >> (COLUMNS - columns));
                digest.put(&word.to_le_bytes());
            }
        }
        digest.digest()
    }
}

fn take_first(buffer: &mut [u64], length: usize) -> Result<&mut [u64], SizeError> {
    let found = buffer.len();
    buffer.get_mut(..length).ok_or(SizeError {
        what: "the buffer of signs",
        expected: length,
        found,
    })
}
