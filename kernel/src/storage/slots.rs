//! Two slots in flash, of which one always holds a whole record.

use embedded_storage::nor_flash::{NorFlash, NorFlashError, NorFlashErrorKind};

use super::StorageError;
use super::header::{BLOCK, Header};
use super::record::{Front, Record, Slot, in_order, latest_generation};
use crate::bytes::CRC_32;

/// A seal: every bit has fallen, so that one cut short is none.
const SEAL: [u8; BLOCK] = [0; BLOCK];
/// Bytes of a slot before its record.
const FRONT: u32 = 2 * BLOCK as u32;

/// What both slots hold.
struct Survey {
    fronts: [Front; 2],
    /// The newest record of which every byte was read.
    newest: Option<Record>,
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
        slot_of::<F>(length).saturating_mul(2)
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
        let survey = self.survey()?;
        survey.newest.ok_or(match survey.fronts {
            [Front::Erased, Front::Erased] => StorageError::Empty,
            [Front::Failed(error), Front::Failed(_)] => error,
            _ => StorageError::Broken,
        })
    }

    /// Writes the parts of a record one after the other; afterwards it is the newest. After an error or a power cut the
    /// newest is this one or the one before, whole.
    pub fn write(&mut self, parts: &[&[u8]]) -> Result<Record, StorageError> {
        let length = parts
            .iter()
            .fold(0, |sum: usize, part| sum.saturating_add(part.len()));
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if length > self.room() {
            return Err(StorageError::Room {
                expected: Self::needed(length),
                found: self.capacity(),
            });
        }
        let survey = self.survey()?;
        let headers = in_order(survey.fronts);
        // Where none is whole, nothing can be lost, and what looks newest may still be of use to somebody.
        let kept = survey
            .newest
            .or(headers[0])
            .map_or(Slot::Second, |record| record.slot);
        let slot = kept.other();
        let generation = latest_generation(headers).map_or(1, |latest| latest.wrapping_add(1));
        let start = self.start(slot);
        let end = start.saturating_add(slot_of::<F>(length));
        self.flash.erase(start, end).map_err(refused)?;
        let header = Header {
            generation,
            length,
            checksum: self.write_record(start.saturating_add(FRONT), parts)?,
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
        let too_long = |expected| StorageError::Length {
            expected,
            found: record.len(),
        };
        let count = u32::try_from(bytes.len()).map_err(|_| too_long(u32::MAX))?;
        let end = offset.saturating_add(count);
        if end > record.len() {
            return Err(too_long(end));
        }
        self.check_is_newest(record)?;
        let mut unwanted = offset as usize;
        let mut places = bytes.iter_mut();
        let checksum = self.walk(record, |piece| {
            let skipped = unwanted.min(piece.len());
            unwanted -= skipped;
            let wanted = piece.get(skipped..).unwrap_or_default();
            for (&found, place) in wanted.iter().zip(places.by_ref()) {
                *place = found;
            }
        })?;
        if checksum == record.header.checksum {
            Ok(())
        } else {
            Err(StorageError::Damaged {
                generation: record.generation(),
            })
        }
    }

    fn capacity(&self) -> u32 {
        u32::try_from(self.flash.capacity()).unwrap_or(u32::MAX)
    }

    /// Bytes of each slot.
    fn slot_len(&self) -> u32 {
        let half = self.capacity() / 2;
        half - half % F::ERASE_SIZE as u32
    }

    fn start(&self, slot: Slot) -> u32 {
        match slot {
            Slot::First => 0,
            Slot::Second => self.slot_len(),
        }
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
        let newest = records
            .find(|record| self.is_whole(record))
            .map(|record| record.beside(fronts));
        Ok(Survey { fronts, newest })
    }

    /// Refuses a record that was written over, or after which another was written.
    fn check_is_newest(&mut self, record: &Record) -> Result<(), StorageError> {
        let outdated = Err(StorageError::Outdated {
            generation: record.generation(),
        });
        match self.front(record.slot) {
            Front::Failed(error) => return Err(error),
            Front::Header { record: found, .. } if found.header == record.header => {}
            _ => return outdated,
        }
        match self.front(record.slot.other()) {
            Front::Header {
                record: other,
                is_sealed: true,
            } if other.header.is_newer_than(&record.header) && record.lost() != Some(other.as_damaged()) => {
                outdated
            }
            _ => Ok(()),
        }
    }

    fn front(&mut self, slot: Slot) -> Front {
        let start = self.start(slot);
        let block = match self.read_block(start) {
            Ok(block) => block,
            Err(error) => return Front::Failed(error),
        };
        if block == [0xFF; BLOCK] {
            return Front::Erased;
        }
        let room = self.room();
        let Some(header) = Header::from_block(&block).filter(|header| header.length <= room) else {
            return Front::Unreadable;
        };
        // a seal that was cut short may not be read at all
        let is_sealed = self.read_block(start.saturating_add(BLOCK as u32)) == Ok(SEAL);
        let record = Record::of(slot, header);
        Front::Header { record, is_sealed }
    }

    /// Whether the bytes of a record can be read and have the checksum in its header.
    fn is_whole(&mut self, record: &Record) -> bool {
        self.walk(record, |_| {}) == Ok(record.header.checksum)
    }

    /// Hands over a record's bytes piece by piece; returns their checksum.
    fn walk(&mut self, record: &Record, mut take: impl FnMut(&[u8])) -> Result<u32, StorageError> {
        let mut checksum = CRC_32.digest();
        let mut offset = self.start(record.slot).saturating_add(FRONT);
        let mut left = record.len();
        while left > 0 {
            let block = self.read_block(offset)?;
            let count = left.min(BLOCK as u32);
            let piece = block.get(..count as usize).unwrap_or_default();
            checksum.update(piece);
            take(piece);
            offset = offset.saturating_add(count);
            left -= count;
        }
        Ok(checksum.finalize())
    }

    /// Writes a record's bytes, the last block filled up with ones; returns their checksum.
    fn write_record(&mut self, first: u32, parts: &[&[u8]]) -> Result<u32, StorageError> {
        let mut checksum = CRC_32.digest();
        let mut offset = first;
        let mut block = [0xFF; BLOCK];
        let mut filled = 0;
        for part in parts {
            checksum.update(part);
            for &byte in *part {
                if let Some(place) = block.get_mut(filled) {
                    *place = byte;
                }
                filled += 1;
                if filled == BLOCK {
                    self.write_block(offset, &block)?;
                    offset += BLOCK as u32;
                    block = [0xFF; BLOCK];
                    filled = 0;
                }
            }
        }
        if filled > 0 {
            self.write_block(offset, &block)?;
        }
        Ok(checksum.finalize())
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

/// Bytes of whole pages that a slot with a record of this length takes.
const fn slot_of<F: NorFlash>(length: u32) -> u32 {
    let page = F::ERASE_SIZE as u32;
    length.saturating_add(FRONT).div_ceil(page).saturating_mul(page)
}

fn refused(error: impl NorFlashError) -> StorageError {
    match error.kind() {
        NorFlashErrorKind::NotAligned => StorageError::Alignment,
        NorFlashErrorKind::OutOfBounds => StorageError::Bounds,
        _ => StorageError::Driver,
    }
}
