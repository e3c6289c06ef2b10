//! State and snapshots over the line, in pieces.

mod support;

use freezable_chaos::SnapshotError;
use freezable_chaos::frames::{Command, CouplingSource, MAX_CHUNK, Refusal, Report, Setup};
use support::{
    Act, HASHED, SEEDED, TestBoard, digests, flash, flash_signs, last_digests, play, snapshot_len, step,
    with_network,
};

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
fn the_largest_networks_are_saved_and_restored_and_run_on_with_the_same_bits() {
    for setup in [flash(), flash_signs()] {
        let length = snapshot_len(&setup);
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

        // another network is there, and the couplings in flash are also drawn or hashed
        for couplings in [CouplingSource::Flash, CouplingSource::Seeded] {
            let other = if setup.model == 1 { HASHED } else { SEEDED };
            let mut script = vec![
                Act::Ask(Command::Configure(other)),
                step(2),
                Act::Ask(Command::Configure(Setup { couplings, ..setup })),
                step(3),
            ];
            script.extend(write_snapshot(bytes.clone().leak()));
            script.extend([step(30), Act::Ask(Command::Digest)]);
            let restored = play(script);
            assert_eq!(last_digests(&restored).0, last_digests(&board).0);
            assert!(restored.light.is_on, "a frozen network was restored");
        }
    }
}

#[test]
fn a_snapshot_of_the_other_kind_of_network_is_refused() {
    for (saved, present, models) in [(SEEDED, HASHED, (2, 1)), (HASHED, SEEDED, (1, 2))] {
        let mut script = vec![Act::Ask(Command::Configure(saved)), step(4)];
        script.extend(read_snapshot(snapshot_len(&saved)));
        let bytes = snapshot_in(&play(script));
        let mut script = vec![Act::Ask(Command::Configure(present)), step(9)];
        script.extend(write_snapshot(bytes.leak()));
        script.push(Act::Ask(Command::Digest));
        let board = play(script);
        let (expected, found) = models;
        let refused = Report::Refused(Refusal::Snapshot(SnapshotError::Model { expected, found }));
        assert_eq!(board.reports[board.reports.len() - 2].1, refused);
        assert_eq!(last_digests(&board).0, digests(&present, 0..0, 9)[8]);
    }
}

#[test]
fn a_snapshot_that_does_not_fit_is_refused_and_nothing_changes() {
    let length = snapshot_len(&SEEDED);
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
    assert_eq!(last_digests(&board).0, digests(&SEEDED, 0..0, 9)[8]);
}
