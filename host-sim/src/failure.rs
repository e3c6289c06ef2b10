//! How a command fails, and the exit code that says so.

use freezable_chaos::{
    BuildError, CouplingsError, Diverged, ParameterError, SizeError, SnapshotError, StepError, ValuesError,
};

use crate::output::OutputError;

/// Why a command did not succeed. Printed as one line on standard error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A check did not hold. Exit code 1.
    #[error("{0}")]
    Check(String),
    /// Options or parameters out of range. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A file, the emulator or a device. Exit code 3.
    #[error("{0}")]
    Device(String),
    /// A file. Exit code 3.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Failure {
    /// 1 a check failed, 2 bad usage or parameters, 3 input/output, emulator or device.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Check(_) => 1,
            Self::Usage(_) => 2,
            Self::Device(_) | Self::Output(_) => 3,
        }
    }
}

macro_rules! usage_from {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Usage(error.to_string())
            }
        }
    )*};
}
usage_from!(
    ParameterError,
    CouplingsError,
    BuildError,
    SizeError,
    SnapshotError,
    ValuesError
);

impl From<Diverged> for Failure {
    fn from(error: Diverged) -> Self {
        Self::Check(error.to_string())
    }
}

impl From<StepError> for Failure {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Diverged(error) => error.into(),
            other => Self::Usage(other.to_string()),
        }
    }
}
