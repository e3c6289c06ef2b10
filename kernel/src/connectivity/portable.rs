//! What the walk in safe Rust does with a tile, or with a row of them.

use super::synapses::accumulate_on_diagonal;
use super::tiles::{Block, EDGE, Tile, rows, rows_mut};

/// What a row of tiles needs of its own block of neurons, the low one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Low {
    /// `phi_i`
    pub rates: Block,
    /// `increment phi_i`, where the synapses learn.
    pub scaled: Block,
    /// What the low neurons receive, so far.
    pub sums: Block,
    /// The share of a plastic coupling that survives a step, where the synapses learn.
    pub retention: f32,
}

/// Quenched couplings of a tile: to the low neurons, then to the high ones.
pub(super) type Pair = [Tile; 2];

impl Low {
    #[inline]
    pub fn new(rates: &Block, sums: &Block) -> Self {
        Self {
            rates: *rates,
            scaled: [0.0; EDGE],
            sums: *sums,
            retention: 1.0,
        }
    }

    #[inline]
    pub fn learns(&mut self, retention: f32, increment: f32) {
        self.retention = retention;
        self.scaled = self.rates.map(|rate| increment * rate);
    }
}

/// Adds what a block of neurons sends to itself.
#[inline]
pub(super) fn drive_diagonal(low: &mut Low, couplings: &Tile, synapses: &Tile) {
    for ((sum, j), a) in low.sums.iter_mut().zip(rows(couplings)).zip(rows(synapses)) {
        for ((&j, &a), &rate) in j.iter().zip(a).zip(&low.rates) {
            *sum += (j + a) * rate;
        }
    }
}

/// [`drive_diagonal`], then `A_ij = A_ij retention + (increment phi_a) phi_b`, a the lower index and b the higher.
#[inline]
pub(super) fn drive_and_learn_diagonal(low: &mut Low, couplings: &Tile, synapses: &mut Tile) {
    drive_diagonal(low, couplings, synapses);
    accumulate_on_diagonal(synapses, low.retention, &low.scaled, &low.rates);
}

/// Adds what the low block and each of the high blocks send to each other, through the same plastic couplings both
/// ways.
#[inline]
pub(super) fn drive(
    low: &mut Low,
    couplings: &[Pair],
    synapses: &[Tile],
    high: &[Block],
    high_sums: &mut [Block],
) {
    // A copy, so that the four sums can stay in registers.
    let mut sums = low.sums;
    let tiles = couplings.iter().zip(synapses).zip(high).zip(high_sums);
    for ((([to_low, to_high], synapses), high), high_sums) in tiles {
        let tile_rows = rows(to_low).iter().zip(rows(to_high)).zip(rows(synapses));
        for (((to_low, to_high), a), (sum, &low_rate)) in tile_rows.zip(sums.iter_mut().zip(&low.rates)) {
            for ((&j, &a), &high_rate) in to_low.iter().zip(a).zip(high) {
                *sum += (j + a) * high_rate;
            }
            for ((high_sum, &j), &a) in high_sums.iter_mut().zip(to_high).zip(a) {
                *high_sum += (j + a) * low_rate;
            }
        }
    }
    low.sums = sums;
}

/// [`drive`], and `A_ij = A_ij retention + (increment phi_i) phi_j` once the old A_ij is used.
#[inline(always)]
pub(super) fn drive_and_learn(
    low: &mut Low,
    couplings: &[Pair],
    synapses: &mut [Tile],
    high: &[Block],
    high_sums: &mut [Block],
) {
    let mut sums = low.sums;
    let tiles = couplings.iter().zip(synapses).zip(high).zip(high_sums);
    for ((([to_low, to_high], synapses), &high), high_sums) in tiles {
        let mut column_sums = *high_sums;
        let tile_rows = rows(to_low).iter().zip(rows(to_high)).zip(rows_mut(synapses));
        let neurons = sums.iter_mut().zip(low.rates.iter().zip(&low.scaled));
        for (((&to_low, &to_high), synapses), (sum, (&low_rate, &scaled))) in tile_rows.zip(neurons) {
            let a = *synapses;
            for ((&j, &a), &high_rate) in to_low.iter().zip(&a).zip(&high) {
                *sum += (j + a) * high_rate;
            }
            for ((high_sum, &j), &a) in column_sums.iter_mut().zip(&to_high).zip(&a) {
                *high_sum += (j + a) * low_rate;
            }
            for ((synapse, &a), &high_rate) in synapses.iter_mut().zip(&a).zip(&high) {
                *synapse = a * low.retention + scaled * high_rate;
            }
        }
        *high_sums = column_sums;
    }
    low.sums = sums;
}
