//! From the samples of a trial to the input of every neuron: scaled channels, envelopes, random static weights.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, InputWeights};
use serde::Serialize;

use super::recordings::Recordings;
use crate::Refusal;

/// What of the samples becomes channels of the input.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Channels {
    /// Groups of channels, by their numbers, of whose joint deviation from its running mean the magnitude is one further
    /// channel each. A network whose transfer function is odd cannot compute a quantity that is the same for a signal and its
    /// negative, such as an intensity: it has to be told.
    pub envelopes: Vec<Vec<usize>>,
    /// Time constant of running means and of envelopes, in samples.
    pub smoothing: f64,
}

impl Channels {
    /// Refuses channels that there are not, and a smoothing that is none.
    pub fn check(&self, channels: usize) -> Result<(), Refusal> {
        Refusal::check("envelope_samples", self.smoothing, [1.0, 1e6])?;
        for envelope in &self.envelopes {
            if envelope.is_empty() {
                return Err(Refusal::because("envelope", "", "has a group without a channel"));
            }
            if let Some(&channel) = envelope.iter().find(|&&channel| channel >= channels) {
                return Err(
                    Refusal::above("envelope", channel, channels - 1).reason("channels are counted from 0")
                );
            }
        }
        Ok(())
    }

    /// Number of channels with the envelopes.
    pub fn count(&self, channels: usize) -> usize {
        channels + self.envelopes.len()
    }

    /// The samples of a trial with their envelopes, time x channels: what a device computes as the samples come.
    pub fn extended(&self, samples: &[f32], channels: usize) -> Vec<f32> {
        let rate = (1.0 / self.smoothing) as f32;
        let mut means: Vec<f32> = samples.iter().take(channels).copied().collect();
        let mut envelopes = vec![0.0_f32; self.envelopes.len()];
        let mut extended = Vec::new();
        for sample in samples.chunks_exact(channels) {
            extended.extend_from_slice(sample);
            for (envelope, group) in envelopes.iter_mut().zip(&self.envelopes) {
                let square: f32 = group.iter().map(|&c| (sample[c] - means[c]).powi(2)).sum();
                *envelope += rate * (square.sqrt() - *envelope);
                extended.push(*envelope);
            }
            for (mean, value) in means.iter_mut().zip(sample) {
                *mean += rate * (value - *mean);
            }
        }
        extended
    }
}

/// Channels scaled and weighted into the input of neurons.
#[derive(Clone, Debug)]
pub struct Drive {
    channels: usize,
    trials: Vec<Vec<f32>>,
    weights: Vec<f32>,
    n: usize,
}

impl Drive {
    /// Scales every channel to mean 0 and variance 1 over the trials of training, and draws weights with variance
    /// `gain^2 / channels`, so that the input of a neuron has a root mean square of about `gain`.
    pub fn new(
        recordings: &Recordings,
        channels: &Channels,
        training: &[usize],
        (n, gain): (usize, f32),
        generator: &mut Generator,
    ) -> Self {
        let raw = recordings.channels();
        let count = channels.count(raw);
        let mut trials: Vec<Vec<f32>> = (0..recordings.trials())
            .map(|trial| channels.extended(recordings.trial(trial), raw))
            .collect();
        for channel in 0..count {
            let values = || {
                let of_channel = |&trial: &usize| trials[trial].iter().skip(channel).step_by(count);
                training
                    .iter()
                    .flat_map(of_channel)
                    .map(|&value| f64::from(value))
            };
            let number = values().count().max(1) as f64;
            let mean = values().sum::<f64>() / number;
            let variance = values().map(|value| (value - mean).powi(2)).sum::<f64>() / number;
            // A channel that never changes says nothing.
            let scale = if variance > 0.0 {
                variance.sqrt().recip()
            } else {
                0.0
            };
            for trial in &mut trials {
                for value in trial.iter_mut().skip(channel).step_by(count) {
                    *value = ((f64::from(*value) - mean) * scale) as f32;
                }
            }
        }
        let scale = gain / (count as f32).sqrt();
        let weights = (0..n * count).map(|_| scale * generator.gaussian()).collect();
        Self {
            channels: count,
            trials,
            weights,
            n,
        }
    }

    /// Samples of a trial in time.
    pub fn length(&self, trial: usize) -> usize {
        self.trials[trial].len() / self.channels
    }

    /// Writes the input of a sample of a trial, one value for each neuron.
    pub fn write(
        &self,
        trial: usize,
        sample: usize,
        input: &mut [f32],
    ) -> Result<(), freezable_chaos::SizeError> {
        let values = &self.trials[trial][sample * self.channels..(sample + 1) * self.channels];
        InputWeights::new(&self.weights, self.channels, self.n)?.write(values, input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::synthetic_movements;
    use freezable_chaos::Purpose;

    #[test]
    fn an_envelope_is_the_same_for_a_signal_and_its_negative() {
        let channels = Channels {
            envelopes: vec![vec![0, 1]],
            smoothing: 10.0,
        };
        let samples: Vec<f32> = (0..400).map(|index| (index as f32 * 0.3).sin()).collect();
        let negative: Vec<f32> = samples.iter().map(|value| -value).collect();
        let [one, other] = [&samples, &negative].map(|samples| channels.extended(samples, 2));
        let envelope = |values: &[f32]| -> Vec<f32> { values.iter().skip(2).step_by(3).copied().collect() };
        assert_eq!(envelope(&one), envelope(&other));
        assert_eq!(envelope(&one).len(), 200);
        // Two sines of amplitude 1 have a joint magnitude near 1.
        assert!(
            (0.5..1.5).contains(&envelope(&one)[199]),
            "{:?}",
            envelope(&one)[199]
        );
        assert_eq!(channels.extended(&[2.0; 40], 2)[30..33], [2.0, 2.0, 0.0]);
    }

    #[test]
    fn the_input_has_the_gain_that_was_asked_for_on_the_trials_of_training() {
        let recordings = synthetic_movements(1);
        let channels = Channels {
            envelopes: vec![vec![0, 1, 2]],
            smoothing: 25.0,
        };
        let training = recordings.split(2, 0).training;
        let mut generator = Generator::new(1, 0, Purpose::Input);
        let drive = Drive::new(&recordings, &channels, &training, (64, 1.5), &mut generator);
        let (mut sum, mut count, mut input) = (0.0, 0.0, vec![0.0; 64]);
        for &trial in &training {
            for sample in 0..drive.length(trial) {
                drive.write(trial, sample, &mut input).unwrap();
                sum += input.iter().map(|value| f64::from(value * value)).sum::<f64>();
                count += 64.0;
            }
        }
        // 64 neurons have 7 weights each: the variance of the mean square weight is 2 / 448, two standard errors 0.13.
        assert!(
            ((sum / count).sqrt() / 1.5 - 1.0).abs() < 0.2,
            "{}",
            (sum / count).sqrt()
        );
    }

    #[test]
    fn channels_that_there_are_not_are_refused() {
        let refused = |envelopes: Vec<Vec<usize>>, smoothing| {
            let channels = Channels { envelopes, smoothing };
            channels.check(6).unwrap_err().to_string()
        };
        assert!(refused(vec![vec![0, 6]], 25.0).starts_with("envelope 6 is above its bound 5"));
        assert!(refused(vec![vec![]], 25.0).starts_with("envelope has a group"));
        assert!(refused(vec![], 0.0).starts_with("envelope_samples 0 is outside"));
    }
}
