//! Typed frames for a serial line: what a host and a board say to each other.
//!
//! On the wire: COBS( postcard(sequence number, body), CRC-32 little-endian ), then a zero byte. A frame whose
//! checksum is wrong is refused as a whole. A reply carries the sequence number of the command that it answers. Numbers
//! need not be consecutive, but a command with the number of the one before is taken for its repetition and refused;
//! `Hello` begins a new count.

mod messages;

pub use messages::{
    Command, CouplingSource, FlashImage, FlashSigns, Refusal, Report, Setup, Telemetry, Timing,
};

use crate::bytes::CRC_32;
use cobs::{DecodeResult, DecoderState};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Longest frame on the wire, the closing zero included.
pub const MAX_FRAME: usize = 512;
/// Most bytes of a state or a snapshot in one frame.
pub const MAX_CHUNK: usize = 384;
/// Most outputs of a readout in one frame.
pub const MAX_OUTPUTS: usize = MAX_CHUNK / size_of::<f32>();
/// Neurons whose activity a [`Telemetry`] shows.
pub const SHOWN_NEURONS: usize = 64;
/// Bytes that COBS may add to a frame, and the closing zero.
const FRAMING: usize = 4;
const CHECKSUM: usize = 4;

/// Why bytes are not a frame, or a body does not fit one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum FrameError {
    /// More than [`MAX_FRAME`] bytes, or more than the buffer holds.
    TooLong,
    /// Not COBS.
    Framing,
    /// The checksum does not fit the bytes.
    Checksum,
    /// The bytes are not of the type expected.
    Content,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the frame is longer than its bound of 512 bytes",
            Self::Framing => "the frame is not valid COBS",
            Self::Checksum => "the frame's checksum does not fit its bytes",
            Self::Content => "the frame does not hold what was expected",
        })
    }
}

impl core::error::Error for FrameError {}

/// Writes a frame, its closing zero included; returns its length.
///
/// ```
/// use freezable_chaos::frames::{Command, FrameError, MAX_FRAME, decode, encode};
/// let mut line = [0; MAX_FRAME];
/// let length = encode(7, &Command::Freeze, &mut line).unwrap();
/// let frame = &mut line[..length - 1]; // without the closing zero
/// assert_eq!(decode::<Command>(&mut frame.to_vec()), Ok((7, Command::Freeze)));
/// frame[1] ^= 2; // a bit that flipped on the way
/// assert!(decode::<Command>(frame).is_err());
/// ```
pub fn encode<T: Serialize>(sequence: u16, body: &T, buffer: &mut [u8]) -> Result<usize, FrameError> {
    let mut plain = [0; MAX_FRAME - FRAMING];
    let used = postcard::to_slice(&(sequence, body), &mut plain)
        .map_err(|_| FrameError::TooLong)?
        .len();
    let content = plain.get(..used).ok_or(FrameError::TooLong)?;
    let checksum = CRC_32.checksum(content).to_le_bytes();
    let framed = used + CHECKSUM;
    plain
        .get_mut(used..framed)
        .ok_or(FrameError::TooLong)?
        .copy_from_slice(&checksum);
    if cobs::max_encoding_length(framed) >= buffer.len() {
        return Err(FrameError::TooLong);
    }
    let content = plain.get(..framed).ok_or(FrameError::TooLong)?;
    let length = cobs::try_encode(content, buffer).map_err(|_| FrameError::TooLong)?;
    *buffer.get_mut(length).ok_or(FrameError::TooLong)? = 0;
    Ok(length + 1)
}

/// Reads a frame without its closing zero, decoding it in place; returns the sequence number and the body.
pub fn decode<'a, T: Deserialize<'a>>(encoded: &'a mut [u8]) -> Result<(u16, T), FrameError> {
    let length = unstuff(encoded)?;
    let decoded = encoded.get(..length).ok_or(FrameError::Framing)?;
    let (content, checksum) = decoded
        .split_last_chunk::<CHECKSUM>()
        .ok_or(FrameError::Framing)?;
    if u32::from_le_bytes(*checksum) != CRC_32.checksum(content) {
        return Err(FrameError::Checksum);
    }
    match postcard::take_from_bytes(content) {
        Ok((frame, [])) => Ok(frame),
        _ => Err(FrameError::Content),
    }
}

