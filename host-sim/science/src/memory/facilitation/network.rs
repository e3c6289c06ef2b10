//! Assemblies of excitatory neurons with facilitating synapses among them, and inhibition, in mean field.

use freezable_chaos::Generator;
use freezable_chaos::random::Randomness;

use super::rate::Neuron;
use super::synapse::Synapses;

/// Excitatory neurons, of all groups.
const EXCITATORY: f64 = 8000.0;
/// Inhibitory neurons.
const INHIBITORY: f64 = 2000.0;
/// f, the share of the excitatory neurons in each group.
const GROUP: f64 = 0.10;
/// c, the probability that a neuron has a synapse on another.
const CONNECTION: f64 = 0.20;
/// J_b, the weight of a synapse between excitatory neurons, in millivolts.
const BASELINE: f64 = 0.10;
/// J_p, that of a potentiated one.
const POTENTIATED: f64 = 0.45;
/// gamma_0, the share that is potentiated of the synapses from neurons of no assembly.
const POTENTIATED_SHARE: f64 = 0.10;
/// J_IE, from excitatory on inhibitory neurons.
const ON_INHIBITORY: f64 = 0.135;
/// J_EI, from inhibitory on excitatory neurons.
const INHIBITION: f64 = 0.25;
/// J_II, among inhibitory neurons.
const AMONG_INHIBITORY: f64 = 0.20;
/// Mean of the external input to inhibitory neurons, in millivolts.
const INHIBITORY_INPUT: f64 = 21.0;
/// Deviation of the external input.
const INPUT_DEVIATION: f64 = 1.0;
const EXCITATORY_NEURON: Neuron = Neuron {
    time_constant: 15.0,
    reset: 16.0,
    threshold: 20.0,
    refractory: 2.0,
};
const INHIBITORY_NEURON: Neuron = Neuron {
    time_constant: 10.0,
    reset: 13.0,
    ..EXCITATORY_NEURON
};

/// Who the groups are, of which one is excited by a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// The predefined assemblies: potentiated synapses within each.
    Assemblies,
    /// As many and as large groups of neurons drawn at random, without regard to the assemblies: among them, and within
    /// each, the weights are the same on average.
    Random,
}

/// Excitation beyond the mean of the external input: a factor of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stimulus {
    /// None.
    None,
    /// Of one group.
    Group(usize, f64),
    /// Of all excitatory neurons.
    All(f64),
}

/// Mean and mean square of the weight of a synapse.
#[derive(Clone, Copy, Debug)]
struct Weight {
    mean: f64,
    square: f64,
}

impl Weight {
    fn of(weight: f64) -> Self {
        Self {
            mean: weight,
            square: weight * weight,
        }
    }

    /// Of synapses of several kinds, with the share of each.
    fn mixed(kinds: impl IntoIterator<Item = (f64, Self)>) -> Self {
        let kinds = kinds.into_iter();
        kinds.fold(Self::of(0.0), |sum, (share, weight)| Self {
            mean: sum.mean + share * weight.mean,
            square: sum.square + share * weight.square,
        })
    }
}

/// A network of excitatory groups of one size, the other excitatory neurons, and inhibitory ones.
///
/// A population's filtered activity nu follows its spikes with the membrane time constant. A step has a Poisson number of
/// spikes with mean `n dt Phi(mu, sigma)`, with Phi the rate of an integrate-and-fire neuron ([`Neuron::rate`]) whose
/// input has the mean `mu = mu_ext + tau sum c n J u x nu` and the variance
/// `sigma^2 = sigma_ext^2 + tau sum c n J^2 (u x)^2 nu` (Amit and Brunel 1997); only synapses between excitatory neurons
/// have u and x.
#[derive(Clone, Debug)]
pub struct Network {
    /// The groups, then the other excitatory neurons.
    activity: Vec<f64>,
    synapses: Vec<Synapses>,
    inhibitory: f64,
    /// Spikes of the last step.
    spikes: Vec<f64>,
    /// Of the synapses from each excitatory population on each, those on one after the other.
    weights: Vec<Weight>,
    background: f64,
    noise: Option<Generator>,
    /// Room for a step: the rates of the excitatory populations, and what arrives from each, times u x and its square.
    rates: Vec<f64>,
    arriving: Vec<[f64; 2]>,
}

impl Network {
    /// A rested network of `count` groups, at most 10, whose excitatory neurons have an external input of the mean
    /// `background`, in millivolts; without noise, until it is [given](Self::with_noise).
    pub fn new(groups: Groups, count: usize, background: f64) -> Self {
        Self {
            activity: vec![0.0; count + 1],
            synapses: vec![Synapses::RESTED; count + 1],
            inhibitory: 0.0,
            spikes: vec![0.0; count + 1],
            weights: weights(groups, count),
            background,
            noise: None,
            rates: vec![0.0; count + 1],
            arriving: vec![[0.0; 2]; count + 1],
        }
    }

    /// The same network, with spikes in whole numbers drawn from a generator.
    pub fn with_noise(mut self, noise: Generator) -> Self {
        self.noise = Some(noise);
        self
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.activity.len() - 1
    }

    /// Mean spikes of a neuron of a group in the last step.
    pub fn spikes(&self, group: usize) -> f64 {
        self.spikes.get(group).copied().unwrap_or(0.0)
    }

