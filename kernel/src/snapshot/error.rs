//! Why a snapshot was not written, or its bytes were refused.

use core::fmt;

/// Why a snapshot was not written, or why its bytes were refused; the network stays as it was.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SnapshotError {
    /// The buffer to write into is too small.
    Buffer {
        /// Bytes needed.
        expected: u32,
        /// Bytes found.
        found: u32,
    },
    /// Too few or too many bytes.
    Length {
        /// Bytes needed.
        expected: u32,
        /// Bytes found.
        found: u32,
    },
    /// The bytes do not start as a snapshot does.
    Magic,
    /// Written under another version of the arithmetic contract.
    Version {
        /// Version of this build.
        expected: u16,
        /// Version of the snapshot.
        found: u16,
    },
    /// Of another kind of network.
    Model {
        /// Model of this network.
        expected: u8,
        /// Model of the snapshot.
        found: u8,
    },
    /// Computed with another transfer function.
    Transfer {
        /// Transfer function of this network.
        expected: u8,
        /// Transfer function of the snapshot.
        found: u8,
    },
    /// Of another number of neurons.
    Neurons {
        /// Neurons of this network.
        expected: u32,
        /// Neurons of the snapshot.
        found: u32,
    },
    /// Of another value of a parameter.
    Parameter {
        /// The first letter of `g`, `k`, `p`, `dt`.
        parameter: char,
        /// Value in this network.
        expected: f32,
        /// Value in the snapshot.
        found: f32,
    },
    /// Of other quenched couplings.
    Couplings {
        /// Digest of this network's couplings.
        expected: u64,
        /// Digest in the snapshot.
        found: u64,
    },
    /// A plasticity state that does not exist.
    Plasticity {
        /// The four bytes found, as a number.
        found: u32,
    },
    /// The checksum does not fit the bytes.
    Checksum {
        /// Checksum of the bytes.
        expected: u32,
        /// Checksum found.
        found: u32,
    },
    /// A state that is not finite.
    NonFinite,
    /// Of another way of sampling the history of the rates: number of samples, spacing in steps, levels.
    History {
        /// Of this network.
        expected: [u32; 3],
        /// Of the snapshot.
        found: [u32; 3],
    },
    /// More steps since the newest sample than there are between two samples.
    Phase {
        /// The largest number allowed.
        expected: u32,
        /// The number found.
        found: u32,
    },
    /// A sample of a rate beyond the number of levels in magnitude.
    Sample,
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buffer { expected, found } => {
                write!(
                    f,
                    "the snapshot needs {expected} bytes and the buffer has {found}"
                )
            }
            Self::Length { expected, found } => {
                write!(f, "the snapshot has {found} bytes where {expected} are needed")
            }
            Self::Magic => write!(
                f,
                "these bytes are not a snapshot: they do not start with \"FzCh\""
            ),
            Self::Version { expected, found } => {
                write!(
                    f,
                    "the snapshot is of contract version {found}, this build of version {expected}"
                )
            }
            Self::Model { expected, found } => {
                write!(
                    f,
                    "the snapshot is of network model {found}, this network of model {expected}"
                )
            }
            Self::Transfer { expected, found } => {
                write!(
                    f,
                    "the snapshot is of transfer function {found}, this network of {expected}"
                )
            }
            Self::Neurons { expected, found } => {
                write!(f, "the snapshot has n = {found} neurons, this network {expected}")
            }
            Self::Parameter {
                parameter: 'd',
                expected,
                found,
            } => {
                write!(f, "the snapshot has dt = {found}, this network dt = {expected}")
            }
            Self::Parameter {
                parameter,
                expected,
                found,
            } => {
                write!(
                    f,
                    "the snapshot has {parameter} = {found}, this network {parameter} = {expected}"
                )
            }
            Self::Couplings { expected, found } => {
                write!(
                    f,
                    "the snapshot belongs to couplings {found:016x}, this network has {expected:016x}"
                )
            }
            Self::Plasticity { found } => {
                write!(f, "the snapshot has plasticity state {found}, beyond its bound 1")
            }
            Self::Checksum { expected, found } => {
                write!(
                    f,
                    "the snapshot's checksum is {found:08x} where its bytes give {expected:08x}"
                )
            }
            Self::NonFinite => write!(f, "the snapshot holds a state that is not finite"),
            Self::History {
                expected: [samples, spacing, levels],
                found,
            } => {
                let [found_samples, found_spacing, found_levels] = found;
                write!(
                    f,
                    "the snapshot has {found_samples} samples at {found_spacing} steps of {found_levels} levels, this \
                     network {samples} at {spacing} of {levels}"
                )
            }
            Self::Phase { expected, found } => {
                write!(
                    f,
                    "the snapshot is {found} steps after a sample, beyond its bound {expected}"
                )
            }
            Self::Sample => write!(f, "the snapshot holds a sample beyond its number of levels"),
        }
    }
}

impl core::error::Error for SnapshotError {}

/// Why a snapshot was not taken up from where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RestoreError<E> {
    /// It is none of this network, or spoilt.
    Snapshot(SnapshotError),
    /// Its bytes could not be read.
    Source(E),
}

impl<E: fmt::Display> fmt::Display for RestoreError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Snapshot(error) => error.fmt(f),
            Self::Source(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for RestoreError<E> {}

impl<E> From<SnapshotError> for RestoreError<E> {
    fn from(error: SnapshotError) -> Self {
        Self::Snapshot(error)
    }
}
