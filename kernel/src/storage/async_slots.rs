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

#[cfg(test)]
mod tests {
    use core::future::Future;
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};

    use embedded_storage_async::nor_flash::{ErrorType, NorFlashErrorKind, ReadNorFlash};
    use std::vec::Vec;

    use super::*;
    use crate::storage::Slots;
    use crate::{
        DenseCouplings, ExactBuffers, Generator, Params, Purpose, Start, Tanh, couplings_len, exact_buffers,
    };

    /// Flash in memory that is ready at every second look; it fails from some access on.
    struct Flash {
        bytes: Vec<u8>,
        left: usize,
    }

    impl Flash {
        fn new() -> Self {
            Self {
                bytes: std::vec![0xFF; 4096],
                left: usize::MAX,
            }
        }

        fn access(&mut self) -> Result<&mut [u8], NorFlashErrorKind> {
            self.left = self.left.checked_sub(1).ok_or(NorFlashErrorKind::Other)?;
            Ok(&mut self.bytes)
        }
    }

    async fn wait() {
        let mut is_ready = false;
        core::future::poll_fn(|_| {
            is_ready = !is_ready;
            if is_ready { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    impl ErrorType for Flash {
        type Error = NorFlashErrorKind;
    }

    impl ReadNorFlash for Flash {
        const READ_SIZE: usize = 4;

        async fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
            wait().await;
            let length = bytes.len();
            bytes.copy_from_slice(&self.access()?[offset as usize..][..length]);
            Ok(())
        }

        fn capacity(&self) -> usize {
            self.bytes.len()
        }
    }

    impl NorFlash for Flash {
        const WRITE_SIZE: usize = 4;
        const ERASE_SIZE: usize = 256;

        async fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
            wait().await;
            self.access()?[from as usize..to as usize].fill(0xFF);
            Ok(())
        }

        async fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
            wait().await;
            for (place, &byte) in self.access()?[offset as usize..].iter_mut().zip(bytes) {
                assert_eq!(*place, 0xFF, "a word is programmed once");
                *place = byte;
            }
            Ok(())
        }
    }

    /// The same flash for the slots that block.
    struct Blocking<'a>(&'a mut Flash);

    impl ErrorType for Blocking<'_> {
        type Error = NorFlashErrorKind;
    }

    impl embedded_storage::nor_flash::ReadNorFlash for Blocking<'_> {
        const READ_SIZE: usize = 4;

        fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
            wait_for(ReadNorFlash::read(self.0, offset, bytes))
        }

        fn capacity(&self) -> usize {
            ReadNorFlash::capacity(self.0)
        }
    }

    impl embedded_storage::nor_flash::NorFlash for Blocking<'_> {
        const WRITE_SIZE: usize = 4;
        const ERASE_SIZE: usize = 256;

        fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
            wait_for(NorFlash::erase(self.0, from, to))
        }

        fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
            wait_for(NorFlash::write(self.0, offset, bytes))
        }
    }

    fn wait_for<F: Future>(future: F) -> F::Output {
        let mut future = pin!(future);
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
    }

    #[test]
    fn states_are_kept_as_by_the_slots_that_block() {
        const N: usize = 8;
        let params = Params {
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let dynamics = params.validate(N).unwrap();
        let mut image = [0.0; couplings_len(N)];
        let mut randomness = Generator::new(1, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(&mut image, &dynamics, &mut randomness).unwrap();
        let mut buffers: exact_buffers!(N) = ExactBuffers::new();
        let mut network = buffers.network(dynamics, couplings, Tanh).unwrap();
        network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
        let (mut flash, mut twin) = (Flash::new(), Flash::new());
        let nothing = wait_for(AsyncSlots::new(&mut flash).recall(&mut network));
        assert_eq!(nothing, Err(Error::Storage(StorageError::Empty)));
        for generation in 1..=3 {
            network.release();
            (0..20).for_each(|_| network.step().unwrap());
            let record = wait_for(AsyncSlots::new(&mut flash).store(&mut network)).unwrap();
            assert_eq!(record.generation(), generation);
            Slots::new(&mut Blocking(&mut twin)).store(&mut network).unwrap();
            assert!(flash.bytes == twin.bytes, "record {generation}");
            let stored = network.digest();
            network.release();
            (0..20).for_each(|_| network.step().unwrap());
            wait_for(AsyncSlots::new(&mut flash).recall(&mut network)).unwrap();
            assert_eq!(
                (network.digest(), network.plasticity()),
                (stored, Plasticity::Frozen)
            );
            let mut part = [0; 70];
            wait_for(AsyncSlots::new(&mut flash).read(&record, 30, &mut part)).unwrap();
            let mut same = [0; 70];
            Slots::new(&mut Blocking(&mut twin))
                .read(&record, 30, &mut same)
                .unwrap();
            assert_eq!(part, same);
        }
        // Whichever access is the last: the state before or the new one.
        let before = network.digest();
        network.release();
        network.step().unwrap();
        let after = network.digest();
        let whole = flash.bytes.clone();
        for accesses in 0.. {
            (flash.bytes, flash.left) = (whole.clone(), accesses);
            let outcome = wait_for(AsyncSlots::new(&mut flash).store(&mut network));
            assert_eq!(network.plasticity() == Plasticity::Frozen, outcome.is_ok());
            flash.left = usize::MAX;
            wait_for(AsyncSlots::new(&mut flash).recall(&mut network)).unwrap();
            let recalled = network.digest();
            assert!(recalled == before || recalled == after, "{accesses} accesses");
            if outcome.is_ok() {
                assert_eq!(recalled, after);
                break;
            }
            network.start_from(&[0.5; N]).unwrap();
            wait_for(AsyncSlots::new(&mut twin).recall(&mut network)).unwrap();
            network.release();
            network.step().unwrap();
            assert_eq!(network.digest(), after);
        }
    }
}
