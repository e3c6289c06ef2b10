//! The application's outer loop: without a network it waits for one, then hands over to a session.

use freezable_chaos::frames::{Command, Refusal, Report};
use freezable_chaos::{CONTRACT_VERSION, Plasticity};

use crate::board::Board;
use crate::image::{CAPACITY, COMPACT_CAPACITY, IMAGE, SIGNS_IMAGE};
use crate::inbox::Inbox;
use crate::line::Line;
use crate::memory::Memory;
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
    /// Sequence number of the command.
    pub sequence: u16,
    pub plan: Plan,
    /// The state to take up, where the network is not to start anew.
    pub stored: Option<Stored>,
}

/// Runs the application; returns when a host commands a shutdown.
pub fn run<B: Board>(board: &mut B, memory: &mut Memory) {
    let Memory {
        networks,
        remembered,
        snapshot,
        inbox,
        line,
    } = memory;
    info!(
        "{=str}: room for {=usize} neurons, or {=usize} of the compact network",
        B::NAME,
        CAPACITY,
        COMPACT_CAPACITY
    );
    let mut next = wait_for_network(board, inbox, line);
    while let Next::Begin(beginning) = next {
        let setup = beginning.plan.setup();
        next = match beginning.plan.build(networks) {
            Ok(Built::Exact(network)) => {
                Session::new(network, setup, remembered, snapshot).run(board, inbox, line, beginning)
            }
            Ok(Built::Compact(network)) => {
                Session::new(network, setup, remembered, snapshot).run(board, inbox, line, beginning)
            }
            // The plan was checked, so this says that the buffers are not what the plan was checked against.
            Err(_) => {
                line.refuse(board, beginning.sequence, Refusal::Unsupported);
                wait_for_network(board, inbox, line)
            }
        };
    }
    info!("shut down");
}

/// Serves what needs no network, until one is asked for.
pub fn wait_for_network<B: Board>(board: &mut B, inbox: &mut Inbox, line: &mut Line) -> Next {
    loop {
        match inbox.poll(board) {
            None => {}
            Some(Err(refusal)) => line.refuse_frame(board, refusal),
            Some(Ok((sequence, command))) => match general(board, line, sequence, command) {
                Handled::Next(next) => {
                    if let Next::Shutdown(sequence) = next {
                        line.send(
                            board,
                            sequence,
                            &Report::Done {
                                step: 0,
                                plasticity: Plasticity::Running,
                            },
                        );
                    }
                    return next;
                }
                Handled::Done => {}
                Handled::NeedsNetwork => line.refuse(board, sequence, Refusal::NotConfigured),
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
pub fn general<B: Board>(board: &mut B, line: &mut Line, sequence: u16, command: Command<'_>) -> Handled {
    match command {
        Command::Hello => {
            let report = Report::Hello {
                contract: CONTRACT_VERSION,
                board: B::NAME,
                capacity: CAPACITY as u32,
                compact_capacity: COMPACT_CAPACITY as u32,
                flash: Some(IMAGE),
                flash_signs: Some(SIGNS_IMAGE),
                refused_frames: line.refused_frames(),
                stored: stored::generation(board),
            };
            line.send(board, sequence, &report);
            Handled::Done
        }
        Command::Configure(setup) => {
            let plan = Plan::check(setup).map(|plan| (plan, None));
            begin(board, line, sequence, plan)
        }
        Command::Recall => {
            let found = stored::find(board).map(|(plan, stored)| (plan, Some(stored)));
            begin(board, line, sequence, found)
        }
        Command::Shutdown => Handled::Next(Next::Shutdown(sequence)),
        _ => Handled::NeedsNetwork,
    }
}

fn begin<B: Board>(
    board: &mut B,
    line: &mut Line,
    sequence: u16,
    wanted: Result<(Plan, Option<Stored>), Refusal<'_>>,
) -> Handled {
    match wanted {
        Ok((plan, stored)) => Handled::Next(Next::Begin(Beginning {
            sequence,
            plan,
            stored,
        })),
        Err(refusal) => {
            line.refuse(board, sequence, refusal);
            Handled::Done
        }
    }
}
