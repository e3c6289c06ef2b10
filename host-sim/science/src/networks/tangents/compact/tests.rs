use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, HashedSigns, HistoryRule, Params, Purpose, Start, Tanh};

use super::*;
use crate::lyapunov::{Protocol, measure};
use crate::networks::CompactStorage;
use crate::networks::TransferFunction;
use crate::networks::double::{Reference, ReferenceParameters};
use crate::networks::tangents::exact::TangentParameters;
use crate::networks::tangents::{ExactTangent, Synapses};

const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};

fn signs_as_matrix(dynamics: &Dynamics, seed: u64) -> Vec<f64> {
    let (n, signs) = (dynamics.n(), HashedSigns::new(dynamics, seed, 0));
    let scale = f64::from(dynamics.coupling_scale());
    let coupling = |at: usize| match signs.is_positive(at / n, at % n) {
        Some(true) => scale,
        _ => -scale,
    };
    (0..n * n).map(coupling).collect()
}

/// The compact step without any rounding, plainly: every sum over the steps that a sample stands for.
#[derive(Clone)]
struct Twin {
    dynamics: Dynamics,
    j: Vec<f64>,
    x: Vec<f64>,
    samples: Vec<Vec<f64>>,
    spacing: u32,
    phase: u32,
}

impl Twin {
    fn new(n: usize, rule: HistoryRule, seed: u64) -> Self {
        let dynamics = PARAMS.validate(n).unwrap();
        let mut state = Generator::new(seed, 0, Purpose::State);
        Self {
            dynamics,
            j: signs_as_matrix(&dynamics, seed),
            x: (0..n).map(|_| f64::from(state.gaussian())).collect(),
            samples: vec![vec![0.0; n]; rule.samples as usize],
            spacing: rule.spacing,
            phase: rule.spacing - 1,
        }
    }

    fn rates(&self) -> Vec<f64> {
        self.x.iter().map(|x| x.tanh()).collect()
    }

    fn slopes(&self) -> Vec<f64> {
        self.x.iter().map(|x| 1.0 / x.cosh().powi(2)).collect()
    }

    fn step(&mut self) {
        let (n, rates) = (self.x.len(), self.rates());
        let Params { k, p, dt, .. } = self.dynamics.params();
        let (k, p, dt) = (f64::from(k), f64::from(p), f64::from(dt));
        // b_m = d^(phase + (M + 1)/2 + m M)
        let boundary = |m: usize| {
            let back = f64::from(self.phase) + (f64::from(self.spacing) + 1.0) / 2.0;
            (1.0 - dt / p).powf(back + m as f64 * f64::from(self.spacing))
        };
        let last = self.samples.len() - 1;
        let mut velocity = vec![0.0; n];
        for i in 0..n {
            velocity[i] = (0..n).map(|j| self.j[i * n + j] * rates[j]).sum::<f64>() - self.x[i];
            for (m, sample) in self.samples.iter().enumerate() {
                let weight =
                    if m == 0 { 1.0 } else { boundary(m - 1) } - if m == last { 0.0 } else { boundary(m) };
                let overlap: f64 = sample.iter().zip(&rates).map(|(s, r)| s * r).sum();
                velocity[i] += k / n as f64 * weight * sample[i] * overlap;
            }
        }
        self.x.iter_mut().zip(&velocity).for_each(|(x, v)| *x += dt * v);
        self.phase += 1;
        if self.phase == self.spacing {
            self.phase = 0;
            self.samples.pop();
            self.samples.insert(0, rates);
        }
    }

    fn derivative(&self) -> Derivative {
        let history = History {
            spacing: self.spacing,
            phase: self.phase,
            samples: self.samples.clone(),
        };
        Derivative::new(&self.dynamics, self.j.clone(), history)
    }

    fn moved(&self, tangent: &[f64], by: f64) -> Self {
        let mut twin = self.clone();
        let n = twin.x.len();
        let numbers = twin.x.iter_mut().chain(twin.samples.iter_mut().flatten());
        numbers
            .zip(tangent)
            .for_each(|(value, change)| *value += by * change);
        assert_eq!(tangent.len(), n * (twin.samples.len() + 1));
        twin
    }
}

