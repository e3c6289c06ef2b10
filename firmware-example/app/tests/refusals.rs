//! What the application refuses, and that a refusal changes nothing.

mod support;

use freezable_chaos::frames::{Command, Refusal, Report, Setup};
use freezable_chaos::{Params, Plasticity, TransferId};
use support::{
    Act, CAPACITY, COMPACT_CAPACITY, HASHED, SEEDED, damaged, digests, flash, flash_signs, last_digests,
    play, step,
};

#[test]
fn a_damaged_frame_is_counted_and_never_acted_on() {
    let mut overlong = vec![7; 2000];
    overlong.push(0);
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        Act::Bytes(damaged(&Command::Freeze)),
        Act::Bytes(overlong),
        Act::Ask(Command::Hello),
        step(1),
    ]);
    let bad = (0, Report::Refused(Refusal::BadFrame));
    assert_eq!(board.reports[1..3], [bad, bad]);
    assert!(matches!(
        board.reports[3],
        (
            4,
            Report::Hello {
                refused_frames: 2,
                ..
            }
        )
    ));
    assert_eq!(
        board.reports[4],
        (
            5,
            Report::Done {
                step: 1,
                plasticity: Plasticity::Running
            }
        )
    );
}

#[test]
fn without_a_network_its_commands_are_refused() {
    let commands = [
        Command::Step {
            steps: 1,
            report_every: 0,
            chain_every: 0,
        },
        Command::Freeze,
        Command::Release,
        Command::State { offset: 0 },
        Command::Digest,
        Command::Snapshot { offset: 0 },
        Command::Restore {
            offset: 0,
            bytes: &[1],
        },
        Command::RestoreCommit { length: 1 },
        Command::Cue {
            seed: 1,
            index: 0,
            strength: 1.0,
            steps: 1,
        },
        Command::Read,
        Command::Event,
        Command::Sample { values: &[0; 4] },
        Command::Finish,
    ];
    let board = play(commands.map(Act::Ask));
    for (index, report) in board.reports.iter().enumerate() {
        assert_eq!(
            *report,
            (index as u16 + 1, Report::Refused(Refusal::NotConfigured))
        );
    }
    assert_eq!(board.reports.len(), commands.len());
}

#[test]
fn a_refused_setup_says_why_and_leaves_the_network_as_it_was() {
    let params = |params: Params| Setup { params, ..SEEDED };
    let neurons = |n| Refusal::Neurons {
        n,
        capacity: CAPACITY as u32,
    };
    let compact_neurons = |n| Refusal::Neurons {
        n,
        capacity: COMPACT_CAPACITY as u32,
    };
    let cases = [
        (Setup { n: 0, ..SEEDED }, neurons(0)),
        (Setup { n: 129, ..SEEDED }, neurons(129)),
        (
            Setup {
                n: u32::MAX,
                ..SEEDED
            },
            neurons(u32::MAX),
        ),
        (
            params(Params {
                g: -1.0,
                ..SEEDED.params
            }),
            Refusal::Parameter {
                name: "g",
                value: -1.0,
            },
        ),
        (
            params(Params {
                dt: 3.0,
                ..SEEDED.params
            }),
            Refusal::Parameter {
                name: "dt",
                value: 3.0,
            },
        ),
        (
            Setup {
                transfer: TransferId(9),
                ..SEEDED
            },
            Refusal::Transfer(TransferId(9)),
        ),
        (
            Setup {
                seed_network: 0,
                ..flash()
            },
            Refusal::FlashImage,
        ),
        (
            Setup {
                network: 1,
                ..flash()
            },
            Refusal::FlashImage,
        ),
        (Setup { n: 64, ..flash() }, Refusal::FlashImage),
        (Setup { model: 0, ..SEEDED }, Refusal::Unsupported),
        (Setup { model: 3, ..SEEDED }, Refusal::Unsupported),
        (Setup { n: 0, ..HASHED }, compact_neurons(0)),
        (Setup { n: 1025, ..HASHED }, compact_neurons(1025)),
        (
            // one sample in 4,000,000 steps
            Setup {
                params: Params {
                    p: 1e4,
                    dt: 1e-3,
                    ..HASHED.params
                },
                ..HASHED
            },
            Refusal::Parameter {
                name: "the spacing of the history, in steps,",
                value: 4e6,
            },
        ),
        (
            Setup {
                seed_network: 9,
                ..flash_signs()
            },
            Refusal::FlashImage,
        ),
        (
            Setup {
                n: 512,
                ..flash_signs()
            },
            Refusal::FlashImage,
        ),
        // the other network's image
        (Setup { model: 2, ..flash() }, Refusal::FlashImage),
    ];
    for present in [SEEDED, HASHED] {
        let untouched = digests(&present, 0..0, 7)[6];
        for (setup, refusal) in cases {
            let board = play([
                Act::Ask(Command::Configure(present)),
                step(7),
                Act::Ask(Command::Configure(setup)),
                Act::Ask(Command::Digest),
            ]);
            assert_eq!(board.reports[2], (3, Report::Refused(refusal)));
            assert_eq!(last_digests(&board).0, untouched);
        }
    }
}

#[test]
fn without_a_sensor_no_event_begins_and_nothing_changes() {
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        Act::Ask(Command::Digest),
        Act::Ask(Command::Event),
        Act::Ask(Command::Sample { values: &[0; 4] }),
        Act::Ask(Command::Finish),
        Act::Ask(Command::Digest),
    ]);
    // The feature brings the commands, but what they need is a file that this build does not carry.
    let expected = if cfg!(feature = "sensor") {
        [Refusal::Sensor, Refusal::Sensor, Refusal::Event]
    } else {
        [Refusal::Unsupported; 3]
    };
    for (refusal, (_, report)) in expected.iter().zip(&board.reports[2..5]) {
        assert_eq!(*report, Report::Refused(*refusal));
    }
    let digests = [1, 5].map(|place| match board.reports[place].1 {
        Report::Digest { digest, .. } => digest,
        ref other => panic!("{other:?}"),
    });
    assert_eq!(digests[0], digests[1]);
}
