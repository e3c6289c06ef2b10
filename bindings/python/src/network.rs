//! A network that runs.

use std::sync::{Mutex, MutexGuard, TryLockError};

use freezable_chaos::Plasticity;
use numpy::{PyArray1, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use science::measure::in_pool;
use science::measure::recording::{Quantity, Recorder};
use science::networks::{CouplingsImage, Execution, Instance, Rows};
use science::spectra::{Complex, eigenvalues};
use science::{Refusal, Stopped};

use crate::arrays::{Named, named, shaped};
use crate::failure::{refused, stopped};
use crate::input::Drive;
use crate::{setup, work};

/// Times of an ensemble of which only the memory is asked for.
const SHORTEST: [f64; 2] = [0.0, 1.0];

/// A network and its memory, which one thread at a time may use.
#[pyclass(module = "freezable_chaos._native")]
pub struct Network {
    instance: Mutex<Instance>,
    rows: Rows,
    threads: usize,
}

impl Network {
    /// The network, if no other thread has it.
    pub fn hold(&self) -> PyResult<MutexGuard<'_, Instance>> {
        match self.instance.try_lock() {
            Ok(instance) => Ok(instance),
            // A network whose work ended by a panic is where its last step left it.
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(PyRuntimeError::new_err(
                "the network is in use by another thread or by its own run: wait for that, or copy the network",
            )),
        }
    }

    /// Threads that share the rows of a large network.
    pub fn threads(&self) -> usize {
        self.threads
    }
}

#[pymethods]
impl Network {
    #[new]
    fn new(
        py: Python<'_>,
        setup: &Bound<'_, PyDict>,
        matrix: Option<PyReadonlyArray2<'_, f32>>,
        x0: Option<PyReadonlyArray1<'_, f32>>,
        threads: usize,
        memory: Option<u64>,
    ) -> PyResult<Self> {
        let setup = setup::of(setup)?;
        let matrix = matrix.map(setup::matrix).transpose().map_err(refused)?;
        let description = setup.network(matrix).map_err(refused)?;
        let (index, start) = (setup.index, setup.start().map_err(refused)?);
        let of_one = setup
            .ensemble(description.clone(), 1, SHORTEST)
            .map_err(refused)?;
        let how = Execution { threads, memory };
        let checked = how.check().and_then(|how| how.check_memory(&of_one, 0, 0));
        checked.map_err(refused)?;
        let rows = Rows::of_one(&description, &how);
        let x0: Option<Vec<f32>> = x0.map(|x0| x0.as_array().iter().copied().collect());
        let build = || {
            let mut instance = Instance::new(description, index, start, rows)?;
            if let Some(x0) = x0 {
                instance.work(|network| network.start_from(&x0))?;
            }
            Ok::<_, Stopped>(instance)
        };
        Ok(Self {
            instance: Mutex::new(py.detach(build).map_err(stopped)?),
            rows,
            threads,
        })
    }

    /// Runs for a time and gives what was recorded, after the interval between two samples.
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn run<'py>(
        &self,
        py: Python<'py>,
        duration: f64,
        record: Vec<String>,
        every: Option<f64>,
        neurons: Option<Vec<usize>>,
        rows: Option<PyReadonlyArray2<'py, f32>>,
        function: Option<Py<PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(f64, Vec<Named<'py>>)> {
        let mut instance = self.hold()?;
        let description = instance.description().clone();
        let steps = description.steps_of("duration", duration).map_err(refused)?;
        let every = match every {
            Some(every) => description.steps_of("every", every).map_err(refused)?,
            None => description.sampling().0,
        };
        let quantities: Result<Vec<Quantity>, Refusal> =
            record.iter().map(|name| Quantity::named(name)).collect();
        let recorder = Recorder {
            quantities: quantities.map_err(refused)?,
            every,
            neurons,
        };
        let before = instance.look(|network| network.steps());
        let mut drive = match (rows, function) {
            (Some(rows), _) => {
                let (count, n) = (rows.shape()[0], rows.shape()[1]);
                let values = rows.as_array().iter().copied().collect();
                Drive::rows(values, count, n, steps).map_err(refused)?
            }
            (None, Some(function)) => Drive::Function {
                function,
                network: Box::new(description.clone()),
                before,
                values: Vec::new(),
            },
            (None, None) => Drive::None,
        };
        let (rows, threads, instance) = (self.rows, self.threads, &mut *instance);
        let recording = work::compute(py, steps, progress, |watch| {
            let mut run = || instance.work(|network| recorder.run(network, steps, &mut drive, watch));
            match rows {
                Rows::OneThread => run(),
                // of its own, as a pool for all would not outlive a fork
                Rows::AllThreads => in_pool(threads, run)?,
            }
        })?;
        let arrays = recording.into_arrays(|step| description.time(before + step));
        Ok((description.time(every), named(py, arrays)?))
    }

