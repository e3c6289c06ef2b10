//! From the samples of a trial to the input of every neuron: scaled channels, envelopes, random static weights.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Envelopes, Generator, InputWeights};
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
            if let Some(&channel) = envelope.iter().find(|&&channel| channel >= 64) {
                return Err(Refusal::above("envelope", channel, 63).reason("a group is a mask of 64 bits"));
            }
        }
        Ok(())
    }

    /// Number of channels with the envelopes.
    pub fn count(&self, channels: usize) -> usize {
        channels + self.envelopes.len()
    }

    /// The samples of a trial with their envelopes, time x channels, computed by the kernel's [`Envelopes`] as a device does
    /// while the samples come.
    pub fn extended(&self, samples: &[f32], channels: usize) -> Vec<f32> {
        let filter = Envelopes {
            channels,
            rate: self.rate(),
        };
        let masks = self.masks();
        let count = self.count(channels);
        let mut state = vec![0.0; count];
        filter.begin(samples.get(..channels).unwrap_or(&[]), &mut state);
        let mut extended = vec![0.0; samples.len() / channels.max(1) * count];
        for (sample, row) in samples
            .chunks_exact(channels)
            .zip(extended.chunks_exact_mut(count))
        {
            if let Err(error) = filter.extend(masks.iter().copied(), &mut state, sample, row) {
                unreachable!("every slice has its size: {error}");
            }
        }
        extended
    }

    /// See [`Envelopes::rate`].
    pub fn rate(&self) -> f32 {
        (1.0 / self.smoothing) as f32
    }

    /// The groups of the envelopes, each a mask of its channels.
    pub fn masks(&self) -> Vec<u64> {
        let mask = |group: &Vec<usize>| group.iter().fold(0, |mask, &channel| mask | 1 << channel);
        self.envelopes.iter().map(mask).collect()
    }
}

/// Channels scaled and weighted into the input of neurons.
#[derive(Clone, Debug)]
pub struct Drive {
    channels: usize,
    trials: Vec<Vec<f32>>,
    /// Mean and scale of each channel.
    pub(crate) scaling: Vec<f32>,
    /// Rows of channels, one for each neuron.
    pub(crate) weights: Vec<f32>,
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
        let mut scaling = Vec::new();
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
            // In the arithmetic of a device, as the kernel's `StoredSensor` has it.
            let (mean, scale) = (mean as f32, scale as f32);
            scaling.extend([mean, scale]);
            for trial in &mut trials {
                for value in trial.iter_mut().skip(channel).step_by(count) {
                    *value = (*value - mean) * scale;
                }
            }
        }
        let scale = gain / (count as f32).sqrt();
        let weights = (0..n * count).map(|_| scale * generator.gaussian()).collect();
        Self {
            channels: count,
            trials,
            scaling,
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
