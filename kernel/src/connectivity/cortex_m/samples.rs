//! The samples of the compact network, four neurons at a time. No instruction of the DSP extension: Rust's target for
//! the Cortex-M33 does not have it.

use core::arch::asm;

use crate::connectivity::compact::samples::{self as portable, BLOCK};

/// Adds the products of four rates with the samples at a place.
macro_rules! multiply_place {
    () => {
        "ldr r8, [{samples}]
        ldr r9, [{products}]
        add {samples}, {stride}
        sxtb r10, r8
        mla r9, r10, {a}, r9
        sxtb r10, r8, ror #8
        mla r9, r10, {b}, r9
        sxtb r10, r8, ror #16
        mla r9, r10, {c}, r9
        sxtb r10, r8, ror #24
        mla r9, r10, {d}, r9
        str r9, [{products}], #4
        "
    };
}

/// Adds four samples at a place, times its coefficient.
macro_rules! combine_place {
    () => {
        "ldr r8, [{samples}]
        ldr r9, [{coefficients}], #4
        add {samples}, {stride}
        sxtb r10, r8
        mla {a}, r10, r9, {a}
        sxtb r10, r8, ror #8
        mla {b}, r10, r9, {b}
        sxtb r10, r8, ror #16
        mla {c}, r10, r9, {c}
        sxtb r10, r8, ror #24
        mla {d}, r10, r9, {d}
        "
    };
}

/// Whether a block of neurons is there at each of so many places.
fn are_there(samples: &[i8], stride: usize, places: usize) -> bool {
    places > 0
        && (places - 1)
            .checked_mul(stride)
            .and_then(|start| start.checked_add(BLOCK))
            .is_some_and(|end| end <= samples.len())
}

/// The twin of `samples::multiply`.
#[inline]
pub(in crate::connectivity) fn multiply(
    samples: &[i8],
    stride: usize,
    coarse: &[i32; BLOCK],
    products: &mut [i32],
) {
    if !are_there(samples, stride, products.len()) {
        return portable::multiply(samples, stride, coarse, products);
    }
    for (half, &[a, b, c, d]) in coarse.as_chunks::<4>().0.iter().enumerate() {
        // SAFETY: a block of eight samples is at each place, of which this takes one half, and `products` has an
        // element for each; a word of samples need not be aligned.
        unsafe {
            asm!(
                "tst {places}, #1",
                "beq 2f",
                multiply_place!(),
                "2:",
                "lsrs {places}, #1",
                "beq 4f",
                "3:",
                multiply_place!(),
                multiply_place!(),
                "subs {places}, #1",
                "bne 3b",
                "4:",
                samples = inout(reg) samples.as_ptr().wrapping_add(4 * half) => _,
                stride = in(reg) stride,
                places = inout(reg) products.len() => _,
                products = inout(reg) products.as_mut_ptr() => _,
                a = in(reg) a,
                b = in(reg) b,
                c = in(reg) c,
                d = in(reg) d,
                out("r8") _, out("r9") _, out("r10") _,
                options(nostack),
            );
        }
    }
}

/// The twin of `samples::combine`.
#[inline]
pub(in crate::connectivity) fn combine(samples: &[i8], stride: usize, coefficients: &[i32]) -> [i32; BLOCK] {
    if !are_there(samples, stride, coefficients.len()) {
        return portable::combine(samples, stride, coefficients);
    }
    let mut sums = [0; BLOCK];
    for (half, sums) in sums.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let (a, b, c, d): (i32, i32, i32, i32);
        // SAFETY: a block of eight samples is at each place, of which this takes one half, and `coefficients` has an
        // element for each; a word of samples need not be aligned.
        unsafe {
            asm!(
                "tst {places}, #1",
                "beq 2f",
                combine_place!(),
                "2:",
                "lsrs {places}, #1",
                "beq 4f",
                "3:",
                combine_place!(),
                combine_place!(),
                "subs {places}, #1",
                "bne 3b",
                "4:",
                samples = inout(reg) samples.as_ptr().wrapping_add(4 * half) => _,
                stride = in(reg) stride,
                places = inout(reg) coefficients.len() => _,
                coefficients = inout(reg) coefficients.as_ptr() => _,
                a = inout(reg) 0 => a,
                b = inout(reg) 0 => b,
                c = inout(reg) 0 => c,
                d = inout(reg) 0 => d,
                out("r8") _, out("r9") _, out("r10") _,
                options(nostack),
            );
        }
        *sums = [a, b, c, d];
    }
    sums
}
