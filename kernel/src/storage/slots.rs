//! Two slots in flash, of which one always holds a whole record.

use core::ops::Range;

use embedded_storage::nor_flash::{NorFlash, NorFlashError, NorFlashErrorKind};

use super::StorageError;
use super::header::{BLOCK, Header};
use super::record::{FRONT, Front, Record, SEAL, Slot, Survey, in_order};
use crate::bytes::{CRC_32, Pieces};

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

    /// The newest whole record. A slot that the flash does not read is one without a record: the other may have one.
    ///
    /// [`StorageError::Empty`] where nothing was written, [`StorageError::Broken`] where what was written is not whole, the
    /// driver's error where neither slot can be read.
    pub fn newest(&mut self) -> Result<Record, StorageError> {
        self.survey()?.newest()
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
        let (slot, generation) = self.survey()?.next();
        let start = self.start(slot);
        let end = start.saturating_add(slot_of(F::ERASE_SIZE, length));
        self.flash.erase(start, end).map_err(refused)?;
        let header = Header {
            generation,
            length,
            checksum: self.write_record(start.saturating_add(FRONT), &mut bytes)?,
        };
        self.write_block(start, &header.to_block())?;
        let record = Record::of(slot, header);
        let written = |is_sealed| Front::Header { record, is_sealed };
        let unread = StorageError::ReadBack { offset: start };
        if self.front(slot) != written(false) || !self.is_whole(&record) {
            return Err(unread);
        }
        self.write_block(start.saturating_add(BLOCK as u32), &SEAL)?;
        if self.front(slot) != written(true) {
            return Err(unread);
        }
        Ok(record)
    }

    /// Reads bytes of a record from an offset on, and checks the record to its end, whatever part of it is asked for: it is
    /// still the newest, and has its checksum. On an error the bytes are not to be used.
    pub fn read(&mut self, record: &Record, offset: u32, bytes: &mut [u8]) -> Result<(), StorageError> {
        record.part(offset, bytes)?;
        self.check_is_newest(record)?;
        let mut unwanted = offset as usize;
        let mut places = bytes.iter_mut();
        let checksum = self.checksum(record, |piece| {
            let skipped = unwanted.min(piece.len());
            unwanted -= skipped;
            let wanted = piece.get(skipped..).unwrap_or_default();
            for (&found, place) in wanted.iter().zip(places.by_ref()) {
                *place = found;
            }
        })?;
        record.check(checksum)
    }

    /// The bytes as they are, of a record that is the newest, for a reader with a checksum of its own.
    pub(super) fn copy(
        &mut self,
        record: &Record,
        offset: u32,
        bytes: &mut [u8],
    ) -> Result<(), StorageError> {
        let part = record.part(offset, bytes)?;
        let mut places = bytes.iter_mut();
        self.walk(record, part, |piece| {
            for (&found, place) in piece.iter().zip(places.by_ref()) {
                *place = found;
            }
        })
    }

    /// Refuses a record that was written over, or after which another was written.
    pub(super) fn check_is_newest(&mut self, record: &Record) -> Result<(), StorageError> {
        let slot = record.slot();
        let (own, other) = (self.front(slot), self.front(slot.other()));
        record.check_is_newest(own, other)
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

    fn survey(&mut self) -> Result<Survey, StorageError> {
        if self.room() == 0 {
            return Err(StorageError::Room {
                expected: Self::needed(1),
                found: self.capacity(),
            });
        }
        let fronts = [self.front(Slot::First), self.front(Slot::Second)];
        let mut records = in_order(fronts).into_iter().flatten();
        let newest = records.find(|record| self.is_whole(record));
        Ok(Survey::new(fronts, newest))
    }

    fn front(&mut self, slot: Slot) -> Front {
        let start = self.start(slot);
        let header = self.read_block(start);
        let seal = self.read_block(start.saturating_add(BLOCK as u32));
        Front::of(slot, header, seal, self.room())
    }

    /// Whether the bytes of a record can be read and have the checksum in its header.
    fn is_whole(&mut self, record: &Record) -> bool {
        let checksum = self.checksum(record, |_| {});
        checksum.is_ok_and(|checksum| record.check(checksum).is_ok())
    }

    /// Hands over all bytes of a record piece by piece; returns their checksum.
    fn checksum(&mut self, record: &Record, mut take: impl FnMut(&[u8])) -> Result<u32, StorageError> {
        let mut checksum = CRC_32.digest();
        self.walk(record, 0..record.len(), |piece| {
            checksum.update(piece);
            take(piece);
        })?;
        Ok(checksum.finalize())
    }

    /// Hands over a part of a record piece by piece.
    fn walk(
        &mut self,
        record: &Record,
        part: Range<u32>,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), StorageError> {
        let first = self.start(record.slot()).saturating_add(FRONT);
        let mut position = part.start;
        while position < part.end {
            let skipped = position % BLOCK as u32;
            let block = self.read_block(first.saturating_add(position - skipped))?;
            let end = (part.end - position).saturating_add(skipped).min(BLOCK as u32);
            take(block.get(skipped as usize..end as usize).unwrap_or_default());
            position = position.saturating_add(end - skipped);
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
            offset = offset.saturating_add(BLOCK as u32);
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

pub(super) fn refused(error: impl NorFlashError) -> StorageError {
    match error.kind() {
        NorFlashErrorKind::NotAligned => StorageError::Alignment,
        NorFlashErrorKind::OutOfBounds => StorageError::Bounds,
        _ => StorageError::Driver,
    }
}
