//! One network from its configuration to the next one: commands, button, steps.

mod input;
mod person;
#[cfg(feature = "sensor")]
mod sensing;
mod steps;
mod working_memory;

use freezable_chaos::frames::{Command, MAX_CHUNK, Refusal, Report, Setup};
use freezable_chaos::{AnyTransfer, Connectivity, Cue, Fnv1a, Network, Plasticity};

use crate::alone;
use crate::board::Board;
use crate::button::Buttons;
use crate::general::{Beginning, Handled, Next, general};
use crate::inbox::Inbox;
use crate::line::Line;
use crate::memory::Room;
use crate::pacer::Pacer;
use crate::stored::Stored;
use crate::transit::Transit;
use crate::waiting::wait_for_network;
use input::Input;
use steps::{Job, Progress};

/// A network of either kind and everything that belongs to it.
pub struct Session<'a, C> {
    network: Network<'a, C, AnyTransfer>,
    /// What it was built from.
    setup: Setup,
    /// Rates at the last freeze or recall; zero before the first.
    remembered: &'a mut [f32],
    snapshot: Transit<'a>,
    input: Input<'a>,
    /// Whether the firmware's readout is one of this network's couplings.
    has_readout: bool,
    #[cfg(feature = "sensor")]
    sensing: sensing::Sensing,
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
        input: &'a mut [f32],
    ) -> Self {
        let n = network.n();
        let remembered = remembered.get_mut(..n).unwrap_or_default();
        remembered.fill(0.0);
        // goes over all couplings: now, where no step waits
        let has_readout = working_memory::has_readout(&network);
        Self {
            #[cfg(feature = "sensor")]
            sensing: sensing::Sensing::default(),
            network,
            setup,
            remembered,
            snapshot: Transit::new(snapshot),
            input: Input::new(input.get_mut(..n).unwrap_or_default()),
            has_readout,
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
        sequence: Option<u16>,
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
                if let Some(sequence) = sequence {
                    self.done(line, sequence);
                }
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
        #[cfg(feature = "sensor")]
        {
            self.sensing = sensing::Sensing::new(&self.network, board.sensors());
        }
        match (self.begin(board, line, sequence, stored), sequence) {
            (Ok(()), Some(_)) => {}
            (Err(refusal), Some(sequence)) => {
                line.refuse(sequence, refusal);
                return wait_for_network(board, inbox, line, room);
            }
            // where the state in flash is of no use, the network runs from its start
            (_, None) => self.run_alone(board),
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
                            self.end_event(line);
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
            self.watch_buttons(board, line);
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
                self.end_event(line);
                self.pacer.begin(board.ticks());
                self.job = Some(Job {
                    sequence: Some(sequence),
                    steps,
                    done: 0,
                    report_every,
                    chain_every,
                });
            }
            Command::Freeze => {
                self.end_event(line);
                self.set(board, Plasticity::Frozen);
                self.done(line, sequence);
            }
            Command::Release => {
                self.end_event(line);
                self.set(board, Plasticity::Running);
                self.done(line, sequence);
            }
            Command::Button => {
                self.push_button(board, line)?;
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
                self.end_event(line);
                self.remembered.fill(0.0);
                self.input.end();
                self.chain = Fnv1a::new();
                self.show(board);
                self.done(line, sequence);
            }
            Command::Store => self.store(board, line, sequence)?,
            Command::Pace { period } => {
                let pacer = Pacer::new::<B>(period)?;
                // the host takes over: with its rate, steps that no host asked for do not go on
                if self.job.is_some_and(|job| job.sequence.is_none()) {
                    self.end_job(line);
                }
                self.pacer = pacer;
                self.pacer.begin(board.ticks());
                if self.pacer.is_paced() {
                    board.start_watchdog();
                }
                self.done(line, sequence);
            }
            Command::Cue {
                seed,
                index,
                strength,
                steps,
            } => {
                let cue = Cue {
                    seed,
                    index,
                    strength,
                };
                self.write_cue(cue, steps)?;
                self.end_event(line);
                self.done(line, sequence);
            }
            #[cfg(feature = "sensor")]
            Command::Read if self.read_sensor(line, sequence) => {}
            Command::Read => self.read(line, sequence)?,
            #[cfg(feature = "sensor")]
            Command::Event => {
                self.begin_event(line)?;
                self.show(board);
                self.done(line, sequence);
            }
            #[cfg(feature = "sensor")]
            Command::Sample { values } => self.feel(board, line, sequence, values)?,
            #[cfg(feature = "sensor")]
            Command::Finish => self.finish_event(sequence)?,
            #[cfg(not(feature = "sensor"))]
            Command::Event | Command::Sample { .. } | Command::Finish => return Err(Refusal::Unsupported),
            Command::Timing => line.send(sequence, &Report::Timing(self.pacer.timing())),
            // answered without a network
            Command::Hello | Command::Configure(_) | Command::Recall | Command::Shutdown => {}
        }
        Ok(())
    }

    /// Steps at a rate until a host asks for something else.
    fn run_alone<B: Board>(&mut self, board: &mut B) {
        self.pacer = Pacer::new::<B>(alone::PERIOD).unwrap_or_default();
        self.pacer.begin(board.ticks());
        board.start_watchdog();
        self.job = Some(Job {
            sequence: None,
            steps: alone::STEPS,
            done: 0,
            report_every: 0,
            chain_every: 0,
        });
    }

    /// Something else has taken the network: an event under way is over, and who waits for its end is told.
    fn end_event(&mut self, line: &mut Line) {
        #[cfg(feature = "sensor")]
        self.sensing.cancel(line);
        #[cfg(not(feature = "sensor"))]
        let _ = line;
    }

    fn done(&self, line: &mut Line, sequence: u16) {
        let (step, plasticity) = (self.network.steps(), self.network.plasticity());
        line.send(sequence, &Report::Done { step, plasticity });
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
