//! Mean field of the network that was frozen in the middle of its chaos, at time 0.
//!
//! At rest, `x* = eta* + (k/p) int_0^inf exp(-s/p) Q(s) phi(x(-s)) ds` with `Q(s) = <phi(x*) phi(x(-s))>` and
//! `C* = <phi(x*)^2>`: the synapses remember the paths before the freeze. `eta*` is Gaussian with variance `g^2 C*` and
//! covariance `g^2 Q(s)` with the field `eta(-s)` of those paths. Q and C* are iterated from Q = C_phi, the frozen state
//! that is the last running one. The bulk of the frozen spectrum is stable where `g^2 <phi'(x*)^2> < 1`.

use freezable_chaos::Transfer;
use multiversion::multiversion;
use numerics::Matrix;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use super::anderson::Anderson;
use super::draws::{Draws, LANES};
use super::past::convolve;
use super::paths::{Neuron, Paths};

/// Time between two values of the field that are told of the frozen one, and between two freezes of a path.
const FIELD_INTERVAL: f64 = 1.0;
const FREEZE_INTERVAL: f64 = 4.0;
/// Values of the field that are told.
const FIELD_VALUES: usize = 40;
/// Most iterations, and the change of Q and C*, relative to C*, at which they end.
const ITERATIONS: usize = 60;
const SOLVED: f64 = 1e-4;

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

/// What one iteration finds.
#[derive(Clone, Debug)]
struct Moments {
    c_star: f64,
    slope_square: f64,
    /// `Q` at the lags 0, 1, 2, ... steps.
    q: Vec<f64>,
}

/// The frozen state of neurons whose paths are given, with `C_phi` at all lags of the paths and the step `dt`; the paths
/// belong to the groups of `draws`, which go on. `None` where the paths are too short, or `C_phi` is no covariance.
pub fn solve(
    neuron: &Neuron,
    paths: &[Paths],
    covariance: &[f64],
    dt: f64,
    draws: &Draws,
) -> Option<FrozenState> {
    let spacing = (FIELD_INTERVAL / dt).round().max(1.0) as usize;
    let lags = neuron.kernel(covariance).len().max(spacing * (FIELD_VALUES - 1)) + 1;
    let shortest = paths.iter().map(|paths| paths.rates.len()).min()?;
    if lags >= shortest.min(covariance.len()) {
        return None;
    }
    let toeplitz = Matrix::from_fn(FIELD_VALUES, FIELD_VALUES, |row, column| {
        // A trace of white noise, against the noise of C_phi.
        covariance[row.abs_diff(column) * spacing] * if row == column { 1.0 + 1e-4 } else { 1.0 }
    });
    let regression = toeplitz.cholesky()?;
    // Q, and C* behind it.
    let mut now = covariance[..lags].to_vec();
    now.push(covariance[0]);
    let mut anderson = Anderson::new(1.0);
    let mut iteration = 0;
    let state = loop {
        let (q, c_star) = (&now[..lags], now[lags]);
        let known: Vec<f64> = (0..FIELD_VALUES).map(|row| q[row * spacing]).collect();
        let weights = regression.solve(&known);
        let explained: f64 = weights
            .iter()
            .zip(&known)
            .map(|(weight, known)| weight * known)
            .sum();
        let frozen = Freeze {
            neuron,
            lags,
            spacing,
            every: (FREEZE_INTERVAL / dt).round().max(1.0) as usize,
            weights: weights.iter().map(|&weight| weight as f32).collect(),
            unknown: neuron.g * (c_star - explained).max(0.0).sqrt(),
            kernel: neuron.kernel(q).iter().map(|&weight| weight as f32).collect(),
        };
        let parts: Vec<Moments> = paths
            .par_iter()
            .zip(draws.generators())
            // The same in every iteration, which makes of it a deterministic map.
            .map(|(paths, generator)| frozen.respond(paths, generator.clone()))
            .collect();
        let average =
            |value: &dyn Fn(&Moments) -> f64| parts.iter().map(value).sum::<f64>() / parts.len() as f64;
        let found = Moments {
            c_star: average(&|part| part.c_star),
            slope_square: average(&|part| part.slope_square),
            q: (0..lags).map(|lag| average(&|part| part.q[lag])).collect(),
        };
        let mut next = found.q.clone();
        next.push(found.c_star);
        let change = now
            .iter()
            .zip(&next)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        iteration += 1;
        if change.is_nan() || change < SOLVED * found.c_star || iteration == ITERATIONS {
            break found;
        }
        now = anderson.next(&now, &next);
    };
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
    fn respond(&self, paths: &Paths, mut randomness: Xoshiro256PlusPlus) -> Moments {
        let rates = &paths.rates;
        let (mut freezes, mut c_star, mut slope_square) = (0, 0.0, 0.0);
        let mut products = vec![[0.0; LANES]; self.lags];
        for freeze in (self.lags..rates.len()).step_by(self.every) {
            let mut state: [f32; LANES] = std::array::from_fn(|_| {
                let gaussian: f32 = StandardNormal.sample(&mut randomness);
                self.unknown as f32 * gaussian
            });
            for (back, weight) in self.weights.iter().enumerate() {
                let row = &paths.fields[freeze - back * self.spacing];
                state
                    .iter_mut()
                    .zip(row)
                    .for_each(|(x, field)| *x += weight * field);
            }
            convolve(&self.kernel, &rates[..freeze], &mut state);
            let mut rate = [0.0; LANES];
            self.neuron.transfer.apply(&state, &mut rate);
            freezes += 1;
            for (x, rate) in state.iter().zip(&rate) {
                c_star += f64::from(rate * rate);
                slope_square += f64::from(self.neuron.transfer.slope(*x)).powi(2);
            }
            correlate(&mut products, &rates[..=freeze], &rate);
        }
        let count = f64::from(freezes) * LANES as f64;
        let total = |row: &[f32; LANES]| row.iter().map(|&product| f64::from(product)).sum::<f64>() / count;
        Moments {
            c_star: c_star / count,
            slope_square: slope_square / count,
            q: products.iter().map(total).collect(),
        }
    }
}

/// Adds the products of the rates at rest with those before, the last of which come first.
#[multiversion(targets = "simd")]
fn correlate(products: &mut [[f32; LANES]], before: &[[f32; LANES]], at_rest: &[f32; LANES]) {
    for (sums, then) in products.iter_mut().zip(before.iter().rev()) {
        for lane in 0..LANES {
            sums[lane] += then[lane] * at_rest[lane];
        }
    }
}
