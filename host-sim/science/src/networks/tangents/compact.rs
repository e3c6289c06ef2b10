//! The tangent map of the compact network with its history running, in N (H + 1) dimensions: the neurons x and the H
//! samples phi_m of the rates, newest first. With D = diag(phi'(x)) and the weights w_m of the present phase, of one step
//!
//! ```text
//! dx' = dx + dt (-dx + J D dx + (k/N) sum over m of w_m [dphi_m (phi_m . phi) + phi_m (dphi_m . phi + phi_m . D dx)])
//! dphi_0' = D dx,  dphi_m' = dphi_(m-1)   in every M-th step, else dphi_m' = dphi_m
//! ```
//!
//! It is the derivative of the *unrounded* map: the network itself rounds rates, samples and coefficients to integers, and
//! that map has the derivative zero almost everywhere. The trajectory is the kernel's, the history along it is taken in
//! double precision.

use freezable_chaos::Dynamics;
use rayon::prelude::*;

use super::super::simulation::History;
use super::super::simulation::Simulation;
use super::TangentMap;
use super::exact::WORTH_SHARING;
use super::sums::dot;
use crate::Stopped;

/// The compact network under simulation, and the derivative of its step.
pub struct CompactTangent<'a> {
    simulation: &'a mut dyn Simulation,
    derivative: Derivative,
    rates: Vec<f64>,
    slopes: Vec<f64>,
}

impl std::fmt::Debug for CompactTangent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Derivative { n, history, .. } = &self.derivative;
        write!(
            f,
            "CompactTangent of {n} neurons, {} samples",
            history.samples.len()
        )
    }
}

impl<'a> CompactTangent<'a> {
    /// Starts where the simulation is, whose history this is; its plasticity runs.
    pub fn new(simulation: &'a mut dyn Simulation, dynamics: &Dynamics, history: History) -> Self {
        simulation.release();
        let (quenched, _) = simulation.couplings();
        Self {
            simulation,
            derivative: Derivative::new(dynamics, quenched, history),
            rates: Vec::new(),
            slopes: Vec::new(),
        }
    }
}

/// The derivative along a history.
struct Derivative {
    n: usize,
    dt: f64,
    /// `1 - dt/p`.
    retention: f64,
    /// `k/N`.
    strength: f64,
    /// J, N x N, row-major.
    quenched: Vec<f64>,
    history: History,
}

impl Derivative {
    fn new(dynamics: &Dynamics, quenched: Vec<f64>, history: History) -> Self {
        let params = dynamics.params();
        let (n, dt) = (dynamics.n(), f64::from(params.dt));
        Self {
            n,
            dt,
            retention: 1.0 - dt / f64::from(params.p),
            strength: f64::from(params.k) / n as f64,
            quenched,
            history,
        }
    }

    fn dimension(&self) -> usize {
        self.n * (self.history.samples.len() + 1)
    }

    /// The weights of the samples in the present phase, newest first: exact integrals of the decay over the steps nearest
    /// to each, as the kernel documents them.
    fn weights(&self) -> Vec<f64> {
        let (samples, spacing) = (self.history.samples.len(), f64::from(self.history.spacing));
        let back = f64::from(self.history.phase) + (spacing + 1.0) / 2.0;
        let boundary = |sample: usize| self.retention.powf(back + spacing * sample as f64);
        let since = |sample: usize| if sample == 0 { 1.0 } else { boundary(sample - 1) };
        let until = |sample: usize| {
            if sample + 1 == samples {
                0.0
            } else {
                boundary(sample)
            }
        };
        (0..samples).map(|sample| since(sample) - until(sample)).collect()
    }

    /// One step of the vectors and of the history, in the state with these rates and slopes.
    fn step(&mut self, tangents: &mut [f64], rates: &[f64], slopes: &[f64]) {
        let terms: Vec<(f64, f64, &[f64])> = self
            .weights()
            .into_iter()
            .zip(&self.history.samples)
            .map(|(weight, sample)| (self.strength * weight, dot(sample, rates), &sample[..]))
            .collect();
        let is_sampled = self.history.phase + 1 >= self.history.spacing;
        let carry = |tangent: &mut [f64]| self.carry(tangent, &terms, rates, slopes, is_sampled);
        let dimension = self.dimension();
        if tangents.len() < WORTH_SHARING || tangents.len() == dimension {
            tangents.chunks_exact_mut(dimension).for_each(carry);
        } else {
            tangents.par_chunks_exact_mut(dimension).for_each(carry);
        }
        self.history.phase = if is_sampled { 0 } else { self.history.phase + 1 };
        if is_sampled {
            self.history.samples.rotate_right(1);
            if let Some(newest) = self.history.samples.first_mut() {
                newest.copy_from_slice(rates);
            }
        }
    }

    /// One step of one vector. Each term is `(k/N) w_m`, `phi_m . phi` and `phi_m`.
    fn carry(
        &self,
        tangent: &mut [f64],
        terms: &[(f64, f64, &[f64])],
        rates: &[f64],
        slopes: &[f64],
        is_sampled: bool,
    ) {
        let n = self.n;
        let (neurons, samples) = tangent.split_at_mut(n);
        let moved: Vec<f64> = neurons.iter().zip(slopes).map(|(dx, slope)| dx * slope).collect();
        let mut drive: Vec<f64> = self
            .quenched
            .chunks_exact(n)
            .map(|row| dot(row, &moved))
            .collect();
        for ((weight, overlap, sample), change) in terms.iter().zip(samples.chunks_exact(n)) {
            let turned = weight * (dot(change, rates) + dot(sample, &moved));
            let held = weight * overlap;
            for ((drive, change), rate) in drive.iter_mut().zip(change).zip(*sample) {
                *drive += held * change + turned * rate;
            }
        }
        for (dx, drive) in neurons.iter_mut().zip(&drive) {
            *dx += self.dt * (drive - *dx);
        }
        if is_sampled {
            samples.rotate_right(n);
            samples[..n].copy_from_slice(&moved);
        }
    }
}

impl TangentMap for CompactTangent<'_> {
    fn dimension(&self) -> usize {
        self.derivative.dimension()
    }

    fn neurons(&self) -> usize {
        self.derivative.n
    }

    fn dt(&self) -> f64 {
        self.derivative.dt
    }

    fn step(&mut self, tangents: &mut [f64], input: Option<&[f32]>) -> Result<(), Stopped> {
        self.simulation
            .copy_rates_and_slopes(&mut self.rates, &mut self.slopes);
        self.derivative.step(tangents, &self.rates, &self.slopes);
        self.simulation.step_under(input)
    }

    fn speed(&self) -> f64 {
        self.simulation.speed().rms
    }
}

#[cfg(test)]
mod tests;
