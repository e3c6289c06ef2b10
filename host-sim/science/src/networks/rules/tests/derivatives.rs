//! Tangent map and joint Jacobian against differences of the equation.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};

use super::*;
use crate::estimators::Precision;
use crate::networks::double::{Reference, ReferenceParameters};
use crate::networks::rules::{Change, Plan, ReferenceRule};
use crate::networks::{Simulation, Synapses, TransferFunction, with_simulation};
use crate::spectra::eigenvalues;

const DT: f64 = PARAMS.dt as f64;

/// A network of a rule in double precision.
struct Setting {
    plan: Plan,
    j: Vec<f64>,
    x: Vec<f64>,
    a: Vec<f64>,
    clock: u32,
}

impl Setting {
    /// After some steps, in which the network came to its attractor.
    fn after(steps: u32, n: usize, rule: PlasticityRule) -> Self {
        let mut of = ensemble(n, rule);
        of.network = of.network.with_precision(Precision::F64).unwrap();
        with_simulation(&of, 0, |network| {
            (0..steps).try_for_each(|_| network.step())?;
            let (j, a) = network.couplings();
            let mut x = Vec::new();
            network.copy_state(&mut x);
            let plan = of.network.plan().unwrap();
            Ok(Self {
                plan,
                j,
                x,
                a,
                clock: steps,
            })
        })
        .unwrap()
    }

    /// The same network in another state.
    fn at(&self, x: Vec<f64>, a: Vec<f64>) -> Reference {
        let [k, p] = [PARAMS.k, PARAMS.p].map(f64::from);
        let parameters = ReferenceParameters { k, p, dt: DT };
        let reference = Reference::new(parameters, TransferFunction::Tanh, self.j.clone(), a, x).unwrap();
        reference.with_rule(ReferenceRule::new(self.plan.clone()).after(self.clock))
    }

    fn present(&self) -> Reference {
        self.at(self.x.clone(), self.a.clone())
    }

    /// The plastic synapses, in the order of tangent vectors.
    fn plastic(&self) -> Vec<usize> {
        let plastic = self.plan.plastic_from(self.clock).into_iter().enumerate();
        plastic.filter(|(_, is)| *is).map(|(at, _)| at).collect()
    }

    /// The network moved along a tangent vector.
    fn moved(&self, tangent: &[f64], by: f64) -> Reference {
        let n = self.x.len();
        let x = self.x.iter().zip(tangent).map(|(x, dx)| x + by * dx).collect();
        let mut a = self.a.clone();
        for (at, da) in self.plastic().into_iter().zip(&tangent[n..]) {
            a[at] += by * da;
        }
        self.at(x, a)
    }

    /// The difference of two networks as a tangent vector.
    fn difference(&self, one: &Reference, other: &Reference) -> Vec<f64> {
        let x = one.state().iter().zip(other.state()).map(|(a, b)| a - b);
        let (a, b) = (one.plastic_couplings(), other.plastic_couplings());
        x.chain(self.plastic().into_iter().map(|at| a[at] - b[at]))
            .collect()
    }
}

/// Threshold and rate; some synapses plastic, k of each neuron, which changes soon.
fn changing(n: usize, at: f64) -> PlasticityRule {
    PlasticityRule {
        k: Some(Values::per_neuron(irregular(n, [1.0, 3.0]))),
        plastic: Some(some(n)),
        changes: vec![Change {
            over: 3.0,
            k: Some(Values::Scalar(-2.0)),
            ..Change::at(at)
        }],
        ..PlasticityRule::new(Factor::Threshold(0.05), Factor::Rate)
    }
}

#[test]
fn tangents_are_what_two_neighbours_do() {
    let n = 12;
    for rule in [
        PlasticityRule::new(Factor::Rate, Factor::Rate),
        uneven(n),
        smooth(n),
        changing(n, 21.0),
        PlasticityRule::new(Factor::CentredRate, Factor::Square),
    ] {
        let setting = Setting::after(400, n, rule.clone());
        let mut network = setting.present();
        let mut map = network.tangent_map(Synapses::Running).unwrap();
        assert_eq!(map.dimension(), n + setting.plastic().len());
        let mut generator = Generator::new(1, 0, Purpose::Tangent);
        let start: Vec<f64> = (0..map.dimension())
            .map(|_| generator.gaussian().into())
            .collect();
        // Two vectors at a time: each as if it were alone.
        let mut tangents = [start.clone(), start.iter().map(|v| -2.0 * v).collect()].concat();
        const E: f64 = 1e-6;
        let (mut ahead, mut behind) = (setting.moved(&start, E), setting.moved(&start, -E));
        for _ in 0..100 {
            map.step(&mut tangents, None).unwrap();
            ahead.step().unwrap();
            behind.step().unwrap();
        }
        let (one, two) = tangents.split_at(start.len());
        let expected = setting.difference(&ahead, &behind);
        let scale = one.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
        for (at, ((one, two), expected)) in one.iter().zip(two).zip(expected).enumerate() {
            let error = (one - expected / (2.0 * E)).abs();
            assert!(
                error < 1e-6 * scale,
                "{}: {at} is off by {error:e}",
                rule.describe()
            );
            assert!(
                (two + 2.0 * one).abs() < 1e-12 * scale,
                "{at} of the second vector"
            );
        }
    }
}

