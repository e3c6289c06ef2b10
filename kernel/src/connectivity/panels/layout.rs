//! Memory order of J and A in panels of sixteen rows, and of both merged.
//!
//! Panel I holds the tiles of 16 by 16 couplings between block I of the neurons and itself, then each later block:
//! - of A, every tile once, column by column, so that the symmetric half is not in memory. The tile on the diagonal holds
//!   both of its halves;
//! - of J, the tile on the diagonal column by column; then for each later block in turn a column to block I and, for
//!   the neuron of the same number in block I, its couplings to the later block.
//!
//! A walk over the panels in memory order visits the columns of every row in ascending order. Merged couplings are
//! panels of up to 64 whole rows instead, column by column. Neurons that the network lacks are padded with zeros, which
//! stay zero.

use crate::simd::{BLOCKS, LANES};

/// Rows of a full panel of merged couplings.
pub(super) const MERGED_ROWS: usize = BLOCKS * LANES;

/// Number of [`Lanes`](crate::Lanes) that hold J of `n` neurons in panels: N^2 values, rows and columns padded to
/// sixteen.
pub const fn panel_couplings_len(n: usize) -> usize {
    let blocks = n.div_ceil(LANES);
    blocks.saturating_mul(blocks).saturating_mul(LANES)
}

/// Number of [`Lanes`](crate::Lanes) that hold A of `n` neurons in panels: its tiles on and above the diagonal.
pub const fn panel_synapses_len(n: usize) -> usize {
    let blocks = n.div_ceil(LANES);
    blocks.saturating_mul(blocks + 1) / 2 * LANES
}

/// Number of [`Lanes`](crate::Lanes) in which the couplings of `n` frozen neurons are merged: N^2 values, the rows
/// padded to sixteen.
pub const fn panel_merged_len(n: usize) -> usize {
    n.div_ceil(LANES).saturating_mul(n)
}

/// Tiles before the tile (row, column), `row <= column`.
const fn tiles_before(n: usize, row: usize, column: usize) -> usize {
    let blocks = n.div_ceil(LANES);
    row * blocks - row * row.saturating_sub(1) / 2 + (column - row)
}

/// Where `A_ij` lies: which lanes, and which of them. A tile on the diagonal has another place for `A_ji`.
pub(super) const fn synapse_place(n: usize, i: usize, j: usize) -> (usize, usize) {
    let (low, high) = if i / LANES <= j / LANES { (i, j) } else { (j, i) };
    let tile = tiles_before(n, low / LANES, high / LANES);
    (tile * LANES + high % LANES, low % LANES)
}

/// Where `J_ij` lies: which lanes, and which of them.
pub(super) const fn coupling_place(n: usize, i: usize, j: usize) -> (usize, usize) {
    let (row, column) = (i / LANES, j / LANES);
    let (low, high) = if row <= column {
        (row, column)
    } else {
        (column, row)
    };
    // Every tile off the diagonal takes the room of two.
    let diagonal_tiles = if high > low { low + 1 } else { low };
    let tile = (2 * tiles_before(n, low, high) - diagonal_tiles) * LANES;
    if row == column {
        (tile + j % LANES, i % LANES)
    } else if row < column {
        (tile + 2 * (j % LANES), i % LANES)
    } else {
        (tile + 2 * (j % LANES) + 1, i % LANES)
    }
}

/// Where `J_ij + A_ij` lies: which lanes, and which of them.
pub(super) const fn merged_place(n: usize, i: usize, j: usize) -> (usize, usize) {
    let panel = i / MERGED_ROWS;
    let blocks_left = n.div_ceil(LANES) - panel * BLOCKS;
    let blocks = if blocks_left < BLOCKS { blocks_left } else { BLOCKS };
    (
        panel * BLOCKS * n + j * blocks + i % MERGED_ROWS / LANES,
        i % LANES,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const SIZES: [usize; 10] = [1, 2, 15, 16, 17, 63, 64, 65, 97, 129];

    fn places(n: usize, place: impl Fn(usize, usize) -> (usize, usize)) -> BTreeSet<(usize, usize)> {
        let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        pairs.map(|(i, j)| place(i, j)).collect()
    }

    fn is_within(places: &BTreeSet<(usize, usize)>, length: usize) -> bool {
        places.last().is_some_and(|&(lanes, _)| lanes < length)
    }

    #[test]
    fn every_coupling_has_its_own_place_within_the_length() {
        for n in SIZES {
            let couplings = places(n, |i, j| coupling_place(n, i, j));
            assert_eq!(couplings.len(), n * n);
            assert!(is_within(&couplings, panel_couplings_len(n)));
            let merged = places(n, |i, j| merged_place(n, i, j));
            assert_eq!(merged.len(), n * n);
            assert!(is_within(&merged, panel_merged_len(n)));
        }
    }

    #[test]
    fn every_synapse_off_the_diagonal_tiles_has_one_place_for_both_ways() {
        for n in SIZES {
            let synapses = places(n, |i, j| synapse_place(n, i, j));
            assert!(is_within(&synapses, panel_synapses_len(n)));
            let mut pairs = 0;
            for i in 0..n {
                for j in 0..n {
                    if i / LANES == j / LANES {
                        pairs += 1;
                    } else if i < j {
                        pairs += 1;
                        assert_eq!(synapse_place(n, i, j), synapse_place(n, j, i));
                    }
                }
            }
            assert_eq!(synapses.len(), pairs);
        }
    }
}
