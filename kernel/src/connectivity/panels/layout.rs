//! Memory order of J and A in panels: up to 64 rows each, column by column.
//!
//! A panel holds four blocks of sixteen rows, the last one as many as the network needs; of each column it holds the
//! values of its rows beside each other, so a sweep over the columns reads its memory from start to end. Rows beyond
//! the network are padded with zeros, which stay zero; columns are not padded.

use crate::simd::{BLOCKS, LANES};

/// Rows of a full panel.
pub(super) const PANEL: usize = BLOCKS * LANES;

/// Number of [`Lanes`](crate::Lanes) that hold J, and as many that hold A, of `n` neurons in panels: N^2, the rows
/// padded to sixteen.
pub const fn panels_len(n: usize) -> usize {
    n.div_ceil(LANES).saturating_mul(n)
}

/// Blocks of sixteen rows that hold a full panel's memory.
pub(super) const fn panel_len(n: usize) -> usize {
    BLOCKS * n
}

/// Where the value of row i and column j lies: which lanes, and which of them.
pub(super) const fn place(n: usize, i: usize, j: usize) -> (usize, usize) {
    let panel = i / PANEL;
    let blocks_left = n.div_ceil(LANES) - panel * BLOCKS;
    let blocks = if blocks_left < BLOCKS { blocks_left } else { BLOCKS };
    (panel * panel_len(n) + j * blocks + i % PANEL / LANES, i % LANES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_coupling_has_its_own_place_within_the_length() {
        for n in [1, 2, 15, 16, 17, 63, 64, 65, 97, 129] {
            let places: BTreeSet<_> = (0..n).flat_map(|i| (0..n).map(move |j| place(n, i, j))).collect();
            assert_eq!(places.len(), n * n);
            assert!(places.last().is_some_and(|&(lanes, _)| lanes < panels_len(n)));
        }
    }
}
