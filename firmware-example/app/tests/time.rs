//! Steps at a rate: deadlines, a console that is stuck, the watchdog, sleep.

mod support;

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{Command, Refusal, Report, Telemetry, Timing};
use support::{Act, SEEDED, TestBoard, digests, last_digests, play, play_on, step};

const TIMING: Act = Act::Ask(Command::Timing);

fn pace(period: u32) -> Act {
    Act::Ask(Command::Pace { period })
}

fn steps_with_telemetry(steps: u32) -> Command<'static> {
    Command::Step {
        steps,
        report_every: 1,
        chain_every: 0,
    }
}

fn timing_in(board: &TestBoard, index: usize) -> Timing {
    match board.reports[index].1 {
        Report::Timing(timing) => timing,
        ref other => panic!("{other:?}"),
    }
}

fn telemetry(board: &TestBoard) -> Vec<Telemetry<'static>> {
    let found = board.reports.iter().filter_map(|(_, report)| match report {
        Report::Telemetry(telemetry) => Some(*telemetry),
        _ => None,
    });
    found.collect()
}

#[test]
fn a_period_that_the_steps_keep_has_no_misses_and_the_bits_stay_the_same() {
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        pace(1000),
        step(50),
        TIMING,
        Act::Ask(Command::Digest),
    ]);
    let timing = timing_in(&board, 3);
    assert_eq!((timing.period, timing.missed, timing.dropped), (1000, 0, 0));
    // from one look at the clock to the next: a microsecond
    assert_eq!((timing.last_step, timing.longest_step), (1000, 1000));
    assert!(board.slept >= 49, "{} sleeps", board.slept);
    assert_eq!(last_digests(&board).0, digests(&SEEDED, 0..0, 50)[49]);
}

#[test]
fn steps_that_take_longer_than_the_period_are_counted() {
    let mut board = TestBoard::new([
        Act::Ask(Command::Configure(SEEDED)),
        pace(2500),
        step(40),
        TIMING,
        pace(2_000_000),
        step(4),
        TIMING,
    ]);
    // the step itself lies between two looks, and the loop around it looks more often
    board.tick = 2000;
    let board = play_on(board);
    let timing = timing_in(&board, 3);
    assert!(timing.missed >= 40, "{timing:?}");
    assert_eq!(timing.last_step, 2_000_000);
    // a new pace counts anew
    assert_eq!(timing_in(&board, 6).missed, 0);
}

#[test]
fn a_stuck_console_costs_samples_and_never_a_step() {
    let script = || {
        [
            Act::Ask(Command::Configure(SEEDED)),
            pace(1000),
            Act::Ask(steps_with_telemetry(400)),
            TIMING,
        ]
    };
    let mut board = TestBoard::new(script());
    board.stuck = Some((2, 20_000));
    let board = play_on(board);
    let steps: Vec<u64> = telemetry(&board).iter().map(|telemetry| telemetry.step).collect();
    let timing = timing_in(&board, board.reports.len() - 1);
    assert_eq!(timing.missed, 0, "no step waited for the console");
    assert!(timing.dropped > 50, "{timing:?}");
    assert_eq!(
        steps.len() as u32 + timing.dropped,
        400,
        "every sample is sent or counted"
    );
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(*steps.last().unwrap(), 400, "the line is in use again");
    let last = telemetry(&board).last().unwrap().timing;
    assert_eq!((last.missed, last.dropped), (0, timing.dropped));

    // without a period the steps wait, and nothing is lost
    let mut script = script();
    script[1] = pace(0);
    let mut board = TestBoard::new(script);
    board.stuck = Some((2, 20_000));
    let board = play_on(board);
    assert_eq!(telemetry(&board).len(), 400);
    assert_eq!(timing_in(&board, board.reports.len() - 1).dropped, 0);
}

#[test]
fn an_answer_that_cannot_leave_holds_up_commands_and_not_steps() {
    let mut board = TestBoard::new([
        Act::Ask(Command::Configure(SEEDED)),
        pace(1000),
        Act::Tell(steps_with_telemetry(300)),
        Act::Tell(Command::Snapshot { offset: 0 }),
        Act::Tell(Command::Snapshot { offset: 0 }),
        Act::Tell(Command::Snapshot { offset: 0 }),
        TIMING,
    ]);
    board.stuck = Some((2, 10_000));
    let board = play_on(board);
    let snapshots = board
        .reports
        .iter()
        .filter(|(_, report)| matches!(report, Report::Snapshot { .. }));
    assert_eq!(snapshots.count(), 3, "every command is answered in the end");
    let timing = board.reports.iter().find_map(|(_, report)| match report {
        Report::Timing(timing) => Some(*timing),
        _ => None,
    });
    let timing = timing.expect("the timing is told");
    assert_eq!(timing.missed, 0);
    assert!(timing.dropped > 0);
}

