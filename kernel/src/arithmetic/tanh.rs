//! tanh: a table of cubics, built at compile time, evaluated by exact operations only.

use super::exp_of_negative;

/// Intervals per unit of x.
pub(crate) const PER_UNIT: usize = 16;
/// From here on tanh is 1 within half a unit in the last place.
pub(crate) const SATURATION: f32 = 9.0;
const INTERVALS: usize = 9 * PER_UNIT;
const WIDTH: f64 = 1.0 / PER_UNIT as f64;

/// Cubic `c0 + t (c1 + t (c2 + t c3))` in the distance `t` from the left end of each interval.
pub(crate) type Cubic = [f32; 4];
pub(crate) static CUBICS: [Cubic; INTERVALS] = cubics();

/// `tanh(x)`: the operations that every faster loop repeats.
#[inline]
pub(crate) fn value(x: f32) -> f32 {
    let sign = x.to_bits() & 0x8000_0000;
    let magnitude = f32::from_bits(x.to_bits() ^ sign);
    let scaled = magnitude * PER_UNIT as f32;
    // Truncates; NaN gives 0 and large values saturate, both defined by the language.
    let interval = scaled as usize;
    let value = if interval == 0 {
        taylor(magnitude)
    } else {
        match CUBICS.get(interval) {
            // The subtraction and the division by a power of two are exact.
            Some(&[c0, c1, c2, c3]) => {
                let t = magnitude - interval as f32 * (1.0 / PER_UNIT as f32);
                c0 + t * (c1 + t * (c2 + t * c3))
            }
            None => 1.0,
        }
    };
    f32::from_bits(value.to_bits() ^ sign)
}

/// `1 / cosh^2`, as `4 e / (1 + e)^2` with `e = exp(-2|x|)`: no cancellation where tanh saturates.
pub(crate) fn slope(x: f32) -> f32 {
    let magnitude = f32::from_bits(x.to_bits() & 0x7FFF_FFFF);
    let decay = exp_of_negative(2.0 * magnitude);
    let sum = 1.0 + decay;
    4.0 * decay / (sum * sum)
}

/// The Taylor series of a magnitude below `1 / PER_UNIT`: keeps the relative accuracy near zero, and NaN.
#[inline]
pub(crate) fn taylor(magnitude: f32) -> f32 {
    let square = magnitude * magnitude;
    magnitude + magnitude * (square * (-1.0 / 3.0 + square * (2.0 / 15.0)))
}

/// [`value`] of two at a time: their operations take turns, so that none waits for the one before.
pub(crate) fn two_at_a_time(x: &[f32], phi: &mut [f32]) {
    let (pairs, last) = x.as_chunks::<2>();
    let (rates, last_rate) = phi.as_chunks_mut::<2>();
    for (rates, &states) in rates.iter_mut().zip(pairs) {
        *rates = pair(states).unwrap_or_else(|| states.map(value));
    }
    for (rate, &state) in last_rate.iter_mut().zip(last) {
        *rate = value(state);
    }
}

/// Two values by the operations of [`value`], or `None` where one of them is not on the table.
#[inline]
fn pair(x: [f32; 2]) -> Option<[f32; 2]> {
    let [x0, x1] = x;
    let magnitude = |x: f32| f32::from_bits(x.to_bits() & 0x7FFF_FFFF);
    let (m0, m1) = (magnitude(x0), magnitude(x1));
    let (i0, i1) = ((m0 * PER_UNIT as f32) as usize, (m1 * PER_UNIT as f32) as usize);
    // Without the first interval, which has a series of its own: one comparison finds both ends.
    let (_, table) = CUBICS.split_first()?;
    let (Some(&[a0, a1, a2, a3]), Some(&[b0, b1, b2, b3])) =
        (table.get(i0.wrapping_sub(1)), table.get(i1.wrapping_sub(1)))
    else {
        return None;
    };
    let t0 = m0 - i0 as f32 * (1.0 / PER_UNIT as f32);
    let t1 = m1 - i1 as f32 * (1.0 / PER_UNIT as f32);
    let (v0, v1) = (a2 + t0 * a3, b2 + t1 * b3);
    let (v0, v1) = (a1 + t0 * v0, b1 + t1 * v1);
    let (v0, v1) = (a0 + t0 * v0, b0 + t1 * v1);
    let signed = |value: f32, x: f32| f32::from_bits(value.to_bits() ^ (x.to_bits() & 0x8000_0000));
    Some([signed(v0, x0), signed(v1, x1)])
}

