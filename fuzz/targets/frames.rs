//! Any bytes on the line, framed or not: refused, or a message that comes back the same.
#![no_main]

use crc::{CRC_32_ISO_HDLC, Crc};
use freezable_chaos::frames::{Command, FrameError, MAX_FRAME, Receiver, Report, decode, encode};
use libfuzzer_sys::fuzz_target;

const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// What was decoded is encoded and decoded again: the same, to the letter (NaN differs from itself).
macro_rules! assert_round_trip {
    ($type:ty, $frame:expr) => {
        if let Ok((sequence, message)) = decode::<$type>(&mut $frame.to_vec()) {
            let text = format!("{message:?}");
            let mut buffer = [0; 2 * MAX_FRAME];
            match encode(sequence, &message, &mut buffer) {
                // a message that arrived may be longer than those that are sent
                Err(error) => assert_eq!(error, FrameError::TooLong),
                Ok(length) => {
                    let again = decode::<$type>(&mut buffer[..length - 1]).expect("its own frame");
                    assert_eq!((sequence, text), (again.0, format!("{:?}", again.1)));
                }
            }
        }
    };
}

fuzz_target!(|bytes: &[u8]| {
    let mut receiver = Receiver::new();
    for &byte in bytes {
        if let Some(Ok(frame)) = receiver.push(byte) {
            assert_round_trip!(Command<'_>, frame);
            assert_round_trip!(Report<'_>, frame);
        }
    }
    // With framing and a right checksum, so that the content is looked at.
    let sealed = [bytes, &CHECKSUM.checksum(bytes).to_le_bytes()].concat();
    let frame = cobs::encode_vec(&sealed);
    assert_round_trip!(Command<'_>, frame);
    assert_round_trip!(Report<'_>, frame);
});
