//! What is done to a state that is held, to see what of it comes back.

use std::fmt;

use freezable_chaos::Generator;
use freezable_chaos::random::Randomness;

use super::{HEALING, Signals};
use crate::Stopped;
use crate::estimators::steps_in;
use crate::memory::quantised;
use crate::networks::edit::{Parts, Plastic};
use crate::networks::{Model, Network, Simulation};
use crate::watch::{Watch, advance};

/// Input that holds a neuron where its rate is 1 or -1, whatever the others say.
const STUCK: f32 = 30.0;

/// A damage to a frozen network, or to what is kept of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Damage {
    /// Every x kicked, read at once.
    Kick(f64),
    /// Every x kicked, read after [`HEALING`].
    KickHealed(f64),
    /// x from so many bits each.
    Bits(u32),
    /// x and the plastic state from so many bits each number.
    AllBits(u32),
    /// A record: signs of x, so many bits of each number of the plastic state.
    Record(u32),
    /// A share of the neurons stuck at a rate of 1 or -1 from then on.
    Stuck(f64),
    /// A share of the plastic state flipped.
    Flipped(f64),
}

impl Signals {
    /// All damages, in the order of the rows.
    pub fn damages(&self) -> Vec<Damage> {
        let kicks = || self.kicks.iter().copied();
        let bits =
            |bits: &[u32], damage: fn(u32) -> Damage| bits.iter().copied().map(damage).collect::<Vec<_>>();
        let shares = |shares: &[f64], damage: fn(f64) -> Damage| {
            shares.iter().copied().map(damage).collect::<Vec<_>>()
        };
        [
            kicks().map(Damage::KickHealed).collect(),
            kicks().map(Damage::Kick).collect(),
            bits(&self.x_bits, Damage::Bits),
            bits(&self.state_bits, Damage::AllBits),
            bits(&self.record_bits, Damage::Record),
            shares(&self.stuck, Damage::Stuck),
            shares(&self.flipped, Damage::Flipped),
        ]
        .concat()
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |bits: u32| if bits == 1 { "" } else { "s" };
        match *self {
            Self::Kick(kick) => write!(f, "every x kicked by {kick} (rms), at once"),
            Self::KickHealed(kick) => write!(f, "every x kicked by {kick} (rms)"),
            Self::Bits(bits) => write!(f, "x from {bits} bit{}", plural(bits)),
            Self::AllBits(bits) => write!(f, "x and plastic state from {bits} bit{}", plural(bits)),
            Self::Record(bits) => write!(f, "signs of x, {bits} bit{} of plastic state", plural(bits)),
            Self::Stuck(share) => write!(f, "{share} of the neurons stuck"),
            Self::Flipped(share) => write!(f, "{share} of the plastic state flipped"),
        }
    }
}

impl Damage {
    /// Bytes that are kept, where snapshots have so many; scales of what is in few bits among them.
    pub(super) fn bytes(self, network: &Network, snapshot: usize) -> Option<usize> {
        let n = network.n;
        let (numbers, size) = match network.model {
            Model::Exact => (n * (n + 1) / 2, 4),
            // The rest of a snapshot is header and checksum.
            Model::Compact => (
                network.history.map_or(0, |history| history.samples as usize * n),
                1,
            ),
        };
        let head = snapshot.checked_sub(4 * n + size * numbers)?;
        let packed = |numbers: usize, bits: u32| (numbers * bits as usize).div_ceil(8) + 4;
        Some(match self {
            Self::Kick(_) | Self::KickHealed(_) | Self::Stuck(_) | Self::Flipped(_) => snapshot,
            Self::Bits(bits) => snapshot - 4 * n + packed(n, bits),
            Self::AllBits(bits) => head + packed(n, bits) + packed(numbers, bits),
            Self::Record(bits) => head + packed(n, 1) + packed(numbers, bits),
        })
    }

