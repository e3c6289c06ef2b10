//! Why a record was not written to flash or not read.

use core::fmt;

/// Why a record was not written to flash or not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum StorageError {
    /// The flash is too small for two slots that hold the record.
    Room {
        /// Bytes of flash needed.
        expected: u32,
        /// Bytes of flash found.
        found: u32,
    },
    /// Nothing was stored.
    Empty,
    /// Something was stored, but neither slot holds a whole record.
    Broken,
    /// More bytes were asked for than the record has.
    Length {
        /// Where the bytes asked for end.
        expected: u32,
        /// Bytes of the record.
        found: u32,
    },
    /// The slot at this offset does not read as it was written: the flash may be worn out.
    ReadBack {
        /// Where the slot begins, in bytes.
        offset: u32,
    },
    /// The flash's driver says that an access is not aligned.
    Alignment,
    /// The flash's driver says that an access is out of bounds.
    Bounds,
    /// The flash's driver reports another error.
    Driver,
    /// The record is not the newest any more.
    Outdated {
        /// Generation of the record that was asked for.
        generation: u32,
    },
    /// The record was whole when it was found, and does not read so any more.
    Damaged {
        /// Its generation.
        generation: u32,
    },
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room { expected, found } => {
                write!(
                    f,
                    "two slots for the record need {expected} bytes and the flash has {found}"
                )
            }
            Self::Empty => write!(f, "nothing was stored in flash"),
            Self::Broken => write!(f, "neither slot in flash holds a whole record"),
            Self::Length { expected, found } => {
                write!(f, "the record has {found} bytes where {expected} are needed")
            }
            Self::ReadBack { offset } => {
                write!(
                    f,
                    "the slot at {offset:#x} does not read as it was written: the flash may be worn out"
                )
            }
            Self::Alignment => write!(f, "the flash's driver says that an access is not aligned"),
            Self::Bounds => write!(f, "the flash's driver says that an access is out of bounds"),
            Self::Driver => write!(f, "the flash's driver reports an error"),
            Self::Outdated { generation } => {
                write!(f, "record {generation} in flash is not the newest any more")
            }
            Self::Damaged { generation } => {
                write!(f, "record {generation} in flash does not read as it was written")
            }
        }
    }
}

impl core::error::Error for StorageError {}
