//! A board without a host: a press of the button starts a network, which then steps at a rate for an eye to follow.

use freezable_chaos::frames::{CouplingSource, Setup};
use freezable_chaos::{Connectivity, Exact, Params, Start, TransferId};

use crate::board::Board;
use crate::button::Buttons;
use crate::general::Beginning;
use crate::memory::Room;
use crate::plan::Plan;
use crate::stored;

/// Microseconds from one step to the next: 2.5 time units in a second.
pub const PERIOD: u32 = 20_000;
/// Steps asked for: at that rate, years.
pub const STEPS: u32 = u32::MAX;
/// An initial state of which the network in flash stays active.
const SEED_STATE: u64 = 2;

/// Waits for a finger to press a button and to leave it.
#[derive(Debug, Default)]
pub struct Finger {
    buttons: Buttons,
    has_pressed: bool,
}

impl Finger {
    /// Looks at the buttons; `true` once, when one that was pressed is up again: it must not act on what it starts.
    pub fn has_left<B: Board>(&mut self, board: &mut B) -> bool {
        self.has_pressed |= self.buttons.read(board).is_some();
        let has_left = self.has_pressed && !self.buttons.is_busy();
        self.has_pressed &= !has_left;
        has_left
    }
}

/// What a press starts: the state in flash, or else the network whose couplings lie there, if any do.
pub fn beginning<B: Board>(board: &mut B, room: &Room) -> Option<Beginning> {
    let (plan, stored) = match stored::find(board, room) {
        Ok((plan, stored)) => (plan, Some(stored)),
        Err(_) => (Plan::check(setup(room)?, room).ok()?, None),
    };
    Some(Beginning {
        sequence: None,
        plan,
        stored,
    })
}

/// The network of the demonstration.
fn setup(room: &Room) -> Option<Setup> {
    let (image, _) = room.images.couplings?;
    Some(Setup {
        model: Exact::MODEL,
        n: image.n,
        params: Params {
            g: image.g,
            k: 1.5,
            p: 2.5,
            dt: 0.05,
        },
        seed_network: image.seed,
        seed_state: SEED_STATE,
        network: image.network,
        start: Start::Small,
        transfer: TransferId::TANH,
        couplings: CouplingSource::Flash,
    })
}
