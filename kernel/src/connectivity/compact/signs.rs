//! Quenched couplings that are signs: one bit each, stored or hashed.

use super::hashed::{HashedSigns, Key};
use crate::bytes::{ByteSink, Fnv1a};
use crate::error::SizeError;
use crate::parameters::Dynamics;
use crate::random::Randomness;

/// Columns that a pass over the rows adds up.
pub(crate) const COLUMNS: usize = 64;

/// Words of [`SignCouplings`] for `n` neurons: one for each row and 64 columns.
pub const fn signs_len(n: usize) -> usize {
    n.saturating_mul(n.div_ceil(COLUMNS))
}

/// Quenched couplings `J_ij = +-g / sqrt N`, one bit each, in RAM or in flash.
///
/// The theory of large networks knows only the variance of J, which is that of the Gaussian couplings. The gain g
/// is a factor of the whole sum, so the bits serve any gain. They lie in the kernel's own memory order; fill them
/// with [`store`](Self::store) or [`seed`](Self::seed), or borrow from flash what these wrote on the host.
///
/// ```
/// use freezable_chaos::{HashedSigns, Params, SignCouplings, signs_len};
/// let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(100).unwrap();
/// let hashed = HashedSigns::new(&dynamics, 7, 0);
/// let mut buffer = [0; signs_len(100)]; // 1,600 bytes for 10,000 couplings
/// let stored = SignCouplings::store(&mut buffer, &hashed).unwrap();
/// assert_eq!(stored.is_positive(3, 4), hashed.is_positive(3, 4));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct SignCouplings<'a> {
    words: &'a [u64],
    n: usize,
}

impl<'a> SignCouplings<'a> {
    /// Keeps the signs of [`HashedSigns`] in the first [`signs_len`]`(n)` words of a buffer: the same couplings.
    pub fn store(buffer: &'a mut [u64], hashed: &HashedSigns) -> Result<Self, SizeError> {
        let n = hashed.n();
        let words = take_first(buffer, signs_len(n))?;
        for (pass, column) in words.chunks_exact_mut(n.max(1)).enumerate() {
            let signs = hashed.pass(pass);
            for (row, word) in column.iter_mut().enumerate() {
                *word = signs.get(row);
            }
        }
        Ok(Self { words, n })
    }

    /// Draws independent signs with equal chances into the first [`signs_len`]`(n)` words of a buffer: row by row,
    /// 32 columns from each draw, the lowest bit first.
    pub fn seed(
        buffer: &'a mut [u64],
        dynamics: &Dynamics,
        randomness: &mut impl Randomness,
    ) -> Result<Self, SizeError> {
        let n = dynamics.n();
        let words = take_first(buffer, signs_len(n))?;
        for row in 0..n {
            for word in words.iter_mut().skip(row).step_by(n.max(1)) {
                *word = u64::from(randomness.next_u32()) | u64::from(randomness.next_u32()) << 32;
            }
        }
        Ok(Self { words, n })
    }

    /// Borrows signs that were written for the same size, for instance from flash.
    pub fn from_slice(words: &'a [u64], dynamics: &Dynamics) -> Result<Self, SizeError> {
        let n = dynamics.n();
        SizeError::check("the slice of signs", signs_len(n), words.len())?;
        Ok(Self { words, n })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// All words in the private memory order, for a flash image.
    pub fn as_slice(&self) -> &'a [u64] {
        self.words
    }

    /// Whether `J_ij`, the coupling from neuron j to neuron i, is positive.
    pub fn is_positive(&self, i: usize, j: usize) -> Option<bool> {
        if i >= self.n || j >= self.n {
            return None;
        }
        let word = self.words.get(j / COLUMNS * self.n + i)?;
        Some(word >> (j % COLUMNS) & 1 == 1)
    }

    fn pass(&self, pass: usize) -> Words<'a> {
        let first = pass * self.n;
        Words::Stored(self.words.get(first..first + self.n).unwrap_or(&[]))
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

/// The signs of 64 columns in neighbouring rows: bit b is the sign of the b-th column, set where it is positive.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Words<'a> {
    /// A word for each row.
    Stored(&'a [u64]),
    /// The hash of the row's number, with the keys of the low and of the high half of the word.
    Hashed {
        /// Keys of the two halves.
        keys: [Key; 2],
        /// Number of the first row.
        first_row: u32,
    },
}

impl Words<'_> {
    /// The word of a row, counted from the first of these.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> u64 {
        match self {
            Self::Stored(words) => words.get(row).copied().unwrap_or(0),
            Self::Hashed {
                keys: [low, high],
                first_row,
            } => {
                let row = first_row.wrapping_add(row as u32);
                u64::from(low.hash(row)) | u64::from(high.hash(row)) << 32
            }
        }
    }

    /// These words without those of the first rows.
    #[inline]
    pub(crate) fn skip(self, rows: usize) -> Self {
        match self {
            Self::Stored(words) => Self::Stored(words.get(rows..).unwrap_or(&[])),
            Self::Hashed { keys, first_row } => Self::Hashed {
                keys,
                first_row: first_row.wrapping_add(rows as u32),
            },
        }
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
