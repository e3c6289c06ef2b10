//! Little-endian byte streams: what snapshots are written to and read from, and what digests are taken of.

use crc::{CRC_32_ISO_HDLC, Crc};

/// CRC-32 as in Ethernet and zip; guards snapshots and frames.
pub(crate) static CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Takes bytes in order.
pub trait ByteSink {
    /// Takes the next bytes.
    fn put(&mut self, bytes: &[u8]);
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

/// Reads little-endian values from the start of a slice; `None` at its end.
#[derive(Clone, Debug)]
pub struct ByteSource<'a> {
    rest: &'a [u8],
}

impl<'a> ByteSource<'a> {
    /// Reads from the first byte on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next `LENGTH` bytes.
    pub fn take<const LENGTH: usize>(&mut self) -> Option<[u8; LENGTH]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    /// The next four bytes as a float.
    pub fn float(&mut self) -> Option<f32> {
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
    fn crc_gives_its_published_check_value() {
        assert_eq!(CRC_32.checksum(b"123456789"), 0xCBF4_3926);
    }
}
