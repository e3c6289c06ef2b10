//! The theory of infinitely many neurons as one problem: exact at k = 0, by sampled paths elsewhere; on demand the frozen
//! network, the boundary of freezability, and stable neuronal-synaptic fixed points.
//!
//! No ensemble of networks is measured here: a [`MeanFieldProblem`] is checked and solved by itself.

mod solution;

pub use crate::theory::branches::Kind;
pub use crate::theory::freezability::Crossing;
pub use solution::{
    Branch, ChaosRange, Exact, ExactValues, FixedPoints, Frozen, MeanFieldSolution, MeanFieldSummary,
};

use freezable_chaos::Params;
use serde::Serialize;

use super::arrays::Array;
use super::ensemble::in_pool;
use crate::networks::TransferFunction;
use crate::theory::Settings;
use crate::theory::continuation;
use crate::theory::draws::LANES;
use crate::theory::freezability::SOLUTIONS;
use crate::theory::paths::Neuron;
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// A mean field, and what is asked of it. Its JSON form states its parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MeanFieldProblem {
    /// Gain of the quenched couplings.
    pub g: f32,
    /// Strength of the plasticity.
    pub k: f32,
    /// Time constant of the synapses, in units of the neuronal time constant.
    pub p: f32,
    /// Step of the Euler map, below 1 and at most p; in units of p with slow synapses.
    pub dt: f32,
    /// Transfer function.
    pub transfer: TransferFunction,
    /// The limit p -> infinity, time in units of p: neurons follow their synapses at once.
    pub slow_synapses: bool,
    /// Seed of the Gaussian fields.
    pub seed: u64,
    /// Starts of the iteration, each with its own first guess and fields; errors come from their spread.
    pub starts: u32,
    /// Sampled paths of an iteration, rounded up to a multiple of 16.
    pub paths: usize,
    /// Time that a path covers, rounded up to a power of two of steps.
    pub window: f64,
    /// Iterations before those that count.
    pub settling: usize,
    /// Iterations that count.
    pub iterations: usize,
    /// Share of the new power in the next iteration, above 0 and at most 1.
    pub damping: f64,
    /// Longest lag in the results; if `None`, 100 or half of the window, whichever is less.
    pub longest_lag: Option<f64>,
    /// Whether to solve for the network frozen in the middle of its chaos.
    pub frozen: bool,
    /// Where to look for the k at which freezing begins to succeed.
    pub boundary: Option<[f64; 2]>,
    /// Whether to count stable neuronal-synaptic fixed points.
    pub fixed_points: bool,
    /// Whether to find the strengths of the plasticity between which chaos exists at this gain.
    pub chaos_range: bool,
}

/// Longest lag if none is asked for and the window is long enough.
const DEFAULT_LAG: f64 = 100.0;
/// Time before a path is looked at, per that of the slower of synapses and 2.5 neuronal time constants: several times
/// the longest memory met.
const BURN_IN: f64 = 100.0;
/// Iterations of each solution on the way to where chaos begins and ends, which begins with the one before it, and how many of
/// them count; on 16 paths.
pub const CHAOS_RANGE_ITERATIONS: [usize; 2] = [8, 16];
/// Steps of a path, at least and at most.
const STEPS: [f64; 2] = [64.0, 16_777_216.0];

impl Default for MeanFieldProblem {
    /// g = k = 2, p = 2.5, dt = 0.05, tanh; 4 starts of 32 and 24 iterations with 64 paths over 1600 time units.
    fn default() -> Self {
        Self {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
            transfer: TransferFunction::Tanh,
            slow_synapses: false,
            seed: 1,
            starts: 4,
            paths: 64,
            window: 1600.0,
            settling: 32,
            iterations: 24,
            damping: 1.0,
            longest_lag: None,
            frozen: false,
            boundary: None,
            fixed_points: false,
            chaos_range: false,
        }
    }
}

/// The equation and the settings of its solution.
struct Equation {
    neuron: Neuron,
    settings: Settings,
    /// Lags of the results, that at 0 among them.
    lags: usize,
}

impl MeanFieldProblem {
    /// Checks every bound.
    pub fn check(&self) -> Result<(), Refusal> {
        self.equation().map(|_| ())
    }

    fn equation(&self) -> Result<Equation, Refusal> {
        let Self { g, k, p, dt, .. } = *self;
        Params { g, k, p, dt }.validate(1)?;
        self.transfer.check_theory()?;
        if dt >= 1.0 {
            return Err(Refusal::because("dt", dt, "is not below its bound 1"));
        }
        let step = f64::from(dt);
        Refusal::check("starts", self.starts.into(), [1.0, 1024.0])?;
        Refusal::check("paths", self.paths as f64, [1.0, 65536.0])?;
        Refusal::check("window", self.window, [20.0, 1e6])?;
        Refusal::check("settling", self.settling as f64, [0.0, 1e6])?;
        Refusal::check("iterations", self.iterations as f64, [1.0, 1e6])?;
        Refusal::check("damping", self.damping, [1e-3, 1.0])?;
        let longest_lag = self.longest_lag.unwrap_or(DEFAULT_LAG.min(self.window / 2.0));
        Refusal::check("longest_lag", longest_lag, [step, self.window / 2.0])?;
        if let Some([low, high]) = self.boundary {
            Refusal::check("boundary", low, [-1e15, 1e15])?;
            Refusal::check("boundary", high, [low, 1e15])?;
        }
        let (steps, [fewest, most]) = (self.window / step, STEPS);
        if !(fewest..=most).contains(&steps) {
            let words = format!("is {steps:.6e} steps of dt {dt}, outside their bounds {fewest} and {most}");
            return Err(Refusal::because("window", self.window, words));
        }
        let slowest = if self.slow_synapses {
            1.0
        } else {
            f64::from(p).max(2.5)
        };
        let length = (steps.ceil() as usize).next_power_of_two();
        Ok(Equation {
            neuron: Neuron {
                g: g.into(),
                k: k.into(),
                rate: if self.slow_synapses {
                    step
                } else {
                    step / f64::from(p)
                },
                leak: (!self.slow_synapses).then_some(step),
                transfer: self.transfer.kernel(),
            },
            settings: Settings {
                dt: step,
                length,
                burn_in: ((BURN_IN * slowest / step) as usize).min(length),
                groups: self.paths.div_ceil(LANES),
                settling: self.settling,
                averaged: self.iterations,
                damping: self.damping,
                seed: self.seed,
            },
            lags: (longest_lag / step).round() as usize + 1,
        })
    }

