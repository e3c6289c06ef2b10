//! The signed sums of the compact network in vector instructions.
//!
//! Rows are lanes. A table of the signed sums of a few columns fits a register, where a permutation looks up one entry
//! for each lane by the lowest bits of its word: 4 columns at a time with AVX-512, 3 with AVX2. Integers add up to the
//! same sums in any order, so the tables of 256 entries of the plain twin give the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;

use super::{InstructionSet, Simd};
use crate::signed_sums::{Columns, Words, add_by_tables};

impl Simd {
    /// Adds the signed columns of a pass to the sums of the rows that the words are of; wraps.
    pub(crate) fn add_columns(self, words: Words<'_>, columns: &Columns, sums: &mut [i32]) {
        match self.0 {
            // SAFETY: this value was made by `Simd::with`, which found the instructions on this machine.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx512 => unsafe { avx512::add_columns(words, columns, sums) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2 => unsafe { avx2::add_columns(words, columns, sums) },
            _ => add_by_tables(words, columns, &mut [[0; 256]; 8], sums),
        }
    }
}
