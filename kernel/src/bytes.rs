//! Little-endian byte streams: what snapshots are written to and read from, and what digests are taken of.

use core::fmt;
use crc::{CRC_32_ISO_HDLC, Crc, Digest};

/// CRC-32 as in Ethernet and zip; guards snapshots and frames.
pub(crate) static CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// CRC-32 of bytes that come piece by piece.
#[derive(Clone)]
pub(crate) struct Checksum(Digest<'static, u32>);

impl Checksum {
    pub(crate) fn new() -> Self {
        Self(CRC_32.digest())
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all bytes so far.
    pub(crate) fn value(&self) -> u32 {
        self.0.clone().finalize()
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Checksum({:08x})", self.value())
    }
}

/// Takes bytes in order.
pub trait ByteSink {
    /// Takes the next bytes.
    fn put(&mut self, bytes: &[u8]);
}

/// Bytes that are asked for, from the first to the last, so that nothing has to hold all of them at once.
pub trait Pieces {
    /// How many there are still to come.
    fn left(&self) -> usize;

    /// Fills a buffer with the next ones, as far as there are; returns how many.
    fn next_bytes(&mut self, buffer: &mut [u8]) -> usize;
}

impl Pieces for &[u8] {
    fn left(&self) -> usize {
        self.len()
    }

    fn next_bytes(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.len().min(buffer.len());
        for (place, &byte) in buffer.iter_mut().zip(self.iter()) {
            *place = byte;
        }
        *self = self.get(count..).unwrap_or_default();
        count
    }
}

/// One after the other.
impl<A: Pieces, B: Pieces> Pieces for (A, B) {
    fn left(&self) -> usize {
        let (first, second) = self;
        first.left().saturating_add(second.left())
    }

    fn next_bytes(&mut self, buffer: &mut [u8]) -> usize {
        let (first, second) = self;
        let count = first.next_bytes(buffer);
        count + second.next_bytes(buffer.get_mut(count..).unwrap_or_default())
    }
}

/// FNV-1a with 64 bits: the digest of states and couplings.
///
/// It tells bits that differ by accident; it is no protection against an adversary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fnv1a(u64);

impl Fnv1a {
    /// The digest of nothing.
    pub const fn new() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }

    /// After four more bytes.
    pub const fn with(self, bytes: [u8; 4]) -> Self {
        let [first, second, third, fourth] = bytes;
        self.and(first).and(second).and(third).and(fourth)
    }

    const fn and(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0000_0100_0000_01B3))
    }

    /// The digest of all bytes put so far.
    pub const fn digest(self) -> u64 {
        self.0
    }
}

impl Default for Fnv1a {
    fn default() -> Self {
        Self::new()
    }
}

impl ByteSink for Fnv1a {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            *self = self.and(byte);
        }
    }
}

/// Fills a slice from its start; the caller has checked that everything fits.
pub(crate) struct SliceSink<'a> {
    rest: &'a mut [u8],
}

impl<'a> SliceSink<'a> {
    pub(crate) fn new(bytes: &'a mut [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl ByteSink for SliceSink<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let rest = core::mem::take(&mut self.rest);
        if let Some((target, rest)) = rest.split_at_mut_checked(bytes.len()) {
            target.copy_from_slice(bytes);
            self.rest = rest;
        }
    }
}

/// Writes floats, little-endian, as many as fit.
pub(crate) fn put_floats(values: impl Iterator<Item = f32>, bytes: &mut [u8]) {
    for (place, value) in bytes.as_chunks_mut().0.iter_mut().zip(values) {
        *place = value.to_le_bytes();
    }
}

/// The floats of little-endian bytes.
pub(crate) fn take_floats(bytes: &[u8]) -> impl Iterator<Item = f32> {
    bytes.as_chunks().0.iter().copied().map(f32::from_le_bytes)
}

/// Reads little-endian values from the start of a slice; `None` at its end.
#[derive(Clone, Debug)]
pub(crate) struct ByteSource<'a> {
    rest: &'a [u8],
}

impl<'a> ByteSource<'a> {
    /// Reads from the first byte on.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `LENGTH` bytes.
    pub(crate) fn take<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    /// The next four bytes as a float.
    pub(crate) fn float(&mut self) -> Option<f32> {
        self.take().map(f32::from_le_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_gives_its_published_values() {
        let digest = |text: &str| {
            let mut fnv = Fnv1a::new();
            fnv.put(text.as_bytes());
            fnv.digest()
        };
        assert_eq!(digest(""), 0xCBF2_9CE4_8422_2325);
        assert_eq!(digest("a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(digest("foobar"), 0x8594_4171_F739_67E8);
    }

    #[test]
    fn pieces_follow_one_another_in_buffers_of_any_size() {
        for size in 1..=9 {
            let mut pieces = (&b"freez"[..], &b"able"[..]);
            let (mut found, mut buffer) = (std::vec::Vec::new(), [0; 9]);
            while pieces.left() > 0 {
                assert_eq!(pieces.left() + found.len(), 9);
                let count = pieces.next_bytes(&mut buffer[..size]);
                assert!(count > 0, "{size}");
                found.extend_from_slice(&buffer[..count]);
            }
            assert_eq!(
                (found.as_slice(), pieces.next_bytes(&mut buffer)),
                (&b"freezable"[..], 0)
            );
        }
    }

    #[test]
    fn crc_gives_its_published_check_value() {
        assert_eq!(CRC_32.checksum(b"123456789"), 0xCBF4_3926);
    }
}
