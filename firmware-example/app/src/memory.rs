//! The static memory of the application.

use freezable_chaos::{CompactBuffers, ExactBuffers, couplings_len, synapses_len};

use crate::image::{CAPACITY, COMPACT_CAPACITY};
use crate::inbox::Inbox;
use crate::line::Line;

const COUPLINGS: usize = couplings_len(CAPACITY);
const SYNAPSES: usize = synapses_len(CAPACITY);
/// A snapshot's bytes besides x and the upper triangle of A, rounded up; a test checks that the largest one fits. That
/// of the compact network is smaller.
const SNAPSHOT_FRAME: usize = 64;
const SNAPSHOT: usize = SNAPSHOT_FRAME + 4 * (CAPACITY + CAPACITY * (CAPACITY + 1) / 2);

/// What a network of either kind lives in; there is one at a time.
#[derive(Debug)]
pub struct Networks {
    pub(crate) exact: ExactBuffers<CAPACITY, SYNAPSES>,
    /// Gaussian couplings drawn on the board.
    pub(crate) couplings: [f32; COUPLINGS],
    pub(crate) compact: CompactBuffers<COMPACT_CAPACITY>,
}

/// Everything that the application keeps: about 180 KB for 128 neurons and 1024 of the compact network, most of it
/// Gaussian couplings drawn on the board.
///
/// All zero, so that a static of this type lies in `.bss`; it is never moved, and never on a stack.
#[derive(Debug)]
pub struct Memory {
    pub(crate) networks: Networks,
    /// The rates at the last freeze or recall.
    pub(crate) remembered: [f32; COMPACT_CAPACITY],
    /// A snapshot on its way out or in.
    pub(crate) snapshot: [u8; SNAPSHOT],
    pub(crate) inbox: Inbox,
    pub(crate) line: Line,
}

impl Memory {
    /// All zero.
    #[expect(
        clippy::new_without_default,
        reason = "a default by value would invite 180 KB onto a stack"
    )]
    pub const fn new() -> Self {
        Self {
            networks: Networks {
                exact: ExactBuffers::new(),
                couplings: [0.0; COUPLINGS],
                compact: CompactBuffers::new(),
            },
            remembered: [0.0; COMPACT_CAPACITY],
            snapshot: [0; SNAPSHOT],
            inbox: Inbox::new(),
            line: Line::new(),
        }
    }
}
