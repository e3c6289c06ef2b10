//! A serial port behind two queues, which its interrupt serves while a step is done.

use core::cell::RefCell;

use critical_section::Mutex;
use heapless::Deque;

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
pub struct Console<P>(Mutex<RefCell<Option<Queues<P>>>>);

impl<P: Port> Console<P> {
    /// Without a port: nothing arrives, and there is no room.
    #[expect(clippy::new_without_default, reason = "only a static makes sense")]
    pub const fn new() -> Self {
        Self(Mutex::new(RefCell::new(None)))
    }

    /// Brings the port.
    pub fn open(&self, port: P) {
        critical_section::with(|token| {
            *self.0.borrow_ref_mut(token) = Some(Queues {
                port,
                incoming: Deque::new(),
                outgoing: Deque::new(),
            });
        });
    }

    /// The next byte that arrived.
    pub fn read(&self) -> Option<u8> {
        self.with(|queues| queues.incoming.pop_front())
    }

    /// Has a byte wait for the line; `false` when there is no room now.
    pub fn write(&self, byte: u8) -> bool {
        let accepted = self.with(|queues| {
            let accepted = queues.outgoing.push_back(byte).ok();
            queues.serve();
            accepted
        });
        accepted.is_some()
    }

    /// Whether a byte arrived that was not yet read.
    pub fn has_byte(&self) -> bool {
        self.with(|queues| queues.incoming.front().copied()).is_some()
    }

    /// Moves bytes both ways: what the port's interrupt does.
    pub fn serve(&self) {
        self.with(|queues| {
            queues.serve();
            None::<()>
        });
    }

    fn with<R>(&self, act: impl FnOnce(&mut Queues<P>) -> Option<R>) -> Option<R> {
        critical_section::with(|token| self.0.borrow_ref_mut(token).as_mut().and_then(act))
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
