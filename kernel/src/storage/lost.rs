//! What became of a record newer than the newest whole one.

use core::fmt;

/// What a slot has in place of a newer record: [`Record::lost`](super::Record::lost).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
pub enum Lost {
    /// A newer record was written to its end, and is damaged or cannot be read.
    Damaged {
        /// Its generation.
        generation: u32,
    },
    /// A newer record was not committed: the power was cut at the end of its writing, or its seal is damaged.
    Uncommitted {
        /// Its generation.
        generation: u32,
    },
    /// No header can be read: a write was cut off in its midst, or a header is damaged.
    Unreadable,
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged { generation } => write!(f, "the newer record {generation} in flash is damaged"),
            Self::Uncommitted { generation } => {
                write!(
                    f,
                    "the newer record {generation} in flash was not written to its end"
                )
            }
            Self::Unreadable => write!(
                f,
                "the other slot in flash cannot be read: a write was cut off, or a newer record is damaged"
            ),
        }
    }
}
