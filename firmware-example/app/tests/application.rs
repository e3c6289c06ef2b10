//! The application on a board made of queues, driven by the frames that a host sends.

mod support;

use freezable_app::{IMAGE, SIGNS_IMAGE};
use freezable_chaos::frames::{Command, CouplingSource, Refusal, Report, Setup, Telemetry};
use freezable_chaos::{ByteSink, Fnv1a, Params, Plasticity};
use support::{
    Act, CAPACITY, COMPACT_CAPACITY, HASHED, SEEDED, TestBoard, digests, flash, flash_signs, last_digests,
    play, play_on, step, with_network,
};

#[test]
fn the_board_says_who_it_is() {
    let board = play([Act::Ask(Command::Hello)]);
    let hello = Report::Hello {
        contract: freezable_chaos::CONTRACT_VERSION,
        board: "test board",
        capacity: CAPACITY as u32,
        compact_capacity: COMPACT_CAPACITY as u32,
        flash: Some(IMAGE),
        flash_signs: Some(SIGNS_IMAGE),
        refused_frames: 0,
        stored: None,
    };
    assert_eq!(board.reports, [(1, hello)]);
}

#[test]
fn a_run_over_the_line_has_the_bits_of_the_kernel() {
    for setup in [
        SEEDED,
        flash(),
        Setup {
            couplings: CouplingSource::Seeded,
            ..flash()
        },
        HASHED,
        flash_signs(),
        Setup {
            couplings: CouplingSource::Seeded,
            ..flash_signs()
        },
        // signs serve any gain
        Setup {
            params: Params {
                g: 3.0,
                ..flash_signs().params
            },
            ..flash_signs()
        },
    ] {
        let board = play([
            Act::Ask(Command::Configure(setup)),
            step(20),
            Act::Ask(Command::Freeze),
            step(20),
            Act::Ask(Command::Release),
            step(20),
            Act::Ask(Command::Digest),
        ]);
        let expected = digests(&setup, 20..40, 60);
        let chain = chain_of(&expected, 1);
        assert_eq!(last_digests(&board), (expected[59], chain), "{setup:?}");
    }
}

/// The chain that takes in every `interval`th state.
fn chain_of(digests: &[u64], interval: usize) -> u64 {
    let mut chain = Fnv1a::new();
    let taken = digests.iter().skip(interval - 1).step_by(interval);
    taken.for_each(|digest| chain.put(&digest.to_le_bytes()));
    chain.digest()
}

#[test]
fn the_chain_takes_in_the_states_that_the_host_wants() {
    for setup in [SEEDED, HASHED] {
        let steps = |chain_every, report_every| {
            let board = play([
                Act::Ask(Command::Configure(setup)),
                Act::Ask(Command::Step {
                    steps: 60,
                    report_every,
                    chain_every,
                }),
                Act::Ask(Command::Digest),
            ]);
            last_digests(&board)
        };
        let expected = digests(&setup, 0..0, 60);
        for interval in [1, 2, 7, 60] {
            let chain = chain_of(&expected, interval);
            assert_eq!(
                steps(interval as u32, 4),
                (expected[59], chain),
                "every {interval}"
            );
        }
        assert_eq!(steps(0, 1), (expected[59], Fnv1a::new().digest()));
    }
}

