//! A board whose power is cut again and again, and its twin on this machine.

use std::time::{Duration, Instant};

use freezable_chaos::frames::{Command, Report, Setup};
use freezable_chaos::{ByteSink, Connectivity, Fnv1a, Generator, Network, Purpose, Tanh};
use serde::Serialize;

use super::flash_watch::FlashWatch;
use super::moment::Moment;
use crate::failure::Failure;
use crate::output::OutputError;
use link::{Board, Emulator, Link};

/// Steps from one state to the next one stored, and after a recall, frozen and then released.
const STEPS: u32 = 20;
/// Stores without a cut, of whose times the median counts.
const MEASURED: usize = 3;

/// One cut, and what was found after it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Cut {
    /// Seconds from the first change of the flash to the cut, as planned.
    wait: f64,
    pub(super) moment: Moment,
    /// Whether the board had said that the state was stored.
    reported: bool,
    /// Whether the state recalled was the new one; nothing where it was neither.
    pub(super) recalled_new: Option<bool>,
    pub(super) failure: Option<String>,
}

/// A state as the twin stored it.
#[derive(Default)]
struct State {
    snapshot: Vec<u8>,
    digest: u64,
    step: u64,
}

/// A board, its power switch, and its twin.
pub(super) struct Trial<'a, C> {
    emulator: Emulator,
    pair: Pair<'a, C>,
    /// The state in the board's flash.
    before: State,
    bytes: u32,
    write_time: Duration,
}

impl<'a, C: Connectivity> Trial<'a, C> {
    /// Starts the network on both, and stores it some times without a cut: both slots hold a record, and how long the
    /// writing takes is known.
    pub(super) fn begin(
        emulator: Emulator,
        board: Board,
        twin: Network<'a, C, Tanh>,
        setup: Setup,
    ) -> Result<Self, Failure> {
        let mut trial = Self {
            emulator,
            pair: Pair::start(board, twin, setup)?,
            before: State::default(),
            bytes: 0,
            write_time: Duration::ZERO,
        };
        let mut times = [Duration::ZERO; MEASURED];
        for time in &mut times {
            trial.before = trial.pair.state()?;
            let watch = FlashWatch::new(&trial.emulator)?;
            trial.pair.board.link().tell(&Command::Store)?;
            watch.until_changed()?;
            let began = Instant::now();
            trial.bytes = trial.pair.board.stored()?.bytes;
            *time = began.elapsed();
            trial.pair.run_on()?;
        }
        times.sort_unstable();
        trial.write_time = times[MEASURED / 2];
        Ok(trial)
    }

    /// Time from the first change of the flash to the end of a store that is not cut.
    pub(super) fn write_time(&self) -> Duration {
        self.write_time
    }

    /// Bytes of a record.
    pub(super) fn bytes(&self) -> u32 {
        self.bytes
    }

    /// Has the board store a new state, cuts its power after a share of the time that the writing takes, and looks at what
    /// it recalls.
    pub(super) fn cut(&mut self, share: f64) -> Result<Cut, Failure> {
        let new = self.pair.state()?;
        let flash_before = self.flash()?;
        let wait = self.write_time.mul_f64(share);
        let watch = FlashWatch::new(&self.emulator)?;
        self.pair.board.link().tell(&Command::Store)?;
        watch.until_changed()?;
        std::thread::sleep(wait);
        self.emulator.cut_power();

        let reported = heard_stored(self.pair.board.link());
        let head = (self.bytes as usize).saturating_sub(new.snapshot.len());
        let moment = Moment::of(&flash_before, &self.flash()?, head, &new.snapshot);
        self.pair.board = Board::meet(self.emulator.switch_on()?)?;
        let (recalled_new, failure) = match self.recall(new) {
            Err(Failure::Check(reason)) => (None, Some(reason)),
            Err(other) => return Err(other),
            Ok(is_new) if is_new != moment.leaves_new() || reported && !is_new => {
                let state = if is_new {
                    "the new state"
                } else {
                    "the state before"
                };
                (Some(is_new), Some(format!("the board recalled {state}")))
            }
            Ok(is_new) => (Some(is_new), None),
        };
        let said = if reported {
            ", stored as the board had said"
        } else {
            ""
        };
        Ok(Cut {
            wait: wait.as_secs_f64(),
            moment,
            reported,
            recalled_new,
            failure: failure.map(|reason| format!("after a cut at {moment:?}{said}: {reason}")),
        })
    }

