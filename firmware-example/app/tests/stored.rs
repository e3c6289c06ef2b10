//! The state in flash: kept, found again after a power cut, and refused where it is not whole.

mod support;

use freezable_chaos::frames::{Command, CouplingSource, Refusal, Report, Setup};
use freezable_chaos::storage::{BLOCK, Lost, Slots, StorageError};
use freezable_chaos::{Plasticity, SnapshotError};
use support::{
    Act, Flash, HASHED, SEEDED, TestBoard, digests, flash, flash_signs, last_digests, play, play_on,
    snapshot_len, step,
};

/// A board with that flash, which has just got power.
fn powered(flash: Flash, script: impl IntoIterator<Item = Act>) -> TestBoard {
    let mut board = TestBoard::new(script);
    board.flash = flash;
    play_on(board)
}

fn store_after(setup: Setup, steps: u32) -> [Act; 4] {
    [
        Act::Ask(Command::Configure(setup)),
        step(steps),
        Act::Ask(Command::Store),
        Act::Ask(Command::Digest),
    ]
}

/// What stands before a snapshot in flash.
fn head(version: u16, setup: &Setup) -> Vec<u8> {
    let mut bytes = [0; 64];
    postcard::to_slice(&(version, setup), &mut bytes)
        .unwrap()
        .to_vec()
}

const RECALL: Act = Act::Ask(Command::Recall);

#[test]
fn a_state_outlives_the_power_and_runs_on_with_the_same_bits() {
    for setup in [
        SEEDED,
        HASHED,
        flash(),
        flash_signs(),
        Setup {
            couplings: CouplingSource::Seeded,
            ..flash()
        },
        // the longest setup
        Setup {
            seed_network: u64::MAX,
            seed_state: u64::MAX,
            network: u32::MAX,
            ..HASHED
        },
    ] {
        let board = play(store_after(setup, 30));
        let (_, Report::Stored { generation: 1, bytes }) = board.reports[2] else {
            panic!("{:?}", board.reports)
        };
        let head = bytes as usize - snapshot_len(&setup);
        assert!((20..64).contains(&head), "{head} bytes for the setup");
        assert!(board.light.is_on, "what is stored is held");
        let stored = last_digests(&board).0;
        assert_eq!(stored, digests(&setup, 30..30, 30)[29]);

        let board = powered(
            board.flash,
            [
                Act::Ask(Command::Hello),
                RECALL,
                step(10),
                Act::Ask(Command::Release),
                step(10),
                Act::Ask(Command::Digest),
            ],
        );
        let (_, Report::Hello { stored: Some(1), .. }) = board.reports[0] else {
            panic!("{:?}", board.reports)
        };
        let recalled = Report::Recalled {
            generation: 1,
            bytes,
            step: 30,
            setup,
            lost: None,
        };
        assert_eq!(board.reports[1], (2, recalled));
        assert_eq!(
            last_digests(&board).0,
            digests(&setup, 30..40, 50)[49],
            "{setup:?}"
        );
    }
}

#[test]
fn a_recall_takes_the_place_of_any_network_and_is_frozen() {
    let board = play(store_after(SEEDED, 30));
    let expected = last_digests(&board).0;
    let script = [
        Act::Ask(Command::Configure(HASHED)),
        step(3),
        RECALL,
        Act::Ask(Command::Digest),
    ];
    let board = powered(board.flash, script);
    assert_eq!(last_digests(&board).0, expected);
    assert!(board.light.is_on);
    // and one that holds another state of the same network
    let script = [
        Act::Ask(Command::Configure(SEEDED)),
        step(3),
        RECALL,
        Act::Ask(Command::Step {
            steps: 1,
            report_every: 1,
            chain_every: 0,
        }),
        RECALL,
        Act::Ask(Command::Digest),
    ];
    let board = powered(board.flash, script);
    assert_eq!(last_digests(&board).0, expected);
    let (_, Report::Telemetry(telemetry)) = board.reports[3] else {
        panic!("{:?}", board.reports)
    };
    assert!(telemetry.overlap > 0.9, "the overlap is with what was recalled");
}

#[test]
fn the_last_state_kept_is_the_one_recalled() {
    let mut script = vec![Act::Ask(Command::Configure(SEEDED))];
    for _ in 0..5 {
        script.extend([step(7), Act::Ask(Command::Store), Act::Ask(Command::Release)]);
    }
    let board = powered(play(script).flash, [RECALL, Act::Ask(Command::Digest)]);
    assert!(matches!(
        board.reports[0],
        (
            1,
            Report::Recalled {
                generation: 5,
                step: 35,
                ..
            }
        )
    ));
    assert_eq!(last_digests(&board).0, digests(&SEEDED, 0..0, 35)[34]);
}

