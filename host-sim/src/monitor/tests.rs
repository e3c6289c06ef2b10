//! The conversation through pulled cables, resets, silence and noise.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::{Duration, Instant};

use freezable_chaos::frames::{CouplingSource, Report, Setup, Telemetry, Timing};
use freezable_chaos::{Params, Plasticity, Start, TransferId};

use super::conversation::{Conversation, HELLO_LIMIT, SILENCE};
use super::fake_board::{FakePlace, wanted};
use super::{News, Order, worker};

pub(super) const SETUP: Setup = Setup {
    model: 1,
    n: 3,
    params: Params {
        g: 1.5,
        k: 1.5,
        p: 2.5,
        dt: 0.05,
    },
    seed_network: 46,
    seed_state: 2,
    network: 0,
    start: Start::Small,
    transfer: TransferId::TANH,
    couplings: CouplingSource::Seeded,
};

/// A worker that talks to a board, until this is dropped.
struct Talk {
    place: FakePlace,
    orders: Sender<Order>,
    news: Receiver<News>,
}

impl Talk {
    fn begin() -> Self {
        let place = FakePlace::default();
        let (orders, orders_taken) = mpsc::channel();
        let (news_told, news) = mpsc::channel();
        let connector = place.clone();
        std::thread::spawn(move || worker::serve(connector, &wanted(), &orders_taken, &news_told));
        Self { place, orders, news }
    }

    /// Waits for news of a kind, and gives all that came before it, samples left out.
    fn until(&self, wanted: impl Fn(&News) -> bool) -> (Vec<News>, News) {
        let mut before = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(news) = self.news.recv_timeout(left) else {
                panic!("it did not come; before it: {before:?}");
            };
            if wanted(&news) {
                return (before, news);
            }
            if !matches!(news, News::Sample(_)) {
                before.push(news);
            }
        }
    }

    fn sample(&self) -> super::Sample {
        match self.until(|news| matches!(news, News::Sample(_))).1 {
            News::Sample(sample) => sample,
            other => panic!("{other:?}"),
        }
    }

    fn order(&self, order: Order) {
        self.orders.send(order).unwrap();
    }
}

fn is_lost(news: &News) -> bool {
    matches!(news, News::Lost(_))
}

fn is_started(news: &News) -> bool {
    matches!(news, News::Started)
}

#[test]
fn a_board_without_a_network_gets_one_and_orders_are_carried_out() {
    let talk = Talk::begin();
    let (before, _) = talk.until(is_started);
    assert_eq!(before[0], News::Connecting);
    assert!(matches!(&before[1], News::Connected(identity, None) if identity.name == "fake"));
    assert_eq!(talk.sample().plasticity, Plasticity::Running);
    for (order, expected) in [
        (Order::Freeze, Plasticity::Frozen),
        (Order::Release, Plasticity::Running),
    ] {
        talk.order(order);
        talk.until(|news| *news == News::Plasticity(expected));
        assert_eq!(talk.sample().plasticity, expected);
    }
    talk.order(Order::Recall);
    let (_, refused) = talk.until(|news| matches!(news, News::Refused(_)));
    assert!(
        format!("{refused:?}").contains("nothing was stored"),
        "{refused:?}"
    );
    talk.order(Order::Store);
    talk.until(|news| matches!(news, News::Stored { generation: 1, .. }));
    let stored_at = talk.sample().step;
    talk.order(Order::Release);
    talk.order(Order::Recall);
    let (_, recalled) = talk.until(|news| matches!(news, News::Recalled { .. }));
    let News::Recalled { step, .. } = recalled else {
        panic!("{recalled:?}")
    };
    assert!(step < stored_at + 20);
    // the network that was recalled is under way again
    assert_eq!(talk.sample().plasticity, Plasticity::Frozen);
    talk.order(Order::PowerCycle);
    talk.until(|news| matches!(news, News::Refused(_)));
    talk.sample();
}

#[test]
fn a_pulled_cable_is_said_and_the_same_network_is_found_again() {
    let talk = Talk::begin();
    talk.until(is_started);
    talk.order(Order::Freeze);
    talk.until(|news| matches!(news, News::Plasticity(_)));
    let step = talk.sample().step;
    talk.place.fate.is_unplugged.store(true, SeqCst);
    let (_, lost) = talk.until(is_lost);
    assert_eq!(lost, News::Lost("the board closed the line".into()));
    // it is tried again and again, each time with its reason
    let (_, lost) = talk.until(is_lost);
    assert_eq!(lost, News::Lost("--port /dev/fake: no such file".into()));
    talk.order(Order::Release);
    talk.until(|news| matches!(news, News::Refused(_)));
    talk.place.fate.is_unplugged.store(false, SeqCst);
    let (before, _) = talk.until(|news| matches!(news, News::Connected(..)));
    assert!(!before.iter().any(is_started), "{before:?}");
    let sample = talk.sample();
    assert!(sample.step >= step, "the network was not started anew");
    assert_eq!(sample.plasticity, Plasticity::Frozen);
    assert_eq!(talk.place.fate.opened.load(SeqCst), 2);
}

