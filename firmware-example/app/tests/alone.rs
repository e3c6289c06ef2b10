//! A board without a host: a press starts a network, further ones freeze and release it, and a host may take over.

mod support;

use std::iter;

use freezable_chaos::frames::{Command, Refusal, Report, Setup};
use freezable_chaos::storage::Slots;
use freezable_chaos::{CONTRACT_VERSION, Plasticity};
use support::{Act, SEEDED, TestBoard, digests, digests_while, flash, play, play_on, step};

/// A host that only looks while time passes: for the button to come up, or for some steps.
fn look(times: usize) -> impl Iterator<Item = Act> {
    iter::repeat_with(|| Act::Ask(Command::Timing)).take(times)
}

const PRESS: Act = Act::Ask(Command::Button);
/// Looks until a button is up again, and until five steps are done.
const UP: usize = 50;
const FIVE_STEPS: usize = 10_000;

/// The network that a press starts.
fn started() -> Setup {
    Setup {
        seed_state: 2,
        ..flash()
    }
}

/// Step and digest of the state at the end, and the plasticity at the last answer to a command.
fn end(board: &TestBoard) -> (usize, u64, Plasticity) {
    let reports = || board.reports.iter().rev().map(|(_, report)| report);
    let digest = reports().find_map(|report| match report {
        Report::Digest { step, digest, .. } => Some((*step as usize, *digest)),
        _ => None,
    });
    let plasticity = reports().find_map(|report| match report {
        Report::Done { plasticity, .. } => Some(*plasticity),
        _ => None,
    });
    let (step, digest) = digest.expect("a digest");
    (step, digest, plasticity.expect("an answer"))
}

#[test]
fn a_press_starts_the_network_in_flash_which_keeps_a_rate() {
    let script = iter::once(PRESS).chain(look(UP + FIVE_STEPS));
    let board = play(script.chain([Act::Ask(Command::Digest), Act::Ask(Command::Timing)]));
    let (step, digest, _) = end(&board);
    assert!(step >= 4, "{step}");
    assert_eq!(digest, digests(&started(), 0..0, step)[step - 1]);
    assert!(!board.light.is_on, "the press that started it must not freeze it");
    let Some((_, Report::Timing(timing))) = board.reports.last() else {
        panic!("no timing");
    };
    assert_eq!((timing.period, timing.missed), (20_000, 0));
    assert!(board.is_watched && !board.pictures.is_empty());
}

#[test]
fn the_next_presses_freeze_and_release_it() {
    let frozen = iter::once(PRESS).chain(look(UP + FIVE_STEPS)).chain([PRESS]);
    let board = play(frozen.chain([Act::Ask(Command::Digest)]));
    assert_eq!(end(&board).2, Plasticity::Frozen);
    assert!(board.light.is_on);

    let frozen = iter::once(PRESS).chain(look(UP + FIVE_STEPS)).chain([PRESS]);
    let released = frozen.chain(look(FIVE_STEPS)).chain([PRESS]);
    let board = play(released.chain([Act::Ask(Command::Digest)]));
    assert_eq!(end(&board).2, Plasticity::Running);
}

#[test]
fn a_press_recalls_the_state_in_flash() {
    let mut before = play([
        Act::Ask(Command::Configure(SEEDED)),
        step(50),
        Act::Ask(Command::Store),
    ]);
    let mut board = TestBoard::new(
        iter::once(PRESS)
            .chain(look(UP + FIVE_STEPS))
            .chain([Act::Ask(Command::Digest)]),
    );
    std::mem::swap(&mut board.flash, &mut before.flash);
    let board = play_on(board);
    let (step, digest, _) = end(&board);
    assert!(step > 50);
    let plasticity = |done| match done < 50 {
        true => Plasticity::Running,
        false => Plasticity::Frozen,
    };
    let plasticity: Vec<_> = (0..step).map(plasticity).collect();
    assert_eq!(digest, digests_while(&SEEDED, &plasticity)[step - 1]);
    assert!(board.light.is_on, "held, as it was stored");
}

#[test]
fn where_the_state_in_flash_is_of_no_use_a_network_starts_anew() {
    let mut head = [0; 64];
    let head = postcard::to_slice(&(CONTRACT_VERSION, &SEEDED), &mut head).unwrap();
    // nothing that a firmware wrote; and no snapshot of the network that stands before it
    for (record, network) in [
        (vec![0xA5; 200], started()),
        ([&*head, &[0xA5; 200]].concat(), SEEDED),
    ] {
        let mut board = TestBoard::new(
            iter::once(PRESS)
                .chain(look(UP + FIVE_STEPS))
                .chain([Act::Ask(Command::Digest)]),
        );
        Slots::new(&mut board.flash).write(&[&record]).unwrap();
        let board = play_on(board);
        let (step, digest, _) = end(&board);
        assert_eq!(digest, digests(&network, 0..0, step)[step - 1]);
    }
}

#[test]
fn a_host_takes_over_and_the_rate_ends() {
    let alone = || iter::once(PRESS).chain(look(UP + FIVE_STEPS));
    let period = |script: Vec<Act>| {
        let board = play(script);
        match board.reports.last() {
            Some((_, Report::Timing(timing))) => timing.period,
            other => panic!("{other:?}"),
        }
    };
    let steps = alone().chain([step(3), Act::Ask(Command::Timing)]);
    assert_eq!(period(steps.collect()), 0);
    let rate = [
        Act::Ask(Command::Pace { period: 1000 }),
        step(3),
        Act::Ask(Command::Timing),
    ];
    assert_eq!(period(alone().chain(rate).collect()), 1000);
    let network = [Act::Ask(Command::Configure(SEEDED)), Act::Ask(Command::Timing)];
    assert_eq!(period(alone().chain(network).collect()), 0);
}

#[test]
fn a_board_without_an_emulated_button_says_so_without_a_network_too() {
    let mut board = TestBoard::new([PRESS]);
    board.can_press = false;
    let board = play_on(board);
    assert_eq!(board.reports[0], (1, Report::Refused(Refusal::Unsupported)));
}
