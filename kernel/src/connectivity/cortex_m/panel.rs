//! Panels of merged couplings.

use core::arch::asm;

use crate::connectivity::merged::{Column, ROWS};

/// A column of a panel: `$rate` is its neuron's; the sums of the rows are in s0 to s15.
macro_rules! panel_column {
    ($rate:literal) => {
        concat!(
            "vldmia {columns}!, {{s24-s31}}\n",
            multiply!("s24" "s25" "s26" "s27" "s28" "s29" "s30" "s31" by $rate),
            add!("s24" to "s0", "s25" to "s1", "s26" to "s2", "s27" to "s3"),
            add!("s28" to "s4", "s29" to "s5", "s30" to "s6", "s31" to "s7"),
            "vldmia {columns}!, {{s24-s31}}\n",
            multiply!("s24" "s25" "s26" "s27" "s28" "s29" "s30" "s31" by $rate),
            add!("s24" to "s8", "s25" to "s9", "s26" to "s10", "s27" to "s11"),
            add!("s28" to "s12", "s29" to "s13", "s30" to "s14", "s31" to "s15"),
        )
    };
}

/// What the sums start from.
static ZEROS: [f32; ROWS] = [0.0; ROWS];

/// The twin of `merged::drive_panel`.
#[inline]
pub(in crate::connectivity) fn drive_panel(panel: &[Column], phi: &[f32], sums: &mut [f32; ROWS]) {
    let count = panel.len().min(phi.len());
    // SAFETY: `panel` and `phi` have at least `count` elements. The first loop takes eight of both while there
    // are eight, the second one at a time until there are none; `sums` and `ZEROS` have 16 elements. All of it is aligned to
    // 4 bytes.
    unsafe {
        asm!(
            "vldmia {zeros}, {{s0-s15}}",
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
            zeros = in(reg) ZEROS.as_ptr(),
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
