//! The options by which a user's own couplings, states and inputs come in.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use science::Refusal;
use science::estimators::steps_in;
use science::networks::{CouplingMatrix, Ensemble, Input, Network, Origin, Snapshot, Table};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::npy;

/// Quenched couplings of the user's own.
#[derive(Args, Clone, Debug, Default, PartialEq, Serialize)]
#[command(next_help_heading = "Of your own")]
pub struct OwnCouplings {
    /// Quenched couplings J: a .npy file of N x N numbers, row i holding the couplings onto neuron i; for every network the
    /// same. The gain that results state is sqrt(N <J^2>)
    #[arg(long, conflicts_with_all = ["couplings", "g"])]
    pub couplings_file: Option<PathBuf>,
    /// Row j of --couplings-file holds the couplings from neuron j
    #[arg(long, requires = "couplings_file")]
    pub couplings_transposed: bool,
}

/// Couplings, states and inputs of the user's own.
#[derive(Args, Clone, Debug, Default, PartialEq, Serialize)]
#[command(next_help_heading = "Of your own")]
pub struct OwnOptions {
    /// Quenched couplings
    #[command(flatten)]
    #[serde(flatten)]
    pub couplings: OwnCouplings,
    /// Initial state x: a .npy file of N numbers; A = 0
    #[arg(long, conflicts_with = "start")]
    pub start_file: Option<PathBuf>,
    /// Snapshot to begin from, as --save, a board or the web page writes it
    #[arg(long, conflicts_with_all = ["start", "start_file"])]
    pub from: Option<PathBuf>,
    /// External input from the first step on: a .npy file with a row of N values, or of one for each channel, per step;
    /// zero after the last row
    #[arg(long)]
    pub input_file: Option<PathBuf>,
    /// Weights of the channels of --input-file: a .npy file of N x channels
    #[arg(long, requires = "input_file")]
    pub input_weights: Option<PathBuf>,
    /// Time for which a row of --input-file stays; if not given, one step
    #[arg(long, requires = "input_file")]
    pub input_every: Option<f64>,
    /// Begin --input-file again after its last row
    #[arg(long, requires = "input_file")]
    pub input_repeats: bool,
    /// White noise: x gathers it with this standard deviation in one neuronal time constant
    #[arg(long, default_value_t = 0.0)]
    pub noise: f32,
}

impl OwnCouplings {
    /// The matrix, if there is one.
    pub fn read(&self) -> Result<Option<CouplingMatrix>, Failure> {
        let Some(path) = &self.couplings_file else {
            return Ok(None);
        };
        let mut table = npy::read("couplings-file", path)?;
        let [rows, columns] = table.shape;
        if rows != columns {
            let named = format!("--couplings-file {}", path.display());
            return Err(Failure::Usage(format!(
                "{named}: {rows} x {columns} is not square"
            )));
        }
        if self.couplings_transposed {
            table = table.transposed();
        }
        Ok(Some(CouplingMatrix::new(rows, table.values)?))
    }
}

impl OwnOptions {
    /// The ensemble with the states and inputs that were given.
    pub fn apply(&self, mut ensemble: Ensemble) -> Result<Ensemble, Failure> {
        if let Some(path) = &self.start_file {
            ensemble = ensemble.beginning_at(Origin::state(column("start-file", path)?)?)?;
        }
        if let Some(path) = &self.from {
            let bytes = fs::read(path)
                .map_err(|error| Failure::Usage(format!("--from {}: {error}", path.display())))?;
            ensemble = ensemble.beginning_at(Origin::Snapshot(Snapshot(bytes.into())))?;
        }
        let input = self.input(&ensemble.network)?;
        Ok(ensemble.driven_by(input)?)
    }

    fn input(&self, network: &Network) -> Result<Input, Failure> {
        let mut input = match (&self.input_file, &self.input_weights) {
            (None, _) => Input::default(),
            (Some(series), None) => Input::series(table("input_file", series)?),
            (Some(series), Some(weights)) => {
                Input::channels(table("input_file", series)?, table("input_weights", weights)?)?
            }
        };
        if let Some(time) = self.input_every {
            let least = network.time(1);
            if !(time >= least && time < 1e9) {
                return Err(Refusal::outside("input_every", time, least, "1e9").into());
            }
            input = input.every(steps_in(time, network.step()))?;
        }
        if self.input_repeats {
            input = input.repeating();
        }
        Ok(input.with_noise(self.noise)?)
    }
}

/// Numbers in rows, from the file of that option.
pub fn table(option: &'static str, path: &Path) -> Result<Table, Failure> {
    let table = npy::read(&option.replace('_', "-"), path)?;
    Ok(Table::new(option, table.shape[1], table.values)?)
}

/// The numbers of one row or one column.
pub fn column(option: &str, path: &Path) -> Result<Vec<f32>, Failure> {
    let table = npy::read(option, path)?;
    match table.shape {
        [_, 1] | [1, _] => Ok(table.values),
        [rows, columns] => Err(Failure::Usage(format!(
            "--{option} {}: {rows} x {columns} is more than one state",
            path.display()
        ))),
    }
}
