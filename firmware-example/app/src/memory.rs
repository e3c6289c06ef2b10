//! The static memory of the application, in the sizes that a board chooses.

use freezable_chaos::{couplings_len, synapses_len};

use crate::image::Images;
use crate::inbox::Inbox;
use crate::line::Line;

/// A snapshot's bytes besides x and A, rounded up; a test checks that the largest one fits.
const SNAPSHOT_FRAME: usize = 64;
/// Samples of the history that stands for the plastic couplings of a compact network.
pub(crate) const HISTORY: usize = 8;

/// Bytes of the longest snapshot of exact networks up to one size and compact ones up to another: x, then the upper
/// triangle of A, or the history.
pub const fn snapshot_room(exact: usize, compact: usize) -> usize {
    let exact = 4 * (exact + exact * (exact + 1) / 2);
    let compact = (4 + HISTORY) * compact;
    SNAPSHOT_FRAME + if exact > compact { exact } else { compact }
}

/// The [`Memory`] for exact networks of up to so many neurons, those whose couplings are drawn on the board (4 bytes for
/// each pair of neurons) and compact networks:
///
/// ```
/// type Memory = freezable_app::memory!(exact: 128, drawn: 32, compact: 1024);
/// static MEMORY: Memory = Memory::new();
/// ```
#[macro_export]
macro_rules! memory {
    (exact: $exact:expr, drawn: $drawn:expr, compact: $compact:expr) => {
        $crate::Memory<
            { $exact },
            { $crate::synapses_len($exact) },
            { $crate::couplings_len($drawn) },
            { $compact },
            { $crate::snapshot_room($exact, $compact) },
        >
    };
}

/// Everything that the application keeps; [`memory!`](crate::memory!) names the type by its sizes. About 180 KB for 128
/// neurons, couplings drawn for as many, and 1024 neurons of the compact network; most of it is couplings.
///
/// All zero, so that a static of this type lies in `.bss`; it is never moved, and never on a stack.
#[derive(Debug)]
pub struct Memory<
    const EXACT: usize,
    const SYNAPSES: usize,
    const COUPLINGS: usize,
    const COMPACT: usize,
    const SNAPSHOT: usize,
> {
    /// x, phi and dx/dt of either kind of network: there is one at a time.
    neurons: [[f32; COMPACT]; 3],
    synapses: [f32; SYNAPSES],
    couplings: [f32; COUPLINGS],
    tables: [[i32; 256]; 8],
    sums: [i32; COMPACT],
    history: [[i8; COMPACT]; HISTORY],
    remembered: [f32; COMPACT],
    input: [f32; COMPACT],
    snapshot: [u8; SNAPSHOT],
    inbox: Inbox,
    line: Line,
}

/// What a network of either kind lives in.
pub(crate) struct Networks<'a> {
    pub(crate) neurons: [&'a mut [f32]; 3],
    pub(crate) synapses: &'a mut [f32],
    /// Gaussian couplings drawn on the board.
    pub(crate) couplings: &'a mut [f32],
    pub(crate) tables: &'a mut [[i32; 256]; 8],
    pub(crate) sums: &'a mut [i32],
    pub(crate) history: &'a mut [i8],
}

/// A [`Memory`] of any size, in parts.
pub(crate) struct Parts<'a> {
    pub(crate) room: Room,
    pub(crate) networks: Networks<'a>,
    /// The rates at the last freeze or recall.
    pub(crate) remembered: &'a mut [f32],
    /// What the next steps have as their input.
    pub(crate) input: &'a mut [f32],
    /// A snapshot on its way out or in.
    pub(crate) snapshot: &'a mut [u8],
    pub(crate) inbox: &'a mut Inbox,
    pub(crate) line: &'a mut Line,
}

/// What a board has room for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Most neurons of an exact network.
    pub(crate) exact: usize,
    /// Most neurons of an exact network whose couplings are drawn on the board.
    pub(crate) drawn: usize,
    /// Most neurons of a compact network.
    pub(crate) compact: usize,
    /// What lies in flash.
    pub(crate) images: Images,
}

impl<
    const EXACT: usize,
    const SYNAPSES: usize,
    const COUPLINGS: usize,
    const COMPACT: usize,
    const SNAPSHOT: usize,
> Memory<EXACT, SYNAPSES, COUPLINGS, COMPACT, SNAPSHOT>
{
    /// All zero.
    #[expect(
        clippy::new_without_default,
        reason = "a default by value would invite 180 KB onto a stack"
    )]
    pub const fn new() -> Self {
        const {
            assert!(
                SYNAPSES == synapses_len(EXACT),
                "SYNAPSES must be synapses_len(EXACT)"
            );
            assert!(
                SNAPSHOT == snapshot_room(EXACT, COMPACT),
                "SNAPSHOT must be snapshot_room(EXACT, COMPACT)"
            );
            assert!(
                EXACT <= COMPACT,
                "EXACT must be at most COMPACT: both share the neurons"
            );
            assert!(COMPACT <= 2047, "COMPACT must be at most 2047");
        };
        Self {
            neurons: [[0.0; COMPACT]; 3],
            synapses: [0.0; SYNAPSES],
            couplings: [0.0; COUPLINGS],
            tables: [[0; 256]; 8],
            sums: [0; COMPACT],
            history: [[0; COMPACT]; HISTORY],
            remembered: [0.0; COMPACT],
            input: [0.0; COMPACT],
            snapshot: [0; SNAPSHOT],
            inbox: Inbox::new(),
            line: Line::new(),
        }
    }

    pub(crate) fn parts(&mut self, images: Images) -> Parts<'_> {
        Parts {
            room: Room {
                exact: EXACT,
                drawn: const { drawn(COUPLINGS, EXACT) },
                compact: COMPACT,
                images,
            },
            networks: Networks {
                neurons: self.neurons.each_mut().map(|values| values.as_mut_slice()),
                synapses: &mut self.synapses,
                couplings: &mut self.couplings,
                tables: &mut self.tables,
                sums: &mut self.sums,
                history: self.history.as_flattened_mut(),
            },
            remembered: &mut self.remembered,
            input: &mut self.input,
            snapshot: &mut self.snapshot,
            inbox: &mut self.inbox,
            line: &mut self.line,
        }
    }
}

/// Most neurons, up to `exact`, whose couplings fit a buffer.
const fn drawn(couplings: usize, exact: usize) -> usize {
    let mut n = exact;
    while n > 0 && couplings_len(n) > couplings {
        n -= 1;
    }
    n
}
