//! Cues that a host has written, and the readout that this build does not carry.

mod support;

use freezable_chaos::frames::{Command, Refusal, Report};
use freezable_chaos::{Cue, Fnv1a};
use support::{Act, HASHED, SEEDED, last_digests, play, snapshot_len, step, with_network};

const CUE: Cue = Cue {
    seed: 5,
    index: 3,
    strength: 0.75,
};

fn write(cue: Cue, steps: u32) -> Act {
    let Cue {
        seed,
        index,
        strength,
    } = cue;
    Act::Ask(Command::Cue {
        seed,
        index,
        strength,
        steps,
    })
}

/// Digest after so many steps of the kernel with each input.
fn digest_after(inputs: &[(Option<Cue>, u32)]) -> u64 {
    with_network(&SEEDED, |mut network| {
        let mut input = vec![0.0; network.n()];
        for (cue, steps) in inputs {
            for _ in 0..*steps {
                match cue {
                    None => network.step().unwrap(),
                    Some(cue) => {
                        cue.write(&mut input);
                        network.step_with_input(&input).unwrap();
                    }
                }
            }
        }
        network.digest()
    })
}

fn digest_of(script: impl IntoIterator<Item = Act>) -> u64 {
    let script = [Act::Ask(Command::Configure(SEEDED))]
        .into_iter()
        .chain(script)
        .chain([Act::Ask(Command::Digest)]);
    last_digests(&play(script)).0
}

#[test]
fn a_cue_is_the_input_of_as_many_steps_as_it_lasts() {
    let expected = digest_after(&[(None, 2), (Some(CUE), 7), (None, 3)]);
    assert_eq!(digest_of([step(2), write(CUE, 7), step(4), step(6)]), expected);
    assert_ne!(digest_of([step(12)]), expected);
}

#[test]
fn another_cue_takes_the_place_of_the_one_before_and_none_ends_it() {
    let other = Cue { index: 4, ..CUE };
    let replaced = digest_of([write(CUE, 9), step(2), write(other, 3), step(6)]);
    assert_eq!(
        replaced,
        digest_after(&[(Some(CUE), 2), (Some(other), 3), (None, 3)])
    );
    let ended = digest_of([write(CUE, 9), step(2), write(CUE, 0), step(6)]);
    assert_eq!(ended, digest_after(&[(Some(CUE), 2), (None, 6)]));
}

#[test]
fn a_restored_network_has_no_input() {
    let snapshot = with_network(&SEEDED, |network| {
        let mut bytes = vec![0; snapshot_len(&SEEDED)];
        network.snapshot(&mut bytes).unwrap();
        bytes
    });
    let mut script = vec![write(CUE, 9), step(2)];
    let mut offset = 0;
    for bytes in snapshot.chunks(freezable_chaos::frames::MAX_CHUNK) {
        let bytes: &'static [u8] = bytes.to_vec().leak();
        script.push(Act::Ask(Command::Restore { offset, bytes }));
        offset += bytes.len() as u32;
    }
    script.push(Act::Ask(Command::RestoreCommit { length: offset }));
    script.push(step(5));
    assert_eq!(digest_of(script), digest_after(&[(None, 5)]));
}

#[test]
fn what_is_no_number_is_no_strength() {
    for strength in [f32::NAN, f32::INFINITY] {
        let board = play([
            Act::Ask(Command::Configure(SEEDED)),
            write(Cue { strength, ..CUE }, 5),
            step(5),
            Act::Ask(Command::Digest),
        ]);
        assert!(matches!(
            board.reports[1],
            (2, Report::Refused(Refusal::Parameter { name: "strength", .. }))
        ));
        assert_eq!(last_digests(&board).0, digest_after(&[(None, 5)]));
    }
}

#[test]
fn without_a_readout_nothing_is_read() {
    for setup in [SEEDED, HASHED] {
        let board = play([
            Act::Ask(Command::Configure(setup)),
            Act::Ask(Command::Read),
            Act::Ask(Command::Digest),
        ]);
        assert_eq!(board.reports[1], (2, Report::Refused(Refusal::Readout)));
        assert_eq!(last_digests(&board).1, Fnv1a::new().digest());
    }
}
