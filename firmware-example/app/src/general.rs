//! The commands that come with or without a network, and what they lead to.

use freezable_chaos::CONTRACT_VERSION;
use freezable_chaos::frames::{Command, Refusal, Report};

use crate::board::Board;
use crate::line::Line;
use crate::memory::Room;
use crate::plan::Plan;
use crate::stored::{self, Stored};

/// Why a loop over commands ended.
#[derive(Debug)]
pub enum Next {
    /// Build a network, and answer the command that asked for it.
    Begin(Beginning),
    /// Leave the emulator; the command has that sequence number.
    Shutdown(u16),
}

/// A network to build.
#[derive(Debug)]
pub struct Beginning {
    /// Sequence number of the command; none where a finger asked.
    pub sequence: Option<u16>,
    pub plan: Plan,
    /// The state to take up, where the network is not to start anew.
    pub stored: Option<Stored>,
}

/// What became of a command that may come with or without a network.
pub enum Handled {
    /// It was answered.
    Done,
    /// It ends the loop over commands.
    Next(Next),
    /// It is one for a network.
    NeedsNetwork,
}

/// Handles the commands that need no network.
pub fn general<B: Board>(
    board: &mut B,
    line: &mut Line,
    room: &Room,
    sequence: u16,
    command: Command<'_>,
) -> Handled {
    match command {
        Command::Hello => {
            let report = Report::Hello {
                contract: CONTRACT_VERSION,
                board: B::NAME,
                capacity: room.drawn as u32,
                compact_capacity: room.compact as u32,
                flash: room.images.couplings.map(|(image, _)| image),
                flash_signs: room.images.signs.map(|(image, _)| image),
                refused_frames: line.refused_frames(),
                stored: stored::generation(board),
            };
            line.send(sequence, &report);
            Handled::Done
        }
        Command::Configure(setup) => {
            let plan = Plan::check(setup, room).map(|plan| (plan, None));
            begin(line, sequence, plan)
        }
        Command::Recall => {
            let found = stored::find(board, room).map(|(plan, stored)| (plan, Some(stored)));
            begin(line, sequence, found)
        }
        Command::Shutdown => Handled::Next(Next::Shutdown(sequence)),
        _ => Handled::NeedsNetwork,
    }
}

fn begin(line: &mut Line, sequence: u16, wanted: Result<(Plan, Option<Stored>), Refusal<'_>>) -> Handled {
    match wanted {
        Ok((plan, stored)) => Handled::Next(Next::Begin(Beginning {
            sequence: Some(sequence),
            plan,
            stored,
        })),
        Err(refusal) => {
            line.refuse(sequence, refusal);
            Handled::Done
        }
    }
}
