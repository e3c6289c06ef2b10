//! A board for tests at the other end of a socket, which does what the firmware does as far as the monitor can see.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use freezable_chaos::frames::{
    self, Command, MAX_FRAME, Receiver, Refusal, Report, Setup, Telemetry, Timing,
};
use freezable_chaos::storage::StorageError;
use freezable_chaos::{CONTRACT_VERSION, Plasticity};

use super::conversation::Wanted;
use link::{Identity, Link, LinkError, Place};

/// What happens to the board, from outside.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// Its cable is pulled out: no line opens, and an open one breaks.
    pub(super) is_unplugged: AtomicBool,
    /// It is to forget its network, as a reset makes it; the line stays.
    pub(super) resets: AtomicBool,
    /// It says nothing.
    pub(super) is_mute: AtomicBool,
    /// How many of the next frames arrive damaged.
    pub(super) damaged: AtomicU64,
    /// Lines opened so far.
    pub(super) opened: AtomicU64,
}

/// What a board keeps while its line is away.
#[derive(Debug, Default)]
struct Memory {
    network: Option<(u64, Plasticity)>,
    stored: Option<(u32, u64)>,
    job: Option<u16>,
}

/// Where the board is.
#[derive(Clone, Default)]
pub(super) struct FakePlace {
    pub(super) fate: Arc<Fate>,
    memory: Arc<Mutex<Memory>>,
}

pub(super) fn wanted() -> Wanted {
    Wanted {
        setup: |_: &Identity, seed_state| {
            Ok(Setup {
                seed_state,
                ..crate::monitor::tests::SETUP
            })
        },
        seed_state: 2,
        period: 5000,
        interval: 20,
    }
}

impl Place for FakePlace {
    fn connect(&mut self) -> Result<Link, LinkError> {
        if self.fate.is_unplugged.load(Ordering::SeqCst) {
            return Err(LinkError::new("--port /dev/fake: no such file"));
        }
        self.fate.opened.fetch_add(1, Ordering::SeqCst);
        let (host, board) = UnixStream::pair().unwrap();
        for end in [&host, &board] {
            end.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        }
        let place = self.clone();
        std::thread::spawn(move || place.live(board));
        Ok(Link::new(Box::new(host)))
    }
}

impl FakePlace {
    fn live(&self, mut line: UnixStream) {
        let mut receiver = Receiver::new();
        loop {
            if self.fate.is_unplugged.load(Ordering::SeqCst) {
                return;
            }
            let mut memory = self.memory.lock().unwrap();
            if self.fate.resets.swap(false, Ordering::SeqCst) {
                (memory.network, memory.job) = (None, None);
            }
            let mut bytes = [0; 64];
            let count = match line.read(&mut bytes) {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => 0,
                Err(_) => return,
            };
            for &byte in &bytes[..count] {
                let Some(frame) = receiver.push(byte) else {
                    continue;
                };
                let damaged = &self.fate.damaged;
                let is_damaged = damaged
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                    .is_ok();
                let (number, command) = frames::decode::<Command<'_>>(frame.unwrap()).unwrap();
                if is_damaged {
                    self.say(&mut line, 0, &Report::Refused(Refusal::BadFrame));
                } else {
                    self.obey(&mut line, &mut memory, number, command);
                }
            }
            if let (Some(job), Some((step, plasticity))) = (memory.job, &mut memory.network) {
                *step += 20;
                let telemetry = Telemetry {
                    step: *step,
                    plasticity: *plasticity,
                    rms_speed: 0.25,
                    max_speed: 1.0,
                    overlap: 0.5,
                    digest: 0,
                    chain: 0,
                    activity: &[0, 127, 129],
                    timing: Timing::default(),
                };
                self.say(&mut line, job, &Report::Telemetry(telemetry));
            }
        }
    }

    fn obey(&self, line: &mut UnixStream, memory: &mut Memory, number: u16, command: Command<'_>) {
        let done = |(step, plasticity)| Report::Done { step, plasticity };
        let report = match (command, &mut memory.network) {
            (Command::Hello, _) => Report::Hello {
                contract: CONTRACT_VERSION,
                board: "fake",
                capacity: 128,
                compact_capacity: 0,
                flash: None,
                flash_signs: None,
                refused_frames: 0,
                stored: memory.stored.map(|(generation, _)| generation),
            },
            (Command::Configure(_), network) => {
                memory.job = None;
                done(*network.insert((0, Plasticity::Running)))
            }
            (Command::Recall, network) => match memory.stored {
                None => Report::Refused(Refusal::Storage(StorageError::Empty)),
                Some((generation, step)) => {
                    *network = Some((step, Plasticity::Frozen));
                    memory.job = None;
                    Report::Recalled {
                        generation,
                        bytes: 100,
                        step,
                        setup: crate::monitor::tests::SETUP,
                        lost: None,
                    }
                }
            },
            (_, None) => Report::Refused(Refusal::NotConfigured),
            (Command::Step { .. }, Some(_)) => {
                memory.job = Some(number);
                return;
            }
            (Command::Pace { .. }, Some(network)) => done(*network),
            (Command::Freeze, Some(network)) => {
                network.1 = Plasticity::Frozen;
                done(*network)
            }
            (Command::Release, Some(network)) => {
                network.1 = Plasticity::Running;
                done(*network)
            }
            (Command::Store, Some(network)) => {
                network.1 = Plasticity::Frozen;
                let generation = memory.stored.map_or(1, |(before, _)| before + 1);
                memory.stored = Some((generation, network.0));
                Report::Stored {
                    generation,
                    bytes: 100,
                }
            }
            (other, _) => panic!("not asked by the monitor: {other:?}"),
        };
        self.say(line, number, &report);
    }

    fn say(&self, line: &mut UnixStream, number: u16, report: &Report<'_>) {
        if self.fate.is_mute.load(Ordering::SeqCst) {
            return;
        }
        let mut frame = [0; MAX_FRAME];
        let length = frames::encode(number, report, &mut frame).unwrap();
        // The monitor may have hung up; that is noticed at the next read.
        let _ = line.write_all(&frame[..length]);
    }
}
