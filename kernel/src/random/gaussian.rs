//! Gaussian numbers by the inverse of their distribution function.

use crate::arithmetic::{logarithm, square_root};

/// The standard Gaussian quantile of the probability `(bits + 1/2) / 2^32`, by a fixed order of exact operations:
/// algorithm AS 241, routine PPND7 (Wichura, Applied Statistics 37, 477, 1988), about seven digits.
///
/// Symmetric: `gaussian_quantile(!bits) == -gaussian_quantile(bits)`. The largest magnitude is 6.3.
pub fn gaussian_quantile(bits: u32) -> f32 {
    // Everything is computed for the lower half and mirrored, so that the symmetry is exact.
    let upper = bits >= 1 << 31;
    let rank = if upper { !bits } else { bits };
    // 2^31 - 1 - rank counts the half steps to the median.
    let from_median = ((0x7FFF_FFFF - rank) as f32 + 0.5) * (1.0 / 4_294_967_296.0);
    let magnitude = if from_median <= 0.425 {
        let r = 0.180_625 - from_median * from_median;
        from_median * ratio(r, &CENTRE)
    } else {
        let probability = (rank as f32 + 0.5) * (1.0 / 4_294_967_296.0);
        let r = square_root(-logarithm(probability));
        if r <= 5.0 {
            ratio(r - 1.6, &NEAR_TAIL)
        } else {
            ratio(r - 5.0, &FAR_TAIL)
        }
    };
    if upper { magnitude } else { -magnitude }
}

/// Numerator and denominator of a rational function, highest power first; the denominators end in 1.
type Rational = ([f32; 4], [f32; 4]);

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const CENTRE: Rational = (
    [
        5.910_937_472e1,
        1.592_911_320_2e2,
        5.043_427_193_8e1,
        3.387_132_717_9,
    ],
    [6.718_756_360_0e1, 7.875_775_766_4e1, 1.789_516_946_9e1, 1.0],
);
#[expect(clippy::excessive_precision, reason = "the digits as published")]
const NEAR_TAIL: Rational = (
    [1.702_382_110_3e-1, 1.306_728_481_6, 2.756_815_39, 1.423_437_277_7],
    [0.0, 1.202_113_297_5e-1, 7.370_016_425e-1, 1.0],
);
#[expect(clippy::excessive_precision, reason = "the digits as published")]
const FAR_TAIL: Rational = (
    [
        1.733_720_399_7e-2,
        4.286_829_433_7e-1,
        3.081_226_386,
        6.657_905_115,
    ],
    [0.0, 1.225_820_263_5e-2, 2.419_789_422_5e-1, 1.0],
);

fn ratio(r: f32, (numerator, denominator): &Rational) -> f32 {
    let horner = |[c3, c2, c1, c0]: [f32; 4]| ((c3 * r + c2) * r + c1) * r + c0;
    horner(*numerator) / horner(*denominator)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Generator, Purpose, Randomness};
    use std::vec::Vec;

    /// Distribution function of the standard Gaussian.
    fn distribution(z: f64) -> f64 {
        0.5 * libm::erfc(-z / core::f64::consts::SQRT_2)
    }

    #[test]
    fn inverts_the_distribution_function() {
        let mut bits: Vec<u32> = (0..u32::MAX).step_by(65_521).collect();
        bits.extend(0..4096);
        bits.extend((0..31).map(|shift| 1u32 << shift));
        for bits in bits {
            let probability = (f64::from(bits) + 0.5) / 4_294_967_296.0;
            let z = f64::from(gaussian_quantile(bits));
            // The error in z follows from that in probability through the density.
            let density = libm::exp(-0.5 * z * z) / libm::sqrt(2.0 * core::f64::consts::PI);
            let tail = probability.min(1.0 - probability);
            let found = distribution(-z.abs());
            let error = (found - tail).abs() / density;
            assert!(error < 4e-6, "quantile of {probability:e} is off by {error:e}");
        }
    }

    #[test]
    fn is_antisymmetric_and_finite_at_the_ends() {
        for bits in [0, 1, 12_345, 1 << 30, (1 << 31) - 1, u32::MAX] {
            assert_eq!(gaussian_quantile(!bits), -gaussian_quantile(bits));
        }
        assert!(gaussian_quantile(0) < -6.0 && gaussian_quantile(0) > -6.5);
    }

    #[test]
    fn moments_and_distribution_of_a_stream_are_gaussian() {
        const COUNT: usize = 200_000;
        let mut stream = Generator::new(1, 0, Purpose::Couplings);
        let mut values: Vec<f64> = (0..COUNT).map(|_| f64::from(stream.gaussian())).collect();
        let moment = |power: i32| values.iter().map(|z| z.powi(power)).sum::<f64>() / COUNT as f64;
        // Five standard errors: the variance of z^m is <z^2m> - <z^m>^2.
        let bound = |variance: f64| 5.0 * libm::sqrt(variance / COUNT as f64);
        assert!(moment(1).abs() < bound(1.0));
        assert!((moment(2) - 1.0).abs() < bound(2.0));
        assert!(moment(3).abs() < bound(15.0));
        assert!((moment(4) - 3.0).abs() < bound(96.0));
        // Kolmogorov-Smirnov at a level of 1e-5.
        values.sort_by(f64::total_cmp);
        let distance = values.iter().enumerate().map(|(rank, &z)| {
            let empirical = rank as f64 / COUNT as f64;
            (distribution(z) - empirical).abs()
        });
        assert!(distance.fold(0.0, f64::max) < 2.5 / libm::sqrt(COUNT as f64));
    }
}
