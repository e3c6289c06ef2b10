//! The few elementary functions that the contract needs, from operations that are exact on every IEEE-754 target:
//! `+ - * /`, integer arithmetic and the bits of a float. No platform library, no fused multiply-add.

pub(crate) mod tanh;

/// Square root, correctly rounded (the same bits as IEEE-754 `sqrt`). Negative values and NaN give NaN.
pub const fn square_root(value: f32) -> f32 {
    if value.is_nan() || value <= 0.0 || value == f32::INFINITY {
        // Zero keeps its sign, infinity is its own root.
        return if value < 0.0 { f32::NAN } else { value };
    }
    let (mantissa, exponent) = mantissa_and_exponent(value);
    // value = mantissa 2^exponent; an even exponent after the shift lets the root split.
    let shift = if exponent % 2 == 0 { 28 } else { 29 };
    let square = (mantissa as u64) << shift;
    let half_exponent = (exponent - shift) / 2;
    // 24 + 28 bits under the root give at least 26: f32's 24, a rounding bit, and a sticky bit below it.
    let mut root = square.isqrt();
    if root * root != square {
        // Inexact: the sticky bit keeps the rounding from taking it for a tie.
        root |= 1;
    }
    // `as` rounds to nearest even, and the power of two is exact: the root of any float is a normal float.
    (root as f32) * power_of_two(half_exponent)
}

/// `exp(-y)` for `y >= 0`, relative error below 3e-7; 0 from `y = 87` on, where the result nears the subnormal range.
pub fn exp_of_negative(y: f32) -> f32 {
    const LOG2_E: f32 = core::f32::consts::LOG2_E;
    // ln 2 in two parts: the first has few bits, so that its product with a small integer is exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    if y.is_nan() {
        return y;
    }
    if y >= 87.0 {
        return 0.0;
    }
    let halvings = (y * LOG2_E + 0.5) as i32;
    let count = halvings as f32;
    let rest = (count * LN_2_HIGH - y) + count * LN_2_LOW;
    // Taylor series of exp(rest), |rest| <= ln(2)/2.
    let mut series = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = series * rest + coefficient;
    }
    series * power_of_two(-halvings)
}

/// Largest magnitude among some values; not a number if one of them is not.
pub(crate) fn largest_magnitude<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    // Without their sign, the bits of floats are in the order of the floats, and those of NaN above all.
    let magnitudes = values.into_iter().map(|value| value.to_bits() & 0x7FFF_FFFF);
    f32::from_bits(magnitudes.fold(0, u32::max))
}

/// Whether every magnitude is below 2; not a number is not. Quicker than [`largest_magnitude`].
pub(crate) fn all_below_two(values: &[f32]) -> bool {
    // The highest bit of the exponent is set from 2 on, infinity and NaN included.
    let bits = values.iter().fold(0, |bits, value| bits | value.to_bits());
    bits & 0x4000_0000 == 0
}

/// A power of two by which values are multiplied before they are squared, so that no sum of up to 2^20 squares overflows
/// or vanishes: 1, which changes no bit, but for magnitudes that are far from it.
fn scale_of_squares(largest: f32) -> f32 {
    if largest > power_of_two(50) {
        power_of_two(-90)
    } else if largest < power_of_two(-50) {
        power_of_two(100)
    } else {
        1.0
    }
}

/// Root of the mean of the squares: finite if the values are; 0 of none.
pub(crate) fn root_mean_square(values: &[f32]) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let largest = largest_magnitude(values);
    let scale = scale_of_squares(largest);
    let sum = values.iter().fold(0.0, |sum, value| {
        let value = value * scale;
        sum + value * value
    });
    let root = square_root(sum / values.len() as f32) / scale;
    // Rounded beyond the largest finite number, if at all.
    if root.is_finite() { root } else { largest }
}

/// Cosine between two vectors of finite values; 0 if either vanishes.
pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let [a, b] = [a, b].map(|values| (values, scale_of_squares(largest_magnitude(values))));
    let dot = |(a, a_scale): (&[f32], f32), (b, b_scale): (&[f32], f32)| {
        let pairs = a.iter().zip(b);
        pairs.fold(0.0, |sum, (&a, &b)| sum + (a * a_scale) * (b * b_scale))
    };
    let norms = square_root(dot(a, a)) * square_root(dot(b, b));
    if norms > 0.0 { dot(a, b) / norms } else { 0.0 }
}

/// Natural logarithm of a positive normal float, absolute error below 2e-7 times the larger of 1 and the result.
pub fn logarithm(value: f32) -> f32 {
    const SQRT_2_MANTISSA: u32 = 0x00B5_04F3;
    let (mantissa, exponent) = mantissa_and_exponent(value);
    // Mantissa as a float in [1/sqrt 2, sqrt 2).
    let (scaled, exponent) = if mantissa > SQRT_2_MANTISSA {
        (24, exponent + 24)
    } else {
        (23, exponent + 23)
    };
    let fraction = mantissa as f32 * power_of_two(-scaled);
    // ln f = 2 artanh((f - 1) / (f + 1)).
    let ratio = (fraction - 1.0) / (fraction + 1.0);
    let square = ratio * ratio;
    let mut series = 1.0 / 11.0;
    for coefficient in [1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0, 1.0] {
        series = series * square + coefficient;
    }
    2.0 * (ratio * series) + exponent as f32 * core::f32::consts::LN_2
}

