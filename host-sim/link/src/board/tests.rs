use std::collections::VecDeque;
use std::io::{Read, Write};

use freezable_chaos::Params;
use freezable_chaos::frames::{self, MAX_FRAME, Receiver};

use super::*;

/// A stand-in board: right frames, and whatever content the test wants in them.
struct StandIn {
    receiver: Receiver,
    answers: VecDeque<u8>,
    answer: fn(&Command<'_>) -> Vec<Report<'static>>,
}

impl Read for StandIn {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        if self.answers.is_empty() {
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        self.answers.read(bytes)
    }
}

impl Write for StandIn {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        for &byte in bytes {
            let Some(Ok(frame)) = self.receiver.push(byte) else {
                continue;
            };
            let (number, command) = frames::decode::<Command<'_>>(frame).unwrap();
            for report in (self.answer)(&command) {
                let mut frame = [0; MAX_FRAME];
                let length = frames::encode(number, &report, &mut frame).unwrap();
                self.answers.extend(&frame[..length]);
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const HELLO: Report<'static> = Report::Hello {
    contract: freezable_chaos::CONTRACT_VERSION,
    board: "stand-in\x1b[2J",
    capacity: 8,
    compact_capacity: 0,
    flash: None,
    flash_signs: None,
    refused_frames: 0,
    stored: None,
};

const fn done(step: u64, plasticity: Plasticity) -> Report<'static> {
    Report::Done { step, plasticity }
}

const SETUP: Setup = Setup {
    model: 1,
    n: 8,
    params: Params {
        g: 1.0,
        k: 1.0,
        p: 2.5,
        dt: 0.05,
    },
    seed_network: 1,
    seed_state: 1,
    network: 0,
    start: Start::Small,
    transfer: TransferId::TANH,
    couplings: CouplingSource::Seeded,
};

/// An older state than the one stored, and that one with another step.
const RECALLED: [Report<'static>; 2] = [recalled(4, 0), recalled(5, 9)];

const fn recalled(generation: u32, step: u64) -> Report<'static> {
    Report::Recalled {
        generation,
        bytes: 200,
        step,
        setup: SETUP,
        lost: None,
    }
}

/// A board of 8 neurons at step 0 that gives this answer to everything after its configuration.
fn board(answer: fn(&Command<'_>) -> Vec<Report<'static>>) -> Board {
    let port = StandIn {
        receiver: Receiver::new(),
        answers: VecDeque::new(),
        answer,
    };
    let mut board = Board::meet(Link::new(Box::new(port)).with_patience(Duration::from_millis(100))).unwrap();
    board.configure(SETUP).unwrap();
    board
}

/// Greets and configures as it should, and gives other answers to the rest.
macro_rules! answers {
    ($($pattern:pat => $reports:expr),* $(,)?) => {
        |command: &Command<'_>| match *command {
            Command::Hello => vec![HELLO],
            Command::Configure(_) => vec![done(0, Plasticity::Running)],
            $($pattern => $reports.into(),)*
            _ => Vec::new(),
        }
    };
}

fn words<T>(result: Result<T, LinkError>) -> String {
    result.err().expect("refused").to_string()
}

#[test]
fn a_name_is_printed_without_what_a_terminal_obeys() {
    assert_eq!(board(answers!()).identity().name, "stand-in\u{fffd}[2J");
}

#[test]
fn a_step_that_was_not_asked_for_is_a_wrong_answer() {
    let mut early = board(answers!(Command::Step { .. } => [done(4, Plasticity::Running)]));
    assert_eq!(
        words(early.step(5, 0, 0, |_| {})),
        "the board gave a wrong answer: the step is 4 where 5 was due"
    );
    let mut endless = board(answers!(Command::Step { .. } => {
        let same = Report::Telemetry(Telemetry {
            step: 1,
            plasticity: Plasticity::Running,
            rms_speed: 0.0,
            max_speed: 0.0,
            overlap: 0.0,
            digest: 0,
            chain: 0,
            activity: &[],
            timing: frames::Timing::default(),
        });
        [same, same]
    }));
    assert!(words(endless.step(5, 1, 0, |_| {})).contains("it reports step 1 after step 1"));
}

const fn sample(step: u64) -> Report<'static> {
    Report::Telemetry(Telemetry {
        step,
        plasticity: Plasticity::Running,
        rms_speed: f32::NAN,
        max_speed: f32::INFINITY,
        overlap: -7.0,
        digest: 0,
        chain: 0,
        activity: &[],
        timing: frames::Timing {
            period: 0,
            missed: 0,
            dropped: 0,
            last_step: 0,
            longest_step: 0,
        },
    })
}

#[test]
fn telemetry_that_was_not_asked_for_is_a_wrong_answer() {
    let told = |every| {
        let answer =
            answers!(Command::Step { .. } => [sample(2), sample(3), sample(4), done(4, Plasticity::Running)]);
        board(answer).step(4, every, 0, |_| {})
    };
    assert!(words(told(2)).contains("it reports step 3 after step 2, 4 steps asked for and every 2"));
    assert!(words(told(0)).contains("it reports step 2 after step 0"));
    let mut dropped = board(answers!(Command::Step { .. } => [sample(4), done(4, Plasticity::Running)]));
    dropped.step(4, 2, 0, |_| {}).unwrap();
    let mut beyond = board(answers!(Command::Step { .. } => [sample(u64::MAX)]));
    assert!(words(beyond.step(4, 1, 0, |_| {})).contains("it reports step 18446744073709551615"));
}

#[test]
fn telemetry_without_end_is_no_answer() {
    // As the answer to what has none: it buys no time.
    let mut digest = board(answers!(Command::Digest => [sample(0), sample(0)]));
    assert!(words(digest.digest()).contains("did not answer for 0.1 s, though it sent 2 other"));
    // Of a network that nothing is known of: no more than were asked for.
    let port = StandIn {
        receiver: Receiver::new(),
        answers: VecDeque::new(),
        answer: answers!(Command::Step { .. } => (1..1000).map(sample).collect::<Vec<_>>()),
    };
    let mut unknown =
        Board::meet(Link::new(Box::new(port)).with_patience(Duration::from_millis(100))).unwrap();
    let mut seen = 0;
    let told = unknown.step(50, 10, 0, |_| seen += 1);
    assert!(words(told).contains("it reports step 6 after step 5"));
    assert_eq!(seen, 5);
}

#[test]
fn an_answer_to_another_question_is_a_wrong_answer() {
    const STATE: Report<'static> = Report::State {
        offset: 0,
        total: 32,
        bytes: &[0; 32],
    };
    let mut state = board(answers!(Command::Snapshot { .. } => [STATE]));
    assert!(words(state.snapshot()).contains("it says a state, which was not asked"));
    let mut done_only = board(answers!(Command::Store => [done(0, Plasticity::Frozen)]));
    assert!(words(done_only.store()).contains("it says that a command is done"));
    let mut cue = board(answers!(Command::Cue { .. } => [done(3, Plasticity::Running)]));
    let told = cue.write_cue(
        Cue {
            seed: 1,
            index: 0,
            strength: 1.0,
        },
        4,
    );
    assert!(words(told).contains("the step of its cue is 3 where 0 was due"));
    let mut read = board(answers!(Command::Read => [Report::Read { step: 0, outputs: &[0; 7] }]));
    assert!(words(read.read_out()).contains("of 4 bytes each, is 3"));
}

