//! `C_phi(tau)`, the autocorrelation of the rates averaged over neurons, and its half-width.

use numerics::{Fourier, double_precision};

use super::summary::MeanSem;

/// Time between two samples of phi.
pub const SAMPLE_INTERVAL: f64 = 0.25;

/// Samples of the rates of one network: phi of every neuron, once per [`SAMPLE_INTERVAL`].
#[derive(Clone, Debug)]
pub struct RateSamples {
    neurons: usize,
    /// One row of `neurons` values per sample.
    rates: Vec<f32>,
}

impl RateSamples {
    /// An empty record with room for `samples` samples of `neurons` neurons.
    pub fn with_capacity(neurons: usize, samples: usize) -> Self {
        Self {
            neurons,
            rates: Vec::with_capacity(neurons.saturating_mul(samples)),
        }
    }

    /// Takes a sample of all neurons, in single or double precision (kept in single). A sample of another length
    /// is refused: the answer is then `false` and nothing is kept.
    pub fn push<T: Copy + Into<f64>>(&mut self, rates: &[T]) -> bool {
        let fits = rates.len() == self.neurons;
        if fits {
            self.rates.extend(rates.iter().map(|&rate| rate.into() as f32));
        }
        fits
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rates.len().checked_div(self.neurons).unwrap_or(0)
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of neurons.
    pub fn neurons(&self) -> usize {
        self.neurons
    }

    /// The samples, one row of `neurons` values each: shape (samples, neurons).
    pub fn rates(&self) -> &[f32] {
        &self.rates
    }

    /// `C_phi(tau) = 1/(T - tau) sum_t (1/N) sum_i phi_i(t) phi_i(t + tau)` for the lags 0 ... `lags` (in samples,
    /// so `lags + 1` values), not mean-subtracted.
    ///
    /// `None` unless there are neurons and more than `lags` samples.
    pub fn autocorrelation(&self, lags: usize) -> Option<Vec<f64>> {
        let samples = self.len();
        if samples <= lags {
            return None;
        }
        // Zero padding by the largest lag keeps the circular correlation from wrapping onto itself.
        let padded = fast_length(samples + lags);
        let Fourier { forward, backward } = double_precision(padded);
        let mut trace = forward.make_input_vec();
        let mut spectrum = forward.make_output_vec();
        let mut scratch = forward.make_scratch_vec();
        let mut power = vec![0.0; spectrum.len()];
        for neuron in 0..self.neurons {
            trace.fill(0.0);
            for (value, row) in trace.iter_mut().zip(self.rates.chunks_exact(self.neurons)) {
                *value = f64::from(row[neuron]);
            }
            forward
                .process_with_scratch(&mut trace, &mut spectrum, &mut scratch)
                .ok()?;
            for (power, amplitude) in power.iter_mut().zip(&spectrum) {
                *power += amplitude.norm_sqr();
            }
        }
        // The transform is linear: one inverse of the summed power serves all neurons.
        for (amplitude, &power) in spectrum.iter_mut().zip(&power) {
            *amplitude = power.into();
        }
        backward.process(&mut spectrum, &mut trace).ok()?;
        let scale = padded as f64 * self.neurons as f64;
        Some(
            (0..=lags)
                .map(|lag| trace[lag] / (scale * (samples - lag) as f64))
                .collect(),
        )
    }
}

/// The least length from `least` on with no prime factor above 5, for which a Fourier transform is quick.
fn fast_length(least: usize) -> usize {
    let smooth = |mut length: usize| {
        for factor in [2, 3, 5] {
            while length.is_multiple_of(factor) {
                length /= factor;
            }
        }
        length == 1
    };
    // Even, as the real transform halves it; the next power of two ends the search.
    (least.max(2)..)
        .find(|&length| length.is_multiple_of(2) && smooth(length))
        .unwrap_or(least)
}

/// The mean over networks of their curves, lag by lag.
///
/// `None` if there is no curve or they differ in length.
pub fn pooled<C: AsRef<[f64]>>(curves: &[C]) -> Option<Vec<f64>> {
    let lags = curves.first()?.as_ref().len();
    let mut sum = vec![0.0; lags];
    for curve in curves {
        if curve.as_ref().len() != lags {
            return None;
        }
        for (sum, value) in sum.iter_mut().zip(curve.as_ref()) {
            *sum += value;
        }
    }
    Some(sum.into_iter().map(|sum| sum / curves.len() as f64).collect())
}

/// Half-width of a curve with `interval` between its lags: the first tau with `C(tau) < C(0) / 2`, linearly
/// interpolated between the lags. Apply it to the curve [`pooled`] over networks.
///
/// `None` if the curve does not fall that far, or starts at zero or below.
pub fn half_width(curve: &[f64], interval: f64) -> Option<f64> {
    let half = curve.first().copied().filter(|&start| start > 0.0)? / 2.0;
    let after = curve.iter().position(|&value| value < half)?;
    let before = after.checked_sub(1)?;
    let fraction = (curve[before] - half) / (curve[before] - curve[after]);
    Some((before as f64 + fraction) * interval)
}

/// Half-width of the pooled curve, with the jackknife error over networks.
pub fn pooled_half_width(curves: &[&[f64]], interval: f64) -> Option<MeanSem> {
    MeanSem::jackknife(curves.len(), |left_out| {
        half_width_without(curves, left_out, interval)
    })
}

/// Half-width of the pooled curve of all networks but one, or of all.
pub fn half_width_without(curves: &[&[f64]], left_out: Option<usize>, interval: f64) -> Option<f64> {
    let kept = curves
        .iter()
        .enumerate()
        .filter(|&(index, _)| Some(index) != left_out);
    let kept: Vec<&[f64]> = kept.map(|(_, curve)| *curve).collect();
    half_width(&pooled(&kept)?, interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard normal numbers by Box and Muller over a 64-bit mixing generator.
    fn gaussians(count: usize) -> Vec<f64> {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut uniform = move || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        (0..count)
            .map(|_| (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos())
            .collect()
    }

    #[test]
    fn agrees_with_the_defining_sum() {
        let (neurons, samples, lags) = (3, 23, 22);
        let noise = gaussians(neurons * samples);
        let mut record = RateSamples::with_capacity(neurons, samples);
        for row in noise.chunks(neurons) {
            assert!(record.push(row));
        }
        let found = record.autocorrelation(lags).unwrap();
        for lag in 0..=lags {
            let mut sum = 0.0;
            for t in 0..samples - lag {
                for i in 0..neurons {
                    let (now, later) = (
                        noise[t * neurons + i] as f32,
                        noise[(t + lag) * neurons + i] as f32,
                    );
                    sum += f64::from(now) * f64::from(later);
                }
            }
            let expected = sum / ((samples - lag) * neurons) as f64;
            assert!(
                (found[lag] - expected).abs() < 1e-12,
                "lag {lag}: {} against {expected}",
                found[lag]
            );
        }
    }

    #[test]
    fn cosines_give_a_cosine() {
        // phi_i = cos(w t + theta_i) with phases evenly spread: the neuron average is cos(w tau) / 2 exactly.
        let (neurons, samples, w) = (8, 300, 0.37);
        let mut record = RateSamples::with_capacity(neurons, samples);
        for t in 0..samples {
            let phase = |i: usize| std::f64::consts::TAU * i as f64 / neurons as f64;
            record.push(
                &(0..neurons)
                    .map(|i| (w * t as f64 + phase(i)).cos())
                    .collect::<Vec<f64>>(),
            );
        }
        for (lag, found) in record.autocorrelation(50).unwrap().into_iter().enumerate() {
            assert!(
                (found - (w * lag as f64).cos() / 2.0).abs() < 1e-6,
                "f32 samples are exact to 6e-8"
            );
        }
    }

    #[test]
    fn ornstein_uhlenbeck_noise_decays_exponentially() {
        // x' = r x + sqrt(1 - r^2) xi has C(m) = r^m. By Bartlett's formula the variance of the estimate, over
        // n independent series of length M, is below (1 + r^2) / (1 - r^2) * 2 / (n M): five of these.
        let (neurons, samples, lags, r) = (40, 2000, 40, 0.9_f64);
        let noise = gaussians(neurons * samples);
        let mut x = noise[..neurons].to_vec();
        let mut record = RateSamples::with_capacity(neurons, samples);
        for row in noise.chunks(neurons) {
            for (x, xi) in x.iter_mut().zip(row) {
                *x = r * *x + (1.0 - r * r).sqrt() * xi;
            }
            record.push(&x);
        }
        let found = record.autocorrelation(lags).unwrap();
        let error = ((1.0 + r * r) / (1.0 - r * r) * 2.0 / (neurons * samples) as f64).sqrt();
        for (lag, found) in found.iter().enumerate() {
            assert!(
                (found - r.powi(lag as i32)).abs() < 5.0 * error,
                "lag {lag}: {found}"
            );
        }
        // dC/dtau = ln(r) / 2 at the half-width turns the error of C into one of tau.
        let expected = 0.5_f64.ln() / r.ln();
        let slope = 0.5 * r.ln().abs();
        let width = half_width(&found, 1.0).unwrap();
        assert!(
            (width - expected).abs() < 5.0 * 1.5 * error / slope,
            "{width} against {expected}"
        );
    }

    #[test]
    fn half_width_interpolates() {
        assert_eq!(half_width(&[2.0, 1.5, 0.5, 0.0], 0.25), Some(0.375));
        assert_eq!(
            half_width(&[2.0, 1.5, 1.0], 0.25),
            None,
            "one half is not below one half"
        );
        assert_eq!(half_width(&[], 0.25), None);
        assert_eq!(half_width(&[0.0, -1.0], 0.25), None);
        assert_eq!(half_width(&[f64::NAN, 0.0], 0.25), None);
    }

    #[test]
    fn pooling_is_the_mean_over_networks() {
        assert_eq!(pooled(&[vec![1.0, 0.0], vec![3.0, 1.0]]), Some(vec![2.0, 0.5]));
        assert_eq!(pooled(&[vec![1.0], vec![3.0, 1.0]]), None);
        assert_eq!(pooled::<Vec<f64>>(&[]), None);
    }

    #[test]
    fn too_few_samples_or_wrong_sizes_give_nothing() {
        let mut record = RateSamples::with_capacity(2, 2);
        assert!(!record.push(&[1.0_f32]));
        assert!(record.push(&[1.0_f32, 2.0]));
        assert_eq!(record.autocorrelation(1), None);
        assert_eq!(
            record.autocorrelation(0).map(|c| c[0].round()),
            Some(3.0),
            "2.5 rounds away from zero"
        );
        assert_eq!(RateSamples::with_capacity(0, 5).autocorrelation(0), None);
    }

    #[test]
    fn transform_lengths_are_smooth() {
        assert_eq!([1, 7, 4401].map(fast_length), [2, 8, 4500]);
    }
}
