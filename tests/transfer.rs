//! The kernel's own tanh over every `f32`: bounded error, monotone, odd, and the same bits in vector instructions.
//!
//! All floats take half a minute with optimisation; without it every 997th is visited.

use freezable_chaos::{InstructionSet, Simd, Tanh, Transfer};
use rayon::prelude::*;

/// Bits of the positive floats from zero to infinity.
const LAST: u32 = 0x7F80_0000;
const STRIDE: u32 = if cfg!(debug_assertions) { 997 } else { 1 };
/// tanh(x) equals x to within half a unit in the last place below 2^-12, and 1 above 9.02.
const SMALL: f32 = 1.0 / 4096.0;
const SATURATED: f32 = 9.02;

#[test]
fn monotone_and_odd_over_all_floats() {
    let mut before = 0.0;
    for bits in (0..=LAST).step_by(STRIDE as usize) {
        let x = f32::from_bits(bits);
        let value = Tanh.value(x);
        assert!(
            value >= before,
            "tanh falls at {x:e} from {before:e} to {value:e}"
        );
        assert!(
            Tanh.value(-x).to_bits() == (-value).to_bits(),
            "tanh is not odd at {x:e}"
        );
        before = value;
    }
    assert_eq!(before, 1.0);
}

#[test]
fn error_within_the_documented_bounds_over_all_floats() {
    let (mut largest, mut largest_units) = (0.0f64, 0.0f64);
    for bits in (SMALL.to_bits()..=SATURATED.to_bits()).step_by(STRIDE as usize) {
        let x = f32::from_bits(bits);
        let exact = f64::from(x).tanh();
        let error = (f64::from(Tanh.value(x)) - exact).abs();
        let rounded = exact as f32;
        let unit = f64::from(rounded) - f64::from(f32::from_bits(rounded.to_bits() - 1));
        largest = largest.max(error);
        largest_units = largest_units.max(error / unit);
    }
    println!("largest error {largest:.3e}, {largest_units:.2} units in the last place");
    assert!(largest < 1e-7, "largest error {largest:e}");
    assert!(largest_units <= 4.0, "largest error in units {largest_units}");
    for bits in (0..SMALL.to_bits()).step_by(STRIDE as usize) {
        let x = f32::from_bits(bits);
        let value = Tanh.value(x);
        assert!(
            value == x || value.to_bits() + 1 == bits,
            "tanh({x:e}) is {value:e}"
        );
    }
    assert_eq!(Tanh.value(SATURATED), 1.0);
}

/// The vector instructions in use over all floats, the other sets over every 61st.
#[test]
fn vector_instructions_give_the_bits_of_one_value_over_all_floats() {
    for set in InstructionSet::ALL {
        let Some(simd) = Simd::with(set) else {
            println!("skipped, not on this machine: {set:?}");
            continue;
        };
        let stride = if simd == Simd::detect() {
            STRIDE
        } else {
            STRIDE * 61
        };
        // An odd number, so that the last block is not full.
        const AT_A_TIME: u32 = 4095;
        let magnitudes = (i32::MAX as u32) / stride + 1;
        (0..magnitudes.div_ceil(AT_A_TIME))
            .into_par_iter()
            .for_each(|part| {
                let places = part * AT_A_TIME..magnitudes.min((part + 1) * AT_A_TIME);
                let x: Vec<f32> = places.map(|place| f32::from_bits(place * stride)).collect();
                let negated: Vec<f32> = x.iter().map(|x| -x).collect();
                let (mut positive, mut negative) = (vec![0.0; x.len()], vec![0.0; x.len()]);
                simd.tanh(&x, &mut positive);
                simd.tanh(&negated, &mut negative);
                for ((&x, positive), negative) in x.iter().zip(positive).zip(negative) {
                    let value = Tanh.value(x);
                    // The bits of what is not a number are not promised.
                    let is_same = |found: f32, expected: f32| match expected.is_nan() {
                        true => found.is_nan(),
                        false => found.to_bits() == expected.to_bits(),
                    };
                    assert!(
                        is_same(positive, value) && is_same(negative, -value),
                        "{set:?}: tanh({x:e}) is {positive:e} and {negative:e} instead of +-{value:e}"
                    );
                }
            });
    }
}
