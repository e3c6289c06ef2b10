//! What the two slots hold, and which of it is the newest.

use super::header::Header;
use super::{Lost, StorageError};

/// A whole record in flash: the newest at the time. A later write makes it outdated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    pub(super) slot: Slot,
    pub(super) header: Header,
    lost: Option<Lost>,
}

impl Record {
    /// Records written since the flash was empty, this one included, modulo 2^32; also those that were damaged later or
    /// not committed, as far as their headers tell. Each slot was erased half as often.
    pub fn generation(&self) -> u32 {
        self.header.generation
    }

    /// Bytes of the record.
    #[expect(
        clippy::len_without_is_empty,
        reason = "a record may be empty, and nobody needs to ask"
    )]
    pub fn len(&self) -> u32 {
        self.header.length
    }

    /// What the other slot has in place of a whole record, where that may have been a newer one.
    pub fn lost(&self) -> Option<Lost> {
        self.lost
    }

    pub(super) fn of(slot: Slot, header: Header) -> Self {
        Self {
            slot,
            header,
            lost: None,
        }
    }

    /// The record together with what its other slot has in place of a newer one.
    pub(super) fn beside(self, [first, second]: [Front; 2]) -> Self {
        let other = match self.slot {
            Slot::First => second,
            Slot::Second => first,
        };
        let lost = match other {
            Front::Erased => None,
            Front::Failed(_) | Front::Unreadable => Some(Lost::Unreadable),
            Front::Header { record, .. } if !record.header.is_newer_than(&self.header) => None,
            Front::Header {
                record,
                is_sealed: true,
            } => Some(record.as_damaged()),
            Front::Header { record, .. } => Some(Lost::Uncommitted {
                generation: record.generation(),
            }),
        };
        Self { lost, ..self }
    }

    pub(super) fn as_damaged(&self) -> Lost {
        Lost::Damaged {
            generation: self.generation(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    First,
    Second,
}

impl Slot {
    pub(super) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// What the first two blocks of a slot say.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Front {
    Erased,
    /// The flash did not read it.
    Failed(StorageError),
    /// Neither erased nor a header that fits the slot.
    Unreadable,
    /// The record itself is not yet looked at.
    Header {
        record: Record,
        is_sealed: bool,
    },
}

impl Front {
    fn record(self) -> Option<Record> {
        match self {
            Self::Header { record, .. } => Some(record),
            Self::Erased | Self::Failed(_) | Self::Unreadable => None,
        }
    }
}

/// The records that the slots say they hold, what is newest first. One with a seal comes before one without: without,
/// the writing of it was cut, and it counts only where the other slot is lost.
pub(super) fn in_order([first, second]: [Front; 2]) -> [Option<Record>; 2] {
    match (first, second) {
        (
            Front::Header {
                record: one,
                is_sealed,
            },
            Front::Header {
                record: other,
                is_sealed: is_other_sealed,
            },
        ) => {
            let is_later = other.header.is_newer_than(&one.header);
            if (is_other_sealed, is_later) > (is_sealed, !is_later) {
                [Some(other), Some(one)]
            } else {
                [Some(one), Some(other)]
            }
        }
        (first, second) => [first.record(), second.record()],
    }
}

/// The latest generation of these records.
pub(super) fn latest_generation([one, other]: [Option<Record>; 2]) -> Option<u32> {
    let latest = match (one, other) {
        (Some(one), Some(other)) if other.header.is_newer_than(&one.header) => Some(other),
        (one, other) => one.or(other),
    };
    latest.map(|record| record.generation())
}
