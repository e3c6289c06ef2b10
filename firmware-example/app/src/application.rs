//! The application's outer loop: without a network it waits for one, then hands over to a session.

use freezable_chaos::frames::{Command, Refusal, Report};
use freezable_chaos::{CONTRACT_VERSION, Plasticity};

use crate::alone::{self, Finger};
use crate::board::Board;
use crate::inbox::Inbox;
use crate::line::Line;
use crate::memory::{Memory, Parts, Room};
use crate::plan::{Built, Plan};
use crate::session::Session;
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

/// A command was carried out where there is no network.
const NOTHING_YET: Report<'static> = Report::Done {
    step: 0,
    plasticity: Plasticity::Running,
};

/// Runs the application; returns when a host commands a shutdown.
pub fn run<
    B: Board,
    const EXACT: usize,
    const SYNAPSES: usize,
    const COUPLINGS: usize,
    const COMPACT: usize,
    const SNAPSHOT: usize,
>(
    board: &mut B,
    memory: &mut Memory<EXACT, SYNAPSES, COUPLINGS, COMPACT, SNAPSHOT>,
) {
    let Parts {
        room,
        mut networks,
        remembered,
        input,
        snapshot,
        inbox,
        line,
    } = memory.parts(B::IMAGES);
    info!(
        "{=str}: room for {=usize} neurons, or {=usize} of the compact network",
        B::NAME,
        room.exact,
        room.compact
    );
    let mut next = wait_for_network(board, inbox, line, &room);
    while let Next::Begin(beginning) = next {
        let setup = beginning.plan.setup();
        next = match beginning.plan.build(&mut networks, &room.images) {
            Ok(Built::Exact(network)) => Session::new(network, setup, remembered, snapshot, input)
                .run(board, inbox, line, &room, beginning),
            Ok(Built::Compact(network)) => Session::new(network, setup, remembered, snapshot, input)
                .run(board, inbox, line, &room, beginning),
            // The plan was checked, so this says that the buffers are not what the plan was checked against.
            Err(_) => {
                if let Some(sequence) = beginning.sequence {
                    line.refuse(sequence, Refusal::Unsupported);
                }
                wait_for_network(board, inbox, line, &room)
            }
        };
    }
    while !line.pump(board) {}
    info!("shut down");
}

/// Serves what needs no network, until a host or a finger asks for one.
pub fn wait_for_network<B: Board>(board: &mut B, inbox: &mut Inbox, line: &mut Line, room: &Room) -> Next {
    let mut finger = Finger::default();
    loop {
        line.pump(board);
        board.feed_watchdog();
        if finger.has_left(board)
            && let Some(beginning) = alone::beginning(board, room)
        {
            return Next::Begin(beginning);
        }
        if !line.has_room_for_answer() {
            continue;
        }
        match inbox.poll(board, true) {
            None => {
                let until = board.ticks().wrapping_add(B::SETTLE_TIME);
                board.sleep(until);
            }
            Some(Err(refusal)) => line.refuse_frame(refusal),
            Some(Ok((sequence, Command::Button))) => {
                if board.press_button() {
                    line.send(sequence, &NOTHING_YET);
                } else {
                    line.refuse(sequence, Refusal::Unsupported);
                }
            }
            Some(Ok((sequence, command))) => match general(board, line, room, sequence, command) {
                Handled::Next(next) => {
                    if let Next::Shutdown(sequence) = next {
                        line.send(sequence, &NOTHING_YET);
                    }
                    return next;
                }
                Handled::Done => {}
                Handled::NeedsNetwork => line.refuse(sequence, Refusal::NotConfigured),
            },
        }
    }
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
