//! The mean field.

use pyo3::prelude::*;
use science::Refusal;
use science::measure::mean_field::MeanFieldProblem;
use serde_json::json;

use crate::arrays::{Named, named};
use crate::failure::refused;
use crate::{setup, work};

/// A problem by plain values.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Problem {
    g: f64,
    k: f64,
    p: f64,
    dt: f64,
    transfer: String,
    slow_synapses: bool,
    seed: u64,
    starts: u32,
    paths: usize,
    window: f64,
    settling: usize,
    iterations: usize,
    damping: f64,
    longest_lag: Option<f64>,
    frozen: bool,
    boundary: Option<[f64; 2]>,
    fixed_points: bool,
    chaos_range: bool,
}

impl Problem {
    fn of(self) -> Result<MeanFieldProblem, Refusal> {
        Ok(MeanFieldProblem {
            g: self.g as f32,
            k: self.k as f32,
            p: self.p as f32,
            dt: self.dt as f32,
            transfer: setup::transfer(&self.transfer)?,
            slow_synapses: self.slow_synapses,
            seed: self.seed,
            starts: self.starts,
            paths: self.paths,
            window: self.window,
            settling: self.settling,
            iterations: self.iterations,
            damping: self.damping,
            longest_lag: self.longest_lag,
            frozen: self.frozen,
            boundary: self.boundary,
            fixed_points: self.fixed_points,
            chaos_range: self.chaos_range,
        })
    }
}

/// Solves it: the result as JSON and its arrays.
#[pyfunction]
pub fn mean_field<'py>(
    py: Python<'py>,
    problem: Problem,
    threads: usize,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, Vec<Named<'py>>)> {
    let problem = problem.of().map_err(refused)?;
    problem.check().map_err(refused)?;
    let solution = work::compute(py, problem.iterations(), progress, |watch| {
        problem.solve(threads, watch)
    })?;
    let stated = json!({ "kind": "mean-field", "params": problem, "summary": solution.summary });
    let arrays = problem.arrays(&solution);
    Ok((stated.to_string(), named(py, arrays)?))
}