#[test]
fn the_watchdog_is_started_by_a_pace_and_fed_by_each_completed_step() {
    let board = play([Act::Ask(Command::Configure(SEEDED)), step(5)]);
    assert!(!board.is_watched);
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        pace(1000),
        Act::Ask(steps_with_telemetry(50)),
    ]);
    assert!(board.is_watched);
    let fed: Vec<u32> = board
        .reports
        .iter()
        .zip(&board.fed)
        .filter_map(|((_, report), &fed)| matches!(report, Report::Telemetry(_)).then_some(fed))
        .collect();
    assert_eq!(fed.len(), 50);
    assert!(fed.windows(2).all(|pair| pair[1] - pair[0] == 1), "{fed:?}");
}

#[test]
fn where_no_step_completes_the_watchdog_goes_hungry() {
    // a timer that stands still: after the first step none is due, however often the loop goes round
    let mut script = vec![
        Act::Ask(Command::Configure(SEEDED)),
        pace(1000),
        Act::Tell(steps_with_telemetry(50)),
    ];
    script.extend((0..20).map(|_| TIMING));
    let mut board = TestBoard::new(script);
    board.tick = 0;
    let board = play_on(board);
    let fed: Vec<u32> = board
        .reports
        .iter()
        .zip(&board.fed)
        .filter_map(|((_, report), &fed)| matches!(report, Report::Timing(_)).then_some(fed))
        .collect();
    assert_eq!(fed.len(), 20);
    assert_eq!(fed[1], fed[19], "{fed:?}");
}

#[test]
fn a_period_beyond_the_watchdog_is_refused() {
    let board = play([
        Act::Ask(Command::Configure(SEEDED)),
        pace(2_000_001),
        TIMING,
        pace(2_000_000),
    ]);
    let refused = Report::Refused(Refusal::Period {
        period: 2_000_001,
        longest: 2_000_000,
    });
    assert_eq!(board.reports[1].1, refused);
    assert_eq!(timing_in(&board, 2), Timing::default(), "nothing changed");
    assert!(matches!(board.reports[3].1, Report::Done { .. }));
    assert_eq!(
        play([pace(1)]).reports[0].1,
        Report::Refused(Refusal::NotConfigured)
    );
}

#[test]
fn a_pause_between_two_orders_is_no_miss() {
    let mut script = vec![Act::Ask(Command::Configure(SEEDED)), pace(100), step(20)];
    script.extend((0..100).map(|_| Act::Ask(Command::State { offset: 0 })));
    script.extend([step(20), TIMING]);
    let board = play(script);
    assert_eq!(timing_in(&board, board.reports.len() - 1).missed, 0);
}

#[test]
fn with_two_buttons_one_freezes_and_the_other_releases() {
    let done = |board: &TestBoard| match board.reports.last() {
        Some((_, Report::Done { plasticity, .. })) => *plasticity,
        other => panic!("{other:?}"),
    };
    for (first, second, expected) in [(60, 0, Plasticity::Frozen), (0, 60, Plasticity::Running)] {
        for before in [Command::Freeze, Command::Release] {
            let mut board =
                TestBoard::new([Act::Ask(Command::Configure(SEEDED)), Act::Ask(before), step(100)]);
            board.pin.high_for = first;
            board.second_pin = Some(support::Pin { high_for: second });
            let board = play_on(board);
            assert_eq!(done(&board), expected, "after {before:?}");
        }
    }
}

#[test]
fn the_display_shows_the_rates_some_thirty_times_a_second() {
    let board = play([Act::Ask(Command::Configure(SEEDED)), pace(10_000), step(300)]);
    // 300 steps are 3 s; a picture comes with every fourth step
    assert!(
        (70..=91).contains(&board.pictures.len()),
        "{}",
        board.pictures.len()
    );
    assert!(board.pictures.iter().all(|&neurons| neurons == SEEDED.n as usize));
}
