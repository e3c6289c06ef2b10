//! One trial: a cue excites a group, which is later told from the others by exciting all neurons alike.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use serde::Serialize;

use super::network::{Groups, Network, Stimulus};
use super::synapse::Synapses;
use crate::Stopped;
use crate::watch::{Watch, advance};

/// The neuronal time constant in milliseconds with which hold times are put on one axis with those of freezing, whose
/// unit it is; those of the model's neurons are 15 and 10.
pub const TIME_CONSTANT: f64 = 10.0;
/// Published mean external input to excitatory neurons, in millivolts, at which an assembly has to be reactivated.
pub const BACKGROUND: f64 = 23.10;
/// The same at which a cued assembly goes on firing.
pub const PERSISTENT_BACKGROUND: f64 = 24.10;
/// Published strength of the excitations that reactivate an assembly.
pub const REACTIVATION: f64 = 1.075;
/// Step in milliseconds.
const DT: f64 = 0.5;
/// Time without stimulus, after which the rested network without noise stands still: ten times tau_F.
const REST: f64 = 15_000.0;
/// Steps after which the watcher may end a trial.
const BETWEEN_LOOKS: u64 = 10_000;
/// Time with noise before the cue.
const WARM_UP: f64 = 1000.0;

/// What is done to the network; times in milliseconds, stimuli as factors of the background.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Protocol {
    /// Number of groups, one of which is excited by the cue.
    pub cues: usize,
    /// Duration and strength of the cue.
    pub cue: (f64, f64),
    /// Duration and strength of the excitation of all neurons by which the group is read.
    pub probe: (f64, f64),
    /// Duration and period of the excitations of all neurons that reactivate the group.
    pub reactivation: (f64, f64),
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
            reactivation: (100.0, 250.0),
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
    /// Strength of the excitations of all neurons that reactivate the group again and again, if there are any.
    pub reactivation: Option<f64>,
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
#[derive(Clone, Debug, PartialEq)]
pub struct Recalled {
    /// Whether the group that the cue had excited spiked most while all were excited.
    pub is_right: Vec<bool>,
    /// Mean u of the synapses of that group.
    pub facilitation: Vec<f64>,
}

/// Runs a trial from a [rested](Memory::rested) network; the cue and the noise are drawn from the seed. The watcher may
/// end it; who calls reports its [steps](Protocol::steps).
pub fn recall(
    memory: &Memory,
    protocol: &Protocol,
    rested: &Network,
    seed: u64,
    trial: u32,
    watch: &dyn Watch,
) -> Result<Recalled, Stopped> {
    let mut lots = Generator::new(seed, trial, Purpose::Input);
    let cue = ((u64::from(lots.next_u32()) * protocol.cues as u64) >> 32) as usize;
    let network = rested
        .clone()
        .with_noise(Generator::new(seed, trial, Purpose::Field));
    let (mut is_right, mut facilitation) = (Vec::new(), Vec::new());
    memory.follow(protocol, network, cue, watch, |network| {
        facilitation.push(network.synapses(cue).map_or(f64::NAN, |synapses| synapses.u));
        let spikes = probe(network.clone(), protocol);
        // A number below 1 breaks ties by lot.
        let with_lots = spikes
            .iter()
            .map(|sum| sum.round() + f64::from(lots.next_u32()) / 4_294_967_296.0);
        let most = with_lots.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        is_right.push(most.map(|(group, _)| group) == Some(cue));
    })?;
    Ok(Recalled {
        is_right,
        facilitation,
    })
}

/// Facilitation u of the cued group that long after the end of the cue, where it was `start`, if its neurons then fire as
/// those of the rested network: `u(t) = u_rest + (u(0) - u_rest) exp(-t/tau)` with `1/tau = 1/tau_F + U rate`.
pub fn predicted_facilitation(rested: &Network, start: f64, time: f64) -> f64 {
    let rate = rested.rate(0);
    let rest = Synapses::at_rate(rate).u;
    rest + (start - rest) * (-time / Synapses::facilitation_time(rate)).exp()
}

