//! Sixteen rows in four registers of WebAssembly.
//!
//! Nothing here is `unsafe`: an engine checks a whole module before it runs any of it, so a module that holds these
//! instructions never runs where they are not. Whether they are there is known when it is compiled.

use core::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, i32x4_shuffle, v128};

use super::tanh::LINES;
use super::{Block, LANES, Lanes, Rows, Tile, loops};
use crate::arithmetic::tanh::Cubic;

/// Lanes of a register.
const WIDTH: usize = 4;

#[derive(Clone, Copy)]
pub(super) struct Simd128([v128; LANES / WIDTH]);

impl Rows for Simd128 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([f32x4_splat(value); LANES / WIDTH])
    }

    #[inline(always)]
    fn load(values: &Block) -> Self {
        let mut rows = Self::splat(0.0);
        for (register, values) in rows.0.iter_mut().zip(values.as_chunks::<WIDTH>().0) {
            *register = quarter(values);
        }
        rows
    }

    #[inline(always)]
    fn store(self, values: &mut Block) {
        for (register, values) in self.0.into_iter().zip(values.as_chunks_mut::<WIDTH>().0) {
            *values = [
                f32x4_extract_lane::<0>(register),
                f32x4_extract_lane::<1>(register),
                f32x4_extract_lane::<2>(register),
                f32x4_extract_lane::<3>(register),
            ];
        }
    }

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for (register, other) in self.0.iter_mut().zip(other.0) {
            *register = f32x4_add(*register, other);
        }
        self
    }

    #[inline(always)]
    fn mul(mut self, other: Self) -> Self {
        for (register, other) in self.0.iter_mut().zip(other.0) {
            *register = f32x4_mul(*register, other);
        }
        self
    }

    #[inline(always)]
    fn select(self, rows: u16, other: Self) -> Self {
        let mut chosen = Lanes::ZERO;
        let (mut own, mut others) = (Lanes::ZERO, Lanes::ZERO);
        self.store(&mut own.0);
        other.store(&mut others.0);
        for (row, (slot, (own, other))) in chosen.0.iter_mut().zip(own.0.iter().zip(&others.0)).enumerate() {
            *slot = if rows >> row & 1 == 1 { *own } else { *other };
        }
        Self::load(&chosen.0)
    }

    #[inline(always)]
    fn coefficients(table: &[Cubic; LINES], lines: &[u8; LANES]) -> [Self; 4] {
        let mut coefficients = [Self::splat(0.0); 4];
        let [c0, c1, c2, c3] = &mut coefficients;
        let registers = c0.0.iter_mut().zip(&mut c1.0).zip(&mut c2.0).zip(&mut c3.0);
        for ((((c0, c1), c2), c3), &[l0, l1, l2, l3]) in registers.zip(lines.as_chunks::<WIDTH>().0) {
            [*c0, *c1, *c2, *c3] =
                transposed([line(table, l0), line(table, l1), line(table, l2), line(table, l3)]);
        }
        coefficients
    }

    #[inline(always)]
    fn transposed(tile: &Tile) -> [Self; LANES] {
        let mut rows = [Self::splat(0.0); LANES];
        for (place, columns) in tile.as_chunks::<WIDTH>().0.iter().enumerate() {
            let [c0, c1, c2, c3] = columns;
            let quarters = [c0, c1, c2, c3].map(|lanes| Self::load(&lanes.0).0);
            let [q0, q1, q2, q3] = quarters;
            let registers = q0.into_iter().zip(q1).zip(q2).zip(q3);
            for (rows, (((q0, q1), q2), q3)) in rows.as_chunks_mut::<WIDTH>().0.iter_mut().zip(registers) {
                for (row, register) in rows.iter_mut().zip(transposed([q0, q1, q2, q3])) {
                    if let Some(slot) = row.0.get_mut(place) {
                        *slot = register;
                    }
                }
            }
        }
        rows
    }
}

#[inline(always)]
fn quarter(&[v0, v1, v2, v3]: &[f32; WIDTH]) -> v128 {
    f32x4(v0, v1, v2, v3)
}

#[inline(always)]
fn line(table: &[Cubic; LINES], line: u8) -> v128 {
    quarter(table.get(usize::from(line)).unwrap_or(&[0.0; 4]))
}

/// Transposes four by four values.
#[inline(always)]
fn transposed([r0, r1, r2, r3]: [v128; 4]) -> [v128; 4] {
    let (low01, high01) = (
        i32x4_shuffle::<0, 4, 1, 5>(r0, r1),
        i32x4_shuffle::<2, 6, 3, 7>(r0, r1),
    );
    let (low23, high23) = (
        i32x4_shuffle::<0, 4, 1, 5>(r2, r3),
        i32x4_shuffle::<2, 6, 3, 7>(r2, r3),
    );
    [
        i32x4_shuffle::<0, 1, 4, 5>(low01, low23),
        i32x4_shuffle::<2, 3, 6, 7>(low01, low23),
        i32x4_shuffle::<0, 1, 4, 5>(high01, high23),
        i32x4_shuffle::<2, 3, 6, 7>(high01, high23),
    ]
}

loops!(Simd128);
