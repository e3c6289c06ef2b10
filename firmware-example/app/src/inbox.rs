//! Commands from the console.

use freezable_chaos::frames::{Command, FrameError, Receiver, decode};

use crate::board::Board;

/// Parts of a second for which a frame under way is waited for: many times what a byte takes at 115,200 bit/s, so
/// that a command does not have to arrive one byte per step of the network.
const PATIENCE: u32 = 1000;

/// Collects a command's bytes.
#[derive(Debug)]
pub struct Inbox {
    receiver: Receiver,
}

impl Inbox {
    /// Nothing received.
    pub const fn new() -> Self {
        Self {
            receiver: Receiver::new(),
        }
    }

    /// The sequence number and the command, or why a frame was none, once one has arrived whole.
    pub fn poll<B: Board>(&mut self, board: &mut B) -> Option<Result<(u16, Command<'_>), FrameError>> {
        let mut last_byte = None;
        loop {
            match board.read() {
                Some(0) => return self.receiver.push(0).map(|frame| frame.and_then(decode)),
                Some(byte) => {
                    self.receiver.push(byte);
                    last_byte = Some(board.cycles());
                }
                None => {
                    let waited = board.cycles().wrapping_sub(last_byte?);
                    if waited > B::CLOCK / PATIENCE {
                        return None;
                    }
                }
            }
        }
    }
}
