//! Measurements: of one network from where it is, or of an ensemble of its description.

use freezable_chaos::Plasticity;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use science::Refusal;
use science::measure::activity::Run;
use science::measure::exponents::Lyapunov;
use science::measure::fixed_points::FixedPoints;
use science::measure::freeze::Freeze;
use science::measure::{Measured, Measurement, in_pool, measure_here, measure_networks};
use science::networks::{Ensemble, Execution, Synapses};
use serde::Serialize;

use crate::arrays::{Named, named};
use crate::failure::refused;
use crate::network::Network;
use crate::{setup, work};

/// The result as JSON, `{"kind", "params", "summary"}`, and its arrays.
type Given<'py> = (String, Vec<Named<'py>>);

/// What the settings of a measurement may be; each measurement takes its own.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Settings {
    networks: Option<u32>,
    memory: Option<u64>,
    burn_in: f64,
    duration: f64,
    #[pyo3(default)]
    trials: u32,
    #[pyo3(default)]
    starts: u32,
    #[pyo3(default)]
    exponents: usize,
    #[pyo3(default)]
    tolerance: f64,
    #[pyo3(default)]
    frozen: bool,
    #[pyo3(default)]
    longest_lag: Option<f64>,
}

/// Measures what `name` says.
#[pyfunction]
pub fn measure<'py>(
    py: Python<'py>,
    name: &str,
    network: &Network,
    setup: &Bound<'py, PyDict>,
    settings: Settings,
    progress: Option<Py<PyAny>>,
) -> PyResult<Given<'py>> {
    let job = Job {
        network,
        setup: setup::of(setup)?,
        settings: &settings,
        progress,
    };
    let of = job.ensemble()?;
    match name {
        "run" => {
            let run = Run::of(&of);
            let longest_lag = settings.longest_lag.unwrap_or(run.longest_lag);
            job.measure(py, &Run { longest_lag }, &of)
        }
        "freeze" => {
            let trials = settings.trials;
            job.measure(
                py,
                &Freeze {
                    trials,
                    ..Freeze::default()
                },
                &of,
            )
        }
        "lyapunov" => {
            let synapses = if settings.frozen {
                Synapses::Frozen
            } else {
                Synapses::Running
            };
            let mut lyapunov = Lyapunov::of(&of, synapses);
            (lyapunov.exponents, lyapunov.tolerance) = (settings.exponents, settings.tolerance);
            job.measure(py, &lyapunov, &of)
        }
        "fixed-points" => {
            let starts = settings.starts;
            job.measure(py, &FixedPoints { starts }, &of)
        }
        other => Err(PyRuntimeError::new_err(format!(
            "there is no measurement {other}"
        ))),
    }
}

struct Job<'a> {
    network: &'a Network,
    setup: setup::Setup,
    settings: &'a Settings,
    progress: Option<Py<PyAny>>,
}

impl Job<'_> {
    fn ensemble(&self) -> PyResult<Ensemble> {
        let description = self.network.hold()?.description().clone();
        let times = [self.settings.burn_in, self.settings.duration];
        let of = self
            .setup
            .ensemble(description, self.settings.networks.unwrap_or(1), times);
        of.map_err(refused)
    }

    fn measure<'py, M>(self, py: Python<'py>, measurement: &M, of: &Ensemble) -> PyResult<Given<'py>>
    where
        M: Measurement,
        M::Summary: Send,
    {
        let mut instance = self.network.hold()?;
        let is_frozen = instance.look(|network| network.plasticity() == Plasticity::Frozen);
        if self.settings.networks.is_none() && is_frozen && M::NAME != "fixed-points" && !self.settings.frozen
        {
            let words =
                "and is measured with its plasticity running: release it, or ask for that of frozen ones";
            return Err(refused(Refusal::because("network", "is frozen,", words)));
        }
        let cost = measurement.check(of).map_err(refused)?;
        let (threads, memory) = (self.network.threads(), self.settings.memory);
        let (index, instance) = (self.setup.index, &mut *instance);
        let total = cost.steps.saturating_mul(of.networks.into());
        let measured = work::compute(py, total, self.progress, |watch| {
            if self.settings.networks.is_some() {
                let how = Execution { threads, memory };
                return measure_networks(measurement, of, of, &how, watch, &());
            }
            let here = || instance.work(|network| measure_here(measurement, of, index, network, watch));
            in_pool(threads, here)?
        })?;
        let arrays = measurement.arrays(of, &measured.outcomes);
        Ok((json(measurement, of, &measured)?, named(py, arrays)?))
    }
}

/// The result as the program states it.
fn json<M: Measurement>(measurement: &M, of: &Ensemble, measured: &Measured<M>) -> PyResult<String> {
    #[derive(Serialize)]
    struct Stated<'a, M, S> {
        kind: &'static str,
        params: Params<'a, M>,
        summary: &'a S,
    }
    #[derive(Serialize)]
    struct Params<'a, M> {
        #[serde(flatten)]
        of: &'a Ensemble,
        #[serde(flatten)]
        measurement: &'a M,
    }
    let stated = Stated {
        kind: M::NAME,
        params: Params { of, measurement },
        summary: &measured.summary,
    };
    serde_json::to_string(&stated).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
