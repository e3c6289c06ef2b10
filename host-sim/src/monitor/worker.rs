//! The thread that keeps a line to the board open and carries the conversation on.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use super::conversation::{Conversation, Wanted};
use super::{News, Order};
use crate::failure::Failure;
use link::{Heard, Link, Place};

/// Time between two attempts to open the line.
pub const RETRY: Duration = Duration::from_millis(500);

/// Serves until it is told to quit, or nobody listens any more. A line that breaks is opened again.
pub fn serve(mut place: impl Place, wanted: &Wanted, orders: &Receiver<Order>, news: &Sender<News>) {
    // Whoever listened has gone: there is nobody to tell.
    let tell = |what| news.send(what).is_ok();
    loop {
        match converse(&mut place, wanted, orders, &tell) {
            Ok(Ended::Quit) => return,
            Ok(Ended::PowerCycle) => {
                tell(News::Lost("the power was cut".into()));
                continue;
            }
            Err(failure) => {
                if !tell(News::Lost(failure.to_string())) {
                    return;
                }
            }
        }
        match orders.recv_timeout(RETRY) {
            Ok(Order::Quit) | Err(RecvTimeoutError::Disconnected) => return,
            Ok(_) => {
                tell(News::Refused("there is no board to ask".into()));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Why a conversation ended, other than by a line that broke.
enum Ended {
    Quit,
    PowerCycle,
}

fn converse(
    place: &mut impl Place,
    wanted: &Wanted,
    orders: &Receiver<Order>,
    tell: &impl Fn(News) -> bool,
) -> Result<Ended, Failure> {
    let mut link: Link = place.connect()?;
    tell(News::Connecting);
    // Ends a frame that a line which broke left half sent.
    link.send(&[0])?;
    let mut conversation = Conversation::new(wanted.clone(), Instant::now());
    loop {
        match orders.try_recv() {
            Ok(Order::Quit) | Err(TryRecvError::Disconnected) => return Ok(Ended::Quit),
            Ok(Order::PowerCycle) if place.cut_power() => return Ok(Ended::PowerCycle),
            Ok(Order::PowerCycle) => {
                tell(News::Refused(
                    "only an emulated board's power can be cut from here".into(),
                ));
            }
            Ok(order) => conversation.order(order),
            Err(TryRecvError::Empty) => {}
        }
        if let Some(command) = conversation.next(Instant::now())? {
            let number = link.tell(&command)?;
            conversation.sent(number, Instant::now());
        }
        let heard = link.poll(|number, report| conversation.take(number, report, Instant::now()))?;
        let told = match heard {
            Heard::Nothing => true,
            Heard::Damaged(_) => tell(News::Damaged),
            Heard::Report(news) => news?.is_none_or(tell),
        };
        if !told {
            return Ok(Ended::Quit);
        }
    }
}
