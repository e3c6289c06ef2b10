//! The default tanh, hand-written for Cortex-M with a floating-point unit: four at a time.
//!
//! The operations of [`tanh::value`], hence the same bits: conversions to and from fixed point with four fractional
//! bits round towards zero, which is the product with 16 and its truncation at once. No result is used by the
//! instruction that follows it, and the four coefficients of a cubic are loaded at once.

use core::arch::asm;

use crate::arithmetic::tanh::{self, CUBICS};

/// Values worked on at a time.
const GROUP: usize = 4;

/// `phi = tanh(x)` for as many as both have.
pub(super) fn apply(x: &[f32], phi: &mut [f32]) {
    let (mut groups, tail) = x.as_chunks::<GROUP>();
    let (mut results, tail_results) = phi.as_chunks_mut::<GROUP>();
    loop {
        let done = on_table(groups, results);
        let (Some(&group), Some(result)) = (groups.get(done), results.get_mut(done)) else {
            break;
        };
        // one of the four lies near zero or beyond the table
        *result = group.map(|x| tanh::value(x));
        groups = groups.get(done + 1..).unwrap_or_default();
        results = results.get_mut(done + 1..).unwrap_or_default();
    }
    for (result, &x) in tail_results.iter_mut().zip(tail) {
        *result = tanh::value(x);
    }
}

/// The groups before the first one with a value that is not on the table; returns how many.
fn on_table(x: &[[f32; GROUP]], phi: &mut [[f32; GROUP]]) -> usize {
    let Some((_, cubics)) = CUBICS.split_first() else {
        return 0;
    };
    let groups = x.len().min(phi.len());
    if groups == 0 {
        return 0;
    }
    let left: usize;
    // SAFETY: reads `groups` groups of x and writes as many of phi, fewer where it stops early; an index is compared
    // with the length of the table before it is used. All of it is aligned to 4 bytes.
    unsafe {
        asm!(
            "2:",
            "vldmia {x}!, {{s0-s3}}",
            "vabs.f32 s8, s0",
            "vabs.f32 s9, s1",
            "vabs.f32 s10, s2",
            "vabs.f32 s11, s3",
            "vabs.f32 s4, s0",
            "vcvt.u32.f32 s8, s8, #4",
            "vcvt.u32.f32 s9, s9, #4",
            "vcvt.u32.f32 s10, s10, #4",
            "vcvt.u32.f32 s11, s11, #4",
            "vabs.f32 s5, s1",
            // number of the interval, less one: the first has a series of its own
            "vmov {a}, {b}, s8, s9",
            "vmov {c}, {d}, s10, s11",
            "sub {a}, {a}, #1",
            "sub {b}, {b}, #1",
            "sub {c}, {c}, #1",
            "sub {d}, {d}, #1",
            "cmp {a}, {intervals}",
            "ittt lo",
            "cmplo {b}, {intervals}",
            "cmplo {c}, {intervals}",
            "cmplo {d}, {intervals}",
            "bhs 3f",
            "add {a}, {cubics}, {a}, lsl #4",
            "add {b}, {cubics}, {b}, lsl #4",
            "add {c}, {cubics}, {c}, lsl #4",
            "add {d}, {cubics}, {d}, lsl #4",
            "vabs.f32 s6, s2",
            "vabs.f32 s7, s3",
            "vldmia {a}, {{s16-s19}}",
            "vldmia {b}, {{s20-s23}}",
            "vldmia {c}, {{s24-s27}}",
            "vldmia {d}, {{s28-s31}}",
            // distance from the left end of the interval
            "vcvt.f32.u32 s8, s8, #4",
            "vcvt.f32.u32 s9, s9, #4",
            "vcvt.f32.u32 s10, s10, #4",
            "vcvt.f32.u32 s11, s11, #4",
            "vsub.f32 s4, s4, s8",
            "vsub.f32 s5, s5, s9",
            "vsub.f32 s6, s6, s10",
            "vsub.f32 s7, s7, s11",
            "vmul.f32 s19, s4, s19",
            "vmul.f32 s23, s5, s23",
            "vmul.f32 s27, s6, s27",
            "vmul.f32 s31, s7, s31",
            "vadd.f32 s18, s18, s19",
            "vadd.f32 s22, s22, s23",
            "vadd.f32 s26, s26, s27",
            "vadd.f32 s30, s30, s31",
            "vmul.f32 s18, s4, s18",
            "vmul.f32 s22, s5, s22",
            "vmul.f32 s26, s6, s26",
            "vmul.f32 s30, s7, s30",
            "vadd.f32 s17, s17, s18",
            "vadd.f32 s21, s21, s22",
            "vadd.f32 s25, s25, s26",
            "vadd.f32 s29, s29, s30",
            "vmul.f32 s17, s4, s17",
            "vmul.f32 s21, s5, s21",
            "vmul.f32 s25, s6, s25",
            "vmul.f32 s29, s7, s29",
            "vadd.f32 s8, s16, s17",
            "vadd.f32 s9, s20, s21",
            "vadd.f32 s10, s24, s25",
            "vadd.f32 s11, s28, s29",
            // the sign of x
            "vmov {a}, {b}, s0, s1",
            "vmov {c}, {d}, s8, s9",
            "and {a}, {a}, #0x80000000",
            "and {b}, {b}, #0x80000000",
            "eor {c}, {c}, {a}",
            "eor {d}, {d}, {b}",
            "strd {c}, {d}, [{phi}], #8",
            "vmov {a}, {b}, s2, s3",
            "vmov {c}, {d}, s10, s11",
            "and {a}, {a}, #0x80000000",
            "and {b}, {b}, #0x80000000",
            "eor {c}, {c}, {a}",
            "eor {d}, {d}, {b}",
            "strd {c}, {d}, [{phi}], #8",
            "subs {left}, #1",
            "bne.w 2b",
            "3:",
            x = inout(reg) x.as_ptr() => _,
            phi = inout(reg) phi.as_mut_ptr() => _,
            left = inout(reg) groups => left,
            cubics = in(reg) cubics.as_ptr(),
            intervals = in(reg) cubics.len(),
            a = out(reg) _,
            b = out(reg) _,
            c = out(reg) _,
            d = out(reg) _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _,
            out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _, out("s16") _, out("s17") _,
            out("s18") _, out("s19") _, out("s20") _, out("s21") _, out("s22") _, out("s23") _, out("s24") _,
            out("s25") _, out("s26") _, out("s27") _, out("s28") _, out("s29") _, out("s30") _, out("s31") _,
            options(nostack),
        );
    }
    groups - left
}
