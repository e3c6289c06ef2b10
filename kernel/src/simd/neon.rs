//! Sixteen rows in four registers of NEON.
//!
//! SAFETY of every `unsafe` block below: the values of this type exist only within the loops at the end, which
//! [`Simd`](super::Simd) enters only where the instructions are.

use core::arch::aarch64::{
    float32x4_t, vaddq_f32, vbslq_f32, vdupq_n_f32, vdupq_n_u32, vld1q_f32, vld1q_u32, vmulq_f32, vst1q_f32,
    vtstq_u32,
};

use super::{Block, LANES, Lanes, Rows, Tile, loops};

/// Lanes of a register.
const WIDTH: usize = 4;

#[derive(Clone, Copy)]
pub(super) struct Neon([float32x4_t; LANES / WIDTH]);

impl Rows for Neon {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        // SAFETY: see the module.
        Self([unsafe { vdupq_n_f32(value) }; LANES / WIDTH])
    }

    #[inline(always)]
    fn load(values: &Block) -> Self {
        let mut rows = Self::splat(0.0);
        for (register, values) in rows.0.iter_mut().zip(values.as_chunks::<WIDTH>().0) {
            // SAFETY: see the module; a chunk holds four values.
            *register = unsafe { vld1q_f32(values.as_ptr()) };
        }
        rows
    }

    #[inline(always)]
    fn store(self, values: &mut Block) {
        for (register, values) in self.0.into_iter().zip(values.as_chunks_mut::<WIDTH>().0) {
            // SAFETY: see the module; a chunk holds four values.
            unsafe { vst1q_f32(values.as_mut_ptr(), register) }
        }
    }

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for (register, other) in self.0.iter_mut().zip(other.0) {
            // SAFETY: see the module.
            *register = unsafe { vaddq_f32(*register, other) };
        }
        self
    }

    #[inline(always)]
    fn mul(mut self, other: Self) -> Self {
        for (register, other) in self.0.iter_mut().zip(other.0) {
            // SAFETY: see the module.
            *register = unsafe { vmulq_f32(*register, other) };
        }
        self
    }

    #[inline(always)]
    fn select(mut self, rows: u16, other: Self) -> Self {
        const BITS: [u32; WIDTH] = [1, 2, 4, 8];
        for (register, (value, other)) in self.0.iter_mut().zip(other.0).enumerate() {
            let rows = u32::from(rows) >> (register * WIDTH);
            // SAFETY: see the module; the table holds four bits.
            *value = unsafe {
                let chosen = vtstq_u32(vld1q_u32(BITS.as_ptr()), vdupq_n_u32(rows));
                vbslq_f32(chosen, *value, other)
            };
        }
        self
    }
}

loops!(Neon, "neon");
