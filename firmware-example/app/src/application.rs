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

/// Why a loop over commands ended.
#[derive(Debug)]
pub enum Next {
    /// Build this network, and answer the command of that sequence number.
    Configure(u16, Plan),
    /// Leave the emulator; the command has that sequence number.
    Shutdown(u16),
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
    while let Next::Configure(sequence, plan) = next {
        next = match plan.build(networks) {
            Ok(Built::Exact(network)) => {
                Session::new(network, remembered, snapshot).run(board, inbox, line, sequence)
            }
            Ok(Built::Compact(network)) => {
                Session::new(network, remembered, snapshot).run(board, inbox, line, sequence)
            }
            // The plan was checked, so this says that the buffers are not what the plan was checked against.
            Err(_) => {
                line.refuse(board, sequence, Refusal::Unsupported);
                wait_for_network(board, inbox, line)
            }
        };
    }
    info!("shut down");
}

fn wait_for_network<B: Board>(board: &mut B, inbox: &mut Inbox, line: &mut Line) -> Next {
    loop {
        match inbox.poll(board) {
            None => {}
            Some(Err(_)) => line.refuse_frame(board),
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
            };
            line.send(board, sequence, &report);
            Handled::Done
        }
        Command::Configure(setup) => match Plan::check(setup) {
            Ok(plan) => Handled::Next(Next::Configure(sequence, plan)),
            Err(refusal) => {
                line.refuse(board, sequence, refusal);
                Handled::Done
            }
        },
        Command::Shutdown => Handled::Next(Next::Shutdown(sequence)),
        _ => Handled::NeedsNetwork,
    }
}
