//! Numbers kept in few bits.

/// The values as they come back when each is kept in that many bits, 1 to 24, evenly spaced about zero up to the largest
/// magnitude, which is kept beside them; with one bit a sign, of the mean magnitude.
pub fn quantised(values: &[f64], bits: u32) -> Vec<f64> {
    let magnitudes = || values.iter().map(|value| value.abs());
    if bits <= 1 {
        let mean = magnitudes().sum::<f64>() / values.len().max(1) as f64;
        return values.iter().map(|value| mean.copysign(*value)).collect();
    }
    let largest = magnitudes().fold(0.0, f64::max);
    let levels = f64::from((1_u32 << (bits.min(24) - 1)) - 1);
    let step = largest / levels;
    if step == 0.0 {
        return values.to_vec();
    }
    values.iter().map(|value| (value / step).round() * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_within_half_a_step() {
        let values: Vec<f64> = (0..100)
            .map(|index| (f64::from(index) * 0.7).sin() * 3.0)
            .collect();
        let largest = values
            .iter()
            .fold(0.0_f64, |largest, value| largest.max(value.abs()));
        for bits in [2, 4, 8, 16] {
            let step = largest / f64::from((1 << (bits - 1)) - 1);
            let kept = quantised(&values, bits);
            let mut levels: Vec<i64> = kept.iter().map(|value| (value / step).round() as i64).collect();
            levels.sort_unstable();
            levels.dedup();
            assert!(levels.len() < 1 << bits, "{bits} bits, {} levels", levels.len());
            let error = |(a, b): (&f64, &f64)| (a - b).abs();
            assert!(
                values
                    .iter()
                    .zip(&kept)
                    .map(error)
                    .all(|error| error <= 0.5001 * step)
            );
        }
    }

    #[test]
    fn one_bit_is_a_sign_and_nothing_stays_nothing() {
        assert_eq!(quantised(&[1.0, -3.0, 0.5], 1), [1.5, -1.5, 1.5]);
        assert_eq!(quantised(&[0.0, 0.0], 8), [0.0, 0.0]);
        assert!(quantised(&[], 8).is_empty());
    }
}
