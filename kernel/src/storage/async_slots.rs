//! The same two slots over a flash whose driver does not block (feature `embedded-storage-async`).

use embedded_storage_async::nor_flash::NorFlash;

use super::error::StorageError;
use super::header::{BLOCK, Header};
use super::record::{FRONT, Front, Record, SEAL, Slot, Survey, in_order};
use super::slots::{refused, slot_len, slot_of};
use crate::bytes::{Checksum, Pieces};
use crate::connectivity::Connectivity;
use crate::error::Error;
use crate::network::{Network, Plasticity};
use crate::snapshot::PIECE;
use crate::transfer::Transfer;

/// [`Slots`](super::Slots) over a flash whose driver does not block: the same bytes in flash, so that one reads what the
/// other wrote, and the same promise after a power cut. A future that is dropped is such a cut.
#[derive(Debug)]
pub struct AsyncSlots<'a, F> {
    flash: &'a mut F,
}

impl<'a, F: NorFlash> AsyncSlots<'a, F> {
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

    /// The newest whole record: [`Slots::newest`](super::Slots::newest).
    pub async fn newest(&mut self) -> Result<Record, StorageError> {
        self.survey().await?.newest()
    }

    /// Writes a record, whose bytes are asked for block by block: [`Slots::write_pieces`](super::Slots::write_pieces).
    pub async fn write_pieces(&mut self, mut bytes: impl Pieces) -> Result<Record, StorageError> {
        let length = u32::try_from(bytes.left()).unwrap_or(u32::MAX);
        if length > self.room() {
            return Err(StorageError::Room {
                expected: Self::needed(length),
                found: self.capacity(),
            });
        }
        let (slot, generation) = self.survey().await?.next();
        let start = self.start(slot);
        let end = start.saturating_add(slot_of(F::ERASE_SIZE, length));
        self.flash.erase(start, end).await.map_err(refused)?;
        let mut checksum = Checksum::new();
        let mut offset = start.saturating_add(FRONT);
        loop {
            let mut block = [0xFF; BLOCK];
            let count = bytes.next_bytes(&mut block);
            if count == 0 {
                break;
            }
            checksum.update(block.get(..count).unwrap_or_default());
            self.write_block(offset, &block).await?;
            offset = offset.saturating_add(BLOCK as u32);
        }
        let header = Header {
            generation,
            length,
            checksum: checksum.value(),
        };
        self.write_block(start, &header.to_block()).await?;
        let record = Record::of(slot, header);
        let written = |is_sealed| Front::Header { record, is_sealed };
        let unread = StorageError::ReadBack { offset: start };
        if self.front(slot).await != written(false) || !self.is_whole(&record).await {
            return Err(unread);
        }
        self.write_block(start.saturating_add(BLOCK as u32), &SEAL)
            .await?;
        if self.front(slot).await != written(true) {
            return Err(unread);
        }
        Ok(record)
    }

    /// Reads bytes of a record from an offset on, and checks the record to its end: [`Slots::read`](super::Slots::read).
    pub async fn read(&mut self, record: &Record, offset: u32, bytes: &mut [u8]) -> Result<(), StorageError> {
        record.part(offset, bytes)?;
        let slot = record.slot();
        let (own, other) = (self.front(slot).await, self.front(slot.other()).await);
        record.check_is_newest(own, other)?;
        record.check(self.checksum(record).await?)?;
        self.copy(record, offset, bytes).await
    }

    /// Holds the present state, and writes it without a buffer of its size: [`Slots::store`](super::Slots::store). A future
    /// that is dropped leaves the network frozen.
    pub async fn store<C: Connectivity, T: Transfer>(
        &mut self,
        network: &mut Network<'_, C, T>,
    ) -> Result<Record, Error> {
        let before = network.plasticity();
        network.freeze();
        let written = match network.snapshot_pieces() {
            Ok(pieces) => self.write_pieces(pieces).await.map_err(Error::from),
            Err(error) => Err(error.into()),
        };
        if written.is_err() && before == Plasticity::Running {
            network.release();
        }
        written
    }

