//! What networks come in: kinds, couplings, transfer functions, arithmetic, starts.

use clap::ValueEnum;
use freezable_chaos::{Compact, Connectivity, Exact, Start};
use serde::{Deserialize, Serialize};

use crate::reference::ReferenceTransfer;

/// Kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Model {
    /// Full plastic matrix.
    Exact,
    /// Sign couplings, and the history of the rates in place of the plastic matrix.
    Compact,
}

/// Distribution and storage of the quenched couplings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Couplings {
    /// Independent Gaussians.
    Gaussian,
    /// Signs with equal chances, times g / sqrt N.
    Signs,
    /// The same signs, computed whenever they are needed.
    Hashed,
}

impl Model {
    /// Its name, as it is typed.
    pub fn name(self) -> String {
        name_of(self)
    }

    /// The number by which snapshots and boards know it.
    pub fn id(self) -> u8 {
        match self {
            Self::Exact => Exact::MODEL,
            Self::Compact => Compact::MODEL,
        }
    }
}

/// Transfer function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum TransferFunction {
    /// tanh(x), the kernel's own.
    Tanh,
    /// erf(sqrt(pi)/2 x).
    Erf,
}

impl From<TransferFunction> for ReferenceTransfer {
    fn from(function: TransferFunction) -> Self {
        match function {
            TransferFunction::Tanh => Self::Tanh,
            TransferFunction::Erf => Self::Erf,
        }
    }
}

/// Arithmetic of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// The kernel.
    F32,
    /// The reference simulator.
    F64,
}

/// Initial state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum StartOption {
    /// x = 0.1 z, A = 0.
    Small,
    /// x = 3 z, A = (k/N) phi phi^T.
    Large,
}

impl From<StartOption> for Start {
    fn from(option: StartOption) -> Self {
        match option {
            StartOption::Small => Self::Small,
            StartOption::Large => Self::Large,
        }
    }
}

/// The name of an option's value as it is typed.
pub(super) fn name_of(value: impl ValueEnum) -> String {
    value
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}
