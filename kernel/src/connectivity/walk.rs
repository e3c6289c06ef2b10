//! The walk over the couplings in memory order, tile after tile, in safe Rust.
//!
//! `cortex_m/` has hand-written twins of [`drive`] and [`drive_and_learn`], with the same bits.

use core::slice;

use super::portable::{self, Low, Pair};
use super::tiles::{Block, EDGE, Tile, padded};

/// What is done with the tiles. Each call takes the next tiles of the plastic couplings.
pub(super) trait Visit {
    /// A block of neurons with itself: the first call of each row.
    fn diagonal(&mut self, low: &mut Low, couplings: &Tile);

    /// A block of neurons with each of some later ones.
    fn row(&mut self, low: &mut Low, couplings: &[Pair], high: &[Block], high_sums: &mut [Block]);
}

/// For each row i: `s = 0`, then `s = s + (J_ij + A_ij) phi_j` for j ascending; no fused multiply-add.
pub(super) fn drive(couplings: &[Tile], synapses: &[Tile], phi: &[f32], drive: &mut [f32]) {
    walk(couplings, phi, drive, &mut Driving { synapses });
}

/// [`drive`], and `A_ij = A_ij d + (c phi_a) phi_b` as soon as A_ij has been used, with the constants d and c.
pub(super) fn drive_and_learn(
    couplings: &[Tile],
    synapses: &mut [Tile],
    phi: &[f32],
    drive: &mut [f32],
    [retention, increment]: [f32; 2],
) {
    let mut learning = Learning {
        synapses,
        retention,
        increment,
    };
    walk(couplings, phi, drive, &mut learning);
}

/// Visits every tile, and leaves in `drive` what the neurons receive.
#[inline]
fn walk(mut couplings: &[Tile], phi: &[f32], drive: &mut [f32], visit: &mut impl Visit) {
    drive.fill(0.0);
    let (mut blocks, tail) = phi.as_chunks::<EDGE>();
    let last = padded(tail);
    let mut last_sums = [0.0; EDGE];
    let (mut sums, tail_sums) = drive.as_chunks_mut::<EDGE>();
    while let (Some((rates, later)), Some((low_sums, later_sums))) =
        (blocks.split_first(), core::mem::take(&mut sums).split_first_mut())
    {
        let mut low = Low::new(rates, low_sums);
        if let Some(diagonal) = couplings.split_off_first() {
            visit.diagonal(&mut low, diagonal);
        }
        if let Some(pairs) = couplings.split_off(..2 * later.len()) {
            visit.row(&mut low, pairs.as_chunks().0, later, later_sums);
        }
        if !tail.is_empty()
            && let Some(pair) = couplings.split_off(..2)
        {
            let (last, last_sums) = (slice::from_ref(&last), slice::from_mut(&mut last_sums));
            visit.row(&mut low, pair.as_chunks().0, last, last_sums);
        }
        *low_sums = low.sums;
        (blocks, sums) = (later, later_sums);
    }
    if let Some(diagonal) = couplings.split_off_first() {
        let mut low = Low::new(&last, &last_sums);
        visit.diagonal(&mut low, diagonal);
        last_sums = low.sums;
    }
    for (sum, value) in tail_sums.iter_mut().zip(last_sums) {
        *sum = value;
    }
}

/// Leaves the plastic couplings as they are.
pub(super) struct Driving<'a> {
    pub synapses: &'a [Tile],
}

impl Visit for Driving<'_> {
    #[inline]
    fn diagonal(&mut self, low: &mut Low, couplings: &Tile) {
        if let Some(synapses) = self.synapses.split_off_first() {
            portable::drive_diagonal(low, couplings, synapses);
        }
    }

    #[inline]
    fn row(&mut self, low: &mut Low, couplings: &[Pair], high: &[Block], high_sums: &mut [Block]) {
        if let Some(synapses) = self.synapses.split_off(..high.len()) {
            portable::drive(low, couplings, synapses, high, high_sums);
        }
    }
}

/// Lets the plastic couplings learn as soon as they have been used.
pub(super) struct Learning<'a> {
    pub synapses: &'a mut [Tile],
    /// `d`
    pub retention: f32,
    /// `c`
    pub increment: f32,
}

impl Visit for Learning<'_> {
    // always: a call for each row of tiles would save and restore every register
    #[inline(always)]
    fn diagonal(&mut self, low: &mut Low, couplings: &Tile) {
        if let Some(synapses) = self.synapses.split_off_first_mut() {
            low.learns(self.retention, self.increment);
            portable::drive_and_learn_diagonal(low, couplings, synapses);
        }
    }

    #[inline(always)]
    fn row(&mut self, low: &mut Low, couplings: &[Pair], high: &[Block], high_sums: &mut [Block]) {
        if let Some(synapses) = self.synapses.split_off_mut(..high.len()) {
            low.learns(self.retention, self.increment);
            portable::drive_and_learn(low, couplings, synapses, high, high_sums);
        }
    }
}
