//! Rules against a simulation in double precision that shares nothing with the library but the equation.

use super::*;
use crate::estimators::Precision;
use crate::networks::rules::Change;
use crate::networks::{Simulation, with_simulation};

/// dx/dt = -x + (J + A) tanh(x), p_ij dA_ij/dt = -A_ij + k_ij f(r_i) h(r_j) / N, by Euler's map, as one writes it down.
struct Plain {
    n: usize,
    x: Vec<f64>,
    a: Vec<f64>,
    j: Vec<f64>,
    post: fn(&[f64], usize) -> f64,
    pre: fn(&[f64], usize) -> f64,
}

impl Plain {
    /// In the state of a network of the library.
    fn of(network: &dyn Simulation, post: fn(&[f64], usize) -> f64, pre: fn(&[f64], usize) -> f64) -> Self {
        let (j, a) = network.couplings();
        let mut x = Vec::new();
        network.copy_state(&mut x);
        let n = x.len();
        Self {
            n,
            x,
            a,
            j,
            post,
            pre,
        }
    }

    /// One step; k and p of each synapse, `None` where it is not plastic.
    fn step(&mut self, synapse: impl Fn(usize, usize) -> Option<(f64, f64)>) {
        let (n, dt) = (self.n, f64::from(PARAMS.dt));
        let r: Vec<f64> = self.x.iter().map(|x| x.tanh()).collect();
        let mut next = self.x.clone();
        for (i, next) in next.iter_mut().enumerate() {
            let mut drive = 0.0;
            for (j, r) in r.iter().enumerate() {
                drive += (self.j[i * n + j] + self.a[i * n + j]) * r;
            }
            *next += dt * (drive - self.x[i]);
        }
        for i in 0..n {
            for j in 0..n {
                if let Some((k, p)) = synapse(i, j) {
                    let target = k * (self.post)(&r, i) * (self.pre)(&r, j) / n as f64;
                    self.a[i * n + j] += dt * (target - self.a[i * n + j]) / p;
                }
            }
        }
        self.x = next;
    }

    /// Largest distance of x and A from those of a network.
    fn distance(&self, network: &dyn Simulation) -> f64 {
        let (_, a) = network.couplings();
        let mut x = Vec::new();
        network.copy_state(&mut x);
        let x = x.iter().zip(&self.x);
        let a = a.iter().zip(&self.a);
        x.chain(a)
            .fold(0.0, |most: f64, (one, other)| most.max((one - other).abs()))
    }
}

fn mean(r: &[f64]) -> f64 {
    r.iter().sum::<f64>() / r.len() as f64
}

/// Distances of the kernel's arithmetic after 10 time units, and of the reference's after as many.
fn distances(
    rule: PlasticityRule,
    [post, pre]: [fn(&[f64], usize) -> f64; 2],
    synapse: impl Fn(u32, usize, usize) -> Option<(f64, f64)>,
) -> [f64; 2] {
    let single = ensemble(40, rule);
    let mut double = single.clone();
    double.network = double.network.with_precision(Precision::F64).unwrap();
    [single, double].map(|ensemble| {
        with_simulation(&ensemble, 0, |network| {
            let mut plain = Plain::of(network, post, pre);
            for step in 0..200 {
                network.step()?;
                plain.step(|i, j| synapse(step, i, j));
            }
            let size = plain.a.iter().fold(0.0, |most: f64, a| most.max(a.abs()));
            assert!(size > 0.01, "synapses that learn, not {size}");
            Ok(plain.distance(network))
        })
        .unwrap()
    })
}

#[test]
fn an_uneven_rule_is_the_equation() {
    let n = 40;
    let (k, p) = (irregular(n * n, [-1.0, 3.0]), irregular(n, [1.0, 4.0]));
    let synapse = |_, i: usize, j: usize| is_some(i * n + j).then(|| (k[i * n + j].into(), p[i].into()));
    let factors: [fn(&[f64], usize) -> f64; 2] = [|r, i| r[i].signum(), |r, j| r[j] - mean(r)];
    let [single, double] = distances(uneven(n), factors, synapse);
    assert!(single < 1e-4, "single precision parts by {single:e}");
    assert!(double < 1e-11, "double precision parts by {double:e}");
}

#[test]
fn a_rule_that_changes_on_the_way_is_the_equation() {
    let n = 40;
    let p = irregular(n * n, [0.5, 5.0]);
    // From 2 on k goes from 1.5 to -1 in 3 time units; from 6 on 1/p goes to 0 in 2; from 8.5 on some are plastic, with p = 3.
    let rule = PlasticityRule {
        changes: vec![
            Change {
                over: 3.0,
                k: Some(Values::Scalar(-1.0)),
                ..Change::at(2.0)
            },
            Change {
                over: 2.0,
                p: Some(Values::Scalar(f32::INFINITY)),
                ..Change::at(6.0)
            },
            Change {
                p: Some(Values::Scalar(3.0)),
                plastic: Some(some(n)),
                ..Change::at(8.5)
            },
        ],
        ..smooth(n)
    };
    let synapse = |step: u32, i: usize, j: usize| {
        let share = |begin: u32, count: u32| {
            let done = (step + 1).saturating_sub(begin).min(count);
            f64::from(done) / f64::from(count)
        };
        let k = 1.5 + share(40, 60) * (-1.0 - 1.5);
        let rate = (1.0 - share(120, 40)) / f64::from(p[i * n + j]);
        match step {
            170.. => is_some(i * n + j).then_some((-1.0, 3.0)),
            _ => Some((k, 1.0 / rate)),
        }
    };
    let factors: [fn(&[f64], usize) -> f64; 2] = [|r, i| r[i] * r[i], |r, j| r[j]];
    let [single, double] = distances(rule, factors, synapse);
    assert!(single < 1e-4, "single precision parts by {single:e}");
    // The share of a change is a number in single precision.
    assert!(double < 1e-6, "double precision parts by {double:e}");
}