/// Undoes COBS in place; returns the length. What is written never overtakes what is read.
fn unstuff(encoded: &mut [u8]) -> Result<usize, FrameError> {
    // The decode_in_place of the cobs crate links a panic for an index out of bounds.
    let mut state = DecoderState::Idle;
    let mut length = 0;
    for position in 0..=encoded.len() {
        // The closing zero is not among the bytes.
        let byte = encoded.get(position).copied().unwrap_or(0);
        match state.feed(byte).map_err(|_| FrameError::Framing)? {
            DecodeResult::NoData => {}
            DecodeResult::DataContinue(byte) => {
                *encoded.get_mut(length).ok_or(FrameError::Framing)? = byte;
                length += 1;
            }
            DecodeResult::DataComplete => return Ok(length),
        }
    }
    Err(FrameError::Framing)
}

/// Collects bytes from a line until a frame is whole.
#[derive(Debug)]
pub struct Receiver {
    bytes: [u8; MAX_FRAME],
    length: usize,
    complete: bool,
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

impl Receiver {
    /// An empty receiver.
    pub const fn new() -> Self {
        Self {
            bytes: [0; MAX_FRAME],
            length: 0,
            complete: false,
        }
    }

    /// Takes the next byte. At the end of a frame returns its bytes, ready for [`decode`], or [`FrameError::TooLong`]
    /// where there were too many. Empty frames (zeros in a row) are passed over.
    pub fn push(&mut self, byte: u8) -> Option<Result<&mut [u8], FrameError>> {
        if core::mem::take(&mut self.complete) {
            self.length = 0;
        }
        if byte != 0 {
            if let Some(slot) = self.bytes.get_mut(self.length) {
                *slot = byte;
            }
            // One beyond the end marks a frame that is too long.
            self.length = (self.length + 1).clamp(0, MAX_FRAME + 1);
            return None;
        }
        if self.length == 0 {
            return None;
        }
        self.complete = true;
        Some(self.bytes.get_mut(..self.length).ok_or(FrameError::TooLong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn receive(receiver: &mut Receiver, bytes: &[u8]) -> Vec<Result<(u16, std::string::String), FrameError>> {
        let mut found = Vec::new();
        for &byte in bytes {
            if let Some(frame) = receiver.push(byte) {
                found.push(
                    frame
                        .and_then(decode::<Command>)
                        .map(|(sequence, command)| (sequence, std::format!("{command:?}"))),
                );
            }
        }
        found
    }

    fn encoded(sequence: u16, command: &Command) -> Vec<u8> {
        let mut buffer = [0; MAX_FRAME];
        let length = encode(sequence, command, &mut buffer).unwrap();
        buffer[..length].to_vec()
    }

    #[test]
    fn frames_round_trip_one_after_the_other() {
        let bytes = [7; MAX_CHUNK];
        let commands = [
            Command::Hello,
            Command::Restore {
                offset: 384,
                bytes: &bytes,
            },
            Command::Freeze,
        ];
        let mut receiver = Receiver::new();
        for (sequence, command) in (9..).zip(&commands) {
            let received = receive(&mut receiver, &encoded(sequence, command));
            assert_eq!(received, [Ok((sequence, std::format!("{command:?}")))]);
        }
    }

    #[test]
    fn an_overlong_frame_is_refused_and_the_next_one_received() {
        let mut bytes = std::vec![1; 2 * MAX_FRAME];
        bytes.push(0);
        bytes.extend(encoded(1, &Command::Freeze));
        let received = receive(&mut Receiver::new(), &bytes);
        assert_eq!(received, [Err(FrameError::TooLong), Ok((1, "Freeze".into()))]);
        let large = [0; MAX_FRAME];
        let command = Command::Restore {
            offset: 0,
            bytes: &large,
        };
        assert_eq!(encode(0, &command, &mut [0; MAX_FRAME]), Err(FrameError::TooLong));
    }

    proptest! {
        #[test]
        fn a_flipped_bit_never_passes(bit in 0usize..200, steps: u32, sequence: u16) {
            let command = Command::Step { steps, report_every: 20, chain_every: 1 };
            let mut bytes = encoded(sequence, &command);
            let position = bit % (bytes.len() * 8);
            bytes[position / 8] ^= 1 << (position % 8);
            // A flip may split the frame in two or swallow its end: then send a zero to close it.
            bytes.push(0);
            for result in receive(&mut Receiver::new(), &bytes) {
                prop_assert!(result.is_err());
            }
        }

        #[test]
        fn noise_is_never_a_frame_and_never_a_panic(bytes: Vec<u8>) {
            for result in receive(&mut Receiver::new(), &bytes) {
                prop_assert!(result.is_err());
            }
        }
    }
}
