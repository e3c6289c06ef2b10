//! Plastic couplings A as a packed symmetric matrix.

use super::dense::take_first;
use super::is_moderate;
use super::tiles::{Block, EDGE, TILE, Tile, mirrored_index, padded, rows_mut, synapse_index, synapses_len};
use super::triangle::{self, pairs_from};
use crate::arithmetic::largest_magnitude;
use crate::values::SizeError;

/// Plastic couplings: the upper triangle of A in tiles. A is symmetric to the bit because it is stored once.
#[derive(Debug)]
pub struct PackedSynapses<'a> {
    values: &'a mut [f32],
    n: usize,
    moderate: bool,
}

impl<'a> PackedSynapses<'a> {
    /// Takes the first [`synapses_len`]`(n)` elements of a buffer, and clears them.
    pub fn new(buffer: &'a mut [f32], n: usize) -> Result<Self, SizeError> {
        let values = take_first(buffer, synapses_len(n))?;
        values.fill(0.0);
        Ok(Self {
            values,
            n,
            moderate: true,
        })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// `A_ij = A_ji`.
    pub fn get(&self, i: usize, j: usize) -> Option<f32> {
        if i < self.n && j < self.n {
            self.values.get(synapse_index(self.n, i, j)).copied()
        } else {
            None
        }
    }

    /// Tiles in memory order.
    pub(super) fn tiles(&self) -> &[Tile] {
        self.values.as_chunks().0
    }

    /// Tiles in memory order.
    pub(super) fn tiles_mut(&mut self) -> &mut [Tile] {
        self.values.as_chunks_mut().0
    }

    /// Whether no coupling can make a drive overflow: see [`is_moderate`].
    ///
    /// Learning keeps this: with `|k/N| <= 1e15`, couplings that start from at most 1e28 decay towards less than
    /// 1e16; where rounding keeps them from decaying, it also keeps them from growing.
    pub(super) fn is_moderate(&self) -> bool {
        self.moderate
    }

    /// Finds out anew whether they are moderate: after rates of 2 and more.
    pub(super) fn look_again(&mut self) {
        // a tenth of the bound: learning may exceed what it starts from
        self.moderate = is_moderate(10.0 * self.largest());
    }

    /// Largest magnitude.
    pub(super) fn largest(&self) -> f32 {
        largest_magnitude(&*self.values)
    }

    /// `A = 0`.
    pub(super) fn clear(&mut self) {
        self.values.fill(0.0);
        self.moderate = true;
    }

    /// `A_ij = A_ij retention + (increment phi_i) phi_j` for `i <= j`.
    pub(super) fn accumulate(&mut self, retention: f32, increment: f32, phi: &[f32]) {
        let mut tiles = self.values.as_chunks_mut::<TILE>().0.iter_mut();
        let (mut blocks, tail) = phi.as_chunks::<EDGE>();
        let last = padded(tail);
        while let Some((low, later)) = blocks.split_first() {
            let scaled = low.map(|rate| increment * rate);
            if let Some(tile) = tiles.next() {
                accumulate_on_diagonal(tile, retention, &scaled, low);
            }
            for (high, tile) in later.iter().zip(&mut tiles) {
                accumulate_above_diagonal(tile, retention, &scaled, high);
            }
            if !tail.is_empty()
                && let Some(tile) = tiles.next()
            {
                accumulate_above_diagonal(tile, retention, &scaled, &last);
            }
            blocks = later;
        }
        if let Some(tile) = tiles.next() {
            accumulate_on_diagonal(tile, retention, &last.map(|rate| increment * rate), &last);
        }
    }

    /// The upper triangle of A in row-major order, diagonal included: the order of snapshots.
    pub fn upper_triangle(&self) -> impl Iterator<Item = f32> {
        pairs_from(self.n, 0).map(|(i, j)| self.get(i, j).unwrap_or(f32::NAN))
    }

    /// Takes over a piece of the triangle, the first at offset 0.
    pub(super) fn set_triangle(&mut self, offset: usize, piece: &[u8]) {
        if offset == 0 {
            self.moderate = true;
        }
        for ((i, j), value) in triangle::read(self.n, offset, piece) {
            // a tenth of the bound: learning may exceed what it starts from
            self.moderate &= is_moderate(10.0 * value);
            for index in [synapse_index(self.n, i, j), mirrored_index(self.n, i, j)] {
                if let Some(slot) = self.values.get_mut(index) {
                    *slot = value;
                }
            }
        }
    }
}

#[inline]
fn accumulate_above_diagonal(tile: &mut Tile, retention: f32, scaled: &Block, high: &Block) {
    for (row, &scaled) in rows_mut(tile).iter_mut().zip(scaled) {
        for (synapse, &rate) in row.iter_mut().zip(high) {
            *synapse = *synapse * retention + scaled * rate;
        }
    }
}

/// Both halves of a tile on the diagonal, with the same product for (a, b) and (b, a): the lower index is scaled.
#[inline]
pub(super) fn accumulate_on_diagonal(tile: &mut Tile, retention: f32, scaled: &Block, rates: &Block) {
    for (a, (row, (&scaled_a, &rate_a))) in rows_mut(tile)
        .iter_mut()
        .zip(scaled.iter().zip(rates))
        .enumerate()
    {
        for (b, (synapse, (&scaled_b, &rate_b))) in row.iter_mut().zip(scaled.iter().zip(rates)).enumerate() {
            let product = if a <= b {
                scaled_a * rate_b
            } else {
                scaled_b * rate_a
            };
            *synapse = *synapse * retention + product;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{vec, vec::Vec};

    #[test]
    fn accumulates_the_outer_product_of_the_contract() {
        for n in [1, 2, 3, 4, 5, 8, 11] {
            let mut buffer = vec![0.0; synapses_len(n)];
            let mut synapses = PackedSynapses::new(&mut buffer, n).unwrap();
            let phi: Vec<f32> = (0..n).map(|i| libm::sinf(i as f32 + 0.3)).collect();
            let (d, c) = (0.98f32, 0.013f32);
            let mut expected = vec![0.0f32; n * n];
            for _ in 0..3 {
                synapses.accumulate(d, c, &phi);
                for i in 0..n {
                    for j in 0..n {
                        let (low, high) = (i.min(j), i.max(j));
                        expected[i * n + j] = expected[i * n + j] * d + (c * phi[low]) * phi[high];
                    }
                }
            }
            for i in 0..n {
                for j in 0..n {
                    assert_eq!(
                        synapses.get(i, j).unwrap().to_bits(),
                        expected[i * n + j].to_bits()
                    );
                }
            }
        }
    }

    /// Both places of every coupling: what is read for (j, i) in a tile on the diagonal is stored a second time.
    fn assert_both_copies_agree(synapses: &PackedSynapses<'_>) {
        let n = synapses.n();
        for (i, j) in pairs_from(n, 0) {
            let [upper, lower] = [synapse_index(n, i, j), mirrored_index(n, i, j)];
            assert_eq!(
                synapses.values[upper].to_bits(),
                synapses.values[lower].to_bits(),
                "A({i}, {j}) of {n}"
            );
        }
    }

    #[test]
    fn both_halves_of_a_tile_on_the_diagonal_stay_equal() {
        // Many pairs: the order of the two products shows in the last bit of some only.
        for n in [2, 4, 7, 61] {
            let mut buffer = vec![0.0; synapses_len(n)];
            let mut synapses = PackedSynapses::new(&mut buffer, n).unwrap();
            let phi: Vec<f32> = (0..n).map(|i| libm::sinf(3.7 * i as f32 + 0.3)).collect();
            for _ in 0..5 {
                synapses.accumulate(0.98, -0.0131, &phi);
                assert_both_copies_agree(&synapses);
            }
            let values: Vec<f32> = (0..n * (n + 1) / 2)
                .map(|index| libm::cosf(index as f32))
                .collect();
            synapses.set_triangle(
                0,
                &values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect::<Vec<_>>(),
            );
            assert_both_copies_agree(&synapses);
        }
    }

    #[test]
    fn the_upper_triangle_round_trips() {
        let n = 7;
        let mut buffer = vec![0.0; synapses_len(n)];
        let mut synapses = PackedSynapses::new(&mut buffer, n).unwrap();
        let values: Vec<f32> = (0..n * (n + 1) / 2).map(|index| index as f32).collect();
        synapses.set_triangle(
            0,
            &values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect::<Vec<_>>(),
        );
        assert_eq!(synapses.upper_triangle().collect::<Vec<_>>(), values);
        assert_eq!(synapses.get(0, 1), Some(1.0));
        assert_eq!(synapses.get(1, 0), Some(1.0));
        assert_eq!(synapses.get(1, 1), Some(7.0));
    }
}
