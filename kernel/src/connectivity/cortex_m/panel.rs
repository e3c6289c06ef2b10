//! Panels of merged couplings.

use core::arch::asm;

use crate::connectivity::merged::{Column, ROWS};

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
