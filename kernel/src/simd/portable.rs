//! Sixteen rows in plain Rust: the safe twin of every instruction set.

use super::{Block, LANES, Lanes, Rows, Tile, loops};

#[derive(Clone, Copy)]
pub(super) struct Portable([f32; LANES]);

impl Rows for Portable {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    fn load(values: &Block) -> Self {
        Self(*values)
    }

    #[inline(always)]
    fn store(self, values: &mut Block) {
        *values = self.0;
    }

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for (value, other) in self.0.iter_mut().zip(other.0) {
            *value += other;
        }
        self
    }

    #[inline(always)]
    fn mul(mut self, other: Self) -> Self {
        for (value, other) in self.0.iter_mut().zip(other.0) {
            *value *= other;
        }
        self
    }

    #[inline(always)]
    fn select(mut self, rows: u16, other: Self) -> Self {
        for (row, (value, other)) in self.0.iter_mut().zip(other.0).enumerate() {
            *value = if rows >> row & 1 == 1 { *value } else { other };
        }
        self
    }
}

loops!(Portable);
