//! The tangent map of the exact network. With D = diag(phi'(x)), of one Euler step,
//!
//! ```text
//! dx' = dx + dt (-dx + (J + A) D dx + dA phi)
//! dA' = (1 - dt/p) dA + (dt/p)(k/N) (D dx phi^T + phi (D dx)^T)
//! ```
//!
//! A and dA are symmetric, and only the upper triangle of dA is kept: the antisymmetric part of a perturbation has
//! N (N - 1) / 2 exponents ln(1 - dt/p) / dt and drives nothing. The trajectory is the simulation's own (the kernel's in
//! single precision, or the reference's in double); the derivative along it is taken in double precision, of the step
//! without its rounding.

use freezable_chaos::Dynamics;
use rayon::prelude::*;

use super::super::simulation::Simulation;
use super::sums::{add, add_scaled, dot, learn};
use super::{Synapses, TangentMap};
use crate::Stopped;

/// The parameters of a map that its derivative needs; of the paper's rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TangentParameters {
    /// Strength of the plasticity.
    pub k: f64,
    /// Time constant of the synapses.
    pub p: f64,
    /// Step of the Euler map.
    pub dt: f64,
}

impl TangentParameters {
    /// Those of a network of the kernel.
    pub fn of(dynamics: &Dynamics) -> Self {
        let params = dynamics.params();
        Self {
            k: params.k.into(),
            p: params.p.into(),
            dt: params.dt.into(),
        }
    }
}

/// The exact network under simulation, and the derivative of its step.
pub struct ExactTangent<'a> {
    simulation: &'a mut dyn Simulation,
    derivative: Derivative,
}

/// The derivative in the present state.
struct Derivative {
    synapses: Synapses,
    n: usize,
    dt: f64,
    /// `1 - dt/p`.
    retention: f64,
    /// `(dt/p)(k/N)`.
    increment: f64,
    /// N x N, row-major. A follows the rates in double precision from the simulation's at the start.
    quenched: Vec<f64>,
    plastic: Vec<f64>,
    rates: Vec<f64>,
    slopes: Vec<f64>,
    scratch: Vec<f64>,
}

impl std::fmt::Debug for ExactTangent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Derivative { n, synapses, .. } = self.derivative;
        write!(f, "ExactTangent of {n} neurons, synapses {synapses:?}")
    }
}

/// Tangent vectors of fewer numbers altogether are not worth sharing among threads.
pub(in crate::networks) const WORTH_SHARING: usize = 100_000;

impl<'a> ExactTangent<'a> {
    /// Starts where the simulation is, which is frozen if `synapses` says so.
    pub fn new(
        simulation: &'a mut dyn Simulation,
        TangentParameters { k, p, dt }: TangentParameters,
        synapses: Synapses,
    ) -> Self {
        match synapses {
            Synapses::Running => simulation.release(),
            Synapses::Frozen => simulation.freeze(),
        }
        let n = simulation.n();
        let (quenched, plastic) = simulation.couplings();
        let derivative = Derivative {
            synapses,
            n,
            dt,
            retention: 1.0 - dt / p,
            increment: dt / p * k / n as f64,
            quenched,
            plastic,
            rates: Vec::new(),
            slopes: Vec::new(),
            scratch: Vec::new(),
        };
        Self {
            simulation,
            derivative,
        }
    }
}

impl Derivative {
    /// `scratch = (J + A) D dx` of every vector, vector by vector; then A takes its step.
    fn respond(&mut self, tangents: &[f64], dimension: usize) {
        let n = self.n;
        let vectors = tangents.len() / dimension;
        let weighted: Vec<f64> = tangents
            .chunks_exact(dimension)
            .flat_map(|tangent| {
                tangent[..n]
                    .iter()
                    .zip(&self.slopes)
                    .map(|(dx, slope)| dx * slope)
            })
            .collect();
        self.scratch.resize(n * vectors, 0.0);
        let mut merged = vec![0.0; n];
        for row in 0..n {
            let range = row * n..(row + 1) * n;
            let (quenched, plastic) = (&self.quenched[range.clone()], &mut self.plastic[range]);
            add(quenched, plastic, &mut merged);
            for (vector, weighted) in weighted.chunks_exact(n).enumerate() {
                self.scratch[vector * n + row] = dot(&merged, weighted);
            }
            if self.synapses == Synapses::Running {
                let growth = self.increment * self.rates[row];
                learn(plastic, self.retention, (growth, &self.rates), (0.0, &self.rates));
            }
        }
    }