    /// Recalls, and compares with the state before and the new one, at once and as it runs on; says whether it was the
    /// new one.
    fn recall(&mut self, new: State) -> Result<bool, Failure> {
        let recalled = self.pair.board.recall();
        let recalled = recalled.map_err(|error| Failure::Check(error.to_string()))?;
        let found = (self.pair.board.digest()?.0, recalled.step);
        let is_new = found == (new.digest, new.step);
        if !is_new && found != (self.before.digest, self.before.step) {
            return Err(Failure::Check(format!(
                "the board recalled digest {:016x} at step {}; the state before is {:016x} at {}, the new one {:016x} at {}",
                found.0, found.1, self.before.digest, self.before.step, new.digest, new.step
            )));
        }
        if is_new {
            self.before = new;
        }
        self.pair.recall(&self.before.snapshot)?;
        self.pair.compare_steps()?;
        self.pair.run_on()?;
        Ok(is_new)
    }

    fn flash(&self) -> Result<Vec<u8>, Failure> {
        let path = self.emulator.flash();
        Ok(std::fs::read(&path).map_err(OutputError::at(&path))?)
    }

    /// Ends the emulation.
    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.pair.board.shut_down()?;
        Ok(self.emulator.finish()?)
    }
}

/// Whether a board whose power is cut had said before that a state was stored.
fn heard_stored(link: &mut Link) -> bool {
    loop {
        match link.next_report(|_, report| matches!(report, Report::Stored { .. })) {
            Ok(false) => {}
            Ok(true) => return true,
            // The end of the line, or of half a report.
            Err(_) => return false,
        }
    }
}

/// A board and the same network on this machine.
struct Pair<'a, C> {
    board: Board,
    twin: Network<'a, C, Tanh>,
    chain: Fnv1a,
}

impl<'a, C: Connectivity> Pair<'a, C> {
    fn start(mut board: Board, mut twin: Network<'a, C, Tanh>, setup: Setup) -> Result<Self, Failure> {
        board.configure(setup)?;
        let mut states = Generator::new(setup.seed_state, setup.network, Purpose::State);
        twin.start(setup.start, &mut states);
        let chain = Fnv1a::new();
        let mut pair = Self { board, twin, chain };
        pair.compare_steps()?;
        Ok(pair)
    }

    /// Releases both, and lets them run.
    fn run_on(&mut self) -> Result<(), Failure> {
        self.board.release()?;
        self.twin.release();
        self.compare_steps()
    }

    /// Lets both run, and compares every state on the way.
    fn compare_steps(&mut self) -> Result<(), Failure> {
        self.board.step(STEPS, 0, 1, |_| {})?;
        for _ in 0..STEPS {
            self.twin.step()?;
            self.chain.put(&self.twin.digest().to_le_bytes());
        }
        if self.board.digest()? == (self.twin.digest(), self.chain.digest()) {
            return Ok(());
        }
        let (step, plasticity) = (self.twin.steps(), self.twin.plasticity());
        Err(Failure::Check(format!(
            "within the {STEPS} steps before step {step} ({plasticity:?}) the board's network parts from this machine's"
        )))
    }

    /// The state that the board is to store; holds the twin.
    fn state(&mut self) -> Result<State, Failure> {
        let mut snapshot = vec![0; self.twin.snapshot_len()];
        self.twin.store(&mut snapshot)?;
        Ok(State {
            snapshot,
            digest: self.twin.digest(),
            step: self.twin.steps(),
        })
    }

    /// Has the twin recall what the board has recalled.
    fn recall(&mut self, snapshot: &[u8]) -> Result<(), Failure> {
        self.twin.recall(snapshot)?;
        self.chain = Fnv1a::new();
        Ok(())
    }
}
