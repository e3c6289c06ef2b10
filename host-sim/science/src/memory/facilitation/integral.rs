//! The integral in the rate of an integrate-and-fire neuron, `int exp(y^2) (1 + erf y) dy`, by a table of its antiderivative.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// Positive half of the nodes and the weights of Gauss and Legendre's rule of 16 points.
const NODES: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_5),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_7),
    (0.755_404_408_355_003, 0.124_628_971_255_533_9),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_8),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_9),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_1),
];
/// Where the table begins and ends.
const BEGIN: f64 = -20.0;
pub(super) const END: f64 = 8.0;
/// Cells of the table per unit of y.
const PER_UNIT: usize = 64;
const CELLS: usize = PER_UNIT * (END - BEGIN) as usize;

/// The antiderivative in every cell: coefficients of the powers of the place in the cell, from 0 to 1.
static TABLE: LazyLock<Vec<[f64; 6]>> = LazyLock::new(table);

/// The integral from `low` to `high`, at most 8: by the table wherever that reaches, to a part in 10^8, and in 10^10 up to
/// `high = 3`, beyond which a neuron fires less than once in 4000 time constants.
pub(super) fn integral(low: f64, high: f64) -> f64 {
    if low < BEGIN {
        return quadrature(low, high);
    }
    antiderivative(high) - antiderivative(low)
}

/// The same by Gauss and Legendre's 16 points: what the table is made of, and is tested against.
fn quadrature(low: f64, high: f64) -> f64 {
    let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
    let sum: f64 = NODES
        .iter()
        .map(|(node, weight)| weight * (integrand(middle + half * node) + integrand(middle - half * node)))
        .sum();
    half * sum
}

/// The integral from the beginning of the table.
fn antiderivative(y: f64) -> f64 {
    let place = (y - BEGIN) * PER_UNIT as f64;
    let cell = (place as usize).min(CELLS - 1);
    let [a, b, c, d, e, f] = TABLE[cell];
    let t = place - cell as f64;
    a + t * (b + t * (c + t * (d + t * (e + t * f))))
}

/// Quintics that have the antiderivative's value, slope and curvature at both ends of a cell of width h. Their error is
/// below `h^6 / 46080` times the sixth derivative, at y > 0 about `64 y^6 + 320 y^4 + 240 y^2` times the value: a part in
/// 1.7e8 at y = 8, and in 4e10 at y = 3.
fn table() -> Vec<[f64; 6]> {
    let h = 1.0 / PER_UNIT as f64;
    let node = |index: usize| BEGIN + index as f64 * h;
    // Value, h times the slope, h^2 times the curvature: (exp(y^2) (1 + erf y))' = 2 y exp(y^2) (1 + erf y) + 2 / sqrt(pi).
    let slopes = |y: f64| {
        let slope = integrand(y);
        [h * slope, h * h * (2.0 * y * slope + 2.0 / PI.sqrt())]
    };
    let mut value = 0.0;
    (0..CELLS)
        .map(|cell| {
            let (left, right) = (node(cell), node(cell + 1));
            let rise = quadrature(left, right);
            let ([b, curvature], [slope, curvature_there]) = (slopes(left), slopes(right));
            let c = curvature / 2.0;
            // What is left at the right end for the higher powers: of the value, the slope and the curvature.
            let (r0, r1, r2) = (rise - b - c, slope - b - curvature, curvature_there - curvature);
            let cell = [
                value,
                b,
                c,
                10.0 * r0 - 4.0 * r1 + r2 / 2.0,
                -15.0 * r0 + 7.0 * r1 - r2,
                6.0 * r0 - 3.0 * r1 + r2 / 2.0,
            ];
            value += rise;
            cell
        })
        .collect()
}

/// `exp(y^2) (1 + erf y)`.
fn integrand(y: f64) -> f64 {
    if y < BEGIN {
        // Beyond, exp overflows in the end; the next term of the series is below 1e-5.
        (1.0 - 0.5 / (y * y)) / (-y * PI.sqrt())
    } else {
        (y * y).exp() * libm::erfc(-y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plain way: quadrature over many short intervals.
    fn plain(low: f64, high: f64) -> f64 {
        let pieces = 512;
        let width = (high - low) / f64::from(pieces);
        (0..pieces)
            .map(|piece| {
                let left = low + f64::from(piece) * width;
                quadrature(left, left + width)
            })
            .sum()
    }

    /// Over all places of the two ends, not only nodes: the error bounds that [`integral`] states.
    #[test]
    fn the_table_is_right_to_its_bounds() {
        for at in 0..2000 {
            let high = -19.4 + 27.4 * f64::from(at) / 1999.0;
            let bound = if high <= 3.0 { 1e-10 } else { 1e-8 };
            for width in [0.37, 1.3, 4.0, 7.1] {
                let low = (high - width).max(BEGIN);
                let error = (integral(low, high) / plain(low, high) - 1.0).abs();
                assert!(error < bound, "{low} to {high}: {error:e}");
            }
        }
    }

    #[test]
    fn below_the_table_the_quadrature_goes_on() {
        for (low, high) in [(-40.0, -30.0), (-21.0, -12.0), (-20.1, 1.0)] {
            let error = (integral(low, high) / plain(low, high) - 1.0).abs();
            assert!(error < 1e-4, "{low} to {high}: {error:e}");
        }
    }
}
