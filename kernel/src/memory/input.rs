//! What is written into the network: random cues, or a few channels through static weights.

use crate::random::{Generator, Purpose, Randomness};
use crate::values::SizeError;

/// A cue: an input of the same strength to all neurons, with random signs that nothing stores.
///
/// The sign of neuron i is bit `i mod 32` of word `i / 32` of the stream `Generator::new(seed, index, Purpose::Input)`,
/// positive where it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cue {
    /// Seed of all cues.
    pub seed: u64,
    /// Which of them.
    pub index: u32,
    /// Magnitude of the input to each neuron.
    pub strength: f32,
}

impl Cue {
    /// Writes the input of every neuron, for [`step_with_input`](crate::Network::step_with_input).
    pub fn write(&self, input: &mut [f32]) {
        let mut signs = Generator::new(self.seed, self.index, Purpose::Input);
        for neurons in input.chunks_mut(32) {
            let word = signs.next_u32();
            for (bit, input) in neurons.iter_mut().enumerate() {
                *input = if word >> bit & 1 == 1 {
                    self.strength
                } else {
                    -self.strength
                };
            }
        }
    }
}

/// Static input weights: `I_i = sum over c of W_ic u_c` of a few channels, added for c ascending.
///
/// ```
/// use freezable_chaos::InputWeights;
/// static WEIGHTS: [f32; 6] = [1.0, 0.0, 0.0, 1.0, 0.5, 0.5]; // two channels into three neurons
/// let mut input = [0.0; 3];
/// InputWeights::new(&WEIGHTS, 2, 3).unwrap().write(&[0.2, -0.4], &mut input).unwrap();
/// assert_eq!(input, [0.2, -0.4, -0.1]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct InputWeights<'a> {
    weights: &'a [f32],
    channels: usize,
    n: usize,
}

impl<'a> InputWeights<'a> {
    /// Takes the weights of each neuron, one row of `channels` after the other. They may lie in flash.
    pub fn new(weights: &'a [f32], channels: usize, n: usize) -> Result<Self, SizeError> {
        let expected = n.saturating_mul(channels);
        SizeError::check("the set of input weights", expected, weights.len())?;
        Ok(Self { weights, channels, n })
    }

    /// Writes the input of every neuron for these values of the channels. Refuses other numbers of either.
    pub fn write(&self, channels: &[f32], input: &mut [f32]) -> Result<(), SizeError> {
        SizeError::check("the slice of channels", self.channels, channels.len())?;
        SizeError::check("the input", self.n, input.len())?;
        let mut rows = self.weights.chunks_exact(self.channels.max(1));
        for input in input {
            let products = rows.next().unwrap_or(&[]).iter().zip(channels);
            *input = products.fold(0.0, |sum, (&weight, &channel)| sum + weight * channel);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{vec, vec::Vec};

    #[test]
    fn cues_have_one_magnitude_and_independent_signs() {
        let n = 4096;
        let cue = |seed, index| {
            let mut input = vec![0.0; n];
            let cue = Cue {
                seed,
                index,
                strength: 1.5,
            };
            cue.write(&mut input);
            input
        };
        let cues = [cue(1, 0), cue(1, 1), cue(2, 0)];
        for (a, first) in cues.iter().enumerate() {
            assert!(first.iter().all(|&value| value == 1.5 || value == -1.5));
            for second in &cues[..a] {
                let overlap: f32 = first.iter().zip(second).map(|(a, b)| a * b / 2.25).sum();
                // Five standard errors of independent signs.
                assert!(f32::abs(overlap) < 5.0 * 64.0, "{overlap}");
            }
        }
        // A smaller network has the beginning of the cue.
        let mut short = [0.0; 70];
        Cue {
            seed: 1,
            index: 0,
            strength: 1.5,
        }
        .write(&mut short);
        assert_eq!(short, cues[0][..70]);
    }

    #[test]
    fn channels_pass_through_their_weights() {
        let weights = [1.0, 0.0, 0.5, -1.0, 0.0, 2.0];
        let mut input = [9.0; 3];
        let channels = InputWeights::new(&weights, 2, 3).unwrap();
        channels.write(&[2.0, 4.0], &mut input).unwrap();
        assert_eq!(input, [2.0, -3.0, 8.0]);
        assert!(channels.write(&[2.0], &mut input).is_err());
        assert!(channels.write(&[2.0, 4.0], &mut input[..2]).is_err());
        assert!(InputWeights::new(&weights, 4, 3).is_err());
        let none: Vec<f32> = vec![];
        let silent = InputWeights::new(&none, 0, 3).unwrap();
        silent.write(&[], &mut input).unwrap();
        assert_eq!(input, [0.0; 3]);
    }
}
