//! Without a network: what needs none is served until a host or a finger asks for one.

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{Command, Refusal, Report};

use crate::alone::{self, Finger};
use crate::board::Board;
use crate::general::{Handled, Next, general};
use crate::inbox::Inbox;
use crate::line::Line;
use crate::memory::Room;

/// A command was carried out where there is no network.
const NOTHING_YET: Report<'static> = Report::Done {
    step: 0,
    plasticity: Plasticity::Running,
};

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