    /// Rate of a group per millisecond, filtered with the membrane time constant.
    pub fn rate(&self, group: usize) -> f64 {
        self.activity.get(group).copied().unwrap_or(0.0)
    }

    /// Neurons in each group.
    pub fn group_size() -> f64 {
        GROUP * EXCITATORY
    }

    /// Synapses of a group.
    pub fn synapses(&self, group: usize) -> Option<Synapses> {
        self.synapses.get(group).copied()
    }

    /// A step of `dt` milliseconds.
    pub fn step(&mut self, stimulus: Stimulus, dt: f64) {
        let groups = self.groups();
        let on_excitatory = CONNECTION * INHIBITORY * self.inhibitory;
        let mut excitation = 0.0;
        for (from, arriving) in self.arriving.iter_mut().enumerate() {
            let spikes = CONNECTION * EXCITATORY * share(groups, from) * self.activity[from];
            let efficacy = self.synapses[from].efficacy();
            excitation += spikes;
            *arriving = [spikes * efficacy, spikes * efficacy * efficacy];
        }
        let tau = EXCITATORY_NEURON.time_constant;
        for (on, rate) in self.rates.iter_mut().enumerate() {
            let mut mean = -on_excitatory * INHIBITION;
            let mut variance = on_excitatory * INHIBITION * INHIBITION;
            let weights = &self.weights[on * (groups + 1)..][..=groups];
            for ([weighted, squared], weight) in self.arriving.iter().zip(weights) {
                mean += weighted * weight.mean;
                variance += squared * weight.square;
            }
            let contrast = match stimulus {
                Stimulus::Group(group, contrast) if group == on => contrast,
                Stimulus::All(contrast) => contrast,
                _ => 1.0,
            };
            let deviation = (INPUT_DEVIATION * INPUT_DEVIATION + tau * variance).sqrt();
            *rate = EXCITATORY_NEURON.rate(contrast * self.background + tau * mean, deviation);
        }
        let tau = INHIBITORY_NEURON.time_constant;
        let on_inhibitory = CONNECTION * INHIBITORY * self.inhibitory;
        let mean = excitation * ON_INHIBITORY - on_inhibitory * AMONG_INHIBITORY;
        let variance =
            excitation * ON_INHIBITORY * ON_INHIBITORY + on_inhibitory * AMONG_INHIBITORY * AMONG_INHIBITORY;
        let deviation = (INPUT_DEVIATION * INPUT_DEVIATION + tau * variance).sqrt();
        let inhibitory = INHIBITORY_NEURON.rate(INHIBITORY_INPUT + tau * mean, deviation);

        let spikes = self.draw(INHIBITORY, inhibitory * dt);
        self.inhibitory += (spikes - dt * self.inhibitory) / tau;
        for population in 0..=groups {
            let spikes = self.draw(
                EXCITATORY * share(groups, population),
                self.rates[population] * dt,
            );
            self.spikes[population] = spikes;
            self.activity[population] +=
                (spikes - dt * self.activity[population]) / EXCITATORY_NEURON.time_constant;
            self.synapses[population].advance(spikes / dt, dt);
        }
    }

    /// Spikes per neuron of a population of which each is to have `mean`.
    fn draw(&mut self, neurons: f64, mean: f64) -> f64 {
        match &mut self.noise {
            Some(noise) if neurons >= 1.0 => poisson(neurons * mean, noise) / neurons,
            Some(_) => 0.0,
            None => mean,
        }
    }
}

/// Share of a population in the excitatory neurons.
fn share(groups: usize, population: usize) -> f64 {
    if population < groups {
        GROUP
    } else {
        1.0 - groups as f64 * GROUP
    }
}

fn weights(kind: Groups, groups: usize) -> Vec<Weight> {
    let pairs = || (0..=groups).flat_map(|on| (0..=groups).map(move |from| (on, from)));
    match kind {
        Groups::Assemblies => pairs()
            .map(|(on, from)| assembly_weight(groups, on, from))
            .collect(),
        Groups::Random => {
            let of_any = Weight::mixed(pairs().map(|(on, from)| {
                let share = share(groups, on) * share(groups, from);
                (share, assembly_weight(groups, on, from))
            }));
            pairs().map(|_| of_any).collect()
        }
    }
}

/// Potentiated within an assembly, baseline from an assembly on others, some of each from neurons of no assembly.
fn assembly_weight(groups: usize, on: usize, from: usize) -> Weight {
    if from == groups {
        Weight::mixed([
            (POTENTIATED_SHARE, Weight::of(POTENTIATED)),
            (1.0 - POTENTIATED_SHARE, Weight::of(BASELINE)),
        ])
    } else if from == on {
        Weight::of(POTENTIATED)
    } else {
        Weight::of(BASELINE)
    }
}

/// A Poisson number, by Knuth's products of uniform numbers: means are a few tens at most.
fn poisson(mean: f64, noise: &mut Generator) -> f64 {
    let mut uniform = || (f64::from(noise.next_u32()) + 0.5) / 4_294_967_296.0;
    let (least, mut product, mut count) = ((-mean).exp(), uniform(), 0.0);
    while product > least {
        product *= uniform();
        count += 1.0;
    }
    count
}