/// Cubics through the rounded values at both ends of each interval, so that neighbours meet exactly, and through
/// two inner points placed as the inner roots of the Chebyshev polynomial T4 stretched to have its outer roots at
/// the ends: that leaves the smallest error among cubics fixed at the ends (2.8e-8 before rounding).
#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a panic is a build error"
)]
const fn cubics() -> [Cubic; INTERVALS] {
    // cos(3 pi/8) / cos(pi/8) = sqrt(2) - 1.
    const INNER: f64 = core::f64::consts::SQRT_2 - 1.0;
    let nodes = [
        0.0,
        WIDTH * (1.0 - INNER) / 2.0,
        WIDTH * (1.0 + INNER) / 2.0,
        WIDTH,
    ];
    let mut table = [[0.0; 4]; INTERVALS];
    let mut interval = 0;
    while interval < INTERVALS {
        let left = interval as f64 * WIDTH;
        // Rounding moves the two ends; the straight line between the two shifts moves the inner points along.
        let shift_left = tanh(left) as f32 as f64 - tanh(left);
        let shift_right = tanh(left + WIDTH) as f32 as f64 - tanh(left + WIDTH);
        let mut values = [0.0; 4];
        let mut node = 0;
        while node < 4 {
            let share = nodes[node] / WIDTH;
            values[node] = tanh(left + nodes[node]) + shift_left + (shift_right - shift_left) * share;
            node += 1;
        }
        table[interval] = interpolate(nodes, values);
        interval += 1;
    }
    table
}

/// Coefficients of the cubic through four points (Newton's divided differences), rounded to `f32`.
const fn interpolate(t: [f64; 4], y: [f64; 4]) -> Cubic {
    let d01 = (y[1] - y[0]) / (t[1] - t[0]);
    let d12 = (y[2] - y[1]) / (t[2] - t[1]);
    let d23 = (y[3] - y[2]) / (t[3] - t[2]);
    let d012 = (d12 - d01) / (t[2] - t[0]);
    let d123 = (d23 - d12) / (t[3] - t[1]);
    let d0123 = (d123 - d012) / (t[3] - t[0]);
    // Newton's form expanded in powers of t; t[0] is zero.
    let c3 = d0123;
    let c2 = d012 - c3 * (t[1] + t[2]);
    let c1 = d01 - d012 * t[1] + c3 * t[1] * t[2];
    [y[0] as f32, c1 as f32, c2 as f32, c3 as f32]
}

/// tanh in `f64` for `x >= 0`, at compile time: `(1 - e) / (1 + e)` with `e = exp(-2x)`.
const fn tanh(x: f64) -> f64 {
    // exp(-2x) = exp(-2x / 64)^64; the Taylor series of the root converges at once.
    let root = -2.0 * x / 64.0;
    let mut series = 1.0;
    let mut term = 1.0;
    let mut order = 1;
    while order < 18 {
        term = term * root / order as f64;
        series += term;
        order += 1;
    }
    let mut decay = series;
    let mut squaring = 0;
    while squaring < 6 {
        decay = decay * decay;
        squaring += 1;
    }
    (1.0 - decay) / (1.0 + decay)
}

const _: () = assert!(SATURATION as usize * PER_UNIT == INTERVALS);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_at_a_time_give_the_bits_of_one() {
        let mut x: std::vec::Vec<f32> = (0..0x4180_0000u32).step_by(100_003).map(f32::from_bits).collect();
        x.extend([
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            -0.0,
            9.0,
            8.999_999,
            0.062_5,
            0.062_499_996,
        ]);
        // each beside another kind of neighbour, and an odd number of them
        let mirrored: std::vec::Vec<f32> = x.iter().rev().map(|x| -x).collect();
        x.extend(mirrored);
        x.push(0.5);
        let mut phi = std::vec![0.0; x.len()];
        two_at_a_time(&x, &mut phi);
        for (&x, &phi) in x.iter().zip(&phi) {
            assert_eq!(phi.to_bits(), value(x).to_bits(), "tanh({x:e})");
        }
    }
}