    /// Iterations of all starts, at most: what is reported to the watcher as steps.
    pub fn iterations(&self) -> u64 {
        let each = (self.settling + self.iterations) as u64 * u64::from(self.starts);
        let solutions = u64::from(!self.is_exact()) + if self.boundary.is_some() { SOLUTIONS } else { 0 };
        let range = if self.chaos_range {
            let settled = (CHAOS_RANGE_ITERATIONS.iter().sum::<usize>()) as u64;
            continuation::SOLUTIONS * settled * u64::from(self.starts)
        } else {
            0
        };
        solutions * each + range
    }

    /// Whether the solution is known without sampled paths.
    fn is_exact(&self) -> bool {
        self.k == 0.0 && !self.slow_synapses && !self.frozen
    }

    /// Solves it in so many threads, of which 0 are as many as there are processors.
    ///
    /// # Errors
    ///
    /// A refusal of [`check`](Self::check); [`Stopped::Failed`] where the iteration diverges, no exact solution is found,
    /// or the frozen state has the same stability at both ends of the boundary; [`Stopped::Interrupted`].
    pub fn solve(&self, threads: usize, watch: &dyn Watch) -> Result<MeanFieldSolution, Stopped> {
        let equation = self.equation()?;
        in_pool(threads, || solution::solve(self, &equation, watch))?
    }

    /// Times of the lags.
    pub fn lags(&self, solution: &MeanFieldSolution) -> Vec<f64> {
        // Multiples of the decimal number that was asked for, not of its single precision.
        let step: f64 = self.dt.to_string().parse().unwrap_or(f64::from(self.dt));
        let count = solution.curves.first().map_or(0, Vec::len);
        (0..count).map(|lag| lag as f64 * step).collect()
    }

    /// Arrays of the starts.
    pub fn arrays(&self, solution: &MeanFieldSolution) -> Vec<Array> {
        let lags = self.lags(solution);
        let axis = ("lag", lags.len());
        let starts = ("start", solution.curves.len());
        let solution_of: Vec<u64> = solution.solution_of.iter().map(|&of| of as u64).collect();
        let curves: Vec<f64> = solution.curves.iter().flatten().copied().collect();
        vec![
            Array::new("lag", "lags of the autocorrelation", &[axis], lags).in_units("time"),
            Array::new(
                "autocorrelation",
                "C_phi(tau) from each start of the iteration, or the exact one",
                &[starts, axis],
                curves,
            ),
            Array::new(
                "solution",
                "which of the solutions in the summary a start came to, from 0 on",
                &[starts],
                solution_of,
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_parameter_value_and_bound() {
        let refused = |change: fn(&mut MeanFieldProblem)| {
            let mut problem = MeanFieldProblem::default();
            change(&mut problem);
            problem.check().unwrap_err().to_string()
        };
        for (change, message) in [
            (
                (|problem| problem.g = -1.0) as fn(&mut MeanFieldProblem),
                "g -1 is below its bound 0",
            ),
            (|problem| problem.dt = 1.0, "dt 1 is not below its bound 1"),
            (
                |problem| problem.starts = 0,
                "starts 0 is outside its bounds 1 and 1024",
            ),
            (
                |problem| (problem.window, problem.dt) = (1e6, 0.01),
                "window 1000000 is 1.000000e8 steps of dt 0.01, outside their bounds 64 and 16777216",
            ),
            (
                |problem| problem.transfer = TransferFunction::Logistic,
                "transfer logistic is not odd and bounded by 1, as the mean-field theory takes it to be",
            ),
            (
                |problem| problem.boundary = Some([2.0, 1.0]),
                "boundary 1 is outside its bounds 2 and 1e15",
            ),
        ] {
            assert_eq!(refused(change), message);
        }
    }

    #[test]
    fn without_plasticity_it_is_exact_and_its_lags_are_multiples_of_the_step() {
        let problem = MeanFieldProblem {
            k: 0.0,
            longest_lag: Some(1.0),
            ..MeanFieldProblem::default()
        };
        assert_eq!(problem.iterations(), 0);
        let solution = problem.solve(1, &()).unwrap();
        assert!(solution.summary.exact.is_some());
        let arrays = problem.arrays(&solution);
        assert_eq!(arrays[1].shape(), [1, 21]);
        assert_eq!(problem.lags(&solution)[20], 1.0);
    }
}
