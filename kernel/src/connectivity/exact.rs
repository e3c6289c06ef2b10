//! The exact network of the paper: Gaussian J and the full plastic matrix A, in single precision.

use super::tiles::{Block, EDGE, TILE, Tile, padded, rows};
use super::{Connectivity, GaussianCouplings, PackedSynapses, check_couplings};
use crate::bytes::{ByteSink, ByteSource};
use crate::error::{BuildError, SizeError};
use crate::parameters::Dynamics;

/// Quenched Gaussian couplings and the full plastic matrix.
#[derive(Debug)]
pub struct Exact<'a> {
    couplings: GaussianCouplings<'a>,
    synapses: PackedSynapses<'a>,
}

impl<'a> Exact<'a> {
    /// Puts J and A of the same number of neurons together.
    pub fn new(couplings: GaussianCouplings<'a>, synapses: PackedSynapses<'a>) -> Result<Self, SizeError> {
        SizeError::check("the plastic matrix, in neurons,", couplings.n(), synapses.n())?;
        Ok(Self { couplings, synapses })
    }

    /// The quenched couplings.
    pub fn couplings(&self) -> GaussianCouplings<'a> {
        self.couplings
    }

    /// The plastic couplings.
    pub fn synapses(&self) -> &PackedSynapses<'a> {
        &self.synapses
    }
}

impl Connectivity for Exact<'_> {
    const MODEL: u8 = 1;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        check_couplings(dynamics, self.couplings.n(), self.couplings.gain())
    }

    fn clear(&mut self) {
        self.synapses.clear();
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.synapses.clear();
        self.synapses.accumulate(0.0, dynamics.strength(), phi);
    }

    /// For each row i: `s = 0`, then `s = s + (J_ij + A_ij) phi_j` for j ascending; no fused multiply-add.
    fn drive(&self, phi: &[f32], drive: &mut [f32]) {
        drive.fill(0.0);
        let mut synapses = self.synapses.tiles().iter();
        let mut couplings = self.couplings.as_slice().as_chunks::<TILE>().0.iter();
        let (mut blocks, tail) = phi.as_chunks::<EDGE>();
        let last = padded(tail);
        let mut last_sums = [0.0; EDGE];
        let (mut sums, tail_sums) = drive.as_chunks_mut::<EDGE>();
        while let (Some((low, later)), Some((low_sums, later_sums))) =
            (blocks.split_first(), core::mem::take(&mut sums).split_first_mut())
        {
            // A copy, so that the four sums of these rows can stay in registers.
            let mut row_sums = *low_sums;
            if let (Some(j), Some(a)) = (couplings.next(), synapses.next()) {
                add_on_diagonal(j, a, low, &mut row_sums);
            }
            for ((high, high_sums), a) in later.iter().zip(later_sums.iter_mut()).zip(&mut synapses) {
                if let (Some(to_low), Some(to_high)) = (couplings.next(), couplings.next()) {
                    add_above_diagonal([to_low, to_high, a], low, high, &mut row_sums, high_sums);
                }
            }
            if !tail.is_empty()
                && let (Some(to_low), Some(to_high), Some(a)) =
                    (couplings.next(), couplings.next(), synapses.next())
            {
                add_above_diagonal([to_low, to_high, a], low, &last, &mut row_sums, &mut last_sums);
            }
            *low_sums = row_sums;
            (blocks, sums) = (later, later_sums);
        }
        if let (Some(j), Some(a)) = (couplings.next(), synapses.next()) {
            add_on_diagonal(j, a, &last, &mut last_sums);
        }
        for (sum, value) in tail_sums.iter_mut().zip(last_sums) {
            *sum = value;
        }
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.synapses
            .accumulate(dynamics.retention(), dynamics.increment(), phi);
    }

    fn couplings_digest(&self) -> u64 {
        self.couplings.digest()
    }

    fn plastic_len(&self) -> usize {
        let n = self.synapses.n();
        n * (n + 1) / 2 * size_of::<f32>()
    }

    fn write_plastic(&self, sink: &mut impl ByteSink) {
        for synapse in self.synapses.upper_triangle() {
            sink.put(&synapse.to_le_bytes());
        }
    }

    fn is_plastic_state(&self, mut source: ByteSource<'_>) -> bool {
        core::iter::from_fn(|| source.float()).all(f32::is_finite)
    }

    fn read_plastic(&mut self, mut source: ByteSource<'_>) {
        self.synapses
            .set_upper_triangle(core::iter::from_fn(|| source.float()));
    }
}

/// Adds what a block of neurons sends to itself.
#[inline]
fn add_on_diagonal(couplings: &Tile, synapses: &Tile, phi: &Block, sums: &mut Block) {
    for ((sum, j), a) in sums.iter_mut().zip(rows(couplings)).zip(rows(synapses)) {
        for ((&j, &a), &rate) in j.iter().zip(a).zip(phi) {
            *sum += (j + a) * rate;
        }
    }
}

/// Adds what two blocks of neurons send to each other, through the same plastic couplings both ways.
#[inline]
fn add_above_diagonal(
    [to_low, to_high, synapses]: [&Tile; 3],
    low: &Block,
    high: &Block,
    low_sums: &mut Block,
    high_sums: &mut Block,
) {
    let tile_rows = rows(to_low).iter().zip(rows(to_high)).zip(rows(synapses));
    for (((to_low, to_high), a), (low_sum, &low_rate)) in tile_rows.zip(low_sums.iter_mut().zip(low)) {
        for ((&j, &a), &high_rate) in to_low.iter().zip(a).zip(high) {
            *low_sum += (j + a) * high_rate;
        }
        for ((high_sum, &j), &a) in high_sums.iter_mut().zip(to_high).zip(a) {
            *high_sum += (j + a) * low_rate;
        }
    }
}
