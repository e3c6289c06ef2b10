//! Memory order of J and A: tiles of 4 by 4, the upper triangle of tiles row by row. Private but for its length.
//!
//! A tile (I, K) above the diagonal holds the plastic couplings between the neurons of block I and those of
//! block K once, and serves both directions; the quenched couplings of both directions lie beside each other.
//! Walking the tiles in memory order visits, for every row, the columns in ascending order: that is the order of
//! summation that the contract fixes, so the walk needs no second arithmetic. The last block is padded with
//! silent neurons (J = A = phi = 0), which add +0 at the end of each sum and change no bit.

/// Neurons along the edge of a tile.
pub(super) const EDGE: usize = 4;
/// Elements of a tile.
pub(super) const TILE: usize = EDGE * EDGE;

/// Values of the neurons of one block.
pub(super) type Block = [f32; EDGE];
/// A tile, row by row.
pub(super) type Tile = [f32; TILE];

/// Number of `f32` that hold the plastic couplings of `n` neurons: the upper triangle, padded to whole tiles.
pub const fn synapses_len(n: usize) -> usize {
    let blocks = n.div_ceil(EDGE);
    blocks.saturating_mul(blocks + 1) / 2 * TILE
}

/// Number of `f32` that hold the quenched couplings of `n` neurons: N^2, padded to whole tiles.
pub(super) const fn coupling_values(n: usize) -> usize {
    let blocks = n.div_ceil(EDGE);
    blocks.saturating_mul(blocks).saturating_mul(TILE)
}

/// Tiles in memory order before the tile (row, column), `row <= column`.
const fn tiles_before(n: usize, row: usize, column: usize) -> usize {
    let blocks = n.div_ceil(EDGE);
    // Row r of tiles holds blocks - r of them.
    row * blocks - row * row.saturating_sub(1) / 2 + (column - row)
}

/// Where the plastic coupling between neurons i and j lies.
pub(super) const fn synapse_index(n: usize, i: usize, j: usize) -> usize {
    let (low, high) = if i <= j { (i, j) } else { (j, i) };
    tiles_before(n, low / EDGE, high / EDGE) * TILE + low % EDGE * EDGE + high % EDGE
}

/// Where its second copy lies: a tile on the diagonal holds both of its halves, any other place is the only one.
pub(super) const fn mirrored_index(n: usize, i: usize, j: usize) -> usize {
    if i / EDGE == j / EDGE {
        let (low, high) = if i <= j { (i, j) } else { (j, i) };
        tiles_before(n, low / EDGE, low / EDGE) * TILE + high % EDGE * EDGE + low % EDGE
    } else {
        synapse_index(n, i, j)
    }
}

/// Where the quenched coupling from neuron j to neuron i lies.
pub(super) const fn coupling_index(n: usize, i: usize, j: usize) -> usize {
    let (low, high) = if i / EDGE <= j / EDGE { (i, j) } else { (j, i) };
    let (row, column) = (low / EDGE, high / EDGE);
    // Every tile above the diagonal takes the room of two; the one on the diagonal starts its row.
    let diagonal_tiles = if column > row { row + 1 } else { row };
    let start = 2 * tiles_before(n, row, column) - diagonal_tiles;
    let direction = if i / EDGE <= j / EDGE { 0 } else { TILE };
    start * TILE + direction + low % EDGE * EDGE + high % EDGE
}

/// The first neurons of a block that the network does not fill; the others are silent.
pub(super) fn padded(values: &[f32]) -> Block {
    let mut block = [0.0; EDGE];
    for (slot, &value) in block.iter_mut().zip(values) {
        *slot = value;
    }
    block
}

/// Rows of a tile.
pub(super) fn rows(tile: &Tile) -> &[Block] {
    tile.as_chunks().0
}

/// Rows of a tile.
pub(super) fn rows_mut(tile: &mut Tile) -> &mut [Block] {
    tile.as_chunks_mut().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_coupling_has_its_own_place_within_the_length() {
        for n in [1, 2, 3, 4, 5, 8, 17, 33] {
            let mut couplings = BTreeSet::new();
            let mut synapses = BTreeSet::new();
            for i in 0..n {
                for j in 0..n {
                    assert!(
                        couplings.insert(coupling_index(n, i, j)),
                        "J({i}, {j}) of {n} shares its place"
                    );
                    assert_eq!(synapse_index(n, i, j), synapse_index(n, j, i));
                    synapses.insert(synapse_index(n, i, j));
                }
            }
            assert!(couplings.last().is_some_and(|&last| last < coupling_values(n)));
            assert!(synapses.last().is_some_and(|&last| last < synapses_len(n)));
            assert_eq!(synapses.len(), n * (n + 1) / 2);
        }
    }

    #[test]
    fn lengths_are_those_of_whole_tiles() {
        assert_eq!((synapses_len(1), coupling_values(1)), (16, 16));
        assert_eq!((synapses_len(128), coupling_values(128)), (8448, 16384));
        assert_eq!((synapses_len(129), coupling_values(129)), (8976, 17424));
    }
}