/// `value = mantissa * 2^exponent` for a positive finite value, with `2^23 <= mantissa < 2^24`.
const fn mantissa_and_exponent(value: f32) -> (u32, i32) {
    let bits = value.to_bits();
    let fraction = bits & 0x007F_FFFF;
    let biased = ((bits >> 23) & 0xFF) as i32;
    if biased == 0 {
        // A subnormal: shift its leading one to bit 23.
        let shift = fraction.leading_zeros() as i32 - 8;
        (fraction << shift, -149 - shift)
    } else {
        (fraction | 0x0080_0000, biased - 150)
    }
}

/// `2^exponent` for `-126 <= exponent <= 127`.
const fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits(((exponent + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn samples() -> Vec<f32> {
        // Every exponent, several mantissas each, and the ends of the range.
        let mut all: Vec<f32> = (0..0x7F80_0000u32).step_by(9973).map(f32::from_bits).collect();
        all.extend([f32::MIN_POSITIVE, f32::MAX, 1.0, 2.0, 3.0, 4.0, f32::from_bits(1)]);
        all
    }

    #[test]
    fn square_root_is_correctly_rounded() {
        for value in samples() {
            assert_eq!(
                square_root(value).to_bits(),
                libm::sqrtf(value).to_bits(),
                "square root of {value:e}"
            );
        }
        assert!(square_root(-1.0).is_nan() && square_root(f32::NAN).is_nan());
        assert_eq!(square_root(f32::INFINITY), f32::INFINITY);
        assert_eq!(square_root(-0.0).to_bits(), (-0.0f32).to_bits());
    }

    #[test]
    fn largest_magnitude_takes_no_sign_and_keeps_nan() {
        assert_eq!(largest_magnitude(&[]), 0.0);
        assert_eq!(largest_magnitude(&[1.0, -3.0, 2.0]), 3.0);
        assert_eq!(largest_magnitude(&[1.0, f32::NEG_INFINITY]), f32::INFINITY);
        assert!(largest_magnitude(&[1.0, -f32::NAN, f32::INFINITY]).is_nan());
    }

    #[test]
    fn roots_of_squares_stay_finite_and_do_not_vanish() {
        for exponent in -149..=127 {
            let unit = libm::exp2(f64::from(exponent)) as f32;
            // No square is exact.
            let values = [unit * 1.3, -unit * 1.7, unit];
            let squares = values.iter().map(|&value| f64::from(value) * f64::from(value));
            let exact = libm::sqrt(squares.sum::<f64>() / 3.0);
            let found = f64::from(root_mean_square(&values));
            // Subnormal numbers have fewer digits.
            let unit_of_last_place = libm::exp2(-149.0);
            assert!(
                (found - exact).abs() <= 3e-7 * exact + unit_of_last_place,
                "2^{exponent}: {found:e}"
            );
            let cosine = cosine(&values, &[values[1], values[0], values[2]]);
            let exact = (1.0 - 2.0 * 1.3 * 1.7) / (1.3 * 1.3 + 1.7 * 1.7 + 1.0);
            if exponent > -125 {
                assert!((f64::from(cosine) - exact).abs() < 1e-6, "2^{exponent}");
            }
        }
        assert_eq!(root_mean_square(&[]), 0.0);
        assert_eq!(root_mean_square(&[f32::MAX; 1000]), f32::MAX);
        assert_eq!(cosine(&[0.0, 1e-45], &[1e-45, 0.0]), 0.0);
        assert_eq!(cosine(&[0.0, 0.0], &[1.0, 0.0]), 0.0);
        assert!((cosine(&[f32::MAX, f32::MAX], &[1e-40, 1e-40]) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn all_below_two_finds_every_larger_magnitude() {
        let just_below = f32::from_bits(2.0f32.to_bits() - 1);
        assert!(all_below_two(&[]));
        assert!(all_below_two(&[
            0.0,
            -0.0,
            just_below,
            -just_below,
            f32::from_bits(1)
        ]));
        for value in [2.0, -2.0, f32::MAX, f32::INFINITY, f32::NAN, -f32::NAN] {
            assert!(!all_below_two(&[1.0, value, 0.5]), "{value}");
        }
    }

    #[test]
    fn exponential_stays_within_its_bound() {
        for step in 0..87_000 {
            let y = step as f32 * 1e-3;
            let exact = libm::exp(-f64::from(y));
            let error = (f64::from(exp_of_negative(y)) - exact).abs() / exact;
            assert!(error < 3e-7, "exp(-{y}) has a relative error of {error:e}");
        }
        assert_eq!(exp_of_negative(1000.0), 0.0);
        assert_eq!(exp_of_negative(f32::INFINITY), 0.0);
        assert!(exp_of_negative(f32::NAN).is_nan());
    }

    #[test]
    fn logarithm_stays_within_its_bound() {
        for value in samples() {
            if value >= f32::MIN_POSITIVE {
                let exact = libm::log(f64::from(value));
                let error = (f64::from(logarithm(value)) - exact).abs();
                assert!(
                    error < 2e-7 * exact.abs().max(1.0),
                    "ln {value:e} is off by {error:e}"
                );
            }
        }
    }
}