#[test]
fn telemetry_comes_complete_and_in_order_even_over_a_slow_line() {
    let script = || {
        [
            Act::Ask(Command::Configure(SEEDED)),
            Act::Ask(Command::Step {
                steps: 32,
                report_every: 3,
                chain_every: 1,
            }),
        ]
    };
    let mut slow = TestBoard::new(script());
    slow.slowness = 1000;
    let slow = play_on(slow);
    assert_eq!(slow.reports, play(script()).reports);
    let telemetry: Vec<Telemetry<'_>> = slow
        .reports
        .iter()
        .filter_map(|(sequence, report)| match report {
            Report::Telemetry(telemetry) if *sequence == 2 => Some(*telemetry),
            _ => None,
        })
        .collect();
    let steps: Vec<u64> = telemetry.iter().map(|telemetry| telemetry.step).collect();
    assert_eq!(steps, [3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
    let last = slow.reports.last();
    assert_eq!(
        last,
        Some(&(
            2,
            Report::Done {
                step: 32,
                plasticity: Plasticity::Running
            }
        ))
    );
    with_network(&SEEDED, |mut network| {
        for _ in 0..3 {
            network.step().unwrap();
        }
        let (first, speed) = (telemetry[0], network.speed().unwrap());
        assert_eq!((first.rms_speed, first.max_speed), (speed.rms, speed.max));
        assert_eq!((first.digest, first.overlap), (network.digest(), 0.0));
        let activity: Vec<u8> = network
            .rates()
            .iter()
            .map(|rate| (127.0 * rate) as i8 as u8)
            .collect();
        assert_eq!(first.activity, activity);
    });
}

#[test]
fn the_button_freezes_and_releases_and_the_light_shows_it() {
    let frozen = |step| Report::Done {
        step,
        plasticity: Plasticity::Frozen,
    };
    let running = |step| Report::Done {
        step,
        plasticity: Plasticity::Running,
    };
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        step(5),
        Act::Ask(Command::Button),
        step(5),
        Act::Ask(Command::Button),
        Act::Ask(Command::Button),
    ]);
    let reports: Vec<_> = board.reports.into_iter().map(|(_, report)| report).collect();
    assert_eq!(
        reports,
        [
            running(0),
            running(5),
            frozen(5),
            frozen(10),
            running(10),
            frozen(10)
        ]
    );
    assert!(board.light.is_on);
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        Act::Ask(Command::Button),
        Act::Ask(Command::Button),
    ]);
    assert!(!board.light.is_on);
}

#[test]
fn a_finger_on_the_button_acts_while_steps_are_done() {
    let mut board = TestBoard::new([Act::Ask(Command::Configure(SEEDED)), step(100)]);
    board.pin.high_for = 60;
    let board = play_on(board);
    assert_eq!(
        board.reports[1],
        (
            2,
            Report::Done {
                step: 100,
                plasticity: Plasticity::Frozen
            }
        )
    );
    assert!(board.light.is_on);
}

#[test]
fn a_board_without_an_emulated_button_says_so() {
    let script = [Act::Ask(Command::Configure(SEEDED)), Act::Ask(Command::Button)];
    let mut board = TestBoard::new(script);
    board.can_press = false;
    let board = play_on(board);
    assert_eq!(board.reports[1], (2, Report::Refused(Refusal::Unsupported)));
}

#[test]
fn overlap_is_with_the_rates_at_the_last_freeze() {
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        step(5),
        Act::Ask(Command::Freeze),
        Act::Ask(Command::Step {
            steps: 40,
            report_every: 40,
            chain_every: 1,
        }),
    ]);
    let (_, Report::Telemetry(telemetry)) = board.reports[3] else {
        panic!("{:?}", board.reports)
    };
    let expected = with_network(&SEEDED, |mut network| {
        for _ in 0..5 {
            network.step().unwrap();
        }
        let remembered = network.rates().to_vec();
        network.freeze();
        for _ in 0..40 {
            network.step().unwrap();
        }
        network.overlap(&remembered).unwrap()
    });
    assert_eq!(telemetry.overlap, expected);
    assert!(expected > 0.5, "{expected}");
}

#[test]
fn commands_act_between_steps_and_another_step_command_replaces_the_first() {
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        Act::Tell(Command::Step {
            steps: 1_000_000,
            report_every: 0,
            chain_every: 0,
        }),
        Act::Ask(Command::Freeze),
        Act::Tell(Command::Step {
            steps: 4,
            report_every: 0,
            chain_every: 0,
        }),
        Act::Ask(Command::Digest),
    ]);
    let done = |index: usize| match board.reports[index] {
        (sequence, Report::Done { step, plasticity }) => (sequence, step, plasticity),
        ref other => panic!("{other:?}"),
    };
    let (sequence, frozen_at, plasticity) = done(1);
    assert_eq!((sequence, plasticity), (3, Plasticity::Frozen));
    let (sequence, stopped_at, _) = done(2);
    assert_eq!(sequence, 2, "the first step command is answered where it stopped");
    assert!(frozen_at <= stopped_at && stopped_at < 1_000_000);
}