    /// Halts the plasticity.
    fn freeze(&self, py: Python<'_>) -> PyResult<()> {
        let mut instance = self.hold()?;
        let instance = &mut *instance;
        py.detach(|| instance.work(|network| network.freeze()));
        Ok(())
    }

    /// Lets the plasticity run.
    fn release(&self) -> PyResult<()> {
        self.hold()?.work(|network| network.release());
        Ok(())
    }

    /// Starts anew from the states x.
    fn start_from(&self, x0: PyReadonlyArray1<'_, f32>) -> PyResult<()> {
        let x0: Vec<f32> = x0.as_array().iter().copied().collect();
        self.hold()?
            .work(|network| network.start_from(&x0))
            .map_err(stopped)
    }

    /// The states x.
    #[getter]
    fn x<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f32>>> {
        Ok(self
            .hold()?
            .look(|network| PyArray1::from_slice(py, network.state())))
    }

    /// The rates phi(x).
    #[getter]
    fn phi<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f32>>> {
        Ok(self
            .hold()?
            .look(|network| PyArray1::from_slice(py, network.rates())))
    }

    /// The quenched couplings J and the plastic ones A, N x N each.
    fn couplings<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let instance = self.hold()?;
        let (instance, n) = (&*instance, instance.description().n);
        let (quenched, plastic) = instance.look(|network| network.couplings());
        let single = |values: Vec<f64>| values.into_iter().map(|value| value as f32).collect();
        Ok((
            shaped::<f32>(py, &[n, n], single(quenched))?,
            shaped::<f32>(py, &[n, n], single(plastic))?,
        ))
    }

    /// The quenched couplings in the kernel's memory order, little-endian.
    fn flash_image<'py>(
        &self,
        py: Python<'py>,
        index: u32,
        memory: Option<u64>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let network = self.hold()?.description().clone();
        let image = || CouplingsImage::of(&network, index, memory).map(|image| image.words.bytes());
        Ok(PyBytes::new(py, &py.detach(image).map_err(stopped)?))
    }

    /// Steps since the start.
    #[getter]
    fn steps(&self) -> PyResult<u64> {
        Ok(self.hold()?.look(|network| network.steps()))
    }

    /// Time since the start.
    #[getter]
    fn t(&self) -> PyResult<f64> {
        let instance = self.hold()?;
        Ok(instance
            .description()
            .time(instance.look(|network| network.steps())))
    }

    /// Rms over neurons and largest magnitude of dx/dt in the last step; not numbers before the first.
    #[getter]
    fn speed(&self) -> PyResult<(f64, f64)> {
        let speed = self.hold()?.look(|network| network.speed());
        Ok((speed.rms, speed.max))
    }

    /// Whether the plasticity is halted.
    #[getter]
    fn frozen(&self) -> PyResult<bool> {
        Ok(self
            .hold()?
            .look(|network| network.plasticity() == Plasticity::Frozen))
    }

    /// Digest of x and A, as goldens have it.
    fn digest(&self) -> PyResult<String> {
        Ok(self
            .hold()?
            .look(|network| format!("{:016x}", network.state_digest())))
    }

    /// The kernel's snapshot.
    fn snapshot<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = self.hold()?.snapshot().map_err(stopped)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Takes the state of a snapshot, or refuses it.
    fn restore(&self, snapshot: Vec<u8>) -> PyResult<()> {
        self.hold()?.restore(snapshot).map_err(stopped)
    }

    /// The parameters as results state them, in JSON.
    fn parameters(&self) -> PyResult<String> {
        let instance = self.hold()?;
        serde_json::to_string(instance.description())
            .map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    /// The Jacobian and its eigenvalues: N x N with the synapses held, else 2N x 2N.
    fn jacobian<'py>(
        &self,
        py: Python<'py>,
        joint: bool,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let instance = self.hold()?;
        let (instance, n) = (&*instance, instance.description().n);
        let size = if joint { 2 * n } else { n };
        let jacobian = instance.look(|network| {
            if joint {
                network.joint_jacobian()
            } else {
                Ok(network.frozen_jacobian())
            }
        });
        let jacobian = jacobian.map_err(refused)?;
        let found = work::compute(py, 0, None, |_| {
            let found: Option<Vec<Complex<f64>>> = eigenvalues(size, &jacobian);
            found.ok_or_else(|| Stopped::Failed("the eigenvalues do not converge".into()))
        })?;
        let found = found
            .iter()
            .map(|value| numpy::Complex64::new(value.re, value.im));
        let found = shaped(py, &[size], found.collect())?;
        Ok((shaped(py, &[size, size], jacobian)?, found))
    }
}
