//! Plastic couplings A in panels.

use super::layout::{panel_synapses_len, synapse_place};
use super::take_first;
use crate::arithmetic::largest_magnitude;
use crate::connectivity::triangle::{self, pairs_from};
use crate::simd::{Lanes, Tile};
use crate::values::SizeError;

/// Plastic couplings in the memory order of a host's panels: tiles on and above the diagonal of the symmetric matrix.
#[derive(Debug)]
pub struct PanelSynapses<'a> {
    values: &'a mut [Lanes],
    n: usize,
    // No plastic coupling is larger than this.
    bound: f32,
}

impl<'a> PanelSynapses<'a> {
    /// Takes the first [`panel_synapses_len`]`(n)` elements of a buffer, and clears them.
    pub fn new(buffer: &'a mut [Lanes], n: usize) -> Result<Self, SizeError> {
        let values = take_first(buffer, panel_synapses_len(n))?;
        let mut synapses = Self {
            values,
            n,
            bound: 0.0,
        };
        synapses.clear();
        Ok(synapses)
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// `A_ij = A_ji`.
    pub fn get(&self, i: usize, j: usize) -> Option<f32> {
        if i < self.n && j < self.n {
            let (lanes, lane) = synapse_place(self.n, i, j);
            self.values.get(lanes)?.0.get(lane).copied()
        } else {
            None
        }
    }

    /// The upper triangle of A in row-major order, diagonal included: the order of snapshots.
    pub fn upper_triangle(&self) -> impl Iterator<Item = f32> {
        pairs_from(self.n, 0).map(|(i, j)| self.get(i, j).unwrap_or(f32::NAN))
    }

    /// Takes over a piece of the triangle, the first at offset 0.
    pub(super) fn set_triangle(&mut self, offset: usize, piece: &[u8]) {
        if offset == 0 {
            self.bound = 0.0;
        }
        for ((i, j), value) in triangle::read(self.n, offset, piece) {
            self.bound = largest_magnitude([&self.bound, &value]);
            self.set(i, j, value);
        }
    }

    /// Largest magnitude.
    pub(super) fn largest(&self) -> f32 {
        largest_magnitude(self.values.iter().flat_map(|lanes| &lanes.0))
    }

    /// `A = 0`.
    pub(super) fn clear(&mut self) {
        self.values.fill(Lanes::ZERO);
        self.bound = 0.0;
    }

    /// No plastic coupling is larger in magnitude; not a number if that is not known.
    pub(super) fn bound(&self) -> f32 {
        self.bound
    }

    /// The bound after `A_ij = A_ij d + (c phi_i) phi_j` with rates up to `largest_rate`: the same operations on the
    /// largest magnitudes, because rounding keeps the order of numbers.
    pub(super) fn raise_bound(&mut self, retention: f32, increment: f32, largest_rate: f32) {
        let increment = f32::from_bits(increment.to_bits() & 0x7FFF_FFFF);
        self.bound = self.bound * retention + (increment * largest_rate) * largest_rate;
    }

    /// `A_ij = A_ij retention + (increment phi_i) phi_j` for `i <= j` outside of a walk, one after the other: rare
    /// enough to need no faster loop.
    pub(super) fn learn(&mut self, retention: f32, increment: f32, phi: &[f32]) {
        for (i, &low) in phi.iter().enumerate() {
            for (j, &high) in phi.iter().enumerate().skip(i) {
                let Some(synapse) = self.get(i, j) else { continue };
                self.set(i, j, synapse * retention + (increment * low) * high);
            }
        }
        self.raise_bound(retention, increment, largest_magnitude(phi));
    }

    /// `A_ij = A_ji = value`
    fn set(&mut self, i: usize, j: usize, value: f32) {
        for (lanes, lane) in [synapse_place(self.n, i, j), synapse_place(self.n, j, i)] {
            if let Some(slot) = self.values.get_mut(lanes).and_then(|lanes| lanes.0.get_mut(lane)) {
                *slot = value;
            }
        }
    }

    pub(super) fn tiles(&self) -> &[Tile] {
        self.values.as_chunks().0
    }

    pub(super) fn tiles_mut(&mut self) -> &mut [Tile] {
        self.values.as_chunks_mut().0
    }
}
