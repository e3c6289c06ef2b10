//! Why there are no couplings, or no network of them.

use crate::environment::EnvironmentError;
use crate::parameters::ParameterError;
use crate::values::SizeError;
use core::fmt;

/// Why numbers are no quenched couplings.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum CouplingsError {
    /// A matrix, a buffer or an image of another length.
    Size(SizeError),
    /// A coupling that is infinite or not a number: the one from neuron `column` to neuron `row`.
    NotFinite {
        /// Row of the matrix.
        row: usize,
        /// Column of the matrix.
        column: usize,
    },
    /// A sign that is neither 1 nor -1.
    Sign {
        /// Row of the matrix.
        row: usize,
        /// Column of the matrix.
        column: usize,
        /// The number found.
        value: i8,
    },
    /// Not an image of such couplings: perhaps their bare values, which have a memory order of their own here.
    NotAnImage,
    /// An image in another memory order: made by another version of the kernel.
    Layout {
        /// Version of this build.
        expected: u32,
        /// Version of the image.
        found: u32,
    },
    /// An image of another number of neurons.
    Neurons {
        /// Neurons of the network.
        expected: usize,
        /// Neurons of the image.
        found: usize,
    },
    /// Couplings that were drawn for another gain than the parameters state.
    Gain {
        /// Gain of the parameters.
        expected: f32,
        /// Gain that the couplings were drawn for.
        found: f32,
    },
    /// An image whose values were changed, or stand in another order.
    Digest {
        /// Digest in the header.
        expected: u64,
        /// Digest of the values.
        found: u64,
    },
}

impl CouplingsError {
    /// What is wrong, without the numbers: for a panic at compile time, which cannot format any.
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Size(_) => "the table has another length than the image of its couplings",
            Self::NotFinite { .. } => "a coupling is not finite",
            Self::Sign { .. } => "a sign is neither 1 nor -1",
            Self::NotAnImage => "the numbers are no image of couplings",
            Self::Layout { .. } => "the image has another memory order",
            Self::Neurons { .. } => "the image has another number of neurons",
            Self::Gain { .. } => "the couplings were drawn for another gain",
            Self::Digest { .. } => "the image was changed",
        }
    }
}

impl fmt::Display for CouplingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(error) => error.fmt(f),
            Self::NotFinite { row, column } => {
                write!(f, "the coupling in row {row} and column {column} is not finite")
            }
            Self::Sign { row, column, value } => write!(
                f,
                "the sign in row {row} and column {column} is {value}, neither 1 nor -1"
            ),
            Self::NotAnImage => f.write_str("the numbers are no image of couplings"),
            Self::Layout { expected, found } => write!(
                f,
                "the image of couplings has memory order {found}, and this build has {expected}"
            ),
            Self::Neurons { expected, found } => write!(
                f,
                "the image of couplings has {found} neurons where {expected} are needed"
            ),
            Self::Gain { expected, found } => {
                write!(f, "g = {expected}, but the couplings were drawn for g = {found}")
            }
            Self::Digest { expected, found } => write!(
                f,
                "the image of couplings was changed: its digest is {found:016x}, not {expected:016x}"
            ),
        }
    }
}

impl core::error::Error for CouplingsError {}

impl From<SizeError> for CouplingsError {
    fn from(error: SizeError) -> Self {
        Self::Size(error)
    }
}

/// Why a network could not be put together from its parts.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum BuildError {
    /// A part has the wrong size for the number of neurons.
    Size(SizeError),
    /// A parameter is out of its range.
    Parameter(ParameterError),
    /// The quenched couplings are none, or not for these parameters.
    Couplings(CouplingsError),
    /// The transfer function gives larger rates than this kind of network has room for.
    Transfer {
        /// Largest magnitude of a rate that the network takes.
        limit: f32,
        /// Largest magnitude of a rate that the function gives.
        bound: f32,
    },
    /// The history of the rates was set up for another decay of the plastic couplings than the parameters state.
    Decay {
        /// `1 - dt/p` that the history was set up for.
        history: f32,
        /// `1 - dt/p` of the parameters.
        parameters: f32,
    },
    /// The processor is set to another arithmetic.
    Environment(EnvironmentError),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(error) => error.fmt(f),
            Self::Parameter(error) => error.fmt(f),
            Self::Couplings(error) => error.fmt(f),
            Self::Environment(error) => error.fmt(f),
            Self::Transfer { limit, bound } => write!(
                f,
                "the transfer function gives rates up to {bound}, and this kind of network takes them up to {limit}"
            ),
            Self::Decay { history, parameters } => {
                write!(
                    f,
                    "1 - dt/p = {parameters}, but the history of the rates was set up for {history}"
                )
            }
        }
    }
}

impl core::error::Error for BuildError {}

impl From<SizeError> for BuildError {
    fn from(error: SizeError) -> Self {
        Self::Size(error)
    }
}

impl From<ParameterError> for BuildError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(error)
    }
}

impl From<EnvironmentError> for BuildError {
    fn from(error: EnvironmentError) -> Self {
        Self::Environment(error)
    }
}

impl From<CouplingsError> for BuildError {
    fn from(error: CouplingsError) -> Self {
        match error {
            CouplingsError::Size(error) => Self::Size(error),
            error => Self::Couplings(error),
        }
    }
}
