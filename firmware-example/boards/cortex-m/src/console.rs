//! A serial port behind two queues, which its interrupt serves while a step is done.

use heapless::Deque;

use crate::Shared;

/// A serial port, byte by byte.
pub trait Port {
    /// The byte received, if there is one. Errors of the line are passed over: the frame's checksum finds them.
    fn receive(&mut self) -> Option<u8>;

    /// Hands over a byte; `false` when there is no room now.
    fn transmit(&mut self, byte: u8) -> bool;

    /// Whether the port is to interrupt once it has room.
    fn interrupt_when_free(&mut self, wanted: bool);
}

/// Bytes that wait for the application: more than the longest frame.
const INCOMING: usize = 1024;
/// Bytes that wait for the line.
const OUTGOING: usize = 256;

struct Queues<P> {
    port: P,
    incoming: Deque<u8, INCOMING>,
    outgoing: Deque<u8, OUTGOING>,
}

/// A serial port shared by the application and its interrupt handler; for a static.
pub struct Console<P>(Shared<Queues<P>>);

impl<P: Port> Console<P> {
    /// Without a port: nothing arrives, and there is no room.
    #[expect(clippy::new_without_default, reason = "only a static makes sense")]
    pub const fn new() -> Self {
        Self(Shared::new())
    }

    /// Brings the port.
    pub fn open(&self, port: P) {
        self.0.open(Queues {
            port,
            incoming: Deque::new(),
            outgoing: Deque::new(),
        });
    }

    /// The next byte that arrived.
    pub fn read(&self) -> Option<u8> {
        self.0.with(|queues| queues.incoming.pop_front()).flatten()
    }

    /// Has a byte wait for the line; `false` when there is no room now.
    pub fn write(&self, byte: u8) -> bool {
        let accepted = self.0.with(|queues| {
            let accepted = queues.outgoing.push_back(byte).is_ok();
            queues.serve();
            accepted
        });
        accepted.unwrap_or(false)
    }

    /// Whether a byte arrived that was not yet read.
    pub fn has_byte(&self) -> bool {
        self.0.with(|queues| !queues.incoming.is_empty()).unwrap_or(false)
    }

    /// Moves bytes both ways: what the port's interrupt does.
    pub fn serve(&self) {
        self.0.with(Queues::serve);
    }
}

impl<P: Port> Queues<P> {
    fn serve(&mut self) {
        while let Some(byte) = self.port.receive() {
            // what finds no room is lost, and with it the frame: its checksum says so
            let _ = self.incoming.push_back(byte);
        }
        while let Some(&byte) = self.outgoing.front() {
            if !self.port.transmit(byte) {
                break;
            }
            self.outgoing.pop_front();
        }
        self.port.interrupt_when_free(!self.outgoing.is_empty());
    }
}