    /// Carries one vector along; `response` is its `(J + A) D dx`.
    fn carry(&self, tangent: &mut [f64], response: &[f64]) {
        let n = self.n;
        let (neurons, triangle) = tangent.split_at_mut(n);
        let mut drive = response.to_vec();
        if self.synapses == Synapses::Running {
            let change: Vec<f64> = neurons
                .iter()
                .zip(&self.slopes)
                .map(|(dx, slope)| dx * slope)
                .collect();
            self.carry_synapses(triangle, &change, &mut drive);
        }
        for (dx, drive) in neurons.iter_mut().zip(&drive) {
            *dx += self.dt * (drive - *dx);
        }
    }

    /// Adds `dA phi` to the drive and takes the step of dA, in one pass. The triangle holds dA_ii and, right of it,
    /// sqrt(2) dA_ij, so that its Euclidean norm is that of the whole matrix.
    fn carry_synapses(&self, triangle: &mut [f64], change: &[f64], drive: &mut [f64]) {
        let root = std::f64::consts::SQRT_2;
        let increment = root * self.increment;
        let mut rest = triangle;
        for row in 0..self.n {
            let (now, after) = rest.split_at_mut(self.n - row);
            rest = after;
            let Some((diagonal, right)) = now.split_first_mut() else {
                return;
            };
            let (rate, moved) = (self.rates[row], change[row]);
            let (rates, changes) = (&self.rates[row + 1..], &change[row + 1..]);
            let (here, below) = drive[row..].split_at_mut(1);
            here[0] += *diagonal * rate + dot(right, rates) / root;
            *diagonal = *diagonal * self.retention + 2.0 * self.increment * rate * moved;
            let (share, pull, push) = (rate / root, increment * moved, increment * rate);
            add_scaled(below, share, right);
            learn(right, self.retention, (pull, rates), (push, changes));
        }
    }
}

impl TangentMap for ExactTangent<'_> {
    fn dimension(&self) -> usize {
        let n = self.derivative.n;
        match self.derivative.synapses {
            Synapses::Running => n + n * (n + 1) / 2,
            Synapses::Frozen => n,
        }
    }

    fn neurons(&self) -> usize {
        self.derivative.n
    }

    fn dt(&self) -> f64 {
        self.derivative.dt
    }

    fn step(&mut self, tangents: &mut [f64], input: Option<&[f32]>) -> Result<(), Stopped> {
        let dimension = self.dimension();
        let derivative = &mut self.derivative;
        self.simulation
            .copy_rates_and_slopes(&mut derivative.rates, &mut derivative.slopes);
        // A takes its step only after all vectors have felt it: their own step needs the rates alone.
        derivative.respond(tangents, dimension);
        let derivative = &self.derivative;
        let carry = |(tangent, response): (&mut [f64], &[f64])| derivative.carry(tangent, response);
        let responses = &derivative.scratch;
        if tangents.len() < WORTH_SHARING || tangents.len() == dimension {
            tangents
                .chunks_exact_mut(dimension)
                .zip(responses.chunks_exact(derivative.n))
                .for_each(carry);
        } else {
            tangents
                .par_chunks_exact_mut(dimension)
                .zip(responses.par_chunks_exact(derivative.n))
                .for_each(carry);
        }
        self.simulation.step_under(input)
    }

    fn speed(&self) -> f64 {
        self.simulation.speed().rms
    }
}

#[cfg(test)]
mod tests;
