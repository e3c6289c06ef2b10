//! The walk over the panels in memory order.

use crate::simd::{Block, High, LANES, Lanes, Learning, Low, Pair, Simd, Tile};

/// What is done with tiles. Each call takes the next tiles of the plastic couplings.
pub(super) trait Visit: Sized {
    /// The next tiles, for another thread.
    #[cfg(feature = "rayon")]
    fn split_off(&mut self, tiles: usize) -> Self;

    /// A block of neurons with itself: the first call of each panel.
    fn diagonal(&mut self, low: &mut Low, couplings: &Tile);

    /// A block of neurons with each of some later ones.
    fn row(&mut self, low: &mut Low, couplings: &[Pair], high: High<'_>);
}

/// Visits every tile, and leaves in `drive` what the neurons receive.
pub(super) fn walk(mut couplings: &[Lanes], phi: &[f32], drive: &mut [f32], visit: &mut impl Visit) {
    drive.fill(0.0);
    let (mut blocks, tail) = phi.as_chunks::<LANES>();
    let last = [Lanes::padded(tail).0];
    let mut last_sums = [[0.0; LANES]];
    let (mut sums, tail_sums) = drive.as_chunks_mut::<LANES>();
    while let (Some((&rates, later)), Some((low_sums, later_sums))) =
        (blocks.split_first(), core::mem::take(&mut sums).split_first_mut())
    {
        let mut low = Low {
            rates,
            sums: *low_sums,
        };
        visit.diagonal(&mut low, take_tile(&mut couplings));
        let high = High {
            rates: later,
            sums: later_sums,
        };
        visit.row(&mut low, take_pairs(&mut couplings, later.len()), high);
        if !tail.is_empty() {
            let high = High {
                rates: &last,
                sums: &mut last_sums,
            };
            visit.row(&mut low, take_pairs(&mut couplings, 1), high);
        }
        *low_sums = low.sums;
        (blocks, sums) = (later, later_sums);
    }
    if !tail.is_empty() {
        let ([rates], [sums]) = (last, last_sums);
        let mut low = Low { rates, sums };
        visit.diagonal(&mut low, take_tile(&mut couplings));
        write_tail(low.sums, tail_sums);
    }
}

/// The sums of the neurons that the network has; the padding is dropped.
pub(super) fn write_tail(sums: Block, tail: &mut [f32]) {
    for (sum, value) in tail.iter_mut().zip(sums) {
        *sum = value;
    }
}

/// The next tile on the diagonal.
pub(super) fn take_tile<'a>(couplings: &mut &'a [Lanes]) -> &'a Tile {
    const SILENT: &Tile = &[Lanes::ZERO; LANES];
    match couplings.split_first_chunk() {
        Some((tile, rest)) => {
            *couplings = rest;
            tile
        }
        None => SILENT,
    }
}

/// The next tiles off the diagonal.
pub(super) fn take_pairs<'a>(couplings: &mut &'a [Lanes], tiles: usize) -> &'a [Pair] {
    let pairs = couplings.split_off(..2 * LANES * tiles).unwrap_or_default();
    pairs.as_chunks().0.as_chunks().0
}

/// Leaves the plastic couplings as they are.
pub(super) struct Driving<'a> {
    pub simd: Simd,
    pub synapses: &'a [Tile],
}

impl Visit for Driving<'_> {
    #[cfg(feature = "rayon")]
    fn split_off(&mut self, tiles: usize) -> Self {
        let synapses = self.synapses.split_off(..tiles).unwrap_or_default();
        Self { synapses, ..*self }
    }

    #[inline]
    fn diagonal(&mut self, low: &mut Low, couplings: &Tile) {
        if let Some(synapses) = self.synapses.split_off_first() {
            self.simd.drive_diagonal(low, couplings, synapses);
        }
    }

    #[inline]
    fn row(&mut self, low: &mut Low, couplings: &[Pair], high: High<'_>) {
        if let Some(synapses) = self.synapses.split_off(..couplings.len()) {
            self.simd.drive_row(low, couplings, synapses, high);
        }
    }
}

/// Lets the plastic couplings learn as soon as they have been used.
pub(super) struct DrivingAndLearning<'a> {
    pub simd: Simd,
    pub synapses: &'a mut [Tile],
    pub learning: Learning,
}

impl Visit for DrivingAndLearning<'_> {
    #[cfg(feature = "rayon")]
    fn split_off(&mut self, tiles: usize) -> Self {
        let synapses = self.synapses.split_off_mut(..tiles).unwrap_or_default();
        Self { synapses, ..*self }
    }

    #[inline]
    fn diagonal(&mut self, low: &mut Low, couplings: &Tile) {
        if let Some(synapses) = self.synapses.split_off_first_mut() {
            self.simd.learn_diagonal(low, couplings, synapses, self.learning);
        }
    }

    #[inline]
    fn row(&mut self, low: &mut Low, couplings: &[Pair], high: High<'_>) {
        if let Some(synapses) = self.synapses.split_off_mut(..couplings.len()) {
            self.simd.learn_row(low, couplings, synapses, high, self.learning);
        }
    }
}
