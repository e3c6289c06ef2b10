//! Envelopes of a sensor's channels, sample by sample: what a network whose transfer function is odd cannot compute.

use crate::arithmetic::square_root;
use crate::values::SizeError;

/// Running means of the channels of a sensor, and the smoothed magnitude of the joint deviation of some of them from these
/// means: an envelope, as one channel more.
///
/// An odd network at rest answers the negative of a signal with the negative of its state, so that no linear readout can
/// tell what is the same for both, such as an intensity. Host and board call this same code.
///
/// ```
/// use freezable_chaos::Envelopes;
/// let envelopes = Envelopes { channels: 2, rate: 0.5 };
/// let (mut state, mut extended) = ([0.0; 3], [0.0; 3]); // two means and one envelope; two channels and one envelope
/// envelopes.begin(&[1.0, 2.0], &mut state);
/// envelopes.extend([0b11], &mut state, &[1.0, 2.0], &mut extended).unwrap();
/// assert_eq!(extended, [1.0, 2.0, 0.0]);
/// envelopes.extend([0b11], &mut state, &[4.0, 6.0], &mut extended).unwrap();
/// assert_eq!(extended, [4.0, 6.0, 2.5]); // half of the way to a deviation of 5
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelopes {
    /// Channels of the sensor.
    pub channels: usize,
    /// What of the difference to a new value means and envelopes take over with each sample: one over the time constant
    /// in samples.
    pub rate: f32,
}

impl Envelopes {
    /// An event begins with this sample: the means are its values, and every envelope is 0.
    pub fn begin(&self, first: &[f32], state: &mut [f32]) {
        state.fill(0.0);
        for (mean, &value) in state.iter_mut().take(self.channels).zip(first) {
            *mean = value;
        }
    }

    /// Takes the next sample and writes it, then one envelope for each group, a mask with the bit of each of its channels.
    /// Deviations are taken from the means before the sample, squares added for ascending channels.
    ///
    /// The state has a mean for each channel, then an envelope for each group. Refuses a sample, a state or a place for the
    /// result of another size.
    pub fn extend(
        &self,
        groups: impl IntoIterator<Item = u64, IntoIter: ExactSizeIterator>,
        state: &mut [f32],
        sample: &[f32],
        extended: &mut [f32],
    ) -> Result<(), SizeError> {
        let groups = groups.into_iter();
        let all = self.channels.saturating_add(groups.len());
        SizeError::check("the sample", self.channels, sample.len())?;
        SizeError::check("the state of the envelopes", all, state.len())?;
        SizeError::check("the slice of channels and envelopes", all, extended.len())?;
        let (means, envelopes) = state.split_at_mut_checked(self.channels).unwrap_or_default();
        for (place, &value) in extended.iter_mut().zip(sample) {
            *place = value;
        }
        let places = extended.iter_mut().skip(self.channels);
        for ((envelope, group), place) in envelopes.iter_mut().zip(groups).zip(places) {
            let mut square = 0.0;
            for (channel, (&value, &mean)) in (0_u32..64).zip(sample.iter().zip(means.iter())) {
                if group >> channel & 1 == 1 {
                    let deviation = value - mean;
                    square += deviation * deviation;
                }
            }
            *envelope += self.rate * (square_root(square) - *envelope);
            *place = *envelope;
        }
        for (mean, &value) in means.iter_mut().zip(sample) {
            *mean += self.rate * (value - *mean);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_follow_a_step_and_forget_it() {
        let envelopes = Envelopes {
            channels: 2,
            rate: 0.25,
        };
        let (mut state, mut extended) = ([9.0; 4], [9.0; 4]);
        envelopes.begin(&[1.0, -1.0], &mut state);
        assert_eq!(state, [1.0, -1.0, 0.0, 0.0]);
        envelopes
            .extend([0b01, 0b10], &mut state, &[5.0, -1.0], &mut extended)
            .unwrap();
        assert_eq!(extended, [5.0, -1.0, 1.0, 0.0]);
        for _ in 0..200 {
            envelopes
                .extend([0b01, 0b10], &mut state, &[5.0, -1.0], &mut extended)
                .unwrap();
        }
        assert!(
            f32::abs(state[0] - 5.0) < 1e-6 && extended[2] < 1e-5,
            "{extended:?}"
        );
    }

    #[test]
    fn other_sizes_are_refused() {
        let envelopes = Envelopes {
            channels: 2,
            rate: 0.5,
        };
        let (mut state, mut extended) = ([0.0; 3], [0.0; 3]);
        assert!(envelopes.extend([1], &mut state, &[1.0], &mut extended).is_err());
        assert!(
            envelopes
                .extend([1, 2], &mut state, &[1.0; 2], &mut extended)
                .is_err()
        );
        assert!(
            envelopes
                .extend([1], &mut state, &[1.0; 2], &mut extended[..2])
                .is_err()
        );
        assert!(
            envelopes
                .extend([1], &mut state, &[1.0; 2], &mut extended)
                .is_ok()
        );
    }
}
