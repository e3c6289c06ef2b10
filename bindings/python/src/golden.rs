//! Goldens of one's own, recorded and verified; the project's, verified: here, or on a board.

use std::collections::HashMap;
use std::path::PathBuf;

use link::{Board, Cpu, Emulator, serial, verify as board};
use numpy::{PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use science::golden::{Contents, Golden, GoldenFile, Trajectory, Verification, cost_of_cases};
use science::networks::{Biases, CouplingMatrix, Couplings, Input, Origin, Table};
use science::{Refusal, Stopped, Watch};
use serde::Serialize;

use crate::failure::{refused, stopped};
use crate::network::Network;
use crate::{setup, work};

/// Numbers in rows by the option of the program that names their file, and the name of that file.
type Files<'py> = HashMap<String, (String, PyReadonlyArray2<'py, f32>)>;

/// How a network is driven, and its trajectory.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Course {
    input_every: Option<f64>,
    input_repeats: bool,
    noise: f64,
    steps: u64,
    freeze_at: u64,
    release_at: u64,
}

/// Records a golden: the text of its file. `files` may hold an initial state, a series of the input and weights.
#[pyfunction]
pub fn record_golden(
    py: Python<'_>,
    network: &Network,
    setup: &Bound<'_, PyDict>,
    mut files: Files<'_>,
    course: Course,
    memory: Option<u64>,
    progress: Option<Py<PyAny>>,
) -> PyResult<String> {
    let setup = setup::of(setup)?;
    if setup.index != 0 {
        let words = "is not 0: a golden is of the first network of its seed";
        return Err(refused(Refusal::because("index", setup.index, words)));
    }
    let network = network.hold()?.description().clone();
    // The gain of J itself, which the program states too.
    let network = match &network.couplings {
        Couplings::Matrix(matrix) => {
            let setup = setup.clone().with_gain(matrix.gain());
            setup.network(Some(matrix.clone())).map_err(refused)?
        }
        _ => network,
    };
    let names: HashMap<String, String> = files
        .iter()
        .map(|(option, (name, _))| (option.clone(), name.clone()))
        .collect();
    // the network has it already
    files.remove("couplings_file");
    let given = contents(files).map_err(refused)?;
    let describe = || {
        let mut input = match (given.input, given.input_weights) {
            (None, _) => Input::default(),
            (Some(series), None) => Input::series(series),
            (Some(series), Some(weights)) => Input::channels(series, weights)?,
        };
        if let Some(every) = course.input_every {
            input = input.every(network.steps_of("input_every", every)?)?;
        }
        if course.input_repeats {
            input = input.repeating();
        }
        let mut ensemble = setup.ensemble(network, 1, [0.0, 1.0])?;
        if let Some(x) = given.start {
            ensemble = ensemble.beginning_at(Origin::State(x))?;
        }
        ensemble.driven_by(input.with_noise(course.noise as f32)?)
    };
    let ensemble = describe().map_err(refused)?;
    let trajectory = Trajectory {
        steps: course.steps,
        freeze: course.freeze_at,
        release: course.release_at,
    };
    let trajectory = trajectory.check().map_err(refused)?;
    let golden = work::compute(py, trajectory.steps, progress, |watch| {
        let names = |option: &str| Some((names.get(option)?.clone(), false));
        Golden::recorded(&ensemble, &names, None, trajectory, memory, watch)
    })?;
    Ok(golden.text())
}

/// What a golden says, as JSON; refuses what is none, and what was torn or edited.
#[pyfunction]
pub fn read_golden(text: &str) -> PyResult<String> {
    json(&Golden::parse(text).map_err(refused)?)
}

/// A board to verify.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Target {
    emulator: Option<String>,
    firmware: Option<PathBuf>,
    port: Option<String>,
    baud: u32,
}

