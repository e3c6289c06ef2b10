//! What networks come in: kinds, transfer functions, initial states.

use freezable_chaos::{AnyTransfer, Compact, Connectivity, Exact, Start};
use serde::{Deserialize, Serialize};

/// Kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Model {
    /// Full plastic matrix.
    Exact,
    /// Sign couplings, and the history of the rates in place of the plastic matrix.
    Compact,
}

impl Model {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Compact => "compact",
        }
    }

    /// The number by which snapshots and boards know it.
    pub fn id(self) -> u8 {
        match self {
            Self::Exact => Exact::MODEL,
            Self::Compact => Compact::MODEL,
        }
    }
}

/// Transfer function phi; both run from -1 to 1 with unit slope at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum TransferFunction {
    /// tanh(x), in single precision the kernel's own.
    Tanh,
    /// erf(sqrt(pi)/2 x).
    Erf,
}

impl TransferFunction {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tanh => "tanh",
            Self::Erf => "erf",
        }
    }

    /// The kernel's, in single precision.
    pub fn kernel(self) -> AnyTransfer {
        match self {
            Self::Tanh => AnyTransfer::Tanh,
            Self::Erf => AnyTransfer::LibmErf,
        }
    }

    /// `phi(x)` in double precision.
    pub fn value(self, x: f64) -> f64 {
        match self {
            Self::Tanh => x.tanh(),
            Self::Erf => libm::erf(std::f64::consts::PI.sqrt() / 2.0 * x),
        }
    }

    /// `phi'(x)` in double precision.
    pub fn slope(self, x: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 / x.cosh().powi(2),
            Self::Erf => (-std::f64::consts::FRAC_PI_4 * x * x).exp(),
        }
    }
}

/// Initial state of a network; z are independent standard normal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum InitialState {
    /// x = 0.1 z, A = 0.
    Small,
    /// x = 3 z, A = (k/N) phi phi^T.
    Large,
}

impl InitialState {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }
}

impl From<InitialState> for Start {
    fn from(state: InitialState) -> Self {
        match state {
            InitialState::Small => Self::Small,
            InitialState::Large => Self::Large,
        }
    }
}
