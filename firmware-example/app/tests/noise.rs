//! A line that flips bits, drops and repeats bytes and frames: what is not a whole new frame is counted and refused, and
//! never acted on.

mod support;

use freezable_chaos::frames::{Command, Refusal, Report};
use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Plasticity, Purpose};
use support::{Act, SEEDED, digests_while, frame, play};

const FRAMES: usize = 100_000;

/// Whole numbers below a bound.
fn below(generator: &mut Generator, bound: usize) -> usize {
    ((u64::from(generator.next_u32()) * bound as u64) >> 32) as usize
}

/// What the line does to a frame.
fn disturb(bytes: &mut Vec<u8>, line: &mut Generator) {
    let place = below(line, bytes.len());
    match below(line, 10) {
        0 | 1 => {
            for _ in 0..=below(line, 3) {
                let place = below(line, bytes.len());
                bytes[place] ^= 1 << below(line, 8);
            }
        }
        2 => drop(bytes.remove(place)),
        3 => bytes.insert(place, bytes[place]),
        4 => bytes.clear(),
        5 => bytes.extend_from_within(..),
        _ => {}
    }
}

/// Commands that differ in what they do to the state.
fn command(index: usize) -> Command<'static> {
    match index {
        0 => Command::Freeze,
        1 => Command::Release,
        2 => Command::Digest,
        3 => Command::State { offset: 8 },
        _ => Command::Step {
            steps: 1,
            report_every: 0,
            chain_every: 0,
        },
    }
}

#[test]
fn of_a_hundred_thousand_frames_on_a_bad_line_the_whole_ones_act_and_the_others_are_counted() {
    let mut line = Generator::new(3, 0, Purpose::Input);
    let mut stream = Vec::new();
    // by its bytes on the line without the closing zero
    let mut sent = std::collections::HashMap::new();
    for index in 0..FRAMES {
        let number = 2 + (index % 60_000) as u16;
        let command = command(below(&mut line, 8));
        let mut bytes = frame(number, &command);
        sent.insert(bytes[..bytes.len() - 1].to_vec(), (number, command));
        disturb(&mut bytes, &mut line);
        stream.extend(bytes);
    }
    stream.push(0);

    // what must come of it, by the pieces between zeros alone
    let (mut damaged, mut repeated, mut whole) = (0, 0, Vec::new());
    let mut last = None;
    for piece in stream.split(|&byte| byte == 0).filter(|piece| !piece.is_empty()) {
        match sent.get(piece) {
            None => damaged += 1,
            Some((number, _)) if last.replace(*number) == Some(*number) => repeated += 1,
            Some((_, command)) => whole.push(*command),
        }
    }
    let mut plasticity = Plasticity::Running;
    let mut steps = Vec::new();
    for command in &whole {
        match command {
            Command::Freeze => plasticity = Plasticity::Frozen,
            Command::Release => plasticity = Plasticity::Running,
            Command::Step { .. } => steps.push(plasticity),
            _ => {}
        }
    }
    println!(
        "{FRAMES} frames: {} acted on, {damaged} damaged, {repeated} repeated",
        whole.len()
    );
    assert!(damaged > 20_000 && repeated > 5_000 && whole.len() > 40_000);

    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        Act::Bytes(stream),
        Act::Ask(Command::Hello),
        Act::Ask(Command::Digest),
    ]);
    let refused = |refusal| {
        let report = (0, Report::Refused(refusal));
        board.reports.iter().filter(|&found| *found == report).count()
    };
    assert_eq!(refused(Refusal::BadFrame), damaged);
    assert_eq!(refused(Refusal::Repeated), repeated);
    let all = (damaged + repeated) as u32;
    let counted = board.reports.iter().find_map(|(_, report)| match report {
        Report::Hello { refused_frames, .. } => Some(*refused_frames),
        _ => None,
    });
    assert_eq!(counted, Some(all));
    let (_, Report::Digest { step, digest, .. }) = board.reports[board.reports.len() - 1] else {
        panic!("no digest")
    };
    assert_eq!(step, steps.len() as u64);
    assert_eq!(digest, *digests_while(&SEEDED, &steps).last().unwrap());
}