    /// Takes the newest record up again, and holds it: [`Slots::recall`](super::Slots::recall). A future that is dropped
    /// leaves the network as it was, or at rest.
    pub async fn recall<C: Connectivity, T: Transfer>(
        &mut self,
        network: &mut Network<'_, C, T>,
    ) -> Result<Record, Error> {
        let record = self.newest().await?;
        let mut restoring = network.restoring(record.len() as usize)?;
        let mut piece = [0; PIECE];
        while let Some(wanted) = restoring.wanted(PIECE) {
            let piece = piece.get_mut(..wanted.len()).unwrap_or_default();
            self.copy(&record, wanted.start as u32, piece).await?;
            restoring.feed(piece)?;
        }
        drop(restoring);
        network.freeze();
        Ok(record)
    }

    fn capacity(&self) -> u32 {
        u32::try_from(self.flash.capacity()).unwrap_or(u32::MAX)
    }

    fn slot_len(&self) -> u32 {
        slot_len(F::ERASE_SIZE, self.capacity())
    }

    fn start(&self, slot: Slot) -> u32 {
        slot.start(self.slot_len())
    }

    async fn survey(&mut self) -> Result<Survey, StorageError> {
        if self.room() == 0 {
            return Err(StorageError::Room {
                expected: Self::needed(1),
                found: self.capacity(),
            });
        }
        let fronts = [self.front(Slot::First).await, self.front(Slot::Second).await];
        let mut newest = None;
        for record in in_order(fronts).into_iter().flatten() {
            if self.is_whole(&record).await {
                newest = Some(record);
                break;
            }
        }
        Ok(Survey::new(fronts, newest))
    }

    async fn front(&mut self, slot: Slot) -> Front {
        let start = self.start(slot);
        let header = self.read_block(start).await;
        let seal = self.read_block(start.saturating_add(BLOCK as u32)).await;
        Front::of(slot, header, seal, self.room())
    }

    /// Whether the bytes of a record can be read and have the checksum in its header.
    async fn is_whole(&mut self, record: &Record) -> bool {
        let checksum = self.checksum(record).await;
        checksum.is_ok_and(|checksum| record.check(checksum).is_ok())
    }

    async fn checksum(&mut self, record: &Record) -> Result<u32, StorageError> {
        let mut checksum = Checksum::new();
        let mut offset = self.start(record.slot()).saturating_add(FRONT);
        let mut left = record.len() as usize;
        while left > 0 {
            let block = self.read_block(offset).await?;
            let piece = block.get(..left.min(BLOCK)).unwrap_or_default();
            checksum.update(piece);
            offset = offset.saturating_add(BLOCK as u32);
            left -= piece.len();
        }
        Ok(checksum.value())
    }

    /// The bytes as they are, of a record that is the newest, for a reader with a checksum of its own.
    async fn copy(&mut self, record: &Record, offset: u32, bytes: &mut [u8]) -> Result<(), StorageError> {
        let mut position = record.part(offset, bytes)?.start;
        let first = self.start(record.slot()).saturating_add(FRONT);
        let mut rest = bytes;
        while !rest.is_empty() {
            let skipped = position % BLOCK as u32;
            let block = self.read_block(first.saturating_add(position - skipped)).await?;
            let found = block.get(skipped as usize..).unwrap_or_default();
            let count = found.len().min(rest.len());
            let (now, later) = rest.split_at_mut_checked(count).unwrap_or_default();
            for (place, &byte) in now.iter_mut().zip(found) {
                *place = byte;
            }
            (rest, position) = (later, position.saturating_add(count as u32));
        }
        Ok(())
    }

    async fn read_block(&mut self, offset: u32) -> Result<[u8; BLOCK], StorageError> {
        let mut block = [0; BLOCK];
        self.flash.read(offset, &mut block).await.map_err(refused)?;
        Ok(block)
    }

    async fn write_block(&mut self, offset: u32, block: &[u8; BLOCK]) -> Result<(), StorageError> {
        self.flash.write(offset, block).await.map_err(refused)
    }
}
