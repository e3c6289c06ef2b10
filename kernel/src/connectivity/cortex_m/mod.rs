//! The inner loops of both networks, hand-written for Cortex-M with a floating-point unit.
//!
//! The same operations as in `walk.rs`, hence the same bits, in another order: many loads at once (VLDM costs one
//! cycle per register and one more), multiplications and additions apart (VMLA and VFMA cost 3 cycles, and VFMA
//! rounds otherwise), and no result used by the instruction that follows it (which would wait a cycle).

/// `register = register * factor`, one after the other.
macro_rules! multiply {
    ($($register:literal)+ by $factor:literal) => {
        concat!($("vmul.f32 ", $register, ", ", $register, ", ", $factor, "\n"),+)
    };
}

/// `sum = sum + term`, one after the other.
macro_rules! add {
    ($($term:literal to $sum:literal),+ $(,)?) => {
        concat!($("vadd.f32 ", $sum, ", ", $sum, ", ", $term, "\n"),+)
    };
}

mod frozen;
mod panel;
mod plastic;
mod samples;
mod signs;

pub(super) use panel::drive_panel;
pub(super) use samples::{combine, multiply};
pub(super) use signs::add_by_tables;

use core::slice;

use super::portable::{Low, Pair};
use super::tiles::{Block, EDGE, Tile, padded};
use super::walk::{self, Driving, Learning, Visit};
use frozen::drive_row;
use plastic::drive_and_learn_row;

/// Where a walk has come: the next tiles, and the block of neurons whose row of tiles is next.
struct Place {
    couplings: *const Tile,
    synapses: *mut Tile,
    rates: *const Block,
    sums: *mut Block,
}

/// The twin of `walk::drive`.
pub(super) fn drive(couplings: &[Tile], synapses: &[Tile], phi: &[f32], drive: &mut [f32]) {
    if !sizes_match(couplings, synapses, phi, drive) {
        return walk::drive(couplings, synapses, phi, drive);
    }
    let (blocks, tail) = phi.as_chunks::<EDGE>();
    let last = padded(tail);
    let mut last_sums = [0.0; EDGE];
    drive.fill(0.0);
    let mut place = Place {
        couplings: couplings.as_ptr(),
        synapses: synapses.as_ptr().cast_mut(),
        rates: blocks.as_ptr(),
        sums: drive.as_mut_ptr().cast(),
    };
    for later in (0..blocks.len()).rev() {
        // SAFETY: `place` is at the start of the row with `later` blocks to come, as `sizes_match` says.
        unsafe {
            drive_row(&mut place, later);
            if !tail.is_empty() {
                let synapses = slice::from_raw_parts(place.synapses, 1);
                place.last_pair(&mut Driving { synapses }, &last, &mut last_sums);
            }
        }
    }
    finish(
        couplings,
        &mut Driving {
            synapses: synapses.last_chunk::<1>().map_or(&[], |tile| tile),
        },
        last,
        last_sums,
        drive,
    );
}

/// The twin of `walk::drive_and_learn`.
pub(super) fn drive_and_learn(
    couplings: &[Tile],
    synapses: &mut [Tile],
    phi: &[f32],
    drive: &mut [f32],
    [retention, increment]: [f32; 2],
) {
    if !sizes_match(couplings, synapses, phi, drive) {
        return walk::drive_and_learn(couplings, synapses, phi, drive, [retention, increment]);
    }
    let (blocks, tail) = phi.as_chunks::<EDGE>();
    let last = padded(tail);
    let mut last_sums = [0.0; EDGE];
    drive.fill(0.0);
    let constants = [retention, increment];
    let learning = |synapses| Learning {
        synapses,
        retention,
        increment,
    };
    let mut place = Place {
        couplings: couplings.as_ptr(),
        synapses: synapses.as_mut_ptr(),
        rates: blocks.as_ptr(),
        sums: drive.as_mut_ptr().cast(),
    };
    for later in (0..blocks.len()).rev() {
        // SAFETY: as in `drive`; nothing else refers to the synapses while this loop runs.
        unsafe {
            drive_and_learn_row(&mut place, &constants, later);
            if !tail.is_empty() {
                let synapses = slice::from_raw_parts_mut(place.synapses, 1);
                place.last_pair(&mut learning(synapses), &last, &mut last_sums);
            }
        }
    }
    let last_tile = synapses.last_chunk_mut::<1>().map_or(&mut [][..], |tile| tile);
    finish(couplings, &mut learning(last_tile), last, last_sums, drive);
}

/// Whether there are as many tiles as a network of that many neurons has.
fn sizes_match(couplings: &[Tile], synapses: &[Tile], phi: &[f32], drive: &[f32]) -> bool {
    let blocks = phi.len().div_ceil(EDGE);
    phi.len() == drive.len()
        && couplings.len() == blocks * blocks
        && 2 * synapses.len() == blocks * (blocks + 1)
}

/// The padded last block with itself, if the network has one.
fn finish(couplings: &[Tile], visit: &mut impl Visit, last: Block, sums: Block, drive: &mut [f32]) {
    let tail_sums = drive.as_chunks_mut::<EDGE>().1;
    if let Some(diagonal) = couplings.last()
        && !tail_sums.is_empty()
    {
        let mut low = Low::new(&last, &sums);
        visit.diagonal(&mut low, diagonal);
        for (sum, value) in tail_sums.iter_mut().zip(low.sums) {
            *sum = value;
        }
    }
}

impl Place {
    /// The pair of tiles between the block before `rates` and the padded last block, in safe Rust.
    ///
    /// # Safety
    ///
    /// The block before is one of the network's, and the place is at that pair of tiles.
    unsafe fn last_pair(&mut self, visit: &mut impl Visit, last: &Block, last_sums: &mut Block) {
        // SAFETY: the caller's promise.
        let (rates, sums, pair) = unsafe {
            let pair = self.couplings.cast::<Pair>();
            self.couplings = self.couplings.add(2);
            self.synapses = self.synapses.add(1);
            (
                &*self.rates.sub(1),
                &mut *self.sums.sub(1),
                slice::from_raw_parts(pair, 1),
            )
        };
        let mut low = Low::new(rates, sums);
        visit.row(&mut low, pair, slice::from_ref(last), slice::from_mut(last_sums));
        *sums = low.sums;
    }
}
