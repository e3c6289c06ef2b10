//! How the program fails, and the exit code that says so.

use freezable_chaos::{BuildError, Diverged, ParameterError, SizeError, SnapshotError, ValuesError};

/// Why a run did not succeed. One rank prints it, as one line on standard error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A check did not hold, or the network diverged. Exit code 1.
    #[error("{0}")]
    Check(String),
    /// Options or parameters out of range. Exit code 2.
    #[error("{0}")]
    Usage(String),
    /// A file. Exit code 3.
    #[error("{0}")]
    File(String),
    /// Another rank has failed, and says why. Its exit code.
    #[error("another rank failed")]
    Elsewhere(u8),
}

impl Failure {
    /// 1 a check failed, 2 bad usage or parameters, 3 input or output: those of `host-sim`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Check(_) => 1,
            Self::Usage(_) => 2,
            Self::File(_) => 3,
            Self::Elsewhere(code) => *code,
        }
    }

    /// What was done with a file, and what became of it.
    pub fn file(path: &std::path::Path, error: impl std::fmt::Display) -> Self {
        Self::File(format!("{}: {error}", path.display()))
    }
}

macro_rules! from_kernel {
    ($($error:ty => $kind:ident),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::$kind(error.to_string())
            }
        }
    )*};
}
from_kernel!(
    BuildError => Usage,
    ParameterError => Usage,
    SizeError => Usage,
    ValuesError => Check,
    Diverged => Check,
    SnapshotError => File
);
