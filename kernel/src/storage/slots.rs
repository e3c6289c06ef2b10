//! Two slots in flash, of which one always holds a whole record.

use embedded_storage::nor_flash::{NorFlash, NorFlashError, NorFlashErrorKind};

use super::StorageError;
use super::header::{BLOCK, Header};
use crate::bytes::{CRC_32, Pieces};

/// A seal: every bit has fallen, so that one cut short is none.
pub(super) const SEAL: [u8; BLOCK] = [0; BLOCK];
/// Bytes of a slot before its record.
pub(super) const FRONT: u32 = 2 * BLOCK as u32;

/// A whole record in flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    slot: Slot,
    header: Header,
}

impl Record {
    /// Records written since the flash was empty, this one included, modulo 2^32. Each slot was erased half as often.
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

    #[cfg(feature = "embedded-storage-async")]
    pub(super) fn of(slot: Slot, header: Header) -> Self {
        Self { slot, header }
    }

    #[cfg(feature = "embedded-storage-async")]
    pub(super) fn slot(&self) -> Slot {
        self.slot
    }

    #[cfg(feature = "embedded-storage-async")]
    pub(super) fn has_checksum(&self, checksum: u32) -> bool {
        self.header.checksum == checksum
    }

    /// Where the next record goes, and its generation.
    pub(super) fn next(&self) -> (Slot, u32) {
        (self.slot.other(), self.generation().wrapping_add(1))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    First,
    Second,
}

impl Slot {
    fn other(self) -> Self {
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

/// What the first two blocks of a slot say.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Front {
    Erased,
    /// Neither erased nor a header that fits the slot.
    Unreadable,
    /// The record itself is not yet looked at.
    Header {
        record: Record,
        is_sealed: bool,
    },
}

/// Two slots in flash, written by turns. The flash belongs to them from its first byte to its last; its words have at
/// most [`BLOCK`] bytes, its pages at least as many, both a power of two.
///
/// Nothing is kept in RAM between two calls: what counts is what the flash says.
#[derive(Debug)]
pub struct Slots<'a, F> {
    flash: &'a mut F,
}

impl<'a, F: NorFlash> Slots<'a, F> {
    /// Two halves of the flash, each of whole pages.
    pub fn new(flash: &'a mut F) -> Self {
        const {
            assert!(BLOCK.is_multiple_of(F::READ_SIZE) && BLOCK.is_multiple_of(F::WRITE_SIZE));
            assert!(F::ERASE_SIZE.is_multiple_of(BLOCK));
        }
        Self { flash }
    }

    /// Bytes of flash that records of this length need.
    pub const fn needed(length: u32) -> u32 {
        slot_of(F::ERASE_SIZE, length).saturating_mul(2)
    }

    /// Longest record that fits, in bytes.
    pub fn room(&self) -> u32 {
        self.slot_len().saturating_sub(FRONT)
    }

    /// The newest whole record. [`StorageError::Empty`] where nothing was written, [`StorageError::Broken`] where what was
    /// written is not whole.
    pub fn newest(&mut self) -> Result<Record, StorageError> {
        let fronts = [self.front(Slot::First)?, self.front(Slot::Second)?];
        for record in in_order(fronts).into_iter().flatten() {
            if self.is_whole(&record)? {
                return Ok(record);
            }
        }
        Err(if fronts.iter().all(|front| matches!(front, Front::Erased)) {
            StorageError::Empty
        } else {
            StorageError::Broken
        })
    }

    /// Writes the parts of a record one after the other; afterwards it is the newest. After an error or a power cut the
    /// newest is this one or the one before, whole.
    pub fn write(&mut self, parts: &[&[u8]]) -> Result<Record, StorageError> {
        self.write_pieces(Parts { first: &[], parts })
    }

    /// The same of bytes that are asked for block by block: a
    /// [snapshot that nothing has to hold](crate::Network::snapshot_pieces), or a pair of a slice and that.
    pub fn write_pieces(&mut self, mut bytes: impl Pieces) -> Result<Record, StorageError> {
        let length = u32::try_from(bytes.left()).unwrap_or(u32::MAX);
        if length > self.room() {
            return Err(StorageError::Room {
                expected: Self::needed(length),
                found: self.capacity(),
            });
        }
        let (slot, generation) = match self.newest() {
            Ok(newest) => newest.next(),
            Err(StorageError::Empty | StorageError::Broken) => (Slot::First, 1),
            Err(error) => return Err(error),
        };
        let start = self.start(slot);
        let end = start.saturating_add(slot_of(F::ERASE_SIZE, length));
        self.flash.erase(start, end).map_err(refused)?;
        let header = Header {
            generation,
            length,
            checksum: self.write_record(start.saturating_add(FRONT), &mut bytes)?,
        };
        self.write_block(start, &header.to_block())?;
        let record = Record { slot, header };
        let written = |is_sealed| Front::Header { record, is_sealed };
        let unread = StorageError::ReadBack { offset: start };
        if self.front(slot)? != written(false) || !self.is_whole(&record)? {
            return Err(unread);
        }
        self.write_block(start.saturating_add(BLOCK as u32), &SEAL)?;
        if self.front(slot)? != written(true) {
            return Err(unread);
        }
        Ok(record)
    }

    /// Reads bytes of a record from an offset on.
    pub fn read(&mut self, record: &Record, offset: u32, bytes: &mut [u8]) -> Result<(), StorageError> {
        self.copy(record, offset, bytes)
    }

