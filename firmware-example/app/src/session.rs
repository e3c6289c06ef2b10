//! One network from its configuration to the next one: commands, button, steps.

use freezable_chaos::frames::{Command, MAX_CHUNK, Refusal, Report, SHOWN_NEURONS, Setup, Telemetry};
use freezable_chaos::{AnyTransfer, ByteSink, Connectivity, Fnv1a, Network, Plasticity};

use embedded_hal::digital::OutputPin;

use crate::application::{Beginning, Handled, Next, general, wait_for_network};
use crate::board::Board;
use crate::button::{Buttons, Press};
use crate::inbox::Inbox;
use crate::line::Line;
use crate::memory::Room;
use crate::pacer::Pacer;
use crate::stored::{self, Stored};
use crate::transit::Transit;

/// Steps that the host asked for and that are still to do.
#[derive(Clone, Copy, Debug)]
struct Job {
    sequence: u16,
    steps: u32,
    done: u32,
    report_every: u32,
    chain_every: u32,
}

/// What became of the steps in one pass of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// A step was completed.
    Stepped,
    /// The next step is due after so many ticks.
    NotDue(u32),
    /// None is asked for, or the next one waits for the console.
    Idle,
}

/// Pictures per second on a display.
const PICTURES: u32 = 30;

/// A network of either kind and everything that belongs to it.
pub struct Session<'a, C> {
    network: Network<'a, C, AnyTransfer>,
    /// What it was built from.
    setup: Setup,
    /// Rates at the last freeze or recall; zero before the first.
    remembered: &'a mut [f32],
    snapshot: Transit<'a>,
    /// FNV-1a over the digests of the states that the host wanted in it.
    chain: Fnv1a,
    buttons: Buttons,
    job: Option<Job>,
    pacer: Pacer,
    /// When the display was last told.
    shown: u32,
}

impl<'a, C: Connectivity> Session<'a, C> {
    /// A session with a network that has just started.
    pub fn new(
        network: Network<'a, C, AnyTransfer>,
        setup: Setup,
        remembered: &'a mut [f32],
        snapshot: &'a mut [u8],
    ) -> Self {
        let n = network.n();
        let remembered = remembered.get_mut(..n).unwrap_or_default();
        remembered.fill(0.0);
        Self {
            network,
            setup,
            remembered,
            snapshot: Transit::new(snapshot),
            chain: Fnv1a::new(),
            buttons: Buttons::default(),
            job: None,
            pacer: Pacer::default(),
            shown: 0,
        }
    }

