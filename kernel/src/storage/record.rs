//! What the two slots hold, and which of it is the newest.

use core::ops::Range;

use super::header::{BLOCK, Header};
use super::{Lost, StorageError};

/// A seal: every bit has fallen, so that one cut short is none.
pub(super) const SEAL: [u8; BLOCK] = [0; BLOCK];
/// Bytes of a slot before its record.
pub(super) const FRONT: u32 = 2 * BLOCK as u32;

/// A whole record in flash: the newest at the time. A later write makes it outdated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    slot: Slot,
    header: Header,
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

    pub(super) fn slot(&self) -> Slot {
        self.slot
    }

    pub(super) fn of(slot: Slot, header: Header) -> Self {
        Self {
            slot,
            header,
            lost: None,
        }
    }

    /// The record together with what its other slot has in place of a newer one.
    fn beside(self, [first, second]: [Front; 2]) -> Self {
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

    /// Where the bytes between an offset and the end of as many as these lie in the record; refuses bytes behind its end.
    pub(super) fn part(&self, offset: u32, bytes: &[u8]) -> Result<Range<u32>, StorageError> {
        let end = u32::try_from(bytes.len()).map_or(u32::MAX, |count| offset.saturating_add(count));
        if end > self.len() {
            return Err(StorageError::Length {
                expected: end,
                found: self.len(),
            });
        }
        Ok(offset..end)
    }

    /// Refuses a record that was written over, or after which another was written: by what its own slot and the other one
    /// hold now.
    pub(super) fn check_is_newest(&self, own: Front, other: Front) -> Result<(), StorageError> {
        let outdated = Err(StorageError::Outdated {
            generation: self.generation(),
        });
        match own {
            Front::Failed(error) => return Err(error),
            Front::Header { record: found, .. } if found.header == self.header => {}
            _ => return outdated,
        }
        match other {
            Front::Header {
                record: other,
                is_sealed: true,
            } if other.header.is_newer_than(&self.header) && self.lost != Some(other.as_damaged()) => {
                outdated
            }
            _ => Ok(()),
        }
    }

    /// Refuses a record whose bytes have another checksum by now.
    pub(super) fn check(&self, checksum: u32) -> Result<(), StorageError> {
        if checksum == self.header.checksum {
            Ok(())
        } else {
            Err(StorageError::Damaged {
                generation: self.generation(),
            })
        }
    }

    fn as_damaged(&self) -> Lost {
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

    /// Where it begins, of slots of that length.
    pub(super) fn start(self, length: u32) -> u32 {
        match self {
            Self::First => 0,
            Self::Second => length,
        }
    }
}

/// A block, if the flash reads it.
pub(super) type Block = Result<[u8; BLOCK], StorageError>;

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
    /// What the two blocks of a slot say, as far as the flash reads them, of records that fit the room.
    pub(super) fn of(slot: Slot, header: Block, seal: Block, room: u32) -> Self {
        let block = match header {
            Ok(block) => block,
            Err(error) => return Self::Failed(error),
        };
        if block == [0xFF; BLOCK] {
            return Self::Erased;
        }
        match Header::from_block(&block).filter(|header| header.length <= room) {
            Some(header) => Self::Header {
                record: Record::of(slot, header),
                // a seal that was cut short may not be read at all
                is_sealed: seal == Ok(SEAL),
            },
            None => Self::Unreadable,
        }
    }

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

/// What both slots hold.
pub(super) struct Survey {
    fronts: [Front; 2],
    newest: Option<Record>,
}

impl Survey {
    /// Of these fronts, and the first record in their order of which every byte was read.
    pub(super) fn new(fronts: [Front; 2], newest: Option<Record>) -> Self {
        let newest = newest.map(|record| record.beside(fronts));
        Self { fronts, newest }
    }

    pub(super) fn newest(&self) -> Result<Record, StorageError> {
        self.newest.ok_or(match self.fronts {
            [Front::Erased, Front::Erased] => StorageError::Empty,
            [Front::Failed(error), Front::Failed(_)] => error,
            _ => StorageError::Broken,
        })
    }

    /// Where the next record goes, and its generation.
    pub(super) fn next(&self) -> (Slot, u32) {
        let headers = in_order(self.fronts);
        // Where none is whole, nothing can be lost, and what looks newest may still be of use to somebody.
        let kept = self
            .newest
            .or(headers[0])
            .map_or(Slot::Second, |record| record.slot);
        let generation = latest_generation(headers).map_or(1, |latest| latest.wrapping_add(1));
        (kept.other(), generation)
    }
}

/// The latest generation of these records.
fn latest_generation([one, other]: [Option<Record>; 2]) -> Option<u32> {
    let latest = match (one, other) {
        (Some(one), Some(other)) if other.header.is_newer_than(&one.header) => Some(other),
        (one, other) => one.or(other),
    };
    latest.map(|record| record.generation())
}
