//! Steps at a rate on the emulated board: the rate is kept in real time, and what is too fast is counted.
//!
//! `cargo xtask test --only "rate on the emulated board"` builds the firmware and names it in `FREEZABLE_FIRMWARE`.

use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use freezable_chaos::frames::{Command, CouplingSource, Report, Setup, Timing};
use freezable_chaos::{Params, Start, TransferId};
use host_sim::device::{Board, Cpu, Emulator};

/// The exact network in flash, the largest.
fn setup(board: &Board) -> Setup {
    let image = board.identity().flash.expect("the board has couplings in flash");
    Setup {
        model: 1,
        n: image.n,
        params: Params {
            g: image.g,
            k: 1.5,
            p: 2.5,
            dt: 0.05,
        },
        seed_network: image.seed,
        seed_state: 2,
        network: image.network,
        start: Start::Small,
        transfer: TransferId::TANH,
        couplings: CouplingSource::Flash,
    }
}

fn pace(board: &mut Board, period: u32) {
    let done = |report: &Report<'_>| matches!(report, Report::Done { .. }).then_some(());
    board.link().ask(&Command::Pace { period }, done).unwrap();
}

fn timing(board: &mut Board) -> Timing {
    let found = |report: &Report<'_>| match report {
        Report::Timing(timing) => Some(*timing),
        _ => None,
    };
    board.link().ask(&Command::Timing, found).unwrap()
}

#[test]
#[ignore = "needs the emulator and the firmware: cargo xtask test names them"]
fn a_rate_is_kept_and_misses_are_counted() {
    let firmware = PathBuf::from(env::var_os("FREEZABLE_FIRMWARE").expect("FREEZABLE_FIRMWARE"));
    let (emulator, link) = Emulator::start(Cpu::M4f, &firmware, None).unwrap();
    let mut board = Board::meet(link).unwrap();
    let setup = setup(&board);

    board.configure(setup).unwrap();
    board.step(100, 0, 1, |_| {}).unwrap();
    let as_fast_as_possible = board.digest().unwrap();
    assert_eq!(timing(&mut board).missed, 0);

    // 100 steps of 20 ms: asleep, the emulator lets real time pass
    board.configure(setup).unwrap();
    pace(&mut board, 20_000);
    let began = Instant::now();
    let mut samples = 0;
    board.step(100, 10, 1, |_| samples += 1).unwrap();
    let time = began.elapsed();
    let kept = timing(&mut board);
    println!("100 steps, one in 20 ms, took {time:.2?} here; {kept:?}");
    assert_eq!((kept.missed, kept.dropped, samples), (0, 0, 10));
    assert!(time > Duration::from_millis(99 * 20), "{time:?}");
    assert!(kept.longest_step < 20_000_000);
    assert_eq!(
        board.digest().unwrap(),
        as_fast_as_possible,
        "the rate changes no bit"
    );

    // a period of half a step: every step misses its deadline. How many more pass is the emulator's: a sleep takes real
    // time, and what this machine oversleeps is counted
    pace(&mut board, kept.longest_step / 1000 / 2);
    board.step(100, 0, 0, |_| {}).unwrap();
    let missed = timing(&mut board);
    println!("100 steps, two periods long each: {missed:?}");
    assert!(missed.missed >= 100, "{missed:?}");

    board.shut_down().unwrap();
    emulator.finish().unwrap();
}
