//! Snapshots: the whole state as bytes, the same on every target.
//!
//! Little-endian: `"FzCh"`, contract version (u16), model (u8), transfer function (u8), n (u32), plasticity (u32: 0
//! running, 1 frozen), phase of the plasticity rule (u32), steps (u64), g, k, p, dt (f32), digest of J (u64); then x
//! and the plastic state (for the exact network A, upper triangle, row-major; for the compact one the number of samples,
//! their spacing and levels (u32), then the samples (i8), newest first); then the CRC-32 of all before.
//!
//! Nothing need hold all of them at once: they are written as [`Pieces`](crate::Pieces) and read from a [`SnapshotSource`].

mod error;
mod header;

pub use error::{RestoreError, SnapshotError};
pub(crate) use header::{HEADER, Header, MAGIC};

/// Bytes of a piece of a snapshot's state: x and the plastic state are written and read from multiples of it on.
pub const PIECE: usize = 64;
/// Bytes of the checksum at its end.
pub(crate) const CHECKSUM: usize = 4;

/// Where a snapshot lies: bytes that can be read from any place on, and more than once.
///
/// ```
/// use freezable_chaos::SnapshotSource;
///
/// /// A file system, a memory on a serial bus, ..: here, a slice.
/// struct Card(Vec<u8>);
///
/// impl SnapshotSource for Card {
///     type Error = &'static str;
///
///     fn read(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), Self::Error> {
///         let end = offset + bytes.len();
///         bytes.copy_from_slice(self.0.get(offset..end).ok_or("beyond the end of the card")?);
///         Ok(())
///     }
/// }
/// ```
pub trait SnapshotSource {
    /// Why bytes could not be read.
    type Error;

    /// Fills a buffer with the bytes from an offset on.
    fn read(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

/// Bytes at hand; those beyond the end are missing.
impl SnapshotSource for &[u8] {
    type Error = SnapshotError;

    fn read(&mut self, offset: usize, bytes: &mut [u8]) -> Result<(), SnapshotError> {
        let found = self.get(offset..).and_then(|rest| rest.get(..bytes.len()));
        let missing = SnapshotError::Length {
            expected: offset.saturating_add(bytes.len()) as u32,
            found: self.len() as u32,
        };
        for (place, &byte) in bytes.iter_mut().zip(found.ok_or(missing)?) {
            *place = byte;
        }
        Ok(())
    }
}
