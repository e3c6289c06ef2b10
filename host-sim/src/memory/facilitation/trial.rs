//! One trial: a cue excites a group, which is later told from the others by exciting all neurons alike.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use serde::{Deserialize, Serialize};

use super::network::{Groups, Network, Stimulus};

/// The neuronal time constant in milliseconds with which hold times are put on one axis with those of freezing, whose
/// unit it is; those of the model's neurons are 15 and 10.
pub const TIME_CONSTANT: f64 = 10.0;
/// Step in milliseconds.
const DT: f64 = 0.5;
/// Time without stimulus, after which the rested network without noise stands still: ten times tau_F.
const REST: f64 = 15_000.0;
/// Time with noise before the cue.
const WARM_UP: f64 = 1000.0;

/// What is done to the network; times in milliseconds, stimuli as factors of the background.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Protocol {
    /// Number of groups, one of which is excited by the cue.
    pub cues: usize,
    /// Duration and strength of the cue.
    pub cue: (f64, f64),
    /// Duration and strength of the excitation of all neurons by which the group is read.
    pub probe: (f64, f64),
    /// Duration, period and strength of the excitations of all neurons that reactivate the group.
    pub reactivation: (f64, f64, f64),
    /// Times since the end of the cue at which the group is read, each in a copy of the network; ascending.
    pub holds: Vec<f64>,
}

impl Protocol {
    /// The published stimuli, with as many groups as cues are needed (published: 5).
    pub fn published(cues: usize, holds: Vec<f64>) -> Self {
        Self {
            cues,
            cue: (350.0, 1.15),
            probe: (250.0, 1.05),
            reactivation: (100.0, 300.0, 1.075),
            holds,
        }
    }

    /// Steps of a trial.
    pub fn steps(&self) -> u64 {
        let last = self.holds.last().copied().unwrap_or(0.0);
        let probes = self.probe.0 * self.holds.len() as f64;
        steps(WARM_UP) + steps(self.cue.0) + steps(last) + steps(probes)
    }
}

/// How the memory is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// What the groups are.
    pub groups: Groups,
    /// Mean external input to excitatory neurons, in millivolts.
    pub background: f64,
    /// Whether excitations of all neurons reactivate the group again and again.
    pub is_reactivated: bool,
}

impl Memory {
    /// Its network without noise, after a long rest.
    pub fn rested(&self, protocol: &Protocol) -> Network {
        let mut network = Network::new(self.groups, protocol.cues, self.background);
        (0..steps(REST)).for_each(|_| network.step(Stimulus::None, DT));
        network
    }
}

/// What a trial shows, at each hold time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recalled {
    /// Whether the group that the cue had excited spiked most while all were excited.
    pub is_right: Vec<bool>,
    /// Mean u of the synapses of that group.
    pub facilitation: Vec<f64>,
}

/// Runs a trial from a [rested](Memory::rested) network; the cue and the noise are drawn from the seed.
pub fn recall(memory: &Memory, protocol: &Protocol, rested: &Network, seed: u64, trial: u32) -> Recalled {
    let mut choice = Generator::new(seed, trial, Purpose::Input);
    let cue = ((u64::from(choice.next_u32()) * protocol.cues as u64) >> 32) as usize;
    let mut network = rested
        .clone()
        .with_noise(Generator::new(seed, trial, Purpose::Field));
    let run = |network: &mut Network, stimulus, time| {
        (0..steps(time)).for_each(|_| network.step(stimulus, DT));
    };
    run(&mut network, Stimulus::None, WARM_UP);
    run(&mut network, Stimulus::Group(cue, protocol.cue.1), protocol.cue.0);
    let (mut is_right, mut facilitation, mut passed) = (Vec::new(), Vec::new(), 0);
    for &hold in &protocol.holds {
        while passed < steps(hold) {
            network.step(memory.stimulus_at(protocol, passed as f64 * DT), DT);
            passed += 1;
        }
        facilitation.push(network.synapses(cue).map_or(f64::NAN, |synapses| synapses.u));
        is_right.push(read(network.clone(), protocol, &mut choice) == Some(cue));
    }
    Recalled {
        is_right,
        facilitation,
    }
}

impl Memory {
    /// What excites the network that long after the cue: reactivations are at the end of each period.
    fn stimulus_at(&self, protocol: &Protocol, time: f64) -> Stimulus {
        let (duration, period, contrast) = protocol.reactivation;
        if self.is_reactivated && time % period >= period - duration {
            Stimulus::All(contrast)
        } else {
            Stimulus::None
        }
    }
}

/// The group with the most spikes while all neurons are excited alike; ties are broken by lot.
fn read(mut network: Network, protocol: &Protocol, lots: &mut Generator) -> Option<usize> {
    let mut spikes = vec![0.0; protocol.cues];
    for _ in 0..steps(protocol.probe.0) {
        network.step(Stimulus::All(protocol.probe.1), DT);
        for (group, sum) in spikes.iter_mut().enumerate() {
            *sum += network.spikes(group) * Network::group_size();
        }
    }
    let with_lots = spikes
        .iter()
        .map(|sum| sum.round() + f64::from(lots.next_u32()) / 4_294_967_296.0);
    let best = with_lots.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    best.map(|(group, _)| group)
}

fn steps(time: f64) -> u64 {
    (time / DT).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scan() {
        let protocol = Protocol::published(8, vec![0., 100., 300., 500., 1000., 1500., 2000., 3000., 5000., 10000.]);
        for (groups, background, is_reactivated) in [
            (Groups::Assemblies, 23.1, false),
            (Groups::Assemblies, 23.1, true),
            (Groups::Assemblies, 23.8, false),
            (Groups::Assemblies, 24.1, false),
            (Groups::Random, 23.1, false),
            (Groups::Random, 23.1, true),
            (Groups::Random, 24.1, false),
        ] {
            let memory = Memory { groups, background, is_reactivated };
            let rested = memory.rested(&protocol);
            let start = std::time::Instant::now();
            let trials: Vec<_> = (0..60).map(|t| recall(&memory, &protocol, &rested, 1, t)).collect();
            println!("{memory:?} {:?}", start.elapsed());
            for i in 0..protocol.holds.len() {
                println!("  {:6} {:.3} u {:.3}", protocol.holds[i], trials.iter().filter(|t| t.is_right[i]).count() as f64/60., trials.iter().map(|t| t.facilitation[i]).sum::<f64>()/60.);
            }
        }
    }
}
