//! J + A merged while the plastic couplings stand still: panels of 16 rows, column after column.

use super::tiles::Tile;
use super::{DenseCouplings, PackedSynapses};
use crate::values::SizeError;

/// Rows of a panel.
pub(super) const ROWS: usize = 16;
/// One column of a panel; a tile has as many elements, which is a coincidence.
pub(super) type Column = Tile;

/// Number of `f32` in which the couplings of `n` frozen neurons are merged: N^2, rows padded to whole panels.
pub const fn merged_len(n: usize) -> usize {
    n.div_ceil(ROWS).saturating_mul(ROWS).saturating_mul(n)
}

/// A lent buffer, and whether it holds the present couplings.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    values: &'a mut [f32],
    are_merged: bool,
}

impl<'a> Merged<'a> {
    /// Takes the first [`merged_len`]`(n)` elements of a buffer.
    pub fn new(buffer: &'a mut [f32], n: usize) -> Result<Self, SizeError> {
        let (expected, found) = (merged_len(n), buffer.len());
        let values = buffer.get_mut(..expected).ok_or(SizeError {
            what: "the buffer of merged couplings",
            expected,
            found,
        })?;
        Ok(Self {
            values,
            are_merged: false,
        })
    }

    /// `J_ij + A_ij`, rounded as in every step.
    pub fn merge(&mut self, couplings: &DenseCouplings<'_>, synapses: &PackedSynapses<'_>) {
        let n = couplings.n();
        let panels = self.values.chunks_exact_mut((ROWS * n).max(1));
        for (panel, first) in panels.zip((0..n).step_by(ROWS)) {
            for (j, column) in panel.as_chunks_mut::<ROWS>().0.iter_mut().enumerate() {
                for (i, value) in (first..).zip(column) {
                    // rows beyond the last are silent
                    let terms = couplings.get(i, j).zip(synapses.get(i, j));
                    *value = terms.map_or(0.0, |(coupling, synapse)| coupling + synapse);
                }
            }
        }
        self.are_merged = true;
    }

    /// The couplings have changed.
    pub fn forget(&mut self) {
        self.are_merged = false;
    }

    /// The columns of all panels, one panel after the other, if they hold the present couplings.
    pub fn columns(&self) -> Option<&[Column]> {
        self.are_merged.then_some(self.values.as_chunks().0)
    }
}

/// For each row i: `s = 0`, then `s = s + (J_ij + A_ij) phi_j` for j ascending; no fused multiply-add. The work is
/// done by `drive_panel`, this module's or its hand-written twin.
#[inline]
pub(super) fn drive(
    columns: &[Column],
    phi: &[f32],
    drive: &mut [f32],
    drive_panel: impl Fn(&[Column], &[f32], &mut [f32; ROWS]),
) {
    let mut panels = columns.chunks_exact(phi.len().max(1));
    let (sums, tail) = drive.as_chunks_mut::<ROWS>();
    for (sums, panel) in sums.iter_mut().zip(&mut panels) {
        drive_panel(panel, phi, sums);
    }
    if let Some(panel) = panels.next() {
        let mut sums = [0.0; ROWS];
        drive_panel(panel, phi, &mut sums);
        for (slot, sum) in tail.iter_mut().zip(sums) {
            *slot = sum;
        }
    }
}

/// What the rows of one panel receive.
#[inline]
pub(super) fn drive_panel(panel: &[Column], phi: &[f32], drive: &mut [f32; ROWS]) {
    // Apart from `drive`, so that the sums can stay in registers.
    let mut sums = [0.0; ROWS];
    for (column, &rate) in panel.iter().zip(phi) {
        for (sum, &coupling) in sums.iter_mut().zip(column) {
            *sum += coupling * rate;
        }
    }
    *drive = sums;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Connectivity, Exact, Generator, Params, Purpose, couplings_len, synapses_len};
    use std::{vec, vec::Vec};

    #[test]
    fn merged_couplings_drive_with_the_bits_of_the_walk() {
        let params = Params {
            g: 3.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        for n in [1, 3, 15, 16, 17, 33, 64] {
            let dynamics = params.validate(n).unwrap();
            let (mut j, mut a) = (vec![0.0; couplings_len(n)], vec![0.0; synapses_len(n)]);
            let mut generator = Generator::new(1, 0, Purpose::Couplings);
            let couplings = DenseCouplings::seed(&mut j, &dynamics, &mut generator).unwrap();
            let mut buffer = vec![f32::NAN; merged_len(n) + 5];
            let mut exact = Exact::new(couplings, PackedSynapses::new(&mut a, n).unwrap())
                .unwrap()
                .with_merge_buffer(&mut buffer)
                .unwrap();
            let phi: Vec<f32> = (0..n).map(|i| libm::sinf(i as f32 + 0.3)).collect();
            let drive = |exact: &mut Exact<'_>| {
                let mut drive = vec![0.0; n];
                exact.drive(&dynamics, &phi, &mut drive);
                drive.into_iter().map(f32::to_bits).collect::<Vec<_>>()
            };
            for _ in 0..3 {
                exact.learn(&dynamics, &phi);
                let walked = drive(&mut exact);
                exact.freeze();
                assert_eq!(drive(&mut exact), walked, "{n} neurons");
            }
        }
    }

    #[test]
    fn a_buffer_too_small_is_refused() {
        assert_eq!(merged_len(17), 32 * 17);
        assert!(Merged::new(&mut [0.0; 32 * 17 - 1], 17).is_err());
    }
}
