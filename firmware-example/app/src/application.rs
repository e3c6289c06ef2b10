//! The application's outer loop: without a network it waits for one, then hands over to a session.

use freezable_chaos::frames::Refusal;

use crate::board::Board;
use crate::general::Next;
use crate::memory::{Memory, Parts};
use crate::plan::Built;
use crate::session::Session;
use crate::waiting::wait_for_network;

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
