//! Phase diagrams.

use pyo3::prelude::*;
use science::measure::phase::PhaseMap;
use science::networks::Execution;
use serde_json::json;

use crate::arrays::{Named, named};
use crate::failure::refused;
use crate::{setup, work};

/// A phase diagram by plain values.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Settings {
    g: Vec<f32>,
    k: Vec<f32>,
    p: f64,
    model: String,
    n: usize,
    dt: f64,
    transfer: String,
    seed: u64,
    networks: u32,
    burn_in: f64,
    duration: f64,
    trials: u32,
    exponent_duration: f64,
    exponent_tolerance: f64,
    boundaries: bool,
    boundary_g: Vec<f32>,
}

/// Measures it: the result as JSON and its arrays.
#[pyfunction]
pub fn sweep<'py>(
    py: Python<'py>,
    settings: Settings,
    threads: usize,
    memory: Option<u64>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, Vec<Named<'py>>)> {
    let map = PhaseMap {
        model: setup::model(&settings.model).map_err(refused)?,
        dt: settings.dt as f32,
        transfer: setup::transfer(&settings.transfer).map_err(refused)?,
        seed: settings.seed,
        networks: settings.networks,
        burn_in: settings.burn_in,
        duration: settings.duration,
        trials: settings.trials,
        exponent_duration: settings.exponent_duration,
        exponent_tolerance: settings.exponent_tolerance,
        boundaries: settings.boundaries,
        boundary_g: settings.boundary_g,
        ..PhaseMap::new(settings.g, settings.k, settings.p as f32, settings.n)
    };
    let map = map.check().map_err(refused)?;
    let how = Execution { threads, memory }.check().map_err(refused)?;
    let total = map.items().iter().map(|item| item.cost(&map)).sum();
    let diagram = work::compute(py, total, progress, |watch| map.measure(&how, watch))?;
    let stated = json!({ "kind": "sweep", "params": map, "summary": diagram });
    Ok((stated.to_string(), named(py, diagram.arrays(&map))?))
}
