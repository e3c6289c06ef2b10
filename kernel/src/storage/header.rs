//! The block that says what a slot holds.

use crate::bytes::{ByteSink, ByteSource, CRC_32, SliceSink};

/// Bytes of a header and of a seal, and bytes read or written at a time: a multiple of every word of NOR flash up to 64
/// bytes.
pub const BLOCK: usize = 64;

const MAGIC: [u8; 4] = *b"FzSt";
/// Version of the layout.
const LAYOUT: u16 = 1;
/// Bytes before the header's own checksum.
const CHECKED: usize = 20;

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// One more than that of the record before, modulo 2^32.
    pub(super) generation: u32,
    /// Bytes of the record.
    pub(super) length: u32,
    /// CRC-32 of the record.
    pub(super) checksum: u32,
}

impl Header {
    pub(super) fn to_block(self) -> [u8; BLOCK] {
        let mut block = [0xFF; BLOCK];
        let (checked, rest) = block.split_at_mut(CHECKED);
        let mut sink = SliceSink::new(checked);
        sink.put(&MAGIC);
        sink.put(&LAYOUT.to_le_bytes());
        sink.put(&[0; 2]);
        for value in [self.generation, self.length, self.checksum] {
            sink.put(&value.to_le_bytes());
        }
        let own = CRC_32.checksum(checked).to_le_bytes();
        SliceSink::new(rest).put(&own);
        block
    }

    /// The header that gives this block; `None` if a single bit differs.
    pub(super) fn from_block(block: &[u8; BLOCK]) -> Option<Self> {
        let mut source = ByteSource::new(block);
        source.take::<8>()?;
        let mut value = || source.take().map(u32::from_le_bytes);
        let header = Self {
            generation: value()?,
            length: value()?,
            checksum: value()?,
        };
        (header.to_block() == *block).then_some(header)
    }

    /// Whether this header is of a later record than another; generations wrap.
    pub(super) fn is_newer_than(&self, other: &Self) -> bool {
        self.generation.wrapping_sub(other.generation).cast_signed() > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header = Header {
        generation: 7,
        length: 33_600,
        checksum: 0x1234_5678,
    };

    #[test]
    fn a_header_with_one_bit_more_or_less_is_none() {
        let block = HEADER.to_block();
        assert_eq!(Header::from_block(&block), Some(HEADER));
        for bit in 0..8 * BLOCK {
            let mut damaged = block;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Header::from_block(&damaged), None, "bit {bit}");
        }
        assert_eq!(Header::from_block(&[0xFF; BLOCK]), None);
        assert_eq!(Header::from_block(&[0; BLOCK]), None);
    }

    #[test]
    fn generations_wrap() {
        let of = |generation| Header { generation, ..HEADER };
        for (older, newer) in [(1, 2), (u32::MAX, 0), (u32::MAX - 3, 5)] {
            assert!(of(newer).is_newer_than(&of(older)));
            assert!(!of(older).is_newer_than(&of(newer)));
        }
        assert!(!of(4).is_newer_than(&of(4)));
    }
}
