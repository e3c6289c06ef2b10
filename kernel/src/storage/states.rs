//! States of networks as records in flash, without a buffer of their size.

use embedded_storage::nor_flash::NorFlash;

use super::error::StorageError;
use super::record::Record;
use super::slots::Slots;
use crate::connectivity::Connectivity;
use crate::error::Error;
use crate::network::{Network, Plasticity};
use crate::snapshot::SnapshotSource;
use crate::transfer::Transfer;

impl<F: NorFlash> Slots<'_, F> {
    /// Holds the present state: freezes the plasticity and writes a snapshot of the frozen network as the newest record, for
    /// [`recall`](Self::recall). Needs some hundred bytes of stack, whatever the size of the network.
    ///
    /// On an error nothing is frozen, and the newest record is the one before.
    pub fn store<C: Connectivity, T: Transfer>(
        &mut self,
        network: &mut Network<'_, C, T>,
    ) -> Result<Record, Error> {
        let before = network.plasticity();
        network.freeze();
        let written = match network.snapshot_pieces() {
            Ok(pieces) => self.write_pieces(pieces).map_err(Error::from),
            Err(error) => Err(error.into()),
        };
        if written.is_err() && before == Plasticity::Running {
            network.release();
        }
        written
    }

    /// Takes the state in the newest record up again and holds it, frozen, until the network is released. Its bits are those
    /// that were stored. Reads the record twice, [`PIECE`](crate::snapshot::PIECE) bytes at a time.
    ///
    /// On an error the network is as it was, or at rest where the flash fails in between:
    /// [`restore_from`](Network::restore_from).
    pub fn recall<C: Connectivity, T: Transfer>(
        &mut self,
        network: &mut Network<'_, C, T>,
    ) -> Result<Record, Error> {
        let record = self.newest()?;
        let length = record.len() as usize;
        network.restore_from(&mut self.source(record, 0), length)?;
        network.freeze();
        Ok(record)
    }

    /// The bytes of a record from an offset on, for [`restore_from`](Network::restore_from), as long as the record is the
    /// newest. They are as they lie in flash: a snapshot has a checksum of its own.
    pub fn source(&mut self, record: Record, start: u32) -> impl SnapshotSource<Error = StorageError> {
        RecordSource {
            slots: self,
            record,
            start,
            is_newest: false,
        }
    }
}

struct RecordSource<'a, 'b, F> {
    slots: &'a mut Slots<'b, F>,
    record: Record,
    start: u32,
    // Found at the first reading; nobody else writes meanwhile.
    is_newest: bool,
}

impl<F: NorFlash> SnapshotSource for RecordSource<'_, '_, F> {
    type Error = StorageError;

    fn read(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), StorageError> {
        if !self.is_newest {
            self.slots.check_is_newest(&self.record)?;
            self.is_newest = true;
        }
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.slots
            .copy(&self.record, self.start.saturating_add(offset), bytes)
    }
}
