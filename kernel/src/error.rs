//! One error that every operation's own turns into.
//!
//! Each part of the kernel has an error of its own, beside what it can do wrong; this one is for callers that hand all of
//! them on.

use crate::connectivity::{BuildError, CouplingsError};
use crate::environment::EnvironmentError;
use crate::memory::ReadoutError;
use crate::network::{Diverged, StepError};
use crate::parameters::ParameterError;
use crate::snapshot::{RestoreError, SnapshotError};
#[cfg(any(feature = "embedded-storage", feature = "postcard"))]
use crate::storage::StorageError;
use crate::values::{SizeError, ValuesError};
use core::fmt;

/// Whatever went wrong: for the `?` of a program that handles all errors alike.
///
/// A cause has one place, whichever operation met it: a parameter out of its bounds is [`Parameter`](Self::Parameter),
/// also where a network was to be built of it.
///
/// ```
/// use freezable_chaos::*;
///
/// fn remember(bytes: &mut [u8]) -> Result<usize, Error> {
///     const N: usize = 16;
///     let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
///     let dynamics = params.validate(N)?;
///     let mut buffers = CompactBuffers::<N>::new();
///     let signs = HashedSigns::new(&dynamics, 1, 0);
///     let mut network = buffers.network(dynamics, signs, HistoryRule::recommended(&params), Tanh)?;
///     network.start_from(&[0.1; N])?;
///     network.step()?;
///     network.step_with_input(&[0.5; N])?;
///     network.overlap(&[1.0; N])?;
///     Ok(network.store(bytes)?)
/// }
/// assert_eq!(remember(&mut [0; 260]), Ok(260));
/// assert!(matches!(remember(&mut [0; 3]), Err(Error::Snapshot(SnapshotError::Buffer { .. }))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// A parameter is out of its bounds.
    Parameter(ParameterError),
    /// What was handed in has another length than needed, or is not finite.
    Values(ValuesError),
    /// The quenched couplings are none, or not for this network.
    Couplings(CouplingsError),
    /// The parts of a network do not fit each other.
    Build(BuildError),
    /// The processor is set to another arithmetic.
    Environment(EnvironmentError),
    /// The state would leave the finite numbers.
    Diverged(Diverged),
    /// No snapshot was written, or its bytes are none of this network.
    Snapshot(SnapshotError),
    /// Bytes are no stored readout.
    Readout(ReadoutError),
    /// A record was not written to flash or not read.
    #[cfg(any(feature = "embedded-storage", feature = "postcard"))]
    Storage(StorageError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(error) => error.fmt(f),
            Self::Values(error) => error.fmt(f),
            Self::Couplings(error) => error.fmt(f),
            Self::Build(error) => error.fmt(f),
            Self::Environment(error) => error.fmt(f),
            Self::Diverged(error) => error.fmt(f),
            Self::Snapshot(error) => error.fmt(f),
            Self::Readout(error) => error.fmt(f),
            #[cfg(any(feature = "embedded-storage", feature = "postcard"))]
            Self::Storage(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}

macro_rules! from {
    ($($(#[$condition:meta])* $error:ident => $variant:ident,)*) => {$(
        $(#[$condition])*
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        }
    )*};
}
from! {
    ParameterError => Parameter,
    ValuesError => Values,
    EnvironmentError => Environment,
    Diverged => Diverged,
    SnapshotError => Snapshot,
    #[cfg(any(feature = "embedded-storage", feature = "postcard"))]
    StorageError => Storage,
}

impl From<SizeError> for Error {
    fn from(error: SizeError) -> Self {
        Self::Values(error.into())
    }
}

impl From<CouplingsError> for Error {
    fn from(error: CouplingsError) -> Self {
        match error {
            CouplingsError::Size(error) => error.into(),
            error => Self::Couplings(error),
        }
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Size(error) => error.into(),
            BuildError::Parameter(error) => error.into(),
            BuildError::Couplings(error) => error.into(),
            BuildError::Environment(error) => error.into(),
            error => Self::Build(error),
        }
    }
}

impl From<StepError> for Error {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Input(error) => error.into(),
            StepError::Diverged(error) => error.into(),
        }
    }
}

impl<E> From<RestoreError<E>> for Error
where
    Self: From<E>,
{
    fn from(error: RestoreError<E>) -> Self {
        match error {
            RestoreError::Snapshot(error) => error.into(),
            RestoreError::Source(error) => error.into(),
        }
    }
}

impl From<ReadoutError> for Error {
    fn from(error: ReadoutError) -> Self {
        match error {
            ReadoutError::Size(error) => error.into(),
            error => Self::Readout(error),
        }
    }
}