    /// Damages a state that is held, loads it, and lets it heal where it may.
    pub(super) fn inflict(
        self,
        whole: &Parts,
        network: &mut dyn Simulation,
        generator: &mut Generator,
        (dt, watch): (f64, &dyn Watch),
    ) -> Result<(), Stopped> {
        let mut parts = whole.clone();
        match self {
            Self::Kick(kick) | Self::KickHealed(kick) => {
                for x in &mut parts.x {
                    *x += kick as f32 * generator.gaussian();
                }
            }
            Self::Bits(bits) => parts.x = narrow(&parts.x, bits),
            Self::AllBits(bits) | Self::Record(bits) => {
                let is_record = matches!(self, Self::Record(_));
                parts.x = narrow(&parts.x, if is_record { 1 } else { bits });
                narrow_plastic(&mut parts.plastic, bits);
            }
            Self::Flipped(share) => flip(&mut parts.plastic, share, generator),
            Self::Stuck(_) => {}
        }
        network.load(&parts.saved())?;
        let input: Option<Vec<f32>> = match self {
            Self::Kick(_) => return Ok(()),
            Self::Stuck(share) => Some(stuck(network.n(), share, generator)),
            _ => None,
        };
        for _ in 0..steps_in(HEALING, dt) {
            network.step_under(input.as_deref())?;
            advance(watch, 1)?;
        }
        Ok(())
    }
}

/// An input for exactly this share of the neurons.
fn stuck(n: usize, share: f64, generator: &mut Generator) -> Vec<f32> {
    let mut input = vec![0.0; n];
    for place in chosen(n, share, generator) {
        input[place] = if generator.next_u32() & 1 == 1 {
            STUCK
        } else {
            -STUCK
        };
    }
    input
}

/// That share of so many places, each once.
fn chosen(count: usize, share: f64, generator: &mut Generator) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    let wanted = ((share * count as f64).round() as usize).min(count);
    for place in 0..wanted {
        let left = (count - place) as u64;
        let other = place + ((u64::from(generator.next_u32()) * left) >> 32) as usize;
        places.swap(place, other);
    }
    places.truncate(wanted);
    places
}

fn flip(plastic: &mut Plastic, share: f64, generator: &mut Generator) {
    match plastic {
        Plastic::Synapses(synapses) => {
            for place in chosen(synapses.len(), share, generator) {
                synapses[place] = -synapses[place];
            }
        }
        Plastic::Samples(samples) => {
            // A restored sample may not be above the levels, which no sample is.
            let largest = samples
                .iter()
                .map(|sample| sample.unsigned_abs())
                .max()
                .unwrap_or(0);
            let largest = i8::try_from(largest).unwrap_or(i8::MAX);
            for place in chosen(samples.len(), share, generator) {
                let flipped = samples[place] ^ (1 << (generator.next_u32() % 8)) as u8 as i8;
                samples[place] = flipped.clamp(-largest, largest);
            }
        }
    }
}

fn narrow(values: &[f32], bits: u32) -> Vec<f32> {
    let wide: Vec<f64> = values.iter().map(|&value| value.into()).collect();
    let narrowed = quantised(&wide, bits).into_iter();
    narrowed.map(|value| value as f32).collect()
}

fn narrow_plastic(plastic: &mut Plastic, bits: u32) {
    match plastic {
        Plastic::Synapses(synapses) => *synapses = narrow(synapses, bits),
        Plastic::Samples(samples) => {
            let wide: Vec<f32> = samples.iter().map(|&sample| sample.into()).collect();
            let narrowed = narrow(&wide, bits).into_iter();
            *samples = narrowed.map(|sample| sample.round() as i8).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Purpose;

    #[test]
    fn as_many_places_are_hit_as_asked_for_and_none_twice() {
        let mut generator = Generator::new(1, 0, Purpose::Input);
        for (share, expected) in [(0.0, 0), (0.05, 5), (1.0, 100)] {
            let mut places = chosen(100, share, &mut generator);
            places.sort_unstable();
            places.dedup();
            assert_eq!(places.len(), expected);
        }
        let mut plastic = Plastic::Synapses(vec![1.0; 100]);
        flip(&mut plastic, 0.1, &mut generator);
        let Plastic::Synapses(synapses) = plastic else {
            unreachable!()
        };
        assert_eq!(synapses.iter().filter(|&&synapse| synapse == -1.0).count(), 10);
        let mut plastic = Plastic::Samples(vec![7; 100]);
        flip(&mut plastic, 0.5, &mut generator);
        let Plastic::Samples(samples) = plastic else {
            unreachable!()
        };
        assert!(samples.iter().all(|sample| (-7..=7).contains(sample)));
        assert!((20..=50).contains(&samples.iter().filter(|&&sample| sample != 7).count()));
        let stuck = stuck(40, 0.1, &mut generator);
        assert_eq!(stuck.iter().filter(|value| value.abs() == STUCK).count(), 4);
    }
}
