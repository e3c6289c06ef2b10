//! The state in flash: what it takes to build the network again, then its snapshot.

use freezable_chaos::frames::{Refusal, Setup};
use freezable_chaos::storage::{Record, Slots, StorageError};
use freezable_chaos::{CONTRACT_VERSION, SnapshotError};

use crate::board::Board;
use crate::memory::Room;
use crate::plan::Plan;

/// Most bytes that the contract version and the setup take.
const HEAD: usize = 64;

/// A state in flash whose network can be built here.
#[derive(Debug)]
pub struct Stored {
    record: Record,
    /// Bytes of the record before the snapshot.
    head: u32,
}

/// Generation of the state in flash, if there is one.
pub fn generation<B: Board>(board: &mut B) -> Option<u32> {
    match Slots::new(board.flash()).newest() {
        Ok(record) => Some(record.generation()),
        Err(StorageError::Empty) => None,
        Err(error) => {
            warning!("what was stored cannot be read: {}", error);
            None
        }
    }
}

/// Keeps a network's setup and snapshot.
pub fn put<B: Board>(board: &mut B, setup: &Setup, snapshot: &[u8]) -> Result<Record, Refusal<'static>> {
    let mut head = [0; HEAD];
    let head = postcard::to_slice(&(CONTRACT_VERSION, setup), &mut head).map_err(|_| Refusal::Unsupported)?;
    Slots::new(board.flash())
        .write(&[head, snapshot])
        .map_err(Refusal::Storage)
}

/// Finds the state in flash, and checks that its network can be built here.
pub fn find<B: Board>(board: &mut B, room: &Room) -> Result<(Plan, Stored), Refusal<'static>> {
    let mut slots = Slots::new(board.flash());
    let record = slots.newest().map_err(Refusal::Storage)?;
    let mut head = [0; HEAD];
    let length = HEAD.min(record.len() as usize);
    let head = head.get_mut(..length).unwrap_or_default();
    slots.read(&record, 0, head).map_err(Refusal::Storage)?;
    // whole, but nothing that `put` wrote
    let foreign = Refusal::Storage(StorageError::Broken);
    let ((version, setup), rest) = postcard::take_from_bytes::<(u16, Setup)>(head).map_err(|_| foreign)?;
    if version != CONTRACT_VERSION {
        return Err(Refusal::Snapshot(SnapshotError::Version {
            expected: CONTRACT_VERSION,
            found: version,
        }));
    }
    let head = (length - rest.len()) as u32;
    Ok((Plan::check(setup, room)?, Stored { record, head }))
}

impl Stored {
    /// The record in flash.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Reads the snapshot into the start of a buffer; returns its length.
    pub fn load<B: Board>(&self, board: &mut B, buffer: &mut [u8]) -> Result<usize, Refusal<'static>> {
        let length = self.record.len().saturating_sub(self.head);
        let too_small = SnapshotError::Buffer {
            expected: length,
            found: buffer.len() as u32,
        };
        let bytes = buffer
            .get_mut(..length as usize)
            .ok_or(Refusal::Snapshot(too_small))?;
        Slots::new(board.flash())
            .read(&self.record, self.head, bytes)
            .map_err(Refusal::Storage)?;
        Ok(length as usize)
    }
}
