//! The signed sums of the compact network in vector instructions.
//!
//! Rows are lanes. A table of the signed sums of a few columns fits a register, where a permutation looks up one entry
//! for each lane by the lowest bits of its word: 4 columns at a time with AVX-512, 3 with AVX2, 4 with NEON, whose look-ups are
//! of bytes. Integers add up to the same sums in any order, so the tables of 256 entries of the plain twin give the same bits.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
mod neon;

#[cfg(any(
    test,
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little")
))]
use super::InstructionSet;
use super::Simd;
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
            // SAFETY: as above.
            #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
            InstructionSet::Neon => unsafe { neon::add_columns(words, columns, sums) },
            _ => add_by_tables(words, columns, &mut [[0; 256]; 8], sums),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Generator, HashedSigns, Params, Purpose, random::Randomness};
    use std::{vec, vec::Vec};

    /// Words, columns up to their bound, and numbers of rows that fill registers or do not.
    #[test]
    fn every_instruction_set_adds_up_what_its_twin_does() {
        let mut random = Generator::new(3, 0, Purpose::Input);
        let params = Params {
            g: 1.0,
            k: 0.0,
            p: 1.0,
            dt: 0.1,
        };
        let bound = 1_i32 << 20;
        for rows in (0..40).chain([64, 100, 257]) {
            for case in 0..4 {
                let columns: Columns = core::array::from_fn(|place| match case {
                    0 => bound,
                    1 if place % 2 == 0 => -bound,
                    1 => bound,
                    _ => (random.next_u32() % (2 * bound as u32 + 1)) as i32 - bound,
                });
                let words: Vec<u64> = (0..rows)
                    .map(|row| match row % 4 {
                        0 if case < 2 => u64::MAX,
                        1 if case < 2 => 0,
                        _ => u64::from(random.next_u32()) << 32 | u64::from(random.next_u32()),
                    })
                    .collect();
                let start: Vec<i32> = (0..rows).map(|row| row as i32 - 7).collect();
                let hashed = HashedSigns::new(&params.validate(rows.max(1)).unwrap(), 5, case);
                let hashed = crate::Signs::Hashed(hashed);
                for words in [Words::Stored(&words), hashed.pass(1).skip(3)] {
                    let mut expected = start.clone();
                    add_by_tables(words, &columns, &mut [[0; 256]; 8], &mut expected);
                    for simd in InstructionSet::ALL.into_iter().filter_map(Simd::with) {
                        let mut sums = vec![0; rows];
                        sums.copy_from_slice(&start);
                        simd.add_columns(words, &columns, &mut sums);
                        assert_eq!(sums, expected, "{simd:?}, {rows} rows, case {case}");
                    }
                }
            }
        }
    }
}
