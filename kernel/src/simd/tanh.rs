//! The kernel's own tanh for sixteen values at a time, by the operations of [`Tanh::value`](crate::Tanh).

use super::{LANES, Lanes, Rows};
use crate::arithmetic::tanh::{CUBICS, Cubic, PER_UNIT, SATURATION, taylor};

/// Bits of a float without its sign.
const MAGNITUDE: u32 = 0x7FFF_FFFF;
/// From here on the magnitude is on the table.
const FIRST: u32 = (1.0 / PER_UNIT as f32).to_bits();
/// From here on it is beyond the table, and tanh is 1.
const BEYOND: u32 = SATURATION.to_bits();
/// Above are the bits of what is not a number.
const INFINITY: u32 = f32::INFINITY.to_bits();
/// From here on floats are whole numbers: 2^23.
const ROUNDING: f32 = 8_388_608.0;

/// The cubics, then lines for 1: as many lines as a byte has values, so that every line is there.
static TABLE: [Cubic; LINES] = {
    let mut table = [[1.0, 0.0, 0.0, 0.0]; LINES];
    let (cubics, _) = table.split_at_mut(CUBICS.len());
    cubics.copy_from_slice(&CUBICS);
    table
};
pub(super) const LINES: usize = 256;

#[inline(always)]
pub(super) fn tanh<R: Rows>(x: &[f32], phi: &mut [f32]) {
    let (blocks, tail) = x.as_chunks::<LANES>();
    let (rates, tail_rates) = phi.as_chunks_mut::<LANES>();
    for (rates, &states) in rates.iter_mut().zip(blocks) {
        *rates = block::<R>(Lanes(states)).0;
    }
    if !tail.is_empty() {
        for (rate, value) in tail_rates.iter_mut().zip(block::<R>(Lanes::padded(tail)).0) {
            *rate = value;
        }
    }
}

#[inline(always)]
fn block<R: Rows>(x: Lanes) -> Lanes {
    let mut intervals = [0; LANES];
    let mut distances = Lanes::ZERO;
    for ((interval, distance), x) in intervals.iter_mut().zip(&mut distances.0).zip(x.0) {
        let magnitude = f32::from_bits((x.to_bits() & MAGNITUDE).min(BEYOND));
        let scaled = magnitude * PER_UNIT as f32;
        // Truncates: adding 2^23 rounds to the nearest whole number, which may be the next one. No instruction set
        // has a conversion that saturates as `as` does, and without one the compiler leaves the rows one by one.
        let nearest = scaled + ROUNDING;
        let whole = nearest - ROUNDING;
        let is_above = whole > scaled;
        *interval = (nearest.to_bits() - u32::from(is_above)) as u8;
        let whole = whole - if is_above { 1.0 } else { 0.0 };
        *distance = magnitude - whole * (1.0 / PER_UNIT as f32);
    }
    let t = R::load(&distances.0);
    let [c0, c1, c2, c3] = R::coefficients(&TABLE, &intervals);
    let mut values = Lanes::ZERO;
    c0.add(t.mul(c1.add(t.mul(c2.add(t.mul(c3))))))
        .store(&mut values.0);
    for (value, x) in values.0.iter_mut().zip(x.0) {
        let bits = x.to_bits() & MAGNITUDE;
        let magnitude = if (FIRST..=INFINITY).contains(&bits) {
            *value
        } else {
            taylor(f32::from_bits(bits))
        };
        *value = f32::from_bits(magnitude.to_bits() ^ (x.to_bits() ^ bits));
    }
    values
}
