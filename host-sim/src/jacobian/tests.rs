use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use nalgebra::{Complex, DMatrix, DVector};

use super::*;
use crate::spectrum::eigenvalues;

const N: usize = 12;
const K: f64 = 1.7;
const P: f64 = 2.5;

/// A state off any fixed point: couplings, plastic couplings (symmetric) and x.
struct Network {
    quenched: Vec<f64>,
    plastic: Vec<f64>,
    x: Vec<f64>,
}

fn network() -> Network {
    let mut generator = Generator::new(7, 0, Purpose::State);
    let mut gaussians = |count: usize, scale: f64| -> Vec<f64> {
        (0..count)
            .map(|_| scale * f64::from(generator.gaussian()))
            .collect()
    };
    let quenched = gaussians(N * N, 2.0 / (N as f64).sqrt());
    let half = gaussians(N * N, 0.3);
    let plastic = (0..N * N)
        .map(|at| half[at] + half[at % N * N + at / N])
        .collect();
    Network {
        quenched,
        plastic,
        x: gaussians(N, 1.0),
    }
}

/// `(dx/dt, dA/dt)` as the model states them, for complex arguments.
fn flow(network: &Network, state: &[Complex<f64>]) -> Vec<Complex<f64>> {
    let (x, a) = state.split_at(N);
    let rates: Vec<_> = x.iter().map(|x| x.tanh()).collect();
    let mut flow = Vec::new();
    for i in 0..N {
        let drive: Complex<f64> = (0..N)
            .map(|j| (network.quenched[i * N + j] + a[i * N + j]) * rates[j])
            .sum();
        flow.push(drive - x[i]);
    }
    for i in 0..N {
        for j in 0..N {
            flow.push((-a[i * N + j] + K / N as f64 * rates[i] * rates[j]) / P);
        }
    }
    flow
}

/// Its whole Jacobian, (N + N^2)^2, by complex steps: exact to rounding, and without a formula for any derivative.
fn full(network: &Network) -> DMatrix<f64> {
    const STEP: f64 = 1e-30;
    let state: Vec<f64> = network.x.iter().chain(&network.plastic).copied().collect();
    let columns = (0..state.len()).map(|direction| {
        let moved: Vec<Complex<f64>> = state
            .iter()
            .enumerate()
            .map(|(at, &value)| Complex::new(value, if at == direction { STEP } else { 0.0 }))
            .collect();
        DVector::from_iterator(
            state.len(),
            flow(network, &moved).iter().map(|value| value.im / STEP),
        )
    });
    DMatrix::from_columns(&columns.collect::<Vec<_>>())
}

struct Reduced {
    rates: Vec<f64>,
    slopes: Vec<f64>,
    frozen: Vec<f64>,
}

fn reduced(network: &Network) -> Reduced {
    let slopes: Vec<f64> = network.x.iter().map(|x| 1.0 / x.cosh().powi(2)).collect();
    let frozen = (0..N * N)
        .map(|at| {
            let unit = f64::from(u8::from(at / N == at % N));
            (network.quenched[at] + network.plastic[at]) * slopes[at % N] - unit
        })
        .collect();
    Reduced {
        rates: network.x.iter().map(|x| x.tanh()).collect(),
        slopes,
        frozen,
    }
}

impl Reduced {
    fn joint(&self) -> Vec<f64> {
        State {
            rates: &self.rates,
            slopes: &self.slopes,
            frozen: &self.frozen,
            k: K,
            p: P,
        }
        .joint()
    }
}

#[test]
fn reduced_and_full_eigenvalues_agree() {
    let network = network();
    let full = full(&network);
    let mut all = eigenvalues(N + N * N, full.transpose().as_slice()).unwrap();
    let mut expected = eigenvalues(2 * N, &reduced(&network).joint()).unwrap();
    expected.extend([Complex::new(-1.0 / P, 0.0)].repeat(N * N - N));
    // Each has one partner; the lone ones choose first, as they stand before the many at -1/p.
    for eigenvalue in expected {
        let distance = |other: &Complex<f64>| (other - eigenvalue).norm();
        let nearest = (0..all.len())
            .min_by(|&a, &b| distance(&all[a]).total_cmp(&distance(&all[b])))
            .unwrap();
        let partner = all.swap_remove(nearest);
        assert!(distance(&partner) < 1e-10, "{eigenvalue} and {partner}");
    }
    assert!(all.is_empty());
}

#[test]
fn every_reduced_eigenvector_is_a_symmetric_one_of_the_full_matrix() {
    let network = network();
    let full = full(&network).map(|entry| Complex::new(entry, 0.0));
    let reduced = reduced(&network);
    let joint = DMatrix::from_row_slice(2 * N, 2 * N, &reduced.joint());
    for eigenvalue in eigenvalues(2 * N, joint.transpose().as_slice()).unwrap() {
        // Inverse iteration, from a shift that is off by a little.
        let shift = eigenvalue + Complex::new(1e-9, 1e-9);
        let shifted =
            joint.map(|entry| Complex::new(entry, 0.0)) - DMatrix::from_diagonal_element(2 * N, 2 * N, shift);
        let solver = shifted.lu();
        let mut vector = DVector::from_element(2 * N, Complex::new(1.0, 0.3));
        for _ in 0..4 {
            vector = solver.solve(&vector).unwrap().normalize();
        }
        // dA = (k/p)/(N (lambda + 1/p)) (phi (D dx)^T + D dx phi^T), symmetric.
        let moved: Vec<_> = (0..N).map(|i| vector[i] * reduced.slopes[i]).collect();
        let factor = K / P / N as f64 / (eigenvalue + 1.0 / P);
        let synapses = (0..N * N).map(|at| {
            let (i, j) = (at / N, at % N);
            factor * (moved[j] * reduced.rates[i] + moved[i] * reduced.rates[j])
        });
        let whole = DVector::from_iterator(N + N * N, vector.rows(0, N).iter().copied().chain(synapses));
        let error = (&full * &whole - &whole * eigenvalue).norm() / whole.norm();
        assert!(error < 1e-10, "{eigenvalue}: {error}");
    }
}

#[test]
fn changes_of_the_synapses_that_no_neuron_feels_decay_by_themselves() {
    let network = network();
    let full = full(&network);
    let rates = reduced(&network).rates;
    let mut generator = Generator::new(8, 0, Purpose::State);
    let mut vector = |count| DVector::from_fn(count, |_, _| f64::from(generator.gaussian()));
    let rate = DVector::from_column_slice(&rates);
    let mut unfelt = || {
        let vector = vector(N);
        &vector - &rate * (vector.dot(&rate) / rate.dot(&rate))
    };
    let (u, v) = (unfelt(), unfelt());
    // Symmetric, antisymmetric, and neither.
    for change in [
        &u * v.transpose() + &v * u.transpose(),
        &u * v.transpose() - &v * u.transpose(),
        &rate * v.transpose(),
    ] {
        let mut whole = DVector::zeros(N + N * N);
        whole
            .rows_mut(N, N * N)
            .copy_from_slice(change.transpose().as_slice());
        let error = (&full * &whole + &whole / P).norm() / whole.norm();
        assert!(error < 1e-12, "{error}");
    }
}
