//! What C hears of the kernel's errors.

use core::ffi::c_char;
use core::ptr;

use freezable_chaos::environment::EnvironmentError;
use freezable_chaos::{
    BuildError, CouplingsError, Diverged, NEURON_LIMIT, ParameterError, SizeError, SnapshotError, StepError,
    ValuesError,
};

/// `freezable_status`.
pub type Status = i32;

/// Numbers of `freezable_status`.
pub mod code {
    use super::Status;

    /// Done.
    pub const OK: Status = 0;
    /// A pointer is NULL.
    pub const NULL: Status = 1;
    /// The network was not initialised.
    pub const NOT_INITIALISED: Status = 2;
    /// A parameter is out of its range.
    pub const PARAMETER: Status = 3;
    /// A buffer has another length than needed.
    pub const LENGTH: Status = 4;
    /// The state would not be finite.
    pub const DIVERGED: Status = 5;
    /// No intact snapshot of such a network.
    pub const SNAPSHOT: Status = 6;
    /// A pointer is not aligned.
    pub const ALIGNMENT: Status = 7;
    /// Memory that is used by another argument or by the network.
    pub const OVERLAP: Status = 8;
    /// The processor is set to another arithmetic.
    pub const ENVIRONMENT: Status = 9;
    /// A value that was handed in is not finite.
    pub const NOT_FINITE: Status = 10;
    /// No image of couplings for such a network.
    pub const COUPLINGS: Status = 11;
}

/// `freezable_error`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Failure {
    what: *const c_char,
    what_length: usize,
    value: f64,
    bound: f64,
}

/// A status and what is wrong.
pub struct Error {
    status: Status,
    what: &'static str,
    value: f64,
    bound: f64,
}

impl Error {
    /// An error of that status.
    pub fn new(status: Status, what: &'static str, value: f64, bound: f64) -> Self {
        Self {
            status,
            what,
            value,
            bound,
        }
    }

    /// A pointer that is NULL.
    pub fn null(what: &'static str) -> Self {
        Self::new(code::NULL, what, 0.0, 0.0)
    }
}

/// Acts, and hands the outcome over: its status, and the details if C wants them. Where these cannot be written, nothing is
/// done.
///
/// # Safety
/// `error` is NULL or points to memory for a [`Failure`].
pub unsafe fn report(error: *mut Failure, act: impl FnOnce() -> Result<(), Error>) -> Status {
    if !error.is_aligned() {
        return code::ALIGNMENT;
    }
    let (status, failure) = match act() {
        Ok(()) => (code::OK, None),
        Err(error) => (error.status, Some(error)),
    };
    if !error.is_null() {
        let empty = Failure {
            what: ptr::null(),
            what_length: 0,
            value: 0.0,
            bound: 0.0,
        };
        let failure = failure.map_or(empty, |failure| Failure {
            what: failure.what.as_ptr().cast(),
            what_length: failure.what.len(),
            value: failure.value,
            bound: failure.bound,
        });
        // SAFETY: not NULL, aligned, and the caller says that it points to a `Failure`.
        unsafe { error.write(failure) };
    }
    status
}

impl From<SizeError> for Error {
    fn from(error: SizeError) -> Self {
        Self::new(
            code::LENGTH,
            error.what,
            error.found as f64,
            error.expected as f64,
        )
    }
}

impl From<ValuesError> for Error {
    fn from(error: ValuesError) -> Self {
        match error {
            ValuesError::Size(error) => error.into(),
            ValuesError::NotFinite { what, index } => {
                Self::new(code::NOT_FINITE, what, index as f64, f64::INFINITY)
            }
        }
    }
}

impl From<ParameterError> for Error {
    fn from(error: ParameterError) -> Self {
        let (what, value, bound) = match error {
            ParameterError::NotFinite { parameter, value } => (parameter, value.into(), f64::INFINITY),
            ParameterError::NotPositive { parameter, value } => (parameter, value.into(), 0.0),
            ParameterError::BelowMinimum {
                parameter,
                value,
                minimum,
            } => (parameter, value.into(), minimum.into()),
            ParameterError::AboveMaximum {
                parameter,
                value,
                maximum,
            } => (parameter, value.into(), maximum.into()),
            ParameterError::Whole {
                parameter,
                value,
                maximum,
            } => (parameter, value.into(), maximum.into()),
            ParameterError::Neurons { n } => {
                let bound = if n == 0 { 1 } else { NEURON_LIMIT };
                ("n", n as f64, bound as f64)
            }
            _ => ("a parameter", 0.0, 0.0),
        };
        Self::new(code::PARAMETER, what, value, bound)
    }
}

impl From<EnvironmentError> for Error {
    fn from(error: EnvironmentError) -> Self {
        Self::new(code::ENVIRONMENT, error.name(), 0.0, 0.0)
    }
}

impl From<CouplingsError> for Error {
    fn from(error: CouplingsError) -> Self {
        let unfit = |what, value, bound| Self::new(code::COUPLINGS, what, value, bound);
        match error {
            CouplingsError::Size(error) => error.into(),
            CouplingsError::NotFinite { row, column } => Self::new(
                code::NOT_FINITE,
                "a coupling, in this row and column,",
                row as f64,
                column as f64,
            ),
            CouplingsError::Sign { value, .. } => Self::new(code::PARAMETER, "a sign", value.into(), 1.0),
            CouplingsError::Layout { expected, found } => {
                unfit("the memory order of the couplings", found.into(), expected.into())
            }
            CouplingsError::Neurons { expected, found } => {
                unfit("the couplings' number of neurons", found as f64, expected as f64)
            }
            CouplingsError::Gain { expected, found } => {
                unfit("the couplings' gain", found.into(), expected.into())
            }
            CouplingsError::Digest { .. } => unfit("the digest of the couplings", 0.0, 0.0),
            _ => unfit("the couplings, which are no image,", 0.0, 0.0),
        }
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Size(error) => error.into(),
            BuildError::Parameter(error) => error.into(),
            BuildError::Environment(error) => error.into(),
            BuildError::Couplings(error) => error.into(),
            _ => Self::new(code::PARAMETER, "the history's parameters", 0.0, 0.0),
        }
    }
}

impl From<Diverged> for Error {
    fn from(error: Diverged) -> Self {
        Self::new(
            code::DIVERGED,
            "the state of a neuron",
            error.neuron as f64,
            f64::INFINITY,
        )
    }
}

impl From<StepError> for Error {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Input(error) => error.into(),
            StepError::Diverged(error) => error.into(),
            _ => Self::new(code::DIVERGED, "the step", 0.0, 0.0),
        }
    }
}

impl From<SnapshotError> for Error {
    fn from(error: SnapshotError) -> Self {
        match error {
            SnapshotError::Buffer { expected, found } => Self::new(
                code::LENGTH,
                "the snapshot's buffer",
                found.into(),
                expected.into(),
            ),
            SnapshotError::Length { expected, found } => Self::new(
                code::SNAPSHOT,
                "the snapshot's length",
                found.into(),
                expected.into(),
            ),
            SnapshotError::Checksum { .. } => Self::new(code::SNAPSHOT, "the checksum", 0.0, 0.0),
            SnapshotError::Neurons { expected, found } => Self::new(
                code::SNAPSHOT,
                "the number of neurons",
                found.into(),
                expected.into(),
            ),
            SnapshotError::Couplings { .. } => {
                Self::new(code::SNAPSHOT, "the digest of the couplings", 0.0, 0.0)
            }
            _ => Self::new(code::SNAPSHOT, "the snapshot's header or state", 0.0, 0.0),
        }
    }
}
