//! J + A merged while the plastic couplings stand still: panels of whole rows, column after column.

use super::layout::{MERGED_ROWS, merged_place, panel_merged_len};
use super::take_first;
use super::walk::{take_pairs, take_tile};
use super::{PanelCouplings, PanelSynapses};
use crate::simd::{LANES, Lanes, Simd};
use crate::values::SizeError;

/// A lent buffer, and whether it holds the present couplings.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    values: &'a mut [Lanes],
    n: usize,
    are_merged: bool,
}

impl<'a> Merged<'a> {
    /// Takes the first [`panel_merged_len`]`(n)` elements of a buffer.
    pub fn new(buffer: &'a mut [Lanes], n: usize) -> Result<Self, SizeError> {
        Ok(Self {
            values: take_first(buffer, panel_merged_len(n))?,
            n,
            are_merged: false,
        })
    }

    /// The couplings have changed.
    pub fn forget(&mut self) {
        self.are_merged = false;
    }

    pub fn are_merged(&self) -> bool {
        self.are_merged
    }

    /// `J_ij + A_ij`, rounded as in every step.
    pub fn merge(&mut self, couplings: &PanelCouplings<'_>, synapses: &PanelSynapses<'_>) {
        let mut couplings = couplings.as_slice();
        let mut synapses = synapses.tiles().iter();
        let blocks = self.n.div_ceil(LANES);
        for low in 0..blocks {
            for (j, (to_low, a)) in take_tile(&mut couplings)
                .iter()
                .zip(synapses.next().into_iter().flatten())
                .enumerate()
            {
                self.put(low, low * LANES + j, to_low, a);
            }
            let pairs = take_pairs(&mut couplings, blocks - 1 - low);
            for (high, (pair, tile)) in (low + 1..).zip(pairs.iter().zip(&mut synapses)) {
                for (number, ([to_low, to_high], a)) in pair.iter().zip(tile).enumerate() {
                    self.put(low, high * LANES + number, to_low, a);
                    let mut transposed = Lanes::ZERO;
                    for (slot, lanes) in transposed.0.iter_mut().zip(tile) {
                        *slot = lanes.0.get(number).copied().unwrap_or_default();
                    }
                    self.put(high, low * LANES + number, to_high, &transposed);
                }
            }
        }
        self.are_merged = true;
    }

    /// A column of a block of rows, if the network has that column.
    fn put(&mut self, block: usize, column: usize, couplings: &Lanes, synapses: &Lanes) {
        if column < self.n {
            let (lanes, _) = merged_place(self.n, block * LANES, column);
            if let Some(slot) = self.values.get_mut(lanes) {
                for ((slot, j), a) in slot.0.iter_mut().zip(couplings.0).zip(synapses.0) {
                    *slot = j + a;
                }
            }
        }
    }

    /// `drive = (J + A) phi`; with `shared`, on the threads of rayon's present pool.
    pub fn drive(&self, simd: Simd, phi: &[f32], drive: &mut [f32], shared: bool) {
        let panel = MERGED_ROWS / LANES * self.n;
        let sweep = |(couplings, drive): (&[Lanes], &mut [f32])| simd.drive_merged(couplings, phi, drive);
        #[cfg(feature = "rayon")]
        if shared {
            use rayon::prelude::*;
            let panels = self.values.par_chunks(panel);
            panels.zip(drive.par_chunks_mut(MERGED_ROWS)).for_each(sweep);
            return;
        }
        #[cfg(not(feature = "rayon"))]
        let _ = shared;
        let panels = self.values.chunks(panel);
        panels.zip(drive.chunks_mut(MERGED_ROWS)).for_each(sweep);
    }
}
