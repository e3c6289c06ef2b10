//! A row of tiles in one pass: what the neurons send to each other, and what their synapses learn.

use core::arch::asm;

use super::Place;

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
            add!("s24" to "s28", "s25" to "s29", "s26" to "s30", "s27" to "s31"),
            multiply!("s28" by "s16"),
            multiply!("s29" by "s17"),
            multiply!("s30" by "s18"),
            multiply!("s31" by "s19"),
            // the four additions depend on each other: learning fills the gaps
            add!("s28" to $sum),
            "vmul.f32 s13, ", $scaled, ", s16\n",
            add!("s29" to $sum),
            "vmul.f32 s14, ", $scaled, ", s17\n",
            add!("s30" to $sum),
            "vmul.f32 s15, ", $scaled, ", s18\n",
            add!("s31" to $sum),
            "vldmia {to_high}!, {{s28-s31}}\n",
            add!("s24" to "s28", "s25" to "s29", "s26" to "s30", "s27" to "s31"),
            multiply!("s28" "s29" "s30" "s31" by $rate),
            add!("s28" to "s20"),
            "vmul.f32 s28, ", $scaled, ", s19\n",
            multiply!("s24" "s25" "s26" "s27" by "s12"),
            add!("s13" to "s24", "s14" to "s25", "s15" to "s26", "s28" to "s27"),
            add!("s29" to "s21", "s30" to "s22", "s31" to "s23"),
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
            add!("s24" to "s28", "s25" to "s29", "s26" to "s30", "s27" to "s31"),
            multiply!("s28" by "s0"),
            multiply!("s29" by "s1"),
            multiply!("s30" by "s2"),
            multiply!("s31" by "s3"),
            add!("s28" to $sum),
            "vmul.f32 s13, ", $first,
            add!("s29" to $sum),
            "vmul.f32 s14, ", $second,
            add!("s30" to $sum),
            "vmul.f32 s15, ", $third,
            "vmul.f32 s28, ", $fourth,
            multiply!("s24" "s25" "s26" "s27" by "s12"),
            add!("s13" to "s24", "s14" to "s25", "s15" to "s26", "s28" to "s27", "s31" to $sum),
            "vstmia {synapses}!, {{s24-s27}}\n",
        )
    };
}

/// [`drive_row`](super::drive_row), and what each synapse learns once it has been used; `constants` are retention and increment.
///
/// # Safety
///
/// As for `drive_row`, and nothing else refers to the synapses.
#[inline(always)]
pub(super) unsafe fn drive_and_learn_row(place: &mut Place, constants: &[f32; 2], later: usize) {
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
