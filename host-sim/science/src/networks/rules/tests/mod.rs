mod derivatives;
mod plain;
mod running;

use freezable_chaos::Params;

use crate::networks::rules::{Factor, Mask, PlasticityRule, Values};
use crate::networks::{Ensemble, Network};

const PARAMS: Params = Params {
    g: 2.0,
    k: 1.5,
    p: 2.5,
    dt: 0.05,
};

fn ensemble(n: usize, rule: PlasticityRule) -> Ensemble {
    let network = Network::exact(n, PARAMS).unwrap().with_rule(rule).unwrap();
    Ensemble::of(network, 1).unwrap()
}

/// Numbers between the bounds that need no generator.
fn irregular(count: usize, [low, high]: [f32; 2]) -> Vec<f32> {
    let fraction = |m: usize| (m as f64 * 0.618_033_988_75).fract() as f32;
    (1..=count).map(|m| low + (high - low) * fraction(m)).collect()
}

/// Which of `n^2` synapses are plastic: about two thirds, of every row some.
fn some(n: usize) -> Mask {
    Mask::new((0..n * n).map(is_some).collect::<Vec<bool>>())
}

fn is_some(at: usize) -> bool {
    at * 7 % 11 < 7
}

/// Neither symmetric nor uniform: signs of the receivers, centred rates of the senders, k of each synapse, p of each neuron,
/// some synapses plastic.
fn uneven(n: usize) -> PlasticityRule {
    PlasticityRule {
        k: Some(Values::per_synapse(irregular(n * n, [-1.0, 3.0]))),
        p: Some(Values::per_neuron(irregular(n, [1.0, 4.0]))),
        plastic: Some(some(n)),
        ..PlasticityRule::new(Factor::Sign, Factor::CentredRate)
    }
}

/// Smooth factors, p of each synapse.
fn smooth(n: usize) -> PlasticityRule {
    PlasticityRule {
        p: Some(Values::per_synapse(irregular(n * n, [0.5, 5.0]))),
        ..PlasticityRule::new(Factor::Square, Factor::Rate)
    }
}
