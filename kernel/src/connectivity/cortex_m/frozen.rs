//! A row of tiles whose synapses stand still: what the neurons send to each other.

use core::arch::asm;

use super::Place;

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
            add!("s16" to "s24", "s17" to "s25", "s18" to "s26", "s19" to "s27"),
            add!("s20" to "s28", "s21" to "s29", "s22" to "s30", "s23" to "s31"),
            multiply!("s24" by "s8"),
            multiply!("s25" by "s9"),
            multiply!("s26" by "s10"),
            multiply!("s27" by "s11"),
            multiply!("s28" by "s8"),
            multiply!("s29" by "s9"),
            multiply!("s30" by "s10"),
            multiply!("s31" by "s11"),
            // two chains of additions, in turn
            add!("s24" to $sum, "s28" to $next_sum, "s25" to $sum, "s29" to $next_sum),
            add!("s26" to $sum, "s30" to $next_sum, "s27" to $sum, "s31" to $next_sum),
            "vldmia {to_high}!, {{s24-s31}}\n",
            add!("s16" to "s24", "s17" to "s25", "s18" to "s26", "s19" to "s27"),
            add!("s20" to "s28", "s21" to "s29", "s22" to "s30", "s23" to "s31"),
            multiply!("s24" "s25" "s26" "s27" by $rate),
            multiply!("s28" "s29" "s30" "s31" by $next_rate),
            add!("s24" to "s12", "s25" to "s13", "s26" to "s14", "s27" to "s15"),
            add!("s28" to "s12", "s29" to "s13", "s30" to "s14", "s31" to "s15"),
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
pub(super) unsafe fn drive_row(place: &mut Place, later: usize) {
    // SAFETY: reads and writes what the caller promises, all of it aligned to 4 bytes; `synapses` is only read.
    unsafe {
        asm!(
            "vldmia {rates}!, {{s0-s3}}",
            "vldmia {sums}, {{s4-s7}}",
            // with itself: all of J, then A row by row
            "vldmia {to_low}!, {{s16-s31}}",
            "vldmia {synapses}!, {{s12-s15}}",
            add!("s12" to "s16", "s13" to "s17", "s14" to "s18", "s15" to "s19"),
            "vldmia {synapses}!, {{s12-s15}}",
            add!("s12" to "s20", "s13" to "s21", "s14" to "s22", "s15" to "s23"),
            "vldmia {synapses}!, {{s12-s15}}",
            add!("s12" to "s24", "s13" to "s25", "s14" to "s26", "s15" to "s27"),
            "vldmia {synapses}!, {{s12-s15}}",
            add!("s12" to "s28", "s13" to "s29", "s14" to "s30", "s15" to "s31"),
            multiply!("s16" "s20" "s24" "s28" by "s0"),
            multiply!("s17" "s21" "s25" "s29" by "s1"),
            multiply!("s18" "s22" "s26" "s30" by "s2"),
            multiply!("s19" "s23" "s27" "s31" by "s3"),
            // four chains of additions, in turn
            add!("s16" to "s4", "s20" to "s5", "s24" to "s6", "s28" to "s7"),
            add!("s17" to "s4", "s21" to "s5", "s25" to "s6", "s29" to "s7"),
            add!("s18" to "s4", "s22" to "s5", "s26" to "s6", "s30" to "s7"),
            add!("s19" to "s4", "s23" to "s5", "s27" to "s6", "s31" to "s7"),
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
