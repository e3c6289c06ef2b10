//! The static memory of the application.

use freezable_chaos::{ExactBuffers, couplings_len, synapses_len};

use crate::image::CAPACITY;
use crate::inbox::Inbox;
use crate::line::Line;

const COUPLINGS: usize = couplings_len(CAPACITY);
const SYNAPSES: usize = synapses_len(CAPACITY);
/// A snapshot's bytes besides x and the upper triangle of A, rounded up; a test checks that the largest one fits.
const SNAPSHOT_FRAME: usize = 64;
const SNAPSHOT: usize = SNAPSHOT_FRAME + 4 * (CAPACITY + CAPACITY * (CAPACITY + 1) / 2);

/// The buffers of the network.
pub type NetworkBuffers = ExactBuffers<CAPACITY, SYNAPSES>;

/// Everything that the application keeps: about 140 KB for 128 neurons, most of it J drawn on the board.
///
/// All zero, so that a static of this type lies in `.bss`; it is never moved, and never on a stack.
#[derive(Debug)]
pub struct Memory {
    pub(crate) buffers: NetworkBuffers,
    /// Couplings drawn on the board.
    pub(crate) couplings: [f32; COUPLINGS],
    /// The rates at the last freeze.
    pub(crate) remembered: [f32; CAPACITY],
    /// A snapshot on its way out or in.
    pub(crate) snapshot: [u8; SNAPSHOT],
    pub(crate) inbox: Inbox,
    pub(crate) line: Line,
}

impl Memory {
    /// All zero.
    #[expect(
        clippy::new_without_default,
        reason = "a default by value would invite 140 KB onto a stack"
    )]
    pub const fn new() -> Self {
        Self {
            buffers: ExactBuffers::new(),
            couplings: [0.0; COUPLINGS],
            remembered: [0.0; CAPACITY],
            snapshot: [0; SNAPSHOT],
            inbox: Inbox::new(),
            line: Line::new(),
        }
    }
}
