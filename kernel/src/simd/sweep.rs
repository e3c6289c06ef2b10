//! The loop over a panel of merged couplings, for any instruction set.
//!
//! A panel holds up to [`BLOCKS`] blocks of sixteen rows; its memory goes column by column, so that a sweep reads one
//! stream and keeps one sum per row in registers.

use super::{LANES, Lanes, Rows};

/// Blocks of sixteen rows in a full panel: enough sums at a time to hide the latency of an addition.
pub(crate) const BLOCKS: usize = 4;

/// `drive_i = sum over j of W_ij phi_j` for the rows of one panel.
#[inline(always)]
pub(super) fn drive_merged<R: Rows>(couplings: &[Lanes], phi: &[f32], drive: &mut [f32]) {
    match drive.len().div_ceil(LANES) {
        1 => drive_blocks::<R, 1>(couplings, phi, drive),
        2 => drive_blocks::<R, 2>(couplings, phi, drive),
        3 => drive_blocks::<R, 3>(couplings, phi, drive),
        _ => drive_blocks::<R, BLOCKS>(couplings, phi, drive),
    }
}

#[inline(always)]
fn drive_blocks<R: Rows, const B: usize>(couplings: &[Lanes], phi: &[f32], drive: &mut [f32]) {
    let mut sums = [R::splat(0.0); B];
    for (column, &rate) in couplings.as_chunks::<B>().0.iter().zip(phi) {
        let rate = R::splat(rate);
        for (sum, coupling) in sums.iter_mut().zip(column) {
            *sum = sum.add(R::load(&coupling.0).mul(rate));
        }
    }
    // The padding of the rows is dropped.
    for (sum, drive) in sums.into_iter().zip(drive.chunks_mut(LANES)) {
        let mut lanes = Lanes::ZERO;
        sum.store(&mut lanes.0);
        for (drive, value) in drive.iter_mut().zip(lanes.0) {
            *drive = value;
        }
    }
}