/// Compares with a golden of one's own, or with the project's: the target, and what was found as JSON.
#[pyfunction]
pub fn verify(
    py: Python<'_>,
    golden: Option<&str>,
    files: Files<'_>,
    target: Target,
    memory: Option<u64>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(String, String)> {
    let expected = match golden {
        Some(text) => Expected::Own(
            Box::new(Golden::parse(text).map_err(refused)?),
            Box::new(contents(files).map_err(refused)?),
        ),
        None => Expected::Committed(GoldenFile::all().map_err(stopped)?),
    };
    let (name, found) = work::compute(py, expected.cost(), progress, |watch| {
        target.verify(&expected, memory, watch)
    })?;
    Ok((name, json(&found)?))
}

/// What is verified.
enum Expected {
    Committed([GoldenFile; 2]),
    Own(Box<Golden>, Box<Contents>),
}

impl Expected {
    fn cost(&self) -> u64 {
        match self {
            Self::Committed(goldens) => cost_of_cases(goldens),
            Self::Own(golden, _) => golden.trajectory.steps,
        }
    }

    fn here(&self, memory: Option<u64>, watch: &dyn Watch) -> Result<Verification, Stopped> {
        match self {
            Self::Committed(goldens) => {
                Verification::of_cases(goldens, watch, |model, case| case.run_here(model))
            }
            Self::Own(golden, contents) => {
                let found = golden.run_with(contents, memory, watch)?;
                Ok(Verification::of(golden, &found))
            }
        }
    }

    fn on(&self, board: &mut Board, watch: &dyn Watch) -> Result<Verification, Stopped> {
        match self {
            Self::Committed(goldens) => board::committed(board, goldens, watch),
            Self::Own(golden, _) => board::own(board, golden, watch),
        }
    }
}

impl Target {
    fn verify(
        self,
        expected: &Expected,
        memory: Option<u64>,
        watch: &dyn Watch,
    ) -> Result<(String, Verification), Stopped> {
        match (self.emulator, self.firmware, self.port) {
            (Some(cpu), Some(firmware), _) => {
                let cpu = match cpu.as_str() {
                    "m4f" => Cpu::M4f,
                    "m3" => Cpu::M3,
                    other => return Err(Refusal::because("emulator", other, "is not one of m4f, m3").into()),
                };
                let (emulator, link) = Emulator::start(cpu, &firmware, None)?;
                let mut board = Board::meet(link)?;
                let found = expected.on(&mut board, watch)?;
                board.shut_down()?;
                emulator.finish()?;
                Ok((format!("{} (emulated)", board.identity().name), found))
            }
            (.., Some(port)) => {
                let mut board = Board::meet(serial::open(&port, self.baud)?)?;
                let found = expected.on(&mut board, watch)?;
                Ok((format!("{} on {port}", board.identity().name), found))
            }
            _ => Ok(("this machine".to_owned(), expected.here(memory, watch)?)),
        }
    }
}

fn contents(mut files: Files<'_>) -> Result<Contents, Refusal> {
    let mut take = |option: &str| {
        let (_, numbers) = files.remove(option)?;
        let shape = [numbers.shape()[0], numbers.shape()[1]];
        let values = match numbers.as_slice() {
            Ok(values) => values.to_vec(),
            Err(_) => numbers.as_array().iter().copied().collect(),
        };
        Some((shape, values))
    };
    let matrix = take("couplings_file").map(|([rows, _], values)| CouplingMatrix::new(rows, values));
    let start = take("start_file").map(|(_, values)| Table::new("x0", values.len().max(1), values));
    let input = take("input_file").map(|([_, columns], values)| Table::new("input", columns, values));
    let weights =
        take("input_weights").map(|([_, columns], values)| Table::new("input_weights", columns, values));
    let bias = take("bias_file").map(|(_, values)| Biases::new(values));
    Ok(Contents {
        couplings: matrix.transpose()?,
        start: start.transpose()?,
        input: input.transpose()?,
        input_weights: weights.transpose()?,
        bias: bias.transpose()?,
        rule: None,
    })
}

fn json(value: &impl Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
