//! The tangent map of a rule as data, in N + P dimensions, P the plastic synapses. With D = diag(phi'(x)), of one step
//!
//! ```text
//! dx_i'  = dx_i + dt (-dx_i + sum over j of (J + A)_ij (D dx)_j + sum over plastic j of dA_ij phi_j)
//! dA_ij' = (1 - dt/p_ij) dA_ij + (dt/p_ij)(k_ij/N) (df_i h_j + f_i dh_j)
//! ```
//!
//! with df and dh what the factors change by. The trajectory is the simulation's own; A along it, and the derivative, are
//! taken in double precision, of the step without its rounding. Nowhere is there a matrix of N + P rows.

use std::sync::Arc;

use rayon::prelude::*;

use super::Plan;
use crate::Stopped;
use crate::networks::Simulation;
use crate::networks::tangents::TangentMap;
use crate::networks::tangents::exact::WORTH_SHARING;
use crate::networks::tangents::sums::{add, dot};

/// The network under simulation, and the derivative of its step.
pub struct RuleTangent<'a> {
    simulation: &'a mut dyn Simulation,
    derivative: Derivative,
    rates: Vec<f64>,
    slopes: Vec<f64>,
}

/// The derivative in the present state.
struct Derivative {
    plan: Arc<Plan>,
    /// Step of the plasticity, and the first one with other constants.
    clock: u32,
    until: u32,
    /// N x N, row-major. A follows the rates in double precision from the simulation's at the start.
    quenched: Vec<f64>,
    plastic: Vec<f64>,
    /// The plastic synapses row by row: where each row begins, and the senders.
    rows: Vec<usize>,
    senders: Vec<usize>,
    /// Of each of them, `1 - dt/p` and `(dt/p)(k/N)`.
    constants: Vec<[f64; 2]>,
}

/// What the factors are in the present state.
struct Factors {
    post: Vec<f64>,
    pre: Vec<f64>,
}

impl std::fmt::Debug for RuleTangent<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Derivative { plan, senders, .. } = &self.derivative;
        write!(
            f,
            "RuleTangent of {} neurons, {} synapses",
            plan.n(),
            senders.len()
        )
    }
}

impl<'a> RuleTangent<'a> {
    /// Starts where the simulation is, at a step of its plasticity, which runs.
    pub fn new(simulation: &'a mut dyn Simulation, plan: Arc<Plan>, clock: u32) -> Self {
        simulation.release();
        let (quenched, plastic) = simulation.couplings();
        Self {
            simulation,
            derivative: Derivative::new(plan, clock, quenched, plastic),
            rates: Vec::new(),
            slopes: Vec::new(),
        }
    }
}

impl Derivative {
    fn new(plan: Arc<Plan>, clock: u32, quenched: Vec<f64>, plastic: Vec<f64>) -> Self {
        let n = plan.n();
        let (mut rows, mut senders) = (vec![0], Vec::new());
        for row in plan.plastic_from(clock).chunks_exact(n) {
            senders.extend(row.iter().enumerate().filter(|(_, is)| **is).map(|(j, _)| j));
            rows.push(senders.len());
        }
        let mut derivative = Self {
            plan,
            clock,
            until: clock,
            quenched,
            plastic,
            rows,
            constants: vec![[1.0, 0.0]; senders.len()],
            senders,
        };
        derivative.look();
        derivative
    }

    fn n(&self) -> usize {
        self.plan.n()
    }

    fn dimension(&self) -> usize {
        self.n() + self.senders.len()
    }

    /// The constants of the present step.
    fn look(&mut self) {
        if self.clock < self.until {
            return;
        }
        let moment = self.plan.at(self.clock);
        self.until = moment.until;
        for row in 0..self.n() {
            for at in self.rows[row]..self.rows[row + 1] {
                let values = moment.double(row, self.senders[at]);
                self.constants[at] =
                    values.map_or([1.0, 0.0], |[rate, strength]| [1.0 - rate, rate * strength]);
            }
        }
    }

    /// `(J + A) D dx` of every vector, vector by vector.
    fn responses(&self, moved: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let n = self.n();
        let mut responses = vec![vec![0.0; n]; moved.len()];
        let mut merged = vec![0.0; n];
        for row in 0..n {
            let range = row * n..(row + 1) * n;
            add(&self.quenched[range.clone()], &self.plastic[range], &mut merged);
            for (response, moved) in responses.iter_mut().zip(moved) {
                response[row] = dot(&merged, moved);
            }
        }
        responses
    }

    /// Carries one vector along; `moved` is its `D dx`, and `response` what comes of it.
    fn carry(
        &self,
        tangent: &mut [f64],
        (moved, response): (&[f64], &[f64]),
        rates: &[f64],
        factors: &Factors,
    ) {
        let (neurons, synapses) = tangent.split_at_mut(self.n());
        let post_changes = self.plan.post().changes(rates, moved);
        let pre_changes = self.plan.pre().changes(rates, moved);
        let dt = self.plan.dt();
        for (i, dx) in neurons.iter_mut().enumerate() {
            let range = self.rows[i]..self.rows[i + 1];
            let senders = &self.senders[range.clone()];
            let (post, post_change) = (factors.post[i], post_changes[i]);
            let mut drive = response[i];
            let constants = self.constants[range.clone()].iter();
            for ((change, &j), [retention, increment]) in
                synapses[range].iter_mut().zip(senders).zip(constants)
            {
                drive += *change * rates[j];
                let growth = post_change * factors.pre[j] + post * pre_changes[j];
                *change = *change * retention + increment * growth;
            }
            *dx += dt * (drive - *dx);
        }
    }

    /// One step of the vectors and of A.
    fn step(&mut self, tangents: &mut [f64], rates: &[f64], slopes: &[f64]) {
        let (n, dimension) = (self.n(), self.dimension());
        self.look();
        let factors = Factors {
            post: self.plan.post().of_double(rates),
            pre: self.plan.pre().of_double(rates),
        };
        let moved = tangents.chunks_exact(dimension).map(|tangent| {
            let changes = tangent[..n].iter().zip(slopes);
            changes.map(|(dx, slope)| dx * slope).collect()
        });
        let moved: Vec<Vec<f64>> = moved.collect();
        let responses = self.responses(&moved);
        let this = &*self;
        let carry = |((tangent, moved), response): ((&mut [f64], &Vec<f64>), &Vec<f64>)| {
            this.carry(tangent, (moved, response), rates, &factors);
        };
        if tangents.len() < WORTH_SHARING || tangents.len() == dimension {
            let vectors = tangents.chunks_exact_mut(dimension);
            vectors.zip(&moved).zip(&responses).for_each(carry);
        } else {
            let vectors = tangents.par_chunks_exact_mut(dimension);
            vectors.zip(&moved).zip(&responses).for_each(carry);
        }
        for i in 0..n {
            for at in self.rows[i]..self.rows[i + 1] {
                let (j, [retention, increment]) = (self.senders[at], self.constants[at]);
                let a = &mut self.plastic[i * n + j];
                *a = *a * retention + increment * factors.post[i] * factors.pre[j];
            }
        }
        self.clock = self.clock.saturating_add(1);
    }
}

impl TangentMap for RuleTangent<'_> {
    fn dimension(&self) -> usize {
        self.derivative.dimension()
    }

    fn neurons(&self) -> usize {
        self.derivative.n()
    }

    fn dt(&self) -> f64 {
        self.derivative.plan.dt()
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
