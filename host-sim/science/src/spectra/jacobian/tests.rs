use faer::linalg::solvers::Solve;
use faer::{Col, Mat, MatRef};
use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};

use super::*;
use crate::spectra::{Complex, eigenvalues};

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
fn full(network: &Network) -> Mat<f64> {
    const STEP: f64 = 1e-30;
    let state: Vec<f64> = network.x.iter().chain(&network.plastic).copied().collect();
    let column = |direction: usize| {
        let mut moved: Vec<_> = state.iter().map(|&value| Complex::new(value, 0.0)).collect();
        moved[direction].im = STEP;
        flow(network, &moved)
    };
    let columns: Vec<Vec<Complex<f64>>> = (0..state.len()).map(column).collect();
    Mat::from_fn(state.len(), state.len(), |row, column| {
        columns[column][row].im / STEP
    })
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
    let rows: Vec<f64> = (0..full.nrows())
        .flat_map(|row| full.row(row).iter().copied())
        .collect();
    let mut all = eigenvalues(N + N * N, &rows).unwrap();
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
    let full = full(&network);
    let full = Mat::from_fn(full.nrows(), full.ncols(), |i, j| Complex::new(full[(i, j)], 0.0));
    let reduced = reduced(&network);
    let entries = reduced.joint();
    let joint = MatRef::from_row_major_slice(&entries, 2 * N, 2 * N);
    for eigenvalue in eigenvalues(2 * N, &entries).unwrap() {
        // Inverse iteration, from a shift that is off by a little.
        let shift = eigenvalue + Complex::new(1e-9, 1e-9);
        let shifted = Mat::from_fn(2 * N, 2 * N, |i, j| {
            joint[(i, j)] - if i == j { shift } else { Complex::ZERO }
        });
        let solver = shifted.partial_piv_lu();
        let mut vector = Col::from_fn(2 * N, |_| Complex::new(1.0, 0.3));
        for _ in 0..4 {
            vector = solver.solve(&vector);
            let norm = vector.norm_l2();
            vector.iter_mut().for_each(|value| *value /= norm);
        }
        // dA = (k/p)/(N (lambda + 1/p)) (phi (D dx)^T + D dx phi^T), symmetric.
        let moved: Vec<_> = (0..N).map(|i| vector[i] * reduced.slopes[i]).collect();
        let factor = K / P / N as f64 / (eigenvalue + 1.0 / P);
        let synapses = (0..N * N).map(|at| {
            let (i, j) = (at / N, at % N);
            factor * (moved[j] * reduced.rates[i] + moved[i] * reduced.rates[j])
        });
        let whole: Vec<_> = vector.iter().take(N).copied().chain(synapses).collect();
        let whole = Col::from_fn(N + N * N, |at| whole[at]);
        let moved = &full * &whole;
        let difference = Col::from_fn(N + N * N, |at| moved[at] - whole[at] * eigenvalue);
        let error = difference.norm_l2() / whole.norm_l2();
        assert!(error < 1e-10, "{eigenvalue}: {error}");
    }
}

#[test]
fn changes_of_the_synapses_that_no_neuron_feels_decay_by_themselves() {
    let network = network();
    let full = full(&network);
    let rates = reduced(&network).rates;
    let mut generator = Generator::new(8, 0, Purpose::State);
    let rate = Col::from_fn(N, |at| rates[at]);
    let mut unfelt = || {
        let vector = Col::from_fn(N, |_| f64::from(generator.gaussian()));
        let along = (vector.transpose() * &rate) / rate.squared_norm_l2();
        Col::from_fn(N, |at| vector[at] - along * rate[at])
    };
    let (u, v) = (unfelt(), unfelt());
    // Symmetric, antisymmetric, and neither.
    for change in [
        &u * v.transpose() + &v * u.transpose(),
        &u * v.transpose() - &v * u.transpose(),
        &rate * v.transpose(),
    ] {
        let whole = Col::from_fn(N + N * N, |at| match at.checked_sub(N) {
            Some(at) => change[(at / N, at % N)],
            None => 0.0,
        });
        let moved = &full * &whole;
        let difference = Col::from_fn(N + N * N, |at| moved[at] + whole[at] / P);
        let error = difference.norm_l2() / whole.norm_l2();
        assert!(error < 1e-12, "{error}");
    }
}