impl Memory {
    /// Writes a cue into a network and shows what becomes of it at each hold time.
    fn follow(
        &self,
        protocol: &Protocol,
        mut network: Network,
        cue: usize,
        watch: &dyn Watch,
        mut show: impl FnMut(&Network),
    ) -> Result<(), Stopped> {
        let run = |network: &mut Network, stimulus, time| {
            (0..steps(time)).for_each(|_| network.step(stimulus, DT));
        };
        run(&mut network, Stimulus::None, WARM_UP);
        run(&mut network, Stimulus::Group(cue, protocol.cue.1), protocol.cue.0);
        let mut passed = 0_u64;
        for &hold in &protocol.holds {
            while passed < steps(hold) {
                network.step(self.stimulus_at(protocol, passed as f64 * DT), DT);
                passed += 1;
                if passed.is_multiple_of(BETWEEN_LOOKS) {
                    advance(watch, 0)?;
                }
            }
            show(&network);
        }
        Ok(())
    }

    /// What excites the network that long after the cue: reactivations are at the end of each period.
    fn stimulus_at(&self, protocol: &Protocol, time: f64) -> Stimulus {
        let (duration, period) = protocol.reactivation;
        match self.reactivation {
            Some(contrast) if time % period >= period - duration => Stimulus::All(contrast),
            _ => Stimulus::None,
        }
    }
}

/// Spikes of each group while all neurons are excited alike.
fn probe(mut network: Network, protocol: &Protocol) -> Vec<f64> {
    let mut spikes = vec![0.0; protocol.cues];
    for _ in 0..steps(protocol.probe.0) {
        network.step(Stimulus::All(protocol.probe.1), DT);
        for (group, sum) in spikes.iter_mut().enumerate() {
            *sum += network.spikes(group) * Network::group_size();
        }
    }
    spikes
}

fn steps(time: f64) -> u64 {
    (time / DT).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(groups: Groups) -> Memory {
        Memory {
            groups,
            background: BACKGROUND,
            reactivation: None,
        }
    }

    /// What the paper describes, without noise: u of a cued assembly is far above that of the others and decays as its
    /// theory says, to 0.02; excited with all others, it fires more than they, who are all alike.
    #[test]
    fn a_cued_assembly_is_facilitated_and_fires_most_when_all_are_excited() {
        let holds = [0.0, 500.0, 1000.0, 2000.0, 4000.0];
        let protocol = Protocol::published(8, holds.to_vec());
        let memory = memory(Groups::Assemblies);
        let rested = memory.rested(&protocol);
        let (mut u, mut spikes) = (Vec::new(), Vec::new());
        let shown = memory.follow(&protocol, rested.clone(), 3, &(), |network| {
            u.push(network.synapses(3).unwrap().u);
            spikes.push(probe(network.clone(), &protocol));
        });
        shown.unwrap();
        assert!(u[0] > 0.6, "{u:?}");
        for (u_now, time) in u.iter().zip(holds) {
            let theory = predicted_facilitation(&rested, u[0], time);
            assert!((u_now - theory).abs() < 0.02, "{time}: {u_now}, {theory}");
        }
        assert!(spikes[2][3] > 2.0 * spikes[2][4], "{:?}", spikes[2]);
        assert!((spikes[2][0] - spikes[2][7]).abs() < 1e-9);
    }

    /// Facilitation alone does not tell neurons drawn at random from others: they have no synapses of their own.
    #[test]
    fn random_neurons_are_facilitated_too_but_fire_as_all_others() {
        let protocol = Protocol::published(8, vec![500.0]);
        let memory = memory(Groups::Random);
        let rested = memory.rested(&protocol);
        let shown = memory.follow(&protocol, rested, 0, &(), |network| {
            assert!(network.synapses(0).unwrap().u > network.synapses(1).unwrap().u + 0.1);
            let spikes = probe(network.clone(), &protocol);
            assert!((spikes[0] / spikes[1] - 1.0).abs() < 1e-9, "{spikes:?}");
        });
        shown.unwrap();
    }

    #[test]
    fn a_trial_depends_on_its_seed_alone() {
        let protocol = Protocol::published(8, vec![0.0, 200.0]);
        let memory = memory(Groups::Assemblies);
        let rested = memory.rested(&protocol);
        let trial = |seed, index| recall(&memory, &protocol, &rested, seed, index, &()).unwrap();
        assert_eq!(trial(1, 2), trial(1, 2));
        assert_ne!(trial(1, 2).facilitation, trial(1, 3).facilitation);
        assert_eq!(trial(1, 2).is_right, [true, true]);
    }
}
