//! Images of quenched couplings: a header, then the values in the kernel's memory order; in RAM, or in flash.
//!
//! | word | of an image of `f32` | of an image of `u64` (signs) |
//! |---|---|---|
//! | 0 | `"FzDJ"` | `"FzSJ"`, and the version of the memory order in the upper half |
//! | 1 | version of the memory order | number of neurons |
//! | 2 | number of neurons | digest |
//! | 3 | gain that J was drawn for, or -1 | 0 |
//! | 4 to 7 | digest, 16 bits in each, the lowest first | |
//!
//! All but the gain are the bits of a whole number. The digest is that of snapshots, over the couplings in an order that
//! memory does not know: values in any other memory order have another one.

use super::error::CouplingsError;
use super::tiles::{coupling_index, coupling_values};
use crate::bytes::Fnv1a;
use crate::signed_sums::COLUMNS;
use crate::values::SizeError;

/// Words before the values of an image of `f32`: as many bytes as a line of flash has.
pub(super) const DENSE_HEADER: usize = 8;
/// Words before those of an image of signs.
pub(super) const SIGN_HEADER: usize = 4;
/// Version of both memory orders.
const LAYOUT: u32 = 1;
const DENSE_MAGIC: u32 = u32::from_le_bytes(*b"FzDJ");
const SIGN_MAGIC: u32 = u32::from_le_bytes(*b"FzSJ");
/// In place of a gain, of a matrix that was not drawn.
const NOT_DRAWN: f32 = -1.0;

/// Number of `f32` of an image of the quenched couplings of `n` neurons: N^2 padded to whole tiles, and a header.
pub const fn couplings_len(n: usize) -> usize {
    coupling_values(n).saturating_add(DENSE_HEADER)
}

/// Number of `u64` of an image of the signs of `n` neurons: one for each row and 64 columns, and a header.
pub const fn signs_len(n: usize) -> usize {
    n.saturating_mul(n.div_ceil(COLUMNS)).saturating_add(SIGN_HEADER)
}

/// What an image says of its values.
#[derive(Clone, Copy, Debug)]
pub(super) struct DenseHeader {
    pub n: usize,
    pub gain: Option<f32>,
    pub digest: u64,
}

impl DenseHeader {
    pub const fn words(&self) -> [f32; DENSE_HEADER] {
        let number = f32::from_bits;
        let digest = self.digest;
        [
            number(DENSE_MAGIC),
            number(LAYOUT),
            number(self.n as u32),
            match self.gain {
                Some(gain) => gain,
                None => NOT_DRAWN,
            },
            number(digest as u32 & 0xFFFF),
            number((digest >> 16) as u32 & 0xFFFF),
            number((digest >> 32) as u32 & 0xFFFF),
            number((digest >> 48) as u32),
        ]
    }

    pub fn read(image: &[f32]) -> Result<Self, CouplingsError> {
        let header = image.first_chunk().ok_or(CouplingsError::NotAnImage)?;
        let [magic, layout, n, _, d0, d1, d2, d3] = header.map(f32::to_bits);
        let &[_, _, _, gain, ..] = header;
        check_kind(magic, DENSE_MAGIC, layout)?;
        if (d0 | d1 | d2 | d3) > 0xFFFF {
            return Err(CouplingsError::NotAnImage);
        }
        let [low, high] = [d0 | d1 << 16, d2 | d3 << 16].map(u64::from);
        let digest = low | high << 32;
        Ok(Self {
            n: n as usize,
            gain: (gain != NOT_DRAWN).then_some(gain),
            digest,
        })
    }
}

/// The values behind the header.
pub(super) fn dense_values(image: &[f32]) -> &[f32] {
    image.get(DENSE_HEADER..).unwrap_or(&[])
}

/// What an image of signs says of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignHeader {
    pub n: usize,
    pub digest: u64,
}

impl SignHeader {
    pub const fn words(&self) -> [u64; SIGN_HEADER] {
        [
            SIGN_MAGIC as u64 | (LAYOUT as u64) << 32,
            self.n as u64,
            self.digest,
            0,
        ]
    }

    pub fn read(image: &[u64]) -> Result<Self, CouplingsError> {
        let &[kind, n, digest, zero] = image.first_chunk().ok_or(CouplingsError::NotAnImage)?;
        check_kind(kind as u32, SIGN_MAGIC, (kind >> 32) as u32)?;
        match usize::try_from(n) {
            Ok(n) if zero == 0 => Ok(Self { n, digest }),
            _ => Err(CouplingsError::NotAnImage),
        }
    }
}

