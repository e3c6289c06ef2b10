//! State and snapshots over the line, in pieces.

mod support;

use freezable_chaos::SnapshotError;
use freezable_chaos::frames::{Command, MAX_CHUNK, Refusal, Report};
use support::{Act, SEEDED, TestBoard, flash, last_digests, play, step, with_network};

#[test]
fn the_state_comes_in_pieces() {
    let setup = flash();
    let board = play([
        Act::Ask(Command::Configure(setup)),
        Act::Ask(Command::State { offset: 0 }),
        Act::Ask(Command::State {
            offset: MAX_CHUNK as u32,
        }),
        Act::Ask(Command::State { offset: 512 }),
    ]);
    let mut received = Vec::new();
    for (_, report) in &board.reports[1..3] {
        let Report::State {
            offset,
            total: 512,
            bytes,
        } = report
        else {
            panic!("{report:?}")
        };
        assert_eq!(*offset as usize, received.len());
        received.extend_from_slice(bytes);
    }
    let expected = with_network(&setup, |network| network.state().to_vec());
    let expected: Vec<u8> = expected.iter().flat_map(|x| x.to_le_bytes()).collect();
    assert_eq!(received, expected);
    assert_eq!(
        board.reports[3],
        (
            4,
            Report::Refused(Refusal::Offset {
                offset: 512,
                bound: 512
            })
        )
    );
}

/// The bytes of the snapshot that a script's reports hold.
fn snapshot_in(board: &TestBoard) -> Vec<u8> {
    let pieces = board.reports.iter().filter_map(|(_, report)| match report {
        Report::Snapshot { bytes, .. } => Some(*bytes),
        _ => None,
    });
    pieces.flatten().copied().collect()
}

fn read_snapshot(length: usize) -> impl Iterator<Item = Act> {
    (0..length).step_by(MAX_CHUNK).map(|offset| {
        Act::Ask(Command::Snapshot {
            offset: offset as u32,
        })
    })
}

fn write_snapshot(bytes: &'static [u8]) -> impl Iterator<Item = Act> {
    let pieces = bytes.chunks(MAX_CHUNK).enumerate();
    let length = bytes.len() as u32;
    pieces
        .map(|(index, bytes)| {
            Act::Ask(Command::Restore {
                offset: (index * MAX_CHUNK) as u32,
                bytes,
            })
        })
        .chain([Act::Ask(Command::RestoreCommit { length })])
}

#[test]
fn the_largest_network_is_saved_and_restored_and_runs_on_with_the_same_bits() {
    let setup = flash();
    let length = with_network(&setup, |network| network.snapshot_len());
    let mut script = vec![
        Act::Ask(Command::Configure(setup)),
        step(30),
        Act::Ask(Command::Freeze),
    ];
    script.extend(read_snapshot(length));
    script.extend([step(30), Act::Ask(Command::Digest)]);
    let board = play(script);
    let bytes = snapshot_in(&board);
    assert_eq!(bytes.len(), length);

    let mut script = vec![Act::Ask(Command::Configure(setup)), step(3)];
    script.extend(write_snapshot(bytes.leak()));
    script.extend([step(30), Act::Ask(Command::Digest)]);
    let restored = play(script);
    assert_eq!(last_digests(&restored).0, last_digests(&board).0);
    assert!(restored.light.is_on, "a frozen network was restored");
}

#[test]
fn a_snapshot_that_does_not_fit_is_refused_and_nothing_changes() {
    let length = with_network(&SEEDED, |network| network.snapshot_len());
    let mut script = vec![Act::Ask(Command::Configure(SEEDED)), step(4)];
    script.extend(read_snapshot(length));
    let mut bytes = snapshot_in(&play(script));
    bytes[100] ^= 1;
    let mut script = vec![Act::Ask(Command::Configure(SEEDED)), step(9)];
    script.extend(write_snapshot(bytes.leak()));
    script.push(Act::Ask(Command::Digest));
    let board = play(script);
    let refused = &board.reports[board.reports.len() - 2].1;
    assert!(
        matches!(
            refused,
            Report::Refused(Refusal::Snapshot(SnapshotError::Checksum { .. }))
        ),
        "{refused:?}"
    );
    let untouched = with_network(&SEEDED, |mut network| {
        (0..9).for_each(|_| network.step().unwrap());
        network.digest()
    });
    assert_eq!(last_digests(&board).0, untouched);
}
