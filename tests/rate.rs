//! Steps at a rate on the emulated board: the rate is kept in real time, what is too fast is counted, a press starts
//! them without a host, and the watchdog resets a board whose program hangs, and no other.
//!
//! `cargo xtask test --only "rate on the emulated board"` builds the firmware and names it in `FREEZABLE_FIRMWARE`.

use std::env;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use freezable_chaos::frames::{Command, CouplingSource, Report, Setup, Timing};
use freezable_chaos::{Params, Start, TransferId};
use link::{Board, Cpu, Emulator, Link};

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

#[test]
#[ignore = "needs the emulator and the firmware: cargo xtask test names them"]
fn a_press_of_the_button_starts_the_network_without_a_host() {
    let firmware = PathBuf::from(env::var_os("FREEZABLE_FIRMWARE").expect("FREEZABLE_FIRMWARE"));
    let (emulator, link) = Emulator::start(Cpu::M4f, &firmware, None).unwrap();
    let mut board = Board::meet(link).unwrap();
    let state = |board: &mut Board| {
        let found = |report: &Report<'_>| match report {
            Report::Digest { step, digest, .. } => Some((*step, *digest)),
            _ => None,
        };
        board.link().ask(&Command::Digest, found)
    };
    assert!(state(&mut board).is_err(), "no network yet");
    board.press_button().unwrap();
    thread::sleep(Duration::from_secs(2));
    let alone = state(&mut board).unwrap();
    let kept = timing(&mut board);
    println!(
        "a press, and two seconds later step {} is done; {kept:?}",
        alone.0
    );
    assert_eq!(kept.period, 20_000);
    assert!((20..=100).contains(&alone.0), "{alone:?}");

    let setup = setup(&board);
    board.configure(setup).unwrap();
    board.step(alone.0 as u32, 0, 0, |_| {}).unwrap();
    assert_eq!(state(&mut board).unwrap(), alone);
    board.shut_down().unwrap();
    emulator.finish().unwrap();
}

/// How long a program may hang: the watchdog's 8 s and a generous rest for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the emulated board says when the watchdog was not fed.
const STARVED: i32 = 103;

#[test]
#[ignore = "needs the emulator and the firmware: cargo xtask test names them"]
fn the_watchdog_ends_a_program_that_hangs_and_no_other() {
    let firmware = PathBuf::from(env::var_os("FREEZABLE_FIRMWARE").expect("FREEZABLE_FIRMWARE"));
    let folder = tempfile::tempdir().unwrap();
    let mut emulator = Debugged::start(&firmware, folder.path());
    let mut board = Board::meet(Link::new(Box::new(emulator.connect("uart")))).unwrap();
    let setup = setup(&board);
    board.configure(setup).unwrap();
    pace(&mut board, 20_000);
    // longer than the watchdog waits
    board.step(500, 0, 0, |_| {}).unwrap();

    let forever = Command::Step {
        steps: 100_000,
        report_every: 1,
        chain_every: 0,
    };
    let is_sample = |report: &Report<'_>| matches!(report, Report::Telemetry(_)).then_some(());
    board.link().ask(&forever, is_sample).unwrap();
    let began = Instant::now();
    emulator.hang();
    let code = emulator.exit_code_within(PATIENCE);
    let time = began.elapsed();
    println!("the program hung, and {time:.1?} later the board ended with {code:?}");
    assert_eq!(code, Some(STARVED));
    assert!(time > Duration::from_secs(6), "{time:?}");
}

/// An emulator with a debugger's socket beside the serial line. It counts no instructions: its clock is this machine's.
struct Debugged {
    child: Child,
    folder: PathBuf,
}

impl Debugged {
    fn start(firmware: &Path, folder: &Path) -> Self {
        let socket = |name: &str| {
            let path = folder.join(name);
            format!("socket,id={name},path={},server=on,wait=off", path.display())
        };
        let child = process::Command::new("qemu-system-arm")
            .args("-machine mps2-an386 -cpu cortex-m4 -display none -monitor none -no-reboot".split(' '))
            .args(["-semihosting-config", "enable=on,target=native"])
            .args(["-chardev", &socket("uart"), "-serial", "chardev:uart"])
            .args(["-chardev", &socket("debugger"), "-gdb", "chardev:debugger"])
            .arg("-kernel")
            .arg(firmware.canonicalize().unwrap())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self {
            child,
            folder: folder.to_owned(),
        }
    }

    fn connect(&self, name: &str) -> UnixStream {
        let began = Instant::now();
        loop {
            if let Ok(stream) = UnixStream::connect(self.folder.join(name)) {
                stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
                return stream;
            }
            assert!(began.elapsed() < PATIENCE, "no socket {name}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Puts a branch to itself where the program is, as a debugger would.
    fn hang(&self) {
        // to connect stops the processor
        let mut debugger = self.connect("debugger");
        debugger.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut listen = debugger.try_clone().unwrap();
        let mut answer = || {
            let (mut packet, mut byte) = (String::new(), [0]);
            while !matches!(packet.split_once('#'), Some((_, sum)) if sum.len() == 2) {
                listen.read_exact(&mut byte).unwrap();
                packet.push(char::from(byte[0]));
            }
            listen.write_all(b"+").unwrap();
            let (_, content) = packet.split_once('$').unwrap();
            content.split_once('#').unwrap().0.to_owned()
        };
        let mut ask = |request: &str| {
            let sum = request.bytes().fold(0_u8, u8::wrapping_add);
            write!(debugger, "${request}#{sum:02x}").unwrap();
            // not that the processor stopped, which comes unasked
            std::iter::repeat_with(&mut answer)
                .find(|answer| !answer.starts_with('T'))
                .unwrap()
        };
        // of all registers, little-endian, the sixteenth
        let program_counter = &ask("g")[15 * 8..16 * 8];
        let program_counter = u32::from_str_radix(program_counter, 16).unwrap().swap_bytes();
        assert_eq!(ask(&format!("M{program_counter:x},2:fee7")), "OK");
        assert_eq!(ask("D"), "OK");
    }

    fn exit_code_within(&mut self, limit: Duration) -> Option<i32> {
        let began = Instant::now();
        while began.elapsed() < limit {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(50));
        }
        None
    }
}

impl Drop for Debugged {
    fn drop(&mut self) {
        // already ended, or no longer wanted
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
