//! Commands from the console.

use freezable_chaos::frames::{Command, Receiver, Refusal, decode};

use crate::board::Board;

/// Parts of a second for which the rest of a frame under way can be waited for: many times what a byte takes at
/// 115,200 bit/s, so that a command does not have to arrive one byte per step of the network.
const PATIENCE: u32 = 1000;

/// Collects a command's bytes.
#[derive(Debug)]
pub struct Inbox {
    receiver: Receiver,
    /// Number of the last command.
    last: Option<u16>,
}

impl Inbox {
    /// Nothing received.
    pub const fn new() -> Self {
        Self {
            receiver: Receiver::new(),
            last: None,
        }
    }

    /// The sequence number and the command, or why the frame is refused, once one has arrived whole. A patient look
    /// waits for the rest of a frame under way; a step that is due must not wait for that.
    pub fn poll<B: Board>(
        &mut self,
        board: &mut B,
        is_patient: bool,
    ) -> Option<Result<(u16, Command<'_>), Refusal<'static>>> {
        let mut last_byte = None;
        loop {
            match board.read() {
                Some(0) => {
                    let frame = self.receiver.push(0)?;
                    let Ok((number, command)) = frame.and_then(decode) else {
                        return Some(Err(Refusal::BadFrame));
                    };
                    let is_repeated = self.last.replace(number) == Some(number);
                    // with it a host begins anew, whatever the one before it counted
                    let is_hello = matches!(command, Command::Hello);
                    return Some(if is_repeated && !is_hello {
                        Err(Refusal::Repeated)
                    } else {
                        Ok((number, command))
                    });
                }
                Some(byte) => {
                    self.receiver.push(byte);
                    last_byte = is_patient.then(|| board.ticks());
                }
                None => {
                    let waited = board.ticks().wrapping_sub(last_byte?);
                    if waited > B::TICKS / PATIENCE {
                        return None;
                    }
                }
            }
        }
    }
}
