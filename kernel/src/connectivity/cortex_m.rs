//! The inner loops of the exact network, hand-written for Cortex-M with a floating-point unit.
//!
//! The same operations as in `walk.rs`, hence the same bits, in another order: many loads at once (VLDM costs one
//! cycle per register and one more), multiplications and additions apart (VMLA and VFMA cost 3 cycles, and VFMA
//! rounds otherwise), and no result used by the instruction that follows it (which would wait a cycle).

use core::arch::asm;
use core::slice;

use super::merged::{Column, ROWS};
use super::tiles::{Block, EDGE, Tile, padded};
use super::walk::{self, Driving, Learning, Low, Pair, Visit};

/// Where a walk has come: the next tiles, and the block of neurons whose row of tiles is next.
struct Place {
    couplings: *const Tile,
    synapses: *mut Tile,
    rates: *const Block,
    sums: *mut Block,
}

/// A column of a panel: `$rate` is its neuron's; the sums of the rows are in s0 to s15.
macro_rules! panel_column {
    ($rate:literal) => {
        concat!(
            "vldmia {columns}!, {{s24-s31}}\n",
            "vmul.f32 s24, s24, ",
            $rate,
            "\n",
            "vmul.f32 s25, s25, ",
            $rate,
            "\n",
            "vmul.f32 s26, s26, ",
            $rate,
            "\n",
            "vmul.f32 s27, s27, ",
            $rate,
            "\n",
            "vmul.f32 s28, s28, ",
            $rate,
            "\n",
            "vmul.f32 s29, s29, ",
            $rate,
            "\n",
            "vmul.f32 s30, s30, ",
            $rate,
            "\n",
            "vmul.f32 s31, s31, ",
            $rate,
            "\n",
            "vadd.f32 s0, s0, s24\n",
            "vadd.f32 s1, s1, s25\n",
            "vadd.f32 s2, s2, s26\n",
            "vadd.f32 s3, s3, s27\n",
            "vadd.f32 s4, s4, s28\n",
            "vadd.f32 s5, s5, s29\n",
            "vadd.f32 s6, s6, s30\n",
            "vadd.f32 s7, s7, s31\n",
            "vldmia {columns}!, {{s24-s31}}\n",
            "vmul.f32 s24, s24, ",
            $rate,
            "\n",
            "vmul.f32 s25, s25, ",
            $rate,
            "\n",
            "vmul.f32 s26, s26, ",
            $rate,
            "\n",
            "vmul.f32 s27, s27, ",
            $rate,
            "\n",
            "vmul.f32 s28, s28, ",
            $rate,
            "\n",
            "vmul.f32 s29, s29, ",
            $rate,
            "\n",
            "vmul.f32 s30, s30, ",
            $rate,
            "\n",
            "vmul.f32 s31, s31, ",
            $rate,
            "\n",
            "vadd.f32 s8, s8, s24\n",
            "vadd.f32 s9, s9, s25\n",
            "vadd.f32 s10, s10, s26\n",
            "vadd.f32 s11, s11, s27\n",
            "vadd.f32 s12, s12, s28\n",
            "vadd.f32 s13, s13, s29\n",
            "vadd.f32 s14, s14, s30\n",
            "vadd.f32 s15, s15, s31\n",
        )
    };
}