    /// The bytes as they are, for a reader with a checksum of its own.
    pub(super) fn copy(
        &mut self,
        record: &Record,
        offset: u32,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        let too_long = |expected| StorageError::Length {
            expected,
            found: record.len(),
        };
        let count = u32::try_from(bytes.len()).map_err(|_| too_long(u32::MAX))?;
        let end = offset.saturating_add(count);
        if end > record.len() {
            return Err(too_long(end));
        }
        let mut places = bytes.iter_mut();
        self.walk(record, offset, end, |piece| {
            for (&found, place) in piece.iter().zip(places.by_ref()) {
                *place = found;
            }
        })
    }

    fn capacity(&self) -> u32 {
        u32::try_from(self.flash.capacity()).unwrap_or(u32::MAX)
    }

    /// Bytes of each slot.
    fn slot_len(&self) -> u32 {
        slot_len(F::ERASE_SIZE, self.capacity())
    }

    fn start(&self, slot: Slot) -> u32 {
        slot.start(self.slot_len())
    }

    fn front(&mut self, slot: Slot) -> Result<Front, StorageError> {
        if self.room() == 0 {
            return Err(StorageError::Room {
                expected: Self::needed(1),
                found: self.capacity(),
            });
        }
        let start = self.start(slot);
        let block = self.read_block(start)?;
        let seal = self.read_block(start + BLOCK as u32)?;
        Ok(Front::of(slot, &block, &seal, self.room()))
    }

    /// Whether the bytes of a record have the checksum in its header.
    fn is_whole(&mut self, record: &Record) -> Result<bool, StorageError> {
        let mut checksum = CRC_32.digest();
        self.walk(record, 0, record.len(), |piece| checksum.update(piece))?;
        Ok(checksum.finalize() == record.header.checksum)
    }

    /// Hands over a record's bytes between two offsets, piece by piece.
    fn walk(
        &mut self,
        record: &Record,
        from: u32,
        to: u32,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), StorageError> {
        let first = self.start(record.slot) + FRONT;
        let mut position = from;
        while position < to {
            let skipped = position % BLOCK as u32;
            let block = self.read_block(first + position - skipped)?;
            let end = (skipped + to - position).min(BLOCK as u32);
            take(block.get(skipped as usize..end as usize).unwrap_or_default());
            position += end - skipped;
        }
        Ok(())
    }

    /// Writes a record's bytes, the last block filled up with ones; returns their checksum.
    fn write_record(&mut self, first: u32, bytes: &mut impl Pieces) -> Result<u32, StorageError> {
        let mut checksum = CRC_32.digest();
        let mut offset = first;
        loop {
            let mut block = [0xFF; BLOCK];
            let count = bytes.next_bytes(&mut block);
            if count == 0 {
                return Ok(checksum.finalize());
            }
            checksum.update(block.get(..count).unwrap_or_default());
            self.write_block(offset, &block)?;
            offset += BLOCK as u32;
        }
    }

    fn read_block(&mut self, offset: u32) -> Result<[u8; BLOCK], StorageError> {
        let mut block = [0; BLOCK];
        self.flash.read(offset, &mut block).map_err(refused)?;
        Ok(block)
    }

    fn write_block(&mut self, offset: u32, block: &[u8; BLOCK]) -> Result<(), StorageError> {
        self.flash.write(offset, block).map_err(refused)
    }
}

/// Slices, one after the other.
struct Parts<'a> {
    first: &'a [u8],
    parts: &'a [&'a [u8]],
}

impl Pieces for Parts<'_> {
    fn left(&self) -> usize {
        let sum = |sum: usize, part: &&[u8]| sum.saturating_add(part.len());
        self.parts.iter().fold(self.first.len(), sum)
    }

    fn next_bytes(&mut self, buffer: &mut [u8]) -> usize {
        let mut taken = 0;
        loop {
            taken += self.first.next_bytes(buffer.get_mut(taken..).unwrap_or_default());
            if !self.first.is_empty() {
                return taken;
            }
            match self.parts.split_off_first() {
                Some(part) => self.first = part,
                None => return taken,
            }
        }
    }
}

/// Bytes of each slot, of whole pages.
pub(super) fn slot_len(page: usize, capacity: u32) -> u32 {
    let half = capacity / 2;
    half - half.checked_rem(page as u32).unwrap_or(0)
}

/// Bytes of whole pages that a slot with a record of this length takes.
pub(super) const fn slot_of(page: usize, length: u32) -> u32 {
    let page = page as u32;
    length.saturating_add(FRONT).div_ceil(page).saturating_mul(page)
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

impl Front {
    /// What the two blocks of a slot say, of records that fit the room.
    pub(super) fn of(slot: Slot, block: &[u8; BLOCK], seal: &[u8; BLOCK], room: u32) -> Self {
        if *block == [0xFF; BLOCK] {
            return Self::Erased;
        }
        match Header::from_block(block).filter(|header| header.length <= room) {
            Some(header) => Self::Header {
                record: Record { slot, header },
                is_sealed: *seal == SEAL,
            },
            None => Self::Unreadable,
        }
    }

    fn record(self) -> Option<Record> {
        match self {
            Self::Header { record, .. } => Some(record),
            Self::Erased | Self::Unreadable => None,
        }
    }
}

pub(super) fn refused(error: impl NorFlashError) -> StorageError {
    match error.kind() {
        NorFlashErrorKind::NotAligned => StorageError::Alignment,
        NorFlashErrorKind::OutOfBounds => StorageError::Bounds,
        _ => StorageError::Driver,
    }
}