#[test]
fn a_reset_that_leaves_the_line_is_noticed_by_the_silence() {
    let talk = Talk::begin();
    talk.until(is_started);
    talk.order(Order::Store);
    talk.until(|news| matches!(news, News::Stored { .. }));
    talk.place.fate.resets.store(true, SeqCst);
    let began = Instant::now();
    let (before, _) = talk.until(is_started);
    assert!(began.elapsed() >= SILENCE);
    assert!(
        matches!(before.as_slice(), [.., News::Connected(_, Some(1))]),
        "the state in flash is seen: {before:?}"
    );
    assert_eq!(talk.sample().plasticity, Plasticity::Running);
    assert_eq!(talk.place.fate.opened.load(SeqCst), 1, "the line stayed");
}

#[test]
fn a_board_that_says_nothing_is_called_lost_and_its_line_is_opened_anew() {
    let talk = Talk::begin();
    talk.until(is_started);
    // else it is still the answer to a command that is waited for
    talk.sample();
    talk.place.fate.is_mute.store(true, SeqCst);
    let (_, lost) = talk.until(is_lost);
    let seconds = HELLO_LIMIT.as_secs();
    assert_eq!(
        lost,
        News::Lost(format!("the board has not answered for {seconds} s"))
    );
    talk.place.fate.is_mute.store(false, SeqCst);
    talk.until(|news| matches!(news, News::Connected(..)));
    talk.sample();
}

#[test]
fn a_damaged_command_is_sent_again_but_not_for_ever() {
    let talk = Talk::begin();
    talk.until(is_started);
    talk.sample();
    talk.place.fate.damaged.store(2, SeqCst);
    talk.order(Order::Freeze);
    let (before, _) = talk.until(|news| *news == News::Plasticity(Plasticity::Frozen));
    assert_eq!(before, [News::Damaged, News::Damaged]);
    talk.place.fate.damaged.store(4, SeqCst);
    talk.order(Order::Release);
    let (_, lost) = talk.until(is_lost);
    assert!(
        format!("{lost:?}").contains("could not read a command 4 times"),
        "{lost:?}"
    );
    talk.sample();
}

#[test]
fn quitting_ends_the_thread() {
    let talk = Talk::begin();
    talk.until(is_started);
    talk.order(Order::Quit);
    let deadline = Instant::now() + Duration::from_secs(10);
    while talk.news.try_recv() != Err(mpsc::TryRecvError::Disconnected) {
        assert!(Instant::now() < deadline);
    }
}

/// A conversation with a board that runs, and the moment of it.
fn under_way() -> (Conversation, Instant) {
    let now = Instant::now();
    let mut conversation = Conversation::new(wanted(), now);
    for (number, answer) in [(1, HELLO), (2, done(Plasticity::Running)), (3, telemetry(20))] {
        conversation.next(now).unwrap().expect("a command");
        conversation.sent(number, now);
        conversation.take(number, &answer, now).unwrap();
    }
    assert_eq!(conversation.next(now).unwrap(), None);
    (conversation, now)
}

const HELLO: Report<'static> = Report::Hello {
    contract: freezable_chaos::CONTRACT_VERSION,
    board: "stand-in",
    capacity: 8,
    compact_capacity: 0,
    flash: None,
    flash_signs: None,
    refused_frames: 0,
    stored: None,
};

fn done(plasticity: Plasticity) -> Report<'static> {
    Report::Done { step: 0, plasticity }
}

fn telemetry(step: u64) -> Report<'static> {
    Report::Telemetry(Telemetry {
        step,
        plasticity: Plasticity::Running,
        rms_speed: f32::NAN,
        max_speed: f32::INFINITY,
        overlap: -7.0,
        digest: 0,
        chain: 0,
        activity: &[],
        timing: Timing::default(),
    })
}

const STORED: Report<'static> = Report::Stored {
    generation: 9,
    bytes: 1,
};

#[test]
fn what_was_not_asked_is_no_news() {
    let (mut conversation, now) = under_way();
    let recalled = Report::Recalled {
        generation: 9,
        bytes: 1,
        step: 0,
        setup: SETUP,
        lost: None,
    };
    for report in [HELLO, STORED, recalled, done(Plasticity::Frozen)] {
        assert_eq!(conversation.take(1, &report, now).unwrap(), None, "{report:?}");
        assert_eq!(
            conversation.next(now).unwrap(),
            None,
            "nothing to send after {report:?}"
        );
    }
}

#[test]
fn a_wrong_answer_is_called_that() {
    for (order, wrong, name) in [
        (Order::Freeze, done(Plasticity::Running), "to freeze"),
        (Order::Release, done(Plasticity::Frozen), "to release"),
        (Order::Freeze, telemetry(21), "to freeze"),
        (Order::Store, done(Plasticity::Frozen), "to store"),
        (Order::Recall, STORED, "to recall"),
    ] {
        let (mut conversation, now) = under_way();
        conversation.order(order);
        conversation.next(now).unwrap().expect("a command");
        conversation.sent(4, now);
        // An echo of an older answer is none: it is still waited for.
        assert_eq!(
            conversation.take(2, &done(Plasticity::Frozen), now).unwrap(),
            None
        );
        assert_eq!(conversation.next(now).unwrap(), None);
        let told = conversation.take(4, &wrong, now).unwrap();
        let words = format!("the board gave a wrong answer when it was told {name}");
        assert_eq!(told, Some(News::Refused(words)));
    }
}