/// The twin of `merged::drive_panel`.
#[inline]
pub(super) fn drive_panel(panel: &[Column], phi: &[f32], sums: &mut [f32; ROWS]) {
    let count = panel.len().min(phi.len());
    // SAFETY: `panel` and `phi` have at least `count` elements. The first loop takes eight of both while there
    // are eight, the second one at a time until there are none; `sums` has 16 elements. All of it is aligned to
    // 4 bytes.
    unsafe {
        asm!(
            "vldmia {sums}, {{s0-s15}}",
            "subs {count}, #8",
            "blo.w 3f",
            "2:",
            "vldmia {rates}!, {{s16-s23}}",
            panel_column!("s16"),
            panel_column!("s17"),
            panel_column!("s18"),
            panel_column!("s19"),
            panel_column!("s20"),
            panel_column!("s21"),
            panel_column!("s22"),
            panel_column!("s23"),
            "subs {count}, #8",
            "bhs.w 2b",
            "3:",
            "adds {count}, #8",
            "beq.w 5f",
            "4:",
            "vldmia {rates}!, {{s16}}",
            panel_column!("s16"),
            "subs {count}, #1",
            "bne.w 4b",
            "5:",
            "vstmia {sums}, {{s0-s15}}",
            sums = in(reg) sums.as_mut_ptr(),
            columns = inout(reg) panel.as_ptr() => _,
            rates = inout(reg) phi.as_ptr() => _,
            count = inout(reg) count => _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _,
            out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _, out("s12") _, out("s13") _,
            out("s14") _, out("s15") _, out("s16") _, out("s17") _, out("s18") _, out("s19") _,
            out("s20") _, out("s21") _, out("s22") _, out("s23") _, out("s24") _, out("s25") _,
            out("s26") _, out("s27") _, out("s28") _, out("s29") _, out("s30") _, out("s31") _,
            options(nostack),
        );
    }
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

/// One row of a tile, both directions and the plasticity rule. In: `$sum`, `$rate` and `$scaled` of the low neuron.
///
/// | s12 | s13 to s15 | s16 to s19 | s20 to s23 | s24 to s27 | s28 to s31 |
/// |---|---|---|---|---|---|
/// | retention | products | rates of the high neurons | their sums | A | J, then products |
macro_rules! plastic_row {
    ($sum:literal, $rate:literal, $scaled:literal) => {
        concat!(
            "vldmia {to_low}!, {{s28-s31}}\n",
            "vldmia {synapses}, {{s24-s27}}\n",
            "vadd.f32 s28, s28, s24\n",
            "vadd.f32 s29, s29, s25\n",
            "vadd.f32 s30, s30, s26\n",
            "vadd.f32 s31, s31, s27\n",
            "vmul.f32 s28, s28, s16\n",
            "vmul.f32 s29, s29, s17\n",
            "vmul.f32 s30, s30, s18\n",
            "vmul.f32 s31, s31, s19\n",
            // the four additions depend on each other: learning fills the gaps
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s28\n",
            "vmul.f32 s13, ",
            $scaled,
            ", s16\n",
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s29\n",
            "vmul.f32 s14, ",
            $scaled,
            ", s17\n",
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s30\n",
            "vmul.f32 s15, ",
            $scaled,
            ", s18\n",
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s31\n",
            "vldmia {to_high}!, {{s28-s31}}\n",
            "vadd.f32 s28, s28, s24\n",
            "vadd.f32 s29, s29, s25\n",
            "vadd.f32 s30, s30, s26\n",
            "vadd.f32 s31, s31, s27\n",
            "vmul.f32 s28, s28, ",
            $rate,
            "\n",
            "vmul.f32 s29, s29, ",
            $rate,
            "\n",
            "vmul.f32 s30, s30, ",
            $rate,
            "\n",
            "vmul.f32 s31, s31, ",
            $rate,
            "\n",
            "vadd.f32 s20, s20, s28\n",
            "vmul.f32 s28, ",
            $scaled,
            ", s19\n",
            "vmul.f32 s24, s24, s12\n",
            "vmul.f32 s25, s25, s12\n",
            "vmul.f32 s26, s26, s12\n",
            "vmul.f32 s27, s27, s12\n",
            "vadd.f32 s24, s24, s13\n",
            "vadd.f32 s25, s25, s14\n",
            "vadd.f32 s26, s26, s15\n",
            "vadd.f32 s27, s27, s28\n",
            "vadd.f32 s21, s21, s29\n",
            "vadd.f32 s22, s22, s30\n",
            "vadd.f32 s23, s23, s31\n",
            "vstmia {synapses}!, {{s24-s27}}\n",
        )
    };
}

/// One row of a tile on the diagonal with the plasticity rule: `$sum` of its neuron, and for each column the two
/// factors of what is learnt. Registers as in `plastic_row`, with the rates of the block in s0 to s3.
macro_rules! plastic_diagonal_row {
    ($sum:literal, $($scaled:literal $rate:literal),+) => {
        plastic_diagonal_row!(@ $sum, $(concat!($scaled, ", ", $rate, "\n")),+)
    };
    (@ $sum:literal, $first:expr, $second:expr, $third:expr, $fourth:expr) => {
        concat!(
            "vldmia {to_low}!, {{s28-s31}}\n",
            "vldmia {synapses}, {{s24-s27}}\n",
            "vadd.f32 s28, s28, s24\n",
            "vadd.f32 s29, s29, s25\n",
            "vadd.f32 s30, s30, s26\n",
            "vadd.f32 s31, s31, s27\n",
            "vmul.f32 s28, s28, s0\n",
            "vmul.f32 s29, s29, s1\n",
            "vmul.f32 s30, s30, s2\n",
            "vmul.f32 s31, s31, s3\n",
            "vadd.f32 ", $sum, ", ", $sum, ", s28\n",
            "vmul.f32 s13, ", $first,
            "vadd.f32 ", $sum, ", ", $sum, ", s29\n",
            "vmul.f32 s14, ", $second,
            "vadd.f32 ", $sum, ", ", $sum, ", s30\n",
            "vmul.f32 s15, ", $third,
            "vmul.f32 s28, ", $fourth,
            "vmul.f32 s24, s24, s12\n",
            "vmul.f32 s25, s25, s12\n",
            "vmul.f32 s26, s26, s12\n",
            "vmul.f32 s27, s27, s12\n",
            "vadd.f32 s24, s24, s13\n",
            "vadd.f32 s25, s25, s14\n",
            "vadd.f32 s26, s26, s15\n",
            "vadd.f32 s27, s27, s28\n",
            "vadd.f32 ", $sum, ", ", $sum, ", s31\n",
            "vstmia {synapses}!, {{s24-s27}}\n",
        )
    };
}

/// Two rows of a tile, both directions: `$sum` and `$rate` of two low neurons.
///
/// | s8 to s11 | s12 to s15 | s16 to s23 | s24 to s31 |
/// |---|---|---|---|
/// | rates of the high neurons | their sums | A | J, then products |
macro_rules! frozen_rows {
    ($sum:literal, $rate:literal, $next_sum:literal, $next_rate:literal) => {
        concat!(
            "vldmia {to_low}!, {{s24-s31}}\n",
            "vldmia {synapses}!, {{s16-s23}}\n",
            "vadd.f32 s24, s24, s16\n",
            "vadd.f32 s25, s25, s17\n",
            "vadd.f32 s26, s26, s18\n",
            "vadd.f32 s27, s27, s19\n",
            "vadd.f32 s28, s28, s20\n",
            "vadd.f32 s29, s29, s21\n",
            "vadd.f32 s30, s30, s22\n",
            "vadd.f32 s31, s31, s23\n",
            "vmul.f32 s24, s24, s8\n",
            "vmul.f32 s25, s25, s9\n",
            "vmul.f32 s26, s26, s10\n",
            "vmul.f32 s27, s27, s11\n",
            "vmul.f32 s28, s28, s8\n",
            "vmul.f32 s29, s29, s9\n",
            "vmul.f32 s30, s30, s10\n",
            "vmul.f32 s31, s31, s11\n",
            // two chains of additions, in turn
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s24\n",
            "vadd.f32 ",
            $next_sum,
            ", ",
            $next_sum,
            ", s28\n",
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s25\n",
            "vadd.f32 ",
            $next_sum,
            ", ",
            $next_sum,
            ", s29\n",
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s26\n",
            "vadd.f32 ",
            $next_sum,
            ", ",
            $next_sum,
            ", s30\n",
            "vadd.f32 ",
            $sum,
            ", ",
            $sum,
            ", s27\n",
            "vadd.f32 ",
            $next_sum,
            ", ",
            $next_sum,
            ", s31\n",
            "vldmia {to_high}!, {{s24-s31}}\n",
            "vadd.f32 s24, s24, s16\n",
            "vadd.f32 s25, s25, s17\n",
            "vadd.f32 s26, s26, s18\n",
            "vadd.f32 s27, s27, s19\n",
            "vadd.f32 s28, s28, s20\n",
            "vadd.f32 s29, s29, s21\n",
            "vadd.f32 s30, s30, s22\n",
            "vadd.f32 s31, s31, s23\n",
            "vmul.f32 s24, s24, ",
            $rate,
            "\n",
            "vmul.f32 s25, s25, ",
            $rate,
            "\n",
            "vmul.f32 s26, s26, ",
            $rate,
            "\n",
            "vmul.f32 s27, s27, ",
            $rate,
            "\n",
            "vmul.f32 s28, s28, ",
            $next_rate,
            "\n",
            "vmul.f32 s29, s29, ",
            $next_rate,
            "\n",
            "vmul.f32 s30, s30, ",
            $next_rate,
            "\n",
            "vmul.f32 s31, s31, ",
            $next_rate,
            "\n",
            "vadd.f32 s12, s12, s24\n",
            "vadd.f32 s13, s13, s25\n",
            "vadd.f32 s14, s14, s26\n",
            "vadd.f32 s15, s15, s27\n",
            "vadd.f32 s12, s12, s28\n",
            "vadd.f32 s13, s13, s29\n",
            "vadd.f32 s14, s14, s30\n",
            "vadd.f32 s15, s15, s31\n",
        )
    };
}

/// The row of tiles of one block: with itself, then with each of the `later` blocks. Moves on to the next row.
///
/// # Safety
///
/// From the place on there are `1 + 2 later` tiles of couplings, `1 + later` tiles of synapses, and `1 + later`
/// blocks of rates and of sums.
#[inline(always)]
unsafe fn drive_row(place: &mut Place, later: usize) {
    // SAFETY: reads and writes what the caller promises, all of it aligned to 4 bytes; `synapses` is only read.
    unsafe {
        asm!(
            "vldmia {rates}!, {{s0-s3}}",
            "vldmia {sums}, {{s4-s7}}",
            // with itself: all of J, then A row by row
            "vldmia {to_low}!, {{s16-s31}}",
            "vldmia {synapses}!, {{s12-s15}}",
            "vadd.f32 s16, s16, s12",
            "vadd.f32 s17, s17, s13",
            "vadd.f32 s18, s18, s14",
            "vadd.f32 s19, s19, s15",
            "vldmia {synapses}!, {{s12-s15}}",
            "vadd.f32 s20, s20, s12",
            "vadd.f32 s21, s21, s13",
            "vadd.f32 s22, s22, s14",
            "vadd.f32 s23, s23, s15",
            "vldmia {synapses}!, {{s12-s15}}",
            "vadd.f32 s24, s24, s12",
            "vadd.f32 s25, s25, s13",
            "vadd.f32 s26, s26, s14",
            "vadd.f32 s27, s27, s15",
            "vldmia {synapses}!, {{s12-s15}}",
            "vadd.f32 s28, s28, s12",
            "vadd.f32 s29, s29, s13",
            "vadd.f32 s30, s30, s14",
            "vadd.f32 s31, s31, s15",
            "vmul.f32 s16, s16, s0",
            "vmul.f32 s20, s20, s0",
            "vmul.f32 s24, s24, s0",
            "vmul.f32 s28, s28, s0",
            "vmul.f32 s17, s17, s1",
            "vmul.f32 s21, s21, s1",
            "vmul.f32 s25, s25, s1",
            "vmul.f32 s29, s29, s1",
            "vmul.f32 s18, s18, s2",
            "vmul.f32 s22, s22, s2",
            "vmul.f32 s26, s26, s2",
            "vmul.f32 s30, s30, s2",
            "vmul.f32 s19, s19, s3",
            "vmul.f32 s23, s23, s3",
            "vmul.f32 s27, s27, s3",
            "vmul.f32 s31, s31, s3",
            // four chains of additions, in turn
            "vadd.f32 s4, s4, s16",
            "vadd.f32 s5, s5, s20",
            "vadd.f32 s6, s6, s24",
            "vadd.f32 s7, s7, s28",
            "vadd.f32 s4, s4, s17",
            "vadd.f32 s5, s5, s21",
            "vadd.f32 s6, s6, s25",
            "vadd.f32 s7, s7, s29",
            "vadd.f32 s4, s4, s18",
            "vadd.f32 s5, s5, s22",
            "vadd.f32 s6, s6, s26",
            "vadd.f32 s7, s7, s30",
            "vadd.f32 s4, s4, s19",
            "vadd.f32 s5, s5, s23",
            "vadd.f32 s6, s6, s27",
            "vadd.f32 s7, s7, s31",
            "mov {high_sums}, {sums}",
            "adds {high_sums}, #16",
            "mov {next}, {rates}",
            "cmp {later}, #0",
            "beq.w 3f",
            "add {to_high}, {to_low}, #64",
            "2:",
            "vldmia {rates}!, {{s8-s11}}",
            "vldmia {high_sums}, {{s12-s15}}",
            frozen_rows!("s4", "s0", "s5", "s1"),
            frozen_rows!("s6", "s2", "s7", "s3"),
            "vstmia {high_sums}!, {{s12-s15}}",
            "add {to_low}, #64",
            "add {to_high}, #64",
            "subs {later}, #1",
            "bne 2b",
            "3:",
            "vstmia {sums}!, {{s4-s7}}",
            to_low = inout(reg) place.couplings,
            to_high = out(reg) _,
            synapses = inout(reg) place.synapses,
            rates = inout(reg) place.rates => _,
            next = out(reg) place.rates,
            sums = inout(reg) place.sums,
            high_sums = out(reg) _,
            later = inout(reg) later => _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _,
            out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _, out("s12") _, out("s13") _,
            out("s14") _, out("s15") _, out("s16") _, out("s17") _, out("s18") _, out("s19") _,
            out("s20") _, out("s21") _, out("s22") _, out("s23") _, out("s24") _, out("s25") _,
            out("s26") _, out("s27") _, out("s28") _, out("s29") _, out("s30") _, out("s31") _,
            options(nostack),
        );
    }
}

/// [`drive_row`], and what each synapse learns once it has been used; `constants` are retention and increment.
///
/// # Safety
///
/// As for `drive_row`, and nothing else refers to the synapses.
#[inline(always)]
unsafe fn drive_and_learn_row(place: &mut Place, constants: &[f32; 2], later: usize) {
    // SAFETY: reads and writes what the caller promises, and reads `constants`; all of it is aligned to 4 bytes.
    unsafe {
        asm!(
            "vldmia {constants}, {{s12-s13}}",
            "vldmia {rates}!, {{s0-s3}}",
            "vldmia {sums}, {{s8-s11}}",
            "vmul.f32 s4, s13, s0",
            "vmul.f32 s5, s13, s1",
            "vmul.f32 s6, s13, s2",
            "vmul.f32 s7, s13, s3",
            plastic_diagonal_row!("s8", "s4" "s0", "s4" "s1", "s4" "s2", "s4" "s3"),
            plastic_diagonal_row!("s9", "s4" "s1", "s5" "s1", "s5" "s2", "s5" "s3"),
            plastic_diagonal_row!("s10", "s4" "s2", "s5" "s2", "s6" "s2", "s6" "s3"),
            plastic_diagonal_row!("s11", "s4" "s3", "s5" "s3", "s6" "s3", "s7" "s3"),
            "mov {high_sums}, {sums}",
            "adds {high_sums}, #16",
            "mov {next}, {rates}",
            "cmp {later}, #0",
            "beq.w 3f",
            "add {to_high}, {to_low}, #64",
            "2:",
            "vldmia {rates}!, {{s16-s19}}",
            "vldmia {high_sums}, {{s20-s23}}",
            plastic_row!("s8", "s0", "s4"),
            plastic_row!("s9", "s1", "s5"),
            plastic_row!("s10", "s2", "s6"),
            plastic_row!("s11", "s3", "s7"),
            "vstmia {high_sums}!, {{s20-s23}}",
            "add {to_low}, #64",
            "add {to_high}, #64",
            "subs {later}, #1",
            "bne 2b",
            "3:",
            "vstmia {sums}!, {{s8-s11}}",
            constants = in(reg) constants.as_ptr(),
            to_low = inout(reg) place.couplings,
            to_high = out(reg) _,
            synapses = inout(reg) place.synapses,
            rates = inout(reg) place.rates => _,
            next = out(reg) place.rates,
            sums = inout(reg) place.sums,
            high_sums = out(reg) _,
            later = inout(reg) later => _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _,
            out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _, out("s12") _, out("s13") _,
            out("s14") _, out("s15") _, out("s16") _, out("s17") _, out("s18") _, out("s19") _,
            out("s20") _, out("s21") _, out("s22") _, out("s23") _, out("s24") _, out("s25") _,
            out("s26") _, out("s27") _, out("s28") _, out("s29") _, out("s30") _, out("s31") _,
            options(nostack),
        );
    }
}