#[test]
fn reduced_eigenvalues_are_among_those_of_the_whole() {
    let n = 8;
    let by_neuron = PlasticityRule {
        k: Some(Values::per_synapse(irregular(n * n, [-1.0, 3.0]))),
        p: Some(Values::per_neuron(irregular(n, [1.0, 4.0]))),
        plastic: Some(some(n)),
        ..PlasticityRule::new(Factor::CentredRate, Factor::Square)
    };
    let other_way = PlasticityRule {
        post: Factor::Threshold(0.1),
        pre: Factor::CentredRate,
        ..by_neuron.clone()
    };
    for rule in [
        PlasticityRule::new(Factor::Rate, Factor::Rate),
        by_neuron,
        other_way,
    ] {
        let setting = Setting::after(300, n, rule);
        // The step is x + dt F(x): its derivative, column by column, less 1 and by dt.
        let dimension = n + setting.plastic().len();
        let mut whole = vec![0.0; dimension * dimension];
        const E: f64 = 1e-6;
        for column in 0..dimension {
            let mut unit = vec![0.0; dimension];
            unit[column] = 1.0;
            let mut pair = [E, -E].map(|by| setting.moved(&unit, by));
            pair.iter_mut().for_each(|network| network.step().unwrap());
            let difference = setting.difference(&pair[0], &pair[1]);
            for (row, difference) in difference.into_iter().enumerate() {
                let one = if row == column { 1.0 } else { 0.0 };
                whole[row * dimension + column] = (difference / (2.0 * E) - one) / DT;
            }
        }
        let whole = eigenvalues(dimension, &whole).unwrap();
        let reduced = eigenvalues(2 * n, &setting.present().joint_jacobian().unwrap()).unwrap();
        for eigenvalue in reduced {
            let nearest = whole
                .iter()
                .map(|other| (eigenvalue - *other).norm())
                .fold(f64::MAX, f64::min);
            assert!(nearest < 1e-5, "{eigenvalue} is {nearest:e} from the nearest");
        }
    }
    // With several p onto one neuron there is no such matrix.
    let refused = Setting::after(1, n, smooth(n))
        .present()
        .joint_jacobian()
        .unwrap_err();
    assert!(
        refused.to_string().contains("several p onto one neuron"),
        "{refused}"
    );
}

#[test]
fn the_papers_rule_has_the_papers_joint_jacobian() {
    let setting = Setting::after(200, 10, PlasticityRule::new(Factor::Rate, Factor::Rate));
    let [k, p] = [PARAMS.k, PARAMS.p].map(f64::from);
    let parameters = ReferenceParameters { k, p, dt: DT };
    let papers = Reference::new(
        parameters,
        TransferFunction::Tanh,
        setting.j.clone(),
        setting.a.clone(),
        setting.x.clone(),
    );
    let papers = papers.unwrap().joint_jacobian().unwrap();
    for (found, expected) in setting.present().joint_jacobian().unwrap().iter().zip(papers) {
        assert!((found - expected).abs() < 1e-12);
    }
}

/// Benettin's other way, for a rule that is not Hebbian: a twin at a small distance, brought back after every unit of time.
#[test]
fn two_trajectories_of_an_uneven_rule_separate_as_fast_as_tangents() {
    const DISTANCE: f64 = 1e-7;
    const ROUNDS: [u32; 2] = [30, 90];
    let n = 100;
    let rule = PlasticityRule {
        post: Factor::Rate,
        k: Some(Values::per_synapse(irregular(n * n, [-3.0, 1.0]))),
        ..uneven(n)
    };
    let mut setting = Setting::after(0, n, rule);
    // Chaotic for sure.
    setting.j.iter_mut().for_each(|j| *j *= 2.0);
    let mut start = setting.present();
    (0..1500).for_each(|_| start.step().unwrap());
    (setting.x, setting.a) = (start.state().to_vec(), start.plastic_couplings().to_vec());
    let mut network = setting.present();
    let mut map = network.tangent_map(Synapses::Running).unwrap();
    let length = |vector: &[f64]| vector.iter().map(|v| v * v).sum::<f64>().sqrt();
    // Both begin in one direction: else they part by what each has of the leading one.
    let mut tangent = vec![1.0 / (map.dimension() as f64).sqrt(); map.dimension()];
    let mut away = tangent.clone();
    let (mut expected, mut found) = (0.0, 0.0);
    for round in 0..ROUNDS[1] {
        let (mut one, mut twin) = (setting.present(), setting.moved(&away, DISTANCE));
        for _ in 0..20 {
            one.step().unwrap();
            twin.step().unwrap();
            map.step(&mut tangent, None).unwrap();
        }
        away = setting.difference(&twin, &one);
        let (distance, growth) = (length(&away), length(&tangent));
        if round >= ROUNDS[0] {
            expected += (distance / DISTANCE).ln();
            found += growth.ln();
        }
        away.iter_mut().for_each(|d| *d /= distance);
        tangent.iter_mut().for_each(|d| *d /= growth);
        (setting.x, setting.a) = (one.state().to_vec(), one.plastic_couplings().to_vec());
    }
    let [expected, found] = [expected, found].map(|growth| growth / f64::from(ROUNDS[1] - ROUNDS[0]));
    assert!(expected > 0.02, "a chaotic network, not {expected}");
    // The twin is off by its distance and by rounding over it, 1e-7 and 1e-9 of a growth, times curvatures of some ten.
    assert!((found - expected).abs() < 1e-5, "{found} against {expected}");
}
