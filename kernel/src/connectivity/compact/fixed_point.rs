//! Rates as integers, so that a sum over the network is exact, whatever its order.
//!
//! With N neurons, `q = trunc(phi 2^Q)`, where `Q = min(20, 27 - ceil(log2(N) / 2))`: 17 to 20 bits behind the
//! point, enough for a frozen state to come to an exact standstill. Two coarser roundings of q, to nearest and away
//! from zero at ties, serve the history: `r = round(phi 2^14)` and `s = round(L phi)` with L = 127. All three are odd functions
//! of phi, so the mirrored network has the mirrored bits.

/// Bits behind the point of r.
pub(super) const COARSE_BITS: u32 = 14;

/// Q for a network of `n` neurons.
pub(super) const fn fraction_bits(n: usize) -> u32 {
    let logarithm = usize::BITS - n.saturating_sub(1).leading_zeros();
    let bits = 27_u32.saturating_sub(logarithm.div_ceil(2));
    if bits < 20 { bits } else { 20 }
}

/// Elements of the sums in 64 bits for `n` neurons: none where 32 bits with a sign hold every sum, also if all rates
/// are 1, that is up to N = 2047.
pub const fn wide_len(n: usize) -> usize {
    if (n as u64) << fraction_bits(n) < 1 << 31 {
        0
    } else {
        n
    }
}

/// Rates of a network of a given size as integers.
#[derive(Clone, Copy, Debug)]
pub(super) struct FixedPoint {
    bits: u32,
    scale: f32,
}

impl FixedPoint {
    /// For networks of `n` neurons.
    pub(super) fn new(n: usize) -> Self {
        let bits = fraction_bits(n);
        Self {
            bits,
            scale: (1_u32 << bits) as f32,
        }
    }

    /// `2^Q`.
    pub(super) fn one(self) -> f32 {
        self.scale
    }

    /// Columns whose sum fits 32 bits with its sign, a multiple of 64.
    pub(super) fn narrow_columns(self) -> usize {
        (1 << (31 - self.bits)) - 64
    }

    /// `q = trunc(phi 2^Q)`.
    #[inline]
    pub(super) fn fine(self, rate: f32) -> i32 {
        // The product with a power of two is exact.
        (rate * self.scale) as i32
    }

    /// `r = round(phi 2^14)`, at most `2^14` in magnitude.
    #[inline]
    pub(super) fn coarse(self, rate: f32) -> i32 {
        rounded(self.fine(rate), self.bits - COARSE_BITS)
    }

    /// `s = round(levels phi)`, with at most 127 levels.
    #[inline]
    pub(super) fn sample(self, rate: f32, levels: u32) -> i8 {
        rounded(self.fine(rate).wrapping_mul(levels.cast_signed()), self.bits) as i8
    }
}

/// `value / 2^shift` to nearest, ties away from zero; `shift` is at least 1.
#[inline]
fn rounded(value: i32, shift: u32) -> i32 {
    // Minus one for negative values: a tie then falls below the half and not onto it.
    let toward_zero = value >> 31;
    value.wrapping_add(1 << (shift - 1)).wrapping_add(toward_zero) >> shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NEURON_LIMIT;

    #[test]
    fn bits_follow_the_formula() {
        for n in [
            1,
            2,
            3,
            128,
            1024,
            1025,
            16_384,
            16_385,
            100_352,
            316_228,
            NEURON_LIMIT,
        ] {
            let expected = 20.min(27 - libm::ceil(libm::log2(n as f64) / 2.0) as u32);
            assert_eq!(fraction_bits(n), expected, "N = {n}");
        }
        assert_eq!(
            [1024, 16_384, 100_352, 316_228, NEURON_LIMIT].map(fraction_bits),
            [20, 20, 18, 17, 17]
        );
    }

    #[test]
    fn no_sum_that_is_called_narrow_can_wrap() {
        for n in [1, 2047, 2048, 65_536, 100_352, NEURON_LIMIT] {
            let fixed = FixedPoint::new(n);
            let largest = fixed.fine(1.0) as i64;
            assert_eq!(wide_len(n) == 0, n as i64 * largest <= i32::MAX.into(), "N = {n}");
            assert!(fixed.narrow_columns() as i64 * largest <= i32::MAX.into());
            assert_eq!(fixed.narrow_columns() % 64, 0);
        }
        assert_eq!([2047, 2048].map(wide_len), [0, 2048]);
    }

    #[test]
    fn rounds_to_nearest_and_mirrors() {
        for n in [1, 1024, 100_352, NEURON_LIMIT] {
            let fixed = FixedPoint::new(n);
            for step in -4001_i32..=4001 {
                let rate = step.clamp(-4000, 4000) as f32 / 4000.0;
                let q = fixed.fine(rate);
                assert_eq!(q, (f64::from(rate) * f64::from(fixed.one())) as i32);
                let coarse = libm::round(f64::from(q) / libm::exp2((fixed.bits - 14).into()));
                assert_eq!(f64::from(fixed.coarse(rate)), coarse);
                for levels in [127, 31, 7, 1] {
                    let sample = libm::round(f64::from(levels) * f64::from(q) / f64::from(fixed.one()));
                    assert_eq!(f64::from(fixed.sample(rate, levels)), sample);
                    assert_eq!(fixed.sample(-rate, levels), -fixed.sample(rate, levels));
                }
                assert_eq!(fixed.coarse(-rate), -fixed.coarse(rate));
            }
            assert_eq!((fixed.coarse(1.0), fixed.sample(-1.0, 127)), (1 << 14, -127));
        }
        // a tie
        assert_eq!((rounded(32, 6), rounded(-32, 6), rounded(31, 6)), (1, -1, 0));
    }
}
