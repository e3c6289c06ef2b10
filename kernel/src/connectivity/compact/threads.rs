//! The signed sums with the rows shared among threads.

use rayon::prelude::*;

use super::fixed_point::FixedPoint;
use super::sums;
use crate::signed_sums::Words;
use crate::simd::Simd;

/// As `sums::add_up`, each thread with a share of the rows.
pub(super) fn add_up<'a>(
    signs: impl Fn(usize) -> Words<'a> + Sync,
    fixed: FixedPoint,
    phi: &[f32],
    simd: Simd,
    sums: &mut [i32],
    wide: &mut [i64],
) {
    // Whole cache lines, and a table of a pass is made for many rows.
    let rows = sums
        .len()
        .div_ceil(rayon::current_num_threads())
        .next_multiple_of(64);
    let add_up = |share: usize, sums: &mut [i32], wide: &mut [i64]| {
        sums::add_up(
            |pass| signs(pass).skip(share * rows),
            fixed,
            phi,
            sums,
            wide,
            |words, columns, sums| {
                simd.add_columns(words, columns, sums);
            },
        );
    };
    if wide.is_empty() {
        let shares = sums.par_chunks_mut(rows).enumerate();
        shares.for_each(|(share, sums)| add_up(share, sums, &mut []));
    } else {
        let shares = sums
            .par_chunks_mut(rows)
            .zip(wide.par_chunks_mut(rows))
            .enumerate();
        shares.for_each(|(share, (sums, wide))| add_up(share, sums, wide));
    }
}