#[test]
fn a_state_that_is_lost_gives_way_to_the_one_before_and_the_host_is_told() {
    let script = [
        Act::Ask(Command::Configure(SEEDED)),
        step(7),
        Act::Ask(Command::Store),
        Act::Ask(Command::Release),
        step(7),
        Act::Ask(Command::Store),
    ];
    let mut flash = play(script).flash;
    let second = support::FLASH_PAGES / 2 * 4096;
    flash.fail_reads_at(second + 2 * BLOCK + 100);
    let mut board = powered(
        flash,
        [Act::Ask(Command::Hello), RECALL, Act::Ask(Command::Digest)],
    );
    assert!(matches!(
        board.reports[0].1,
        Report::Hello { stored: Some(1), .. }
    ));
    let expected = Report::Recalled {
        generation: 1,
        bytes: match board.reports[1].1 {
            Report::Recalled { bytes, .. } => bytes,
            ref other => panic!("{other:?}"),
        },
        step: 7,
        setup: SEEDED,
        lost: Some(Lost::Damaged { generation: 2 }),
    };
    assert_eq!(board.reports[1], (2, expected));
    assert_eq!(last_digests(&board).0, digests(&SEEDED, 0..0, 7)[6]);
    // stored anew, nothing is lost
    board = powered(board.flash, [RECALL, Act::Ask(Command::Store)]);
    board = powered(board.flash, [RECALL]);
    assert!(matches!(
        board.reports[0].1,
        Report::Recalled {
            generation: 3,
            step: 7,
            lost: None,
            ..
        }
    ));
}

#[test]
fn an_empty_flash_is_refused_and_nothing_changes() {
    let empty = Report::Refused(Refusal::Storage(StorageError::Empty));
    assert_eq!(play([RECALL]).reports, [(1, empty)]);
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        step(9),
        RECALL,
        Act::Ask(Command::Digest),
    ]);
    assert_eq!(board.reports[2], (3, empty));
    assert_eq!(last_digests(&board).0, digests(&SEEDED, 0..0, 9)[8]);
}

#[test]
fn without_a_network_there_is_nothing_to_store() {
    let refused = Report::Refused(Refusal::NotConfigured);
    assert_eq!(play([Act::Ask(Command::Store)]).reports, [(1, refused)]);
}

#[test]
fn what_is_whole_but_no_state_of_this_firmware_is_refused() {
    let refusal = |parts: &[&[u8]]| {
        let mut flash = Flash::new(support::FLASH_PAGES, 1);
        Slots::new(&mut flash).write(parts).unwrap();
        let board = powered(flash, [Act::Ask(Command::Hello), RECALL]);
        match board.reports[1].1 {
            Report::Refused(refusal) => refusal,
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(refusal(&[&[0xFF; 9]]), Refusal::Storage(StorageError::Broken));
    let other_version = head(9, &SEEDED);
    assert_eq!(
        refusal(&[&other_version]),
        Refusal::Snapshot(SnapshotError::Version {
            expected: 1,
            found: 9
        })
    );
    let too_many = head(1, &Setup { n: 999, ..SEEDED });
    assert_eq!(
        refusal(&[&too_many]),
        Refusal::Neurons {
            n: 999,
            capacity: 128
        }
    );
    // a setup without its snapshot
    let found = refusal(&[&head(1, &SEEDED)]);
    assert!(
        matches!(found, Refusal::Snapshot(SnapshotError::Length { .. })),
        "{found:?}"
    );
    let long = [7; 40_000];
    let found = refusal(&[&head(1, &SEEDED), &long]);
    assert!(
        matches!(found, Refusal::Snapshot(SnapshotError::Buffer { .. })),
        "{found:?}"
    );
}

#[test]
fn a_flash_that_is_too_small_or_fails_leaves_the_network_running() {
    let small = Flash::new(10, 1);
    let mut off = Flash::new(support::FLASH_PAGES, 1);
    off.cut_at = Some(3000);
    let small_refusal = StorageError::Room {
        expected: 73_728,
        found: 40_960,
    };
    for (flash, expected) in [(small, small_refusal), (off, StorageError::Driver)] {
        let board = powered(
            flash,
            [
                Act::Ask(Command::Configure(support::flash())),
                step(5),
                Act::Ask(Command::Store),
                step(5),
                Act::Ask(Command::Digest),
            ],
        );
        assert_eq!(board.reports[2], (3, Report::Refused(Refusal::Storage(expected))));
        let running = Report::Done {
            step: 10,
            plasticity: Plasticity::Running,
        };
        assert_eq!(board.reports[3], (4, running));
        assert!(!board.light.is_on);
        assert_eq!(last_digests(&board).0, digests(&support::flash(), 0..0, 10)[9]);
    }
}
