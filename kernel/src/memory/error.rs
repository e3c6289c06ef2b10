//! Why bytes are no stored readout, or no stored sensor.

use crate::parameters::ParameterError;
use crate::values::SizeError;
use core::fmt;

/// Why bytes are no stored readout, or a readout could not be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ReadoutError {
    /// Weights or biases of another number.
    Size(SizeError),
    /// A buffer or bytes of another length.
    Length {
        /// Bytes needed.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// The bytes begin with something else.
    Magic,
    /// Another version of the format.
    Version {
        /// The version that is read.
        expected: u16,
        /// The version found.
        found: u16,
    },
    /// Bytes were changed.
    Checksum {
        /// Of the bytes that are there.
        expected: u32,
        /// The one that is written behind them.
        found: u32,
    },
    /// A number is infinite or not a number.
    NonFinite,
}

impl fmt::Display for ReadoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(error) => error.fmt(f),
            Self::Length { expected, found } => {
                write!(f, "the stored readout takes {expected} bytes, not {found}")
            }
            Self::Magic => f.write_str("the bytes are no stored readout"),
            Self::Version { expected, found } => write!(
                f,
                "the stored readout has version {found} of its format, and {expected} is read"
            ),
            Self::Checksum { expected, found } => write!(
                f,
                "the stored readout is spoilt: its checksum is {found:08x}, not {expected:08x}"
            ),
            Self::NonFinite => f.write_str("the stored readout has a number that is not finite"),
        }
    }
}

impl core::error::Error for ReadoutError {}

/// Why bytes are no stored sensor, or a sensor could not be stored.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SensorError {
    /// Masks or numbers of another count.
    Size(SizeError),
    /// A buffer or bytes of another length.
    Length {
        /// Bytes needed.
        expected: usize,
        /// Bytes found.
        found: usize,
    },
    /// The bytes begin with something else.
    Magic,
    /// Another version of the format.
    Version {
        /// The version that is read.
        expected: u16,
        /// The version found.
        found: u16,
    },
    /// Bytes were changed.
    Checksum {
        /// Of the bytes that are there.
        expected: u32,
        /// The one that is written behind them.
        found: u32,
    },
    /// A parameter out of its range.
    Parameter(ParameterError),
    /// An envelope of channels that the sensor lacks.
    Mask {
        /// A bit for each of its channels.
        mask: u64,
        /// Channels of the sensor.
        channels: u16,
    },
    /// A number is infinite or not a number.
    NonFinite {
        /// Numbers before it, from the means and scales on.
        place: usize,
    },
}

impl fmt::Display for SensorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(error) => error.fmt(f),
            Self::Length { expected, found } => {
                write!(f, "the stored sensor takes {expected} bytes, not {found}")
            }
            Self::Magic => f.write_str("the bytes are no stored sensor"),
            Self::Version { expected, found } => write!(
                f,
                "the stored sensor has version {found} of its format, and {expected} is read"
            ),
            Self::Checksum { expected, found } => write!(
                f,
                "the stored sensor is spoilt: its checksum is {found:08x}, not {expected:08x}"
            ),
            Self::Parameter(error) => write!(f, "the stored sensor: {error}"),
            Self::Mask { mask, channels } => write!(
                f,
                "the stored sensor has an envelope of the channels {mask:#x}, a bit each, and {channels} channels"
            ),
            Self::NonFinite { place } => {
                write!(
                    f,
                    "number {place} of the stored sensor, counted from 0, is not finite"
                )
            }
        }
    }
}

impl core::error::Error for SensorError {}