#[test]
fn a_state_that_is_not_the_one_stored_or_handed_over_is_a_wrong_answer() {
    const STORED: Report<'static> = Report::Stored {
        generation: 5,
        bytes: 200,
    };
    let mut twice = board(answers!(Command::Store => [STORED]));
    twice.store().unwrap();
    assert!(words(twice.store()).contains("it stores state 5 a second time"));
    let mut older = board(answers!(Command::Store => [STORED], Command::Recall => [RECALLED[0]]));
    older.store().unwrap();
    assert!(words(older.recall()).contains("the state that it recalls is 4 where 5 was due"));
    let mut later = board(answers!(Command::Store => [STORED], Command::Recall => [RECALLED[1]]));
    later.store().unwrap();
    assert!(words(later.recall()).contains("the step of that state is 9 where 0 was due"));
    let mut snapshot = vec![0; 60];
    snapshot[20] = 7;
    let mut restored = board(
        answers!(Command::Restore { .. } | Command::RestoreCommit { .. } => [done(0, Plasticity::Running)]),
    );
    assert!(words(restored.restore(&snapshot)).contains("the state that it took is 0 where 7 was due"));
    snapshot[20] = 0;
    restored.restore(&snapshot).unwrap();
    snapshot[12] = 1;
    assert!(words(restored.restore(&snapshot)).contains("plasticity is not that of the state"));
}

