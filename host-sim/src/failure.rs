//! How a command fails, and the exit code that says so.

use figures::FigureError;
use freezable_chaos::{
    BuildError, CouplingsError, Diverged, ParameterError, SizeError, SnapshotError, StepError, ValuesError,
};
use link::LinkError;
use science::{Refusal, Stopped};

use crate::output::OutputError;

/// The end of what a merge says where a shard is not done.
pub const MISSING: &str = "a shard is not done";

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
    /// Nothing failed, and there is no result: a shard's own part is done, or only an estimate was asked for. Exit code 0.
    #[error("{0}")]
    NoResult(String),
}

impl Failure {
    /// The end of a shard.
    pub fn share_done(what: &str) -> Self {
        Self::NoResult(format!("{what} are done; --merge puts all shards together"))
    }

    /// 1 a check failed, 2 bad usage or parameters, 3 input/output, emulator or device.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoResult(_) => 0,
            Self::Check(_) => 1,
            Self::Usage(_) => 2,
            Self::Device(_) | Self::Output(_) => 3,
        }
    }
}

impl From<Refusal> for Failure {
    /// Names the option that sets the parameter.
    fn from(refusal: Refusal) -> Self {
        Self::Usage(refusal.sentence(&option_of(refusal.parameter)))
    }
}

/// Parameters that no option sets by itself: they are of files, or of what is on the other side of a line.
pub(crate) const WITHOUT_OPTION: [&str; 17] = [
    "array",
    "at",
    "boundaries",
    "contract",
    "dimension",
    "exponent_duration",
    "exponent_tolerance",
    "goldens",
    "history",
    "kernel",
    "layout",
    "over",
    "parameters",
    "plastic",
    "post",
    "pre",
    "state",
];

/// A parameter of the library as the command line shows it: `--n`, and its bare name if no option sets it.
pub(crate) fn option_of(parameter: &str) -> String {
    match parameter {
        "J" => "--couplings-file".to_owned(),
        "bias" => "--bias-file".to_owned(),
        "input" => "--input-file".to_owned(),
        // arrays of the recordings
        "groups" | "labels" | "signals" | "targets" => "--data".to_owned(),
        "snapshot" => "--from".to_owned(),
        "x0" => "--start-file".to_owned(),
        bare if WITHOUT_OPTION.contains(&bare) => bare.to_owned(),
        same => format!("--{}", same.replace('_', "-")),
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Outside(Box::new(failure))
    }
}

macro_rules! from_kernel {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Stopped::from(error).into()
            }
        }
    )*};
}
from_kernel!(
    BuildError,
    CouplingsError,
    Diverged,
    ParameterError,
    SizeError,
    SnapshotError,
    StepError,
    ValuesError
);

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(refusal) => refusal.into(),
            Stopped::Outside(error) => match error.downcast::<Self>() {
                Ok(failure) => *failure,
                Err(error) => Self::Device(error.to_string()),
            },
            other => Self::Check(other.to_string()),
        }
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        Self::Device(error.to_string())
    }
}

impl From<FigureError> for Failure {
    fn from(error: FigureError) -> Self {
        Self::Device(error.to_string())
    }
}