#[test]
fn tangents_are_what_two_neighbours_do() {
    let rule = HistoryRule {
        samples: 3,
        spacing: 7,
        levels: 127,
    };
    let mut twin = Twin::new(13, rule, 3);
    (0..400).for_each(|_| twin.step());
    let mut derivative = twin.derivative();
    let mut generator = Generator::new(1, 0, Purpose::Tangent);
    // Three vectors, of which the middle one is compared.
    let dimension = derivative.dimension();
    let mut tangents: Vec<f64> = (0..3 * dimension).map(|_| generator.gaussian().into()).collect();
    const E: f64 = 1e-6;
    let middle = dimension..2 * dimension;
    let [mut ahead, mut behind] = [E, -E].map(|by| twin.moved(&tangents[middle.clone()], by));
    for _ in 0..200 {
        derivative.step(&mut tangents, &twin.rates(), &twin.slopes());
        [&mut twin, &mut ahead, &mut behind]
            .into_iter()
            .for_each(Twin::step);
    }
    let numbers = |twin: &Twin| -> Vec<f64> {
        twin.x
            .iter()
            .chain(twin.samples.iter().flatten())
            .copied()
            .collect()
    };
    let tangent = &tangents[middle];
    let scale = tangent
        .iter()
        .fold(0.0, |largest: f64, value| largest.max(value.abs()));
    assert!(scale > 0.0);
    for (at, (ahead, behind)) in numbers(&ahead).iter().zip(numbers(&behind)).enumerate() {
        let difference = (ahead - behind) / (2.0 * E);
        assert!((difference - tangent[at]).abs() < 1e-6 * scale, "number {at}");
    }
}

#[test]
fn the_unrounded_map_is_that_of_the_kernel() {
    // Weights add up to 1, and a few steps stay within the rounding of the samples, of 1/254 each.
    let (n, seed) = (64, 5);
    let dynamics = PARAMS.validate(n).unwrap();
    let rule = HistoryRule::recommended(&PARAMS);
    let signs = HashedSigns::new(&dynamics, seed, 0);
    let mut storage = CompactStorage::new(n, rule);
    let mut network = storage.network(dynamics, &signs, rule, Tanh).unwrap();
    network.start(Start::Large, &mut Generator::new(seed, 0, Purpose::State));
    for _ in 0..130 {
        network.step().unwrap();
    }
    let history = Simulation::history(&network).unwrap();
    let mut twin = Twin::new(n, rule, seed);
    twin.x = network.state().iter().map(|&x| x.into()).collect();
    (twin.samples, twin.phase) = (history.samples, history.phase);
    let weights = twin.derivative().weights();
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    for (weight, kernel) in weights.iter().zip(network.connectivity().history().weights()) {
        assert!((weight - f64::from(kernel)).abs() < 1e-5, "{weight} {kernel}");
    }
    for step in 0..60 {
        network.step().unwrap();
        twin.step();
        let far = network
            .state()
            .iter()
            .zip(&twin.x)
            .map(|(a, b)| (f64::from(*a) - b).abs());
        let far = far.fold(0.0, f64::max);
        assert!(far < if step < 1 { 1e-4 } else { 0.03 }, "{far} after {step}");
    }
}

#[test]
fn without_plasticity_the_exponent_is_that_of_the_exact_network() {
    // k = 0: the same signs and state, so the same trajectory but for rounding; the samples drive nothing.
    let (n, seed) = (100, 7);
    let params = Params {
        g: 3.0,
        k: 0.0,
        ..PARAMS
    };
    let dynamics = params.validate(n).unwrap();
    let rule = HistoryRule::recommended(&params);
    let signs = HashedSigns::new(&dynamics, seed, 0);
    let mut storage = CompactStorage::new(n, rule);
    let mut network = storage.network(dynamics, &signs, rule, Tanh).unwrap();
    network.start(Start::Small, &mut Generator::new(seed, 0, Purpose::State));
    let x: Vec<f64> = network.state().iter().map(|&x| x.into()).collect();
    let reference_parameters = ReferenceParameters {
        k: 0.0,
        p: params.p.into(),
        dt: params.dt.into(),
    };
    let j = signs_as_matrix(&dynamics, seed);
    let mut reference = Reference::new(
        reference_parameters,
        TransferFunction::Tanh,
        j,
        vec![0.0; n * n],
        x,
    )
    .unwrap();
    for _ in 0..2000 {
        network.step().unwrap();
        reference.step().unwrap();
    }
    let protocol = Protocol {
        exponents: 1,
        transient: 30.0,
        duration: [600.0, 600.0],
        tolerance: 0.0,
    };
    let generator = || Generator::new(1, 0, Purpose::Tangent);
    let history = Simulation::history(&network).unwrap();
    let mut compact = CompactTangent::new(&mut network, &dynamics, history);
    assert_eq!(compact.dimension(), 900);
    let found = measure(&mut compact, &protocol, &mut generator(), &()).unwrap();
    let mut exact = ExactTangent::new(
        &mut reference,
        TangentParameters::of(&dynamics),
        Synapses::Running,
    );
    let expected = measure(&mut exact, &protocol, &mut generator(), &()).unwrap();
    // Two stretches of one attractor: they differ by their errors.
    let error = found.split_half_error.hypot(expected.split_half_error).max(0.004);
    let [found, expected] = [found.spectrum[0], expected.spectrum[0]];
    assert!(
        (found - expected).abs() < 3.0 * error,
        "{found} against {expected}"
    );
    assert!(expected > 0.1, "a chaotic network, not {expected}");
}