fn check_kind(magic: u32, expected: u32, layout: u32) -> Result<(), CouplingsError> {
    if magic != expected {
        return Err(CouplingsError::NotAnImage);
    }
    if layout != LAYOUT {
        return Err(CouplingsError::Layout {
            expected: LAYOUT,
            found: layout,
        });
    }
    Ok(())
}

/// The image of a matrix of one's own, at compile time: a table that lies in flash. [`dense_image!`](macro@crate::dense_image)
/// calls this and has what is wrong reported where it stands.
///
/// Refuses a value that is not finite, and a `LENGTH` that is not [`couplings_len`]`(N)`.
#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a panic is a build error"
)]
pub const fn dense_image<const N: usize, const LENGTH: usize>(
    rows: &[[f32; N]; N],
) -> Result<[f32; LENGTH], CouplingsError> {
    let mut image = [0.0; LENGTH];
    if let Err(error) = check_length("the image of couplings", couplings_len(N), LENGTH) {
        return Err(error);
    }
    let mut digest = Fnv1a::new();
    let mut row = 0;
    while row < N {
        let mut column = 0;
        while column < N {
            let coupling = rows[row][column];
            if !coupling.is_finite() {
                return Err(CouplingsError::NotFinite { row, column });
            }
            digest = digest.with(coupling.to_le_bytes());
            image[DENSE_HEADER + coupling_index(N, row, column)] = coupling;
            column += 1;
        }
        row += 1;
    }
    let header = DenseHeader {
        n: N,
        gain: None,
        digest: digest.digest(),
    };
    let words = header.words();
    let mut word = 0;
    while word < DENSE_HEADER {
        image[word] = words[word];
        word += 1;
    }
    Ok(image)
}

/// The image of signs of one's own, 1 or -1, at compile time: a table that lies in flash.
/// [`sign_image!`](macro@crate::sign_image) calls this and has what is wrong reported where it stands.
///
/// Refuses a value that is neither, and a `LENGTH` that is not [`signs_len`]`(N)`.
#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a panic is a build error"
)]
pub const fn sign_image<const N: usize, const LENGTH: usize>(
    rows: &[[i8; N]; N],
) -> Result<[u64; LENGTH], CouplingsError> {
    let mut image = [0; LENGTH];
    if let Err(error) = check_length("the image of signs", signs_len(N), LENGTH) {
        return Err(error);
    }
    let mut digest = Fnv1a::new();
    let mut word = 0;
    while word < LENGTH - SIGN_HEADER {
        let (row, first) = (word % N, word / N * COLUMNS);
        let signs = match sign_word(&rows[row], row, first) {
            Ok(signs) => signs,
            Err(error) => return Err(error),
        };
        let [a, b, c, d, e, f, g, h] = signs.to_le_bytes();
        digest = digest.with([a, b, c, d]).with([e, f, g, h]);
        image[SIGN_HEADER + word] = signs;
        word += 1;
    }
    let header = SignHeader {
        n: N,
        digest: digest.digest(),
    };
    let words = header.words();
    let mut word = 0;
    while word < SIGN_HEADER {
        image[word] = words[word];
        word += 1;
    }
    Ok(image)
}

/// The signs of up to 64 neighbours in a row, from column `first` on: a bit for each, set where it is 1.
pub(super) const fn sign_word(signs: &[i8], row: usize, first: usize) -> Result<u64, CouplingsError> {
    let Some((_, mut rest)) = signs.split_at_checked(first) else {
        return Ok(0);
    };
    let (mut word, mut bit) = (0, 0);
    while bit < COLUMNS
        && let [sign, later @ ..] = rest
    {
        match *sign {
            1 => word |= 1 << bit,
            -1 => {}
            value => {
                return Err(CouplingsError::Sign {
                    row,
                    column: first + bit,
                    value,
                });
            }
        }
        bit += 1;
        rest = later;
    }
    Ok(word)
}

const fn check_length(what: &'static str, expected: usize, found: usize) -> Result<(), CouplingsError> {
    if expected == found {
        return Ok(());
    }
    Err(CouplingsError::Size(SizeError {
        what,
        expected,
        found,
    }))
}