    /// Takes the stored state up if there is one, and answers the command that asked for the network.
    fn begin<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: u16,
        stored: Option<Stored>,
    ) -> Result<(), Refusal<'static>> {
        let params = self.network.dynamics().params();
        info!(
            "configured: model {=u8}, n = {=usize}, g = {=f32}, k = {=f32}, p = {=f32}, dt = {=f32}",
            C::MODEL,
            self.network.n(),
            params.g,
            params.k,
            params.p,
            params.dt
        );
        match stored {
            None => {
                self.show(board);
                self.done(line, sequence);
            }
            Some(stored) => self.recall(board, line, sequence, &stored)?,
        }
        Ok(())
    }

    /// Answers the command that asked for the network, then serves commands and button, and does the steps asked for,
    /// until another network or a shutdown is asked for.
    ///
    /// Commands act between two steps, also while many steps are asked for. A command that replaces the steps under
    /// way (another `Step`, `Configure`, `RestoreCommit`, `Recall`) has them answered first, where they stopped.
    pub fn run<B: Board>(
        mut self,
        board: &mut B,
        inbox: &mut Inbox,
        line: &mut Line,
        room: &Room,
        Beginning { sequence, stored, .. }: Beginning,
    ) -> Next {
        if let Err(refusal) = self.begin(board, line, sequence, stored) {
            line.refuse(sequence, refusal);
            return wait_for_network(board, inbox, line, room);
        }
        loop {
            if line.has_room_for_answer() {
                let is_patient = self.job.is_none() || !self.pacer.is_paced();
                match inbox.poll(board, is_patient) {
                    None => {}
                    Some(Err(refusal)) => line.refuse_frame(refusal),
                    Some(Ok((sequence, command))) => match general(board, line, room, sequence, command) {
                        Handled::Done => {}
                        Handled::Next(next) => {
                            self.end_job(line);
                            if let Next::Shutdown(sequence) = next {
                                self.done(line, sequence);
                            }
                            return next;
                        }
                        Handled::NeedsNetwork => {
                            if let Err(refusal) = self.obey(board, line, sequence, command) {
                                line.refuse(sequence, refusal);
                            }
                        }
                    },
                }
            }
            self.watch_buttons(board);
            line.pump(board);
            match self.advance(board, line) {
                Progress::Stepped => {
                    board.feed_watchdog();
                    self.show_activity(board);
                }
                Progress::NotDue(wait) => rest(board, wait),
                // nothing of this board's own is late
                Progress::Idle => {
                    board.feed_watchdog();
                    rest(board, B::SETTLE_TIME);
                }
            }
        }
    }

    fn obey<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: u16,
        command: Command<'_>,
    ) -> Result<(), Refusal<'a>> {
        match command {
            Command::Step {
                steps,
                report_every,
                chain_every,
            } => {
                self.end_job(line);
                self.pacer.begin(board.ticks());
                self.job = Some(Job {
                    sequence,
                    steps,
                    done: 0,
                    report_every,
                    chain_every,
                });
            }
            Command::Freeze => {
                self.set(board, Plasticity::Frozen);
                self.done(line, sequence);
            }
            Command::Release => {
                self.set(board, Plasticity::Running);
                self.done(line, sequence);
            }
            Command::Button => {
                self.push_button(board)?;
                self.done(line, sequence);
            }
            Command::State { offset } => self.send_state(line, sequence, offset)?,
            Command::Digest => {
                let (step, digest) = (self.network.steps(), self.network.digest());
                line.send(
                    sequence,
                    &Report::Digest {
                        step,
                        digest,
                        chain: self.chain.digest(),
                    },
                );
            }
            Command::Snapshot { offset } => {
                if offset == 0 {
                    let network = &self.network;
                    self.snapshot
                        .take(|bytes| network.snapshot(bytes))
                        .map_err(Refusal::Snapshot)?;
                }
                let (bytes, total) = self.snapshot.piece(offset)?;
                line.send(sequence, &Report::Snapshot { offset, total, bytes });
            }
            Command::Restore { offset, bytes } => {
                self.snapshot.receive(offset, bytes)?;
                self.done(line, sequence);
            }
            Command::RestoreCommit { length } => {
                let bytes = self.snapshot.received(length)?;
                self.network.restore(bytes).map_err(Refusal::Snapshot)?;
                info!("restored: step {=u64}", self.network.steps());
                // after the network took the state: a refused one must change nothing
                self.end_job(line);
                self.remembered.fill(0.0);
                self.chain = Fnv1a::new();
                self.show(board);
                self.done(line, sequence);
            }
            Command::Store => self.store(board, line, sequence)?,
            Command::Pace { period } => {
                self.pacer = Pacer::new::<B>(period)?;
                self.pacer.begin(board.ticks());
                if self.pacer.is_paced() {
                    board.start_watchdog();
                }
                self.done(line, sequence);
            }
            Command::Timing => line.send(sequence, &Report::Timing(self.pacer.timing())),
            // answered without a network
            Command::Hello | Command::Configure(_) | Command::Recall | Command::Shutdown => {}
        }
        Ok(())
    }

    /// Freezes the network and keeps its state in flash; where that fails, it runs on if it ran.
    fn store<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: u16,
    ) -> Result<(), Refusal<'static>> {
        let before = self.network.plasticity();
        let network = &mut self.network;
        self.snapshot
            .take(|bytes| network.store(bytes))
            .map_err(Refusal::Snapshot)?;
        let record = stored::put(board, &self.setup, self.snapshot.taken()).inspect_err(|_| {
            if before == Plasticity::Running {
                self.network.release();
            }
        })?;
        if before == Plasticity::Running {
            self.remember();
        }
        self.show(board);
        let (generation, bytes) = (record.generation(), record.len());
        info!(
            "stored: step {=u64}, generation {=u32}",
            self.network.steps(),
            generation
        );
        line.send(sequence, &Report::Stored { generation, bytes });
        Ok(())
    }

    /// Takes up the state in flash, of the network that was just built for it.
    fn recall<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: u16,
        stored: &Stored,
    ) -> Result<(), Refusal<'static>> {
        self.snapshot.take(|bytes| stored.load(board, bytes))?;
        self.network
            .recall(self.snapshot.taken())
            .map_err(Refusal::Snapshot)?;
        self.remember();
        self.show(board);
        let (generation, bytes) = (stored.record().generation(), stored.record().len());
        let (step, setup) = (self.network.steps(), self.setup);
        info!("recalled: step {=u64}, generation {=u32}", step, generation);
        let report = Report::Recalled {
            generation,
            bytes,
            step,
            setup,
        };
        line.send(sequence, &report);
        Ok(())
    }

    fn done(&self, line: &mut Line, sequence: u16) {
        let (step, plasticity) = (self.network.steps(), self.network.plasticity());
        line.send(sequence, &Report::Done { step, plasticity });
    }

    /// One step of those asked for, once it is due. Without a period it waits for room for telemetry; with one it waits
    /// for nothing.
    fn advance<B: Board>(&mut self, board: &mut B, line: &mut Line) -> Progress {
        let Some(mut job) = self.job else {
            return Progress::Idle;
        };
        if job.done == job.steps {
            if line.has_room_for_answer() {
                self.end_job(line);
            }
            return Progress::Idle;
        }
        if !self.pacer.is_paced() && !line.has_room_for_sample() {
            return Progress::Idle;
        }
        let wait = self.pacer.wait(board.ticks());
        if wait > 0 {
            return Progress::NotDue(wait);
        }
        let start = board.cycles();
        let outcome = self.network.step();
        let cycles = board.cycles().wrapping_sub(start);
        if let Err(error) = outcome {
            let (neuron, step) = (error.neuron as u32, error.step);
            self.job = None;
            line.refuse(job.sequence, Refusal::Diverged { neuron, step });
            return Progress::Idle;
        }
        job.done += 1;
        self.job = Some(job);
        self.report(line, &job);
        self.pacer.completed::<B>(board.ticks(), cycles);
        Progress::Stepped
    }

    /// Takes the state into the chain and reports it, where it is one of those asked for.
    fn report(&mut self, line: &mut Line, job: &Job) {
        // An interval of 0 divides no count. A digest can take longer than a step: none but those asked for.
        let is_chained = job.done.is_multiple_of(job.chain_every);
        let is_reported = job.done.is_multiple_of(job.report_every);
        if !is_chained && !is_reported {
            return;
        }
        let digest = self.network.digest();
        if is_chained {
            self.chain.put(&digest.to_le_bytes());
        }
        if is_reported {
            if line.has_room_for_sample() {
                self.sample(line, job.sequence, digest);
            } else {
                self.pacer.dropped();
            }
        }
    }

    /// Answers the steps under way, wherever they are.
    fn end_job(&mut self, line: &mut Line) {
        if let Some(job) = self.job.take() {
            self.done(line, job.sequence);
        }
    }

    fn sample(&self, line: &mut Line, sequence: u16, digest: u64) {
        let shown = self.network.rates().iter().take(SHOWN_NEURONS);
        let activity = shown.map(|rate| ((127.0 * rate) as i8).cast_unsigned());
        let activity: heapless::Vec<u8, SHOWN_NEURONS> = activity.collect();
        let (rms_speed, max_speed) = self
            .network
            .speed()
            .map_or((0.0, 0.0), |speed| (speed.rms, speed.max));
        let telemetry = Telemetry {
            step: self.network.steps(),
            plasticity: self.network.plasticity(),
            rms_speed,
            max_speed,
            overlap: self.network.overlap(self.remembered).unwrap_or(0.0),
            digest,
            chain: self.chain.digest(),
            activity: &activity,
            timing: self.pacer.timing(),
        };
        line.sample(sequence, telemetry);
    }

    fn send_state(&self, line: &mut Line, sequence: u16, offset: u32) -> Result<(), Refusal<'a>> {
        let state = self.network.state();
        let total = size_of_val(state) as u32;
        if offset >= total {
            return Err(Refusal::Offset { offset, bound: total });
        }
        let bytes = state
            .iter()
            .flat_map(|x| x.to_le_bytes())
            .skip(offset as usize)
            .take(MAX_CHUNK);
        let bytes: heapless::Vec<u8, MAX_CHUNK> = bytes.collect();
        line.send(
            sequence,
            &Report::State {
                offset,
                total,
                bytes: &bytes,
            },
        );
        Ok(())
    }

    /// Freezes or releases the synapses.
    fn set<B: Board>(&mut self, board: &mut B, plasticity: Plasticity) {
        if self.network.plasticity() == plasticity {
            return;
        }
        let step = self.network.steps();
        match plasticity {
            Plasticity::Frozen => {
                self.network.freeze();
                self.remember();
                info!("frozen: step {=u64}", step);
            }
            Plasticity::Running => {
                self.network.release();
                info!("released: step {=u64}", step);
            }
        }
        self.show(board);
    }

    /// Keeps the rates, for overlaps with them.
    fn remember(&mut self) {
        for (remembered, &rate) in self.remembered.iter_mut().zip(self.network.rates()) {
            *remembered = rate;
        }
    }

    /// Shows on the indicator whether the synapses are frozen.
    fn show<B: Board>(&mut self, board: &mut B) {
        let shown = match self.network.plasticity() {
            Plasticity::Frozen => board.indicator().set_high(),
            Plasticity::Running => board.indicator().set_low(),
        };
        if shown.is_err() {
            warning!("the indicator does not answer");
        }
    }

    /// Reads the buttons once; a press freezes, releases, or does so by turns.
    fn watch_buttons<B: Board>(&mut self, board: &mut B) {
        let wanted = match (self.buttons.read(board), self.network.plasticity()) {
            (None, _) => return,
            (Some(Press::Freeze), _) | (Some(Press::Toggle), Plasticity::Running) => Plasticity::Frozen,
            (Some(Press::Release), _) | (Some(Press::Toggle), Plasticity::Frozen) => Plasticity::Running,
        };
        self.set(board, wanted);
    }

    /// Has the board press its button, and watches it until it is up again: what acts is the pin.
    fn push_button<B: Board>(&mut self, board: &mut B) -> Result<(), Refusal<'a>> {
        if !board.press_button() {
            return Err(Refusal::Unsupported);
        }
        let start = board.ticks();
        self.watch_buttons(board);
        // a person may hold the button down meanwhile: after a second the loop goes on without waiting for it
        while self.buttons.is_busy() && board.ticks().wrapping_sub(start) < B::TICKS {
            self.watch_buttons(board);
        }
        Ok(())
    }

    /// Shows the rates on a display, not more often than an eye can follow.
    fn show_activity<B: Board>(&mut self, board: &mut B) {
        let now = board.ticks();
        if now.wrapping_sub(self.shown) >= B::TICKS / PICTURES {
            self.shown = now;
            board.show(self.network.rates());
        }
    }
}

/// Sleeps for so many ticks at most, and not so long that a press of a button would be overlooked.
fn rest<B: Board>(board: &mut B, wait: u32) {
    let wait = if wait < B::SETTLE_TIME {
        wait
    } else {
        B::SETTLE_TIME
    };
    let until = board.ticks().wrapping_add(wait);
    board.sleep(until);
}