#[test]
fn a_network_that_starts_frozen_is_a_wrong_answer() {
    let mut other = board(answers!());
    let answer: fn(&Command<'_>) -> Vec<Report<'static>> = |command| match command {
        Command::Hello => vec![HELLO],
        _ => vec![done(0, Plasticity::Frozen)],
    };
    let port = StandIn {
        receiver: Receiver::new(),
        answers: VecDeque::new(),
        answer,
    };
    other.link = Link::new(Box::new(port));
    assert!(words(other.configure(SETUP)).contains("starts frozen: is its button pressed?"));
}

#[test]
fn a_held_button_is_told_from_wrong_bits() {
    let mut pressed = board(answers!(Command::Step { .. } => [done(5, Plasticity::Frozen)]));
    let error = words(pressed.step(5, 0, 0, |_| {}));
    assert!(
        error.contains("frozen though nobody asked for that: is its button pressed?"),
        "{error}"
    );
    let mut deaf = board(answers!(Command::Freeze => [done(0, Plasticity::Running)]));
    assert!(words(deaf.freeze()).contains("not as it was told"));
}

#[test]
fn lengths_and_places_of_the_board_are_compared_not_believed() {
    const BYTES: [u8; 32] = [0; 32];
    let mut right =
        board(answers!(Command::State { .. } => [Report::State { offset: 0, total: 32, bytes: &BYTES }]));
    assert_eq!(right.state().unwrap().len(), 32);
    let mut endless = board(
        answers!(Command::State { .. } => [Report::State { offset: 0, total: u32::MAX, bytes: &BYTES }]),
    );
    assert!(words(endless.state()).contains("32 of 4294967295 bytes, of which there are 32 at most"));
    let mut short =
        board(answers!(Command::State { .. } => [Report::State { offset: 0, total: 4, bytes: &BYTES[..4] }]));
    assert!(words(short.state()).contains("the bytes of its state is 4 where 32 was due"));
    let mut empty =
        board(answers!(Command::State { .. } => [Report::State { offset: 0, total: 32, bytes: &[] }]));
    assert!(words(empty.state()).contains("0 of 32 bytes"));
    let mut elsewhere = board(
        answers!(Command::State { .. } => [Report::State { offset: 8, total: 32, bytes: &BYTES[..8] }]),
    );
    assert!(words(elsewhere.state()).contains("the place of a piece is 8 where 0 was due"));
    let mut long = board(
        answers!(Command::Snapshot { .. } => [Report::Snapshot { offset: 0, total: 9000, bytes: &BYTES }]),
    );
    assert!(words(long.snapshot()).contains("of which there are"));
}

#[test]
fn a_digest_of_another_step_is_a_wrong_answer() {
    let mut other = board(answers!(Command::Digest => [Report::Digest { step: 7, digest: 1, chain: 2 }]));
    assert!(words(other.digest()).contains("the step of its digest is 7 where 0 was due"));
    let mut silent = board(answers!());
    assert!(words(silent.digest()).contains("did not answer for 0.1 s"));
}
