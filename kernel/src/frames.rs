//! Typed frames for a serial line: what a host and a board say to each other.
//!
//! On the wire: COBS( postcard(sequence number, body), CRC-32 little-endian ), then a zero byte. A frame whose
//! checksum is wrong is refused as a whole. A reply carries the sequence number of the command that it answers.

use crate::bytes::CRC_32;
use crate::error::SnapshotError;
use crate::network::{Plasticity, Start};
use crate::parameters::Params;
use crate::transfer::TransferId;
use cobs::{DecodeResult, DecoderState};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Longest frame on the wire, the closing zero included.
pub const MAX_FRAME: usize = 512;
/// Most bytes of a state or a snapshot in one frame.
pub const MAX_CHUNK: usize = 384;
/// Neurons whose activity a [`Telemetry`] shows.
pub const SHOWN_NEURONS: usize = 64;
/// Bytes that COBS may add to a frame, and the closing zero.
const FRAMING: usize = 4;
const CHECKSUM: usize = 4;

/// What a host asks of a board.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command<'a> {
    /// Who are you? Answered by [`Report::Hello`].
    Hello,
    /// Builds and starts a network.
    Configure(Setup),
    /// Does so many steps, with a [`Telemetry`] after every `report_every` of them (0: none).
    Step {
        /// Number of steps.
        steps: u32,
        /// Steps between two reports.
        report_every: u32,
    },
    /// Halts the plasticity.
    Freeze,
    /// Lets the plasticity run.
    Release,
    /// Presses the button once, on a board that has none: it freezes or releases, by turns.
    Button,
    /// Asks for the bytes of x from an offset on.
    State {
        /// Bytes to skip.
        offset: u32,
    },
    /// Asks for the digests.
    Digest,
    /// Asks for the bytes of a snapshot; offset 0 takes a new one.
    Snapshot {
        /// Bytes to skip.
        offset: u32,
    },
    /// Hands over the next bytes of a snapshot; offset 0 begins a new one.
    Restore {
        /// Where the bytes belong.
        offset: u32,
        /// At most [`MAX_CHUNK`] bytes.
        bytes: &'a [u8],
    },
    /// Checks the bytes handed over and takes their state.
    RestoreCommit {
        /// Bytes handed over.
        length: u32,
    },
    /// Ends an emulation with exit code 0.
    Shutdown,
}

/// Where the quenched couplings of a network come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CouplingSource {
    /// The board's flash image; size, gain and seed must be those of [`FlashImage`].
    Flash,
    /// Drawn on the board into RAM.
    Seeded,
}

/// A network to build.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// Number of neurons.
    pub n: u32,
    /// Parameters, not yet checked.
    pub params: Params,
    /// Seed of the quenched couplings.
    pub seed_network: u64,
    /// Seed of the initial state.
    pub seed_state: u64,
    /// Index of the network under these seeds.
    pub network: u32,
    /// How it starts.
    pub start: Start,
    /// Transfer function.
    pub transfer: TransferId,
    /// Where the quenched couplings come from.
    pub couplings: CouplingSource,
}

/// The quenched couplings in a board's flash.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashImage {
    /// Number of neurons.
    pub n: u32,
    /// Gain.
    pub g: f32,
    /// Seed of the couplings.
    pub seed: u64,
    /// Index of the network under that seed.
    pub network: u32,
}

/// What a board says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report<'a> {
    /// Who the board is.
    Hello {
        /// Version of the arithmetic contract.
        contract: u16,
        /// Name of the board.
        board: &'a str,
        /// Most neurons that its buffers hold.
        capacity: u32,
        /// The couplings in its flash.
        flash: Option<FlashImage>,
        /// Frames refused since it started.
        refused_frames: u32,
    },
    /// A command was carried out.
    Done {
        /// Steps done since the start of the network.
        step: u64,
        /// Whether the plastic couplings change.
        plasticity: Plasticity,
    },
    /// A network under way.
    Telemetry(Telemetry<'a>),
    /// Bytes of x, little-endian.
    State {
        /// Bytes before these.
        offset: u32,
        /// Bytes in all.
        total: u32,
        /// At most [`MAX_CHUNK`] bytes.
        bytes: &'a [u8],
    },
    /// Digests.
    Digest {
        /// Steps done.
        step: u64,
        /// Digest of x and A now.
        digest: u64,
        /// Digest of every state since the start, see [`Telemetry::chain`].
        chain: u64,
    },
    /// Bytes of a snapshot.
    Snapshot {
        /// Bytes before these.
        offset: u32,
        /// Bytes in all.
        total: u32,
        /// At most [`MAX_CHUNK`] bytes.
        bytes: &'a [u8],
    },
    /// A command, or a frame that was none, was refused; nothing changed.
    Refused(Refusal<'a>),
}

/// A network under way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telemetry<'a> {
    /// Steps done.
    pub step: u64,
    /// Whether the plastic couplings change.
    pub plasticity: Plasticity,
    /// Root mean square of dx/dt in the last step.
    pub rms_speed: f32,
    /// Largest magnitude of dx/dt in the last step.
    pub max_speed: f32,
    /// Cosine between the rates now and those at the last freeze; 0 before the first.
    pub overlap: f32,
    /// Digest of x and A now.
    pub digest: u64,
    /// FNV-1a over the digests of every state after a step since the start or the last restore: two chains that
    /// agree passed through the same states.
    pub chain: u64,
    /// `127 phi` of the first [`SHOWN_NEURONS`] neurons, rounded toward zero, as the bits of an `i8`; to look at.
    pub activity: &'a [u8],
}

/// Why a board refused a command.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Refusal<'a> {
    /// Not a frame, or one with a wrong checksum.
    BadFrame,
    /// There is no network yet.
    NotConfigured,
    /// A parameter out of its range.
    Parameter {
        /// Its name.
        name: &'a str,
        /// Its value.
        value: f32,
    },
    /// More neurons than the board has room for, or none.
    Neurons {
        /// Neurons asked for.
        n: u32,
        /// Most neurons that fit.
        capacity: u32,
    },
    /// The flash image is of another size, gain or seed, or there is none.
    FlashImage,
    /// A transfer function that this firmware lacks.
    Transfer(TransferId),
    /// The state would leave the finite numbers.
    Diverged {
        /// First neuron concerned.
        neuron: u32,
        /// Steps done before.
        step: u64,
    },
    /// An offset beyond the end, or out of order.
    Offset {
        /// The offset.
        offset: u32,
        /// Bytes in all, or the offset expected.
        bound: u32,
    },
    /// A snapshot that does not fit this network.
    Snapshot(SnapshotError),
    /// Not on this board.
    Unsupported,
}

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
            let command = Command::Step { steps, report_every: 20 };
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
