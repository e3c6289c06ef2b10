//! Mean field of the network that was frozen in the middle of its chaos, at time 0.
//!
//! At rest, `x* = eta* + (k/p) int_0^inf exp(-s/p) Q(s) phi(x(-s)) ds` with `Q(s) = <phi(x*) phi(x(-s))>` and
//! `C* = <phi(x*)^2>`: the synapses remember the paths before the freeze. `eta*` is Gaussian with variance `g^2 C*` and
//! covariance `g^2 Q(s)` with the field `eta(-s)` of those paths. Q and C* are iterated from Q = C_phi, the frozen state
//! that is the last running one. The bulk of the frozen spectrum is stable where `g^2 <phi'(x*)^2> < 1`.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Transfer};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

use super::paths::{LANES, Neuron, Paths};

/// Time between two values of the field that are told of the frozen one, and between two freezes of a path.
const FIELD_INTERVAL: f64 = 1.0;
const FREEZE_INTERVAL: f64 = 4.0;
/// Values of the field that are told.
const FIELD_VALUES: usize = 40;
/// Iterations before the average, and in it.
const SETTLING: usize = 30;
const AVERAGED: usize = 30;

/// The frozen state in mean field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrozenState {
    /// Rightmost edge of the bulk of the frozen spectrum, `g sqrt(<phi'(x*)^2>) - 1`: stable below zero.
    pub edge: f64,
    /// Cosine between the rates at the freeze and at rest.
    pub cosine: f64,
    /// `C* = <phi(x*)^2>`.
    pub c_star: f64,
}

/// What one iteration finds, as sums over freezes.
#[derive(Clone, Debug)]
struct Moments {
    count: f64,
    c_star: f64,
    slope_square: f64,
    /// `Q` at the lags 0, 1, 2, ... steps.
    q: Vec<f64>,
}

impl Moments {
    fn zero(lags: usize) -> Self {
        Self {
            count: 0.0,
            c_star: 0.0,
            slope_square: 0.0,
            q: vec![0.0; lags],
        }
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.c_star += other.c_star;
        self.slope_square += other.slope_square;
        self.q
            .iter_mut()
            .zip(&other.q)
            .for_each(|(sum, value)| *sum += value);
    }

    fn averages(mut self) -> Self {
        let count = self.count;
        self.q.iter_mut().for_each(|value| *value /= count);
        Self {
            count: 1.0,
            c_star: self.c_star / count,
            slope_square: self.slope_square / count,
            q: self.q,
        }
    }
}

/// The frozen state of neurons whose paths are given, with `C_phi` at all lags of the paths and the step `dt`; each
/// group of paths has its generator. `None` where the paths are too short, or `C_phi` is no covariance.
pub fn solve(
    neuron: &Neuron,
    paths: &[Paths],
    covariance: &[f64],
    dt: f64,
    generators: &mut [Generator],
) -> Option<FrozenState> {
    let spacing = (FIELD_INTERVAL / dt).round().max(1.0) as usize;
    let lags = neuron.kernel(covariance).len().max(spacing * (FIELD_VALUES - 1)) + 1;
    let shortest = paths.iter().map(|paths| paths.rates.len()).min()?;
    if lags >= shortest.min(covariance.len()) {
        return None;
    }
    let toeplitz = DMatrix::from_fn(FIELD_VALUES, FIELD_VALUES, |row, column| {
        // A trace of white noise, against the noise of C_phi.
        covariance[row.abs_diff(column) * spacing] * if row == column { 1.0 + 1e-4 } else { 1.0 }
    });
    let regression = toeplitz.cholesky()?;
    let mut now = Moments::zero(lags);
    now.q.copy_from_slice(&covariance[..lags]);
    (now.count, now.c_star) = (1.0, covariance[0]);
    let mut sum = Moments::zero(lags);
    for iteration in 0..SETTLING + AVERAGED {
        let known = DVector::from_fn(FIELD_VALUES, |row, _| now.q[row * spacing]);
        let weights = regression.solve(&known);
        let frozen = Freeze {
            neuron,
            lags,
            spacing,
            every: (FREEZE_INTERVAL / dt).round().max(1.0) as usize,
            weights: weights.iter().map(|&weight| weight as f32).collect(),
            unknown: neuron.g * (now.c_star - weights.dot(&known)).max(0.0).sqrt(),
            kernel: neuron.kernel(&now.q),
        };
        let parts: Vec<Moments> = paths
            .par_iter()
            .zip(generators.par_iter_mut())
            .map(|(paths, generator)| frozen.respond(paths, generator))
            .collect();
        let mut found = Moments::zero(lags);
        parts.iter().for_each(|part| found.add(part));
        now = found.averages();
        if iteration >= SETTLING {
            sum.add(&now);
        }
    }
    let state = sum.averages();
    Some(FrozenState {
        edge: neuron.g * state.slope_square.sqrt() - 1.0,
        cosine: state.q[0] / (state.c_star * covariance[0]).sqrt(),
        c_star: state.c_star,
    })
}

/// From paths to frozen states, for one guess of Q and C*.
struct Freeze<'a> {
    neuron: &'a Neuron,
    lags: usize,
    spacing: usize,
    every: usize,
    /// Of the field at the lags 0, `spacing`, 2 `spacing`, ... in the expectation of the frozen one.
    weights: Vec<f32>,
    /// Standard deviation of what those leave open.
    unknown: f64,
    kernel: Vec<f32>,
}

impl Freeze<'_> {
    fn respond(&self, paths: &Paths, generator: &mut Generator) -> Moments {
        let mut moments = Moments::zero(self.lags);
        let rates = &paths.rates[paths.burn_in..];
        for freeze in (self.lags..rates.len()).step_by(self.every) {
            let mut state = [0.0_f32; LANES];
            for x in &mut state {
                *x = self.unknown as f32 * generator.gaussian();
            }
            for (back, weight) in self.weights.iter().enumerate() {
                let row = &paths.fields[freeze - back * self.spacing];
                state
                    .iter_mut()
                    .zip(row)
                    .for_each(|(x, field)| *x += weight * field);
            }
            for (weight, row) in self.kernel.iter().zip(rates[..freeze].iter().rev()) {
                state
                    .iter_mut()
                    .zip(row)
                    .for_each(|(x, rate)| *x += weight * rate);
            }
            let mut rate = [0.0; LANES];
            self.neuron.transfer.apply(&state, &mut rate);
            moments.count += LANES as f64;
            for (x, rate) in state.iter().zip(&rate) {
                moments.c_star += f64::from(rate * rate);
                moments.slope_square += f64::from(self.neuron.transfer.slope(*x)).powi(2);
            }
            for (q, row) in moments.q.iter_mut().zip(rates[..=freeze].iter().rev()) {
                let product: f32 = row.iter().zip(&rate).map(|(then, now)| then * now).sum();
                *q += f64::from(product);
            }
        }
        moments
    }
}
