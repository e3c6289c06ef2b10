//! Encodes and decodes every frame of the serial line with arguments that the compiler cannot know.
#![no_std]
#![no_main]

#[path = "../panic.rs"]
mod panic;

use core::hint::black_box;

use cortex_m_rt::entry;
use freezable_chaos::frames::{
    Command, CouplingSource, FlashImage, FlashSigns, MAX_CHUNK, MAX_FRAME, Receiver, Refusal, Report,
    SHOWN_NEURONS, Setup, Telemetry, Timing, decode, encode,
};
use freezable_chaos::storage::{Lost, StorageError};
use freezable_chaos::{Params, Plasticity, SnapshotError, Start, TransferId};

#[inline(never)]
fn send(body: &Report<'_>, line: &mut [u8]) -> usize {
    encode(black_box(1), body, line).unwrap_or(0)
}

#[inline(never)]
fn ask(body: &Command<'_>, line: &mut [u8]) -> usize {
    encode(black_box(1), body, line).unwrap_or(0)
}

#[inline(never)]
fn receive(receiver: &mut Receiver, byte: u8) {
    if let Some(Ok(frame)) = receiver.push(byte) {
        black_box(decode::<Command<'_>>(frame).is_ok());
    }
}

#[inline(never)]
fn listen(receiver: &mut Receiver, byte: u8) {
    if let Some(Ok(frame)) = receiver.push(byte) {
        black_box(decode::<Report<'_>>(frame).is_ok());
    }
}

/// A byte from the line that the compiler cannot know.
fn first(line: &[u8]) -> u8 {
    black_box(line).first().copied().unwrap_or_default()
}

/// A setup with unknown content.
fn setup() -> Setup {
    let params = Params {
        g: black_box(3.0),
        k: black_box(2.0),
        p: black_box(2.5),
        dt: black_box(0.05),
    };
    Setup {
        model: 1,
        n: black_box(64),
        params,
        seed_network: black_box(1),
        seed_state: black_box(2),
        network: black_box(0),
        start: black_box(Start::Large),
        transfer: TransferId(black_box(0)),
        couplings: black_box(CouplingSource::Flash),
    }
}

/// Every command with unknown content; only the kind is known.
fn commands(bytes: &[u8]) -> [Command<'_>; 16] {
    [
        Command::Hello,
        Command::Configure(setup()),
        Command::Step {
            steps: black_box(9),
            report_every: black_box(3),
            chain_every: black_box(1),
        },
        Command::Freeze,
        Command::Release,
        Command::Button,
        Command::State { offset: black_box(0) },
        Command::Digest,
        Command::Snapshot { offset: black_box(0) },
        Command::Restore {
            offset: black_box(0),
            bytes,
        },
        Command::RestoreCommit { length: black_box(0) },
        Command::Shutdown,
        Command::Store,
        Command::Recall,
        Command::Pace { period: black_box(0) },
        Command::Timing,
    ]
}

/// Every report with unknown content; only the kind is known.
fn reports<'a>(bytes: &'a [u8], text: &'a str) -> [Report<'a>; 14] {
    let flash = FlashImage {
        n: black_box(128),
        g: black_box(1.5),
        seed: black_box(7),
        network: black_box(0),
    };
    let signs = FlashSigns {
        n: black_box(1024),
        seed: black_box(7),
        network: black_box(0),
    };
    let plasticity = black_box(Plasticity::Frozen);
    let timing = Timing {
        period: black_box(20_000),
        missed: black_box(1),
        dropped: black_box(2),
        last_step: black_box(3),
        longest_step: black_box(4),
    };
    let telemetry = Telemetry {
        step: black_box(9),
        plasticity,
        rms_speed: black_box(0.5),
        max_speed: black_box(0.6),
        overlap: black_box(0.7),
        digest: black_box(8),
        chain: black_box(9),
        activity: bytes.get(..SHOWN_NEURONS).unwrap_or_default(),
        timing,
    };
    let error = SnapshotError::Length {
        expected: black_box(1),
        found: black_box(2),
    };
    [
        Report::Hello {
            contract: black_box(1),
            board: text,
            capacity: black_box(128),
            compact_capacity: black_box(128),
            flash: black_box(Some(flash)),
            flash_signs: black_box(Some(signs)),
            refused_frames: black_box(0),
            stored: black_box(Some(3)),
        },
        Report::Done {
            step: black_box(9),
            plasticity,
        },
        Report::Telemetry(telemetry),
        Report::State {
            offset: black_box(0),
            total: black_box(512),
            bytes,
        },
        Report::Digest {
            step: black_box(9),
            digest: black_box(1),
            chain: black_box(2),
        },
        Report::Snapshot {
            offset: black_box(0),
            total: black_box(512),
            bytes,
        },
        Report::Refused(Refusal::Parameter {
            name: text,
            value: black_box(2.0),
        }),
        Report::Refused(Refusal::Neurons {
            n: black_box(256),
            capacity: black_box(128),
        }),
        Report::Refused(Refusal::Snapshot(black_box(error))),
        Report::Refused(Refusal::Storage(black_box(StorageError::Room {
            expected: 2,
            found: 1,
        }))),
        Report::Stored {
            generation: black_box(3),
            bytes: black_box(33_000),
        },
        Report::Recalled {
            generation: black_box(3),
            bytes: black_box(33_000),
            step: black_box(9),
            setup: setup(),
            lost: black_box(Some(Lost::Damaged { generation: 4 })),
        },
        Report::Timing(timing),
        Report::Refused(Refusal::Period {
            period: black_box(9),
            longest: black_box(8),
        }),
    ]
}

#[entry]
fn main() -> ! {
    // The entry macro makes these statics, and hands them out once.
    static mut LINE: [u8; MAX_FRAME] = [0; MAX_FRAME];
    static mut BYTES: [u8; MAX_CHUNK] = [0; MAX_CHUNK];
    static mut RECEIVER: Receiver = Receiver::new();
    loop {
        let bytes = black_box(&BYTES[..]);
        for command in &commands(bytes) {
            black_box(ask(black_box(command), LINE));
            receive(RECEIVER, first(LINE));
        }
        for report in &reports(bytes, black_box("board")) {
            black_box(send(black_box(report), LINE));
            listen(RECEIVER, first(LINE));
        }
    }
}
