//! The features that one computes of a window where nothing is to be held: eight for each channel.

/// Features of each channel.
pub const FEATURES: usize = 8;

/// Of each channel: mean, standard deviation, least, largest, median, mean magnitude of the deviation, root mean square of the
/// change between samples, and share of sign changes of the deviation. The window is time x channels.
pub fn features(window: &[f32], channels: usize) -> Vec<f32> {
    let mut all = Vec::with_capacity(FEATURES * channels);
    for channel in 0..channels {
        let values: Vec<f64> = window
            .iter()
            .skip(channel)
            .step_by(channels)
            .map(|&value| value.into())
            .collect();
        let count = values.len().max(1) as f64;
        let mean = values.iter().sum::<f64>() / count;
        let deviations: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        let over = |sum: f64| sum / count;
        let pairs = || deviations.iter().zip(deviations.iter().skip(1));
        all.extend([
            mean as f32,
            over(deviations.iter().map(|value| value * value).sum()).sqrt() as f32,
            sorted.first().copied().unwrap_or(0.0) as f32,
            sorted.last().copied().unwrap_or(0.0) as f32,
            sorted.get(sorted.len() / 2).copied().unwrap_or(0.0) as f32,
            over(deviations.iter().map(|value| value.abs()).sum()) as f32,
            over(pairs().map(|(a, b)| (b - a).powi(2)).sum()).sqrt() as f32,
            over(pairs().filter(|(a, b)| *a * *b < 0.0).count() as f64) as f32,
        ]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_of_a_known_window() {
        // Channel 0 alternates between 1 and 3, channel 1 is constant.
        let window = [1.0, 7.0, 3.0, 7.0, 1.0, 7.0, 3.0, 7.0];
        let found = features(&window, 2);
        assert_eq!(found[..3], [2.0, 1.0, 1.0]);
        assert_eq!(found[3..6], [3.0, 3.0, 1.0]);
        assert!((found[6] - 3.0_f32.sqrt()).abs() < 1e-6 && found[7] == 0.75);
        assert_eq!(found[8..], [7.0, 0.0, 7.0, 7.0, 7.0, 0.0, 0.0, 0.0]);
    }
}
