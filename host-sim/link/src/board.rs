//! What a board can be asked, one method a command.

pub(crate) mod answers;
mod sensor;

use std::time::{Duration, Instant};

use freezable_chaos::frames::{Command, CouplingSource, MAX_CHUNK, Report, Setup, Telemetry};
use freezable_chaos::storage::Lost;
use freezable_chaos::{Cue, NEURON_LIMIT, Plasticity, Start, TransferId};

use self::answers::{Samples, expect, gather, of_snapshot, of_state, taken_at, wrong};
use super::{Heard, Identity, Link, LinkError};
use science::golden::{Builder, Case, Target};
use science::networks::Model;

pub use self::sensor::{Felt, Written};

/// Longest time to the answer of a board that is asked who it is: it may be in the middle of a slow step.
const HELLO_LIMIT: Duration = Duration::from_secs(10);

/// A board at the other end of a line.
///
/// Every answer is compared with the question: its step, its place, its length. One that does not fit is an error that
/// says so.
pub struct Board {
    link: Link,
    identity: Identity,
    /// What is known of its network; nothing before the first.
    network: Option<Known>,
    /// The generation of the last state that it stored on this line, and that state's step.
    kept: Option<(u32, Option<u64>)>,
}

/// A board's network as its answers must have it.
#[derive(Clone, Copy, Debug)]
struct Known {
    n: u32,
    step: u64,
    plasticity: Plasticity,
}

/// A state in a board's flash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredState {
    /// States kept since the flash was empty.
    pub generation: u32,
    /// Bytes kept.
    pub bytes: u32,
}

/// A state that a board took up from its flash.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RecalledState {
    /// Which one.
    pub stored: StoredState,
    /// Steps of its network until it was stored.
    pub step: u64,
    /// Its network.
    pub setup: Setup,
    /// What the flash has in place of a newer state.
    pub lost: Option<Lost>,
}

impl Board {
    /// Asks who is there; refuses a board of another contract version, and one that says nothing.
    pub fn meet(mut link: Link) -> Result<Self, LinkError> {
        // Ends a frame that somebody before left half sent.
        link.send(&[0])?;
        let number = link.tell(&Command::Hello)?;
        let began = Instant::now();
        while began.elapsed() < HELLO_LIMIT {
            let heard =
                link.poll(|found, report| (found == number).then(|| Identity::of(report)).flatten())?;
            // The line may begin within a report that is not for us.
            if let Heard::Report(Some(greeting)) = heard {
                let identity = greeting?;
                return Ok(Self {
                    link,
                    identity,
                    network: None,
                    kept: None,
                });
            }
        }
        Err(LinkError::new(format!(
            "no board answered for {} s; {}",
            HELLO_LIMIT.as_secs(),
            link.traffic()
        )))
    }

    /// Who the board is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The line, for bytes that are no command.
    pub fn link(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Builds and starts a network.
    pub fn configure(&mut self, setup: Setup) -> Result<(), LinkError> {
        let (step, plasticity) = self.done(&Command::Configure(setup))?;
        expect("its first step", 0, step)?;
        if plasticity == Plasticity::Frozen {
            return Err(wrong("its network starts frozen: is its button pressed?"));
        }
        self.network = Some(Known {
            n: setup.n,
            step,
            plasticity,
        });
        Ok(())
    }

    /// Does so many steps; hands over a report after every `report_every` of them, and the board's chain takes in every
    /// `chain_every`th state (0: none).
    pub fn step(
        &mut self,
        steps: u32,
        report_every: u32,
        chain_every: u32,
        mut look: impl FnMut(&Telemetry<'_>),
    ) -> Result<(), LinkError> {
        let command = Command::Step {
            steps,
            report_every,
            chain_every,
        };
        let mut samples = Samples {
            first: self.network.map(|known| known.step),
            steps,
            every: report_every,
            latest: None,
            count: 0,
        };
        let done = self.link.ask_in_parts(&command, |report| match report {
            Report::Telemetry(telemetry) => match samples.take(telemetry.step) {
                Ok(()) => {
                    look(telemetry);
                    None
                }
                Err(error) => Some(Err(error)),
            },
            Report::Done { step, plasticity } => Some(Ok((*step, *plasticity))),
            _ => None,
        })??;
        let Some(known) = &mut self.network else {
            return Ok(());
        };
        expect("the step", known.step + u64::from(steps), done.0)?;
        known.step = done.0;
        if known.plasticity != done.1 {
            return Err(LinkError::new(format!(
                "at step {} the board's plasticity is {} though nobody asked for that: is its button pressed? This says nothing about its bits",
                done.0,
                match done.1 {
                    Plasticity::Frozen => "frozen",
                    Plasticity::Running => "running",
                }
            )));
        }
        Ok(())
    }

    /// Halts the plasticity.
    pub fn freeze(&mut self) -> Result<(), LinkError> {
        self.turn(&Command::Freeze, |_| Plasticity::Frozen)
    }

    /// Lets the plasticity run.
    pub fn release(&mut self) -> Result<(), LinkError> {
        self.turn(&Command::Release, |_| Plasticity::Running)
    }

    /// Presses the button, which freezes and releases by turns.
    pub fn press_button(&mut self) -> Result<(), LinkError> {
        self.turn(&Command::Button, |before| match before {
            Plasticity::Running => Plasticity::Frozen,
            Plasticity::Frozen => Plasticity::Running,
        })
    }

    fn turn(
        &mut self,
        command: &Command<'_>,
        expected: impl Fn(Plasticity) -> Plasticity,
    ) -> Result<(), LinkError> {
        let (step, plasticity) = self.done(command)?;
        if let Some(known) = &mut self.network {
            expect("the step", known.step, step)?;
            if plasticity != expected(known.plasticity) {
                return Err(wrong("its plasticity is not as it was told"));
            }
            known.plasticity = plasticity;
        }
        Ok(())
    }

    /// Digest of the state, and of the chain of states passed through.
    pub fn digest(&mut self) -> Result<(u64, u64), LinkError> {
        let (step, digest, chain) = self.link.ask(&Command::Digest, |report| match *report {
            Report::Digest { step, digest, chain } => Some((step, digest, chain)),
            _ => None,
        })?;
        if let Some(known) = self.network {
            expect("the step of its digest", known.step, step)?;
        }
        Ok((digest, chain))
    }

    /// The bytes of x, little-endian.
    pub fn state(&mut self) -> Result<Vec<u8>, LinkError> {
        let n = self.network.map_or(NEURON_LIMIT as u64, |known| known.n.into());
        let state = gather(4 * n, |offset| {
            self.link.ask(&Command::State { offset }, of_state)
        })?;
        if self.network.is_some() {
            expect("the bytes of its state", 4 * n, state.len() as u64)?;
        }
        Ok(state)
    }

    /// The bytes of a snapshot.
    pub fn snapshot(&mut self) -> Result<Vec<u8>, LinkError> {
        /// Header and checksum.
        const FRAME: u64 = 64;
        let n = self
            .network
            .map_or(u64::from(self.largest()), |known| known.n.into());
        // An exact network's is the longest: x, and the triangle of A.
        gather(FRAME + 4 * n + 2 * n * (n + 1), |offset| {
            self.link.ask(&Command::Snapshot { offset }, of_snapshot)
        })
    }

    fn largest(&self) -> u32 {
        let Identity {
            capacity,
            compact_capacity,
            ..
        } = self.identity;
        capacity.max(compact_capacity).min(NEURON_LIMIT as u32)
    }

    /// Hands over a snapshot and asks the board to take its state.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), LinkError> {
        let mut offset = 0;
        for bytes in snapshot.chunks(MAX_CHUNK) {
            self.done(&Command::Restore { offset, bytes })?;
            offset += bytes.len() as u32;
        }
        let (step, plasticity) = self.done(&Command::RestoreCommit {
            length: snapshot.len() as u32,
        })?;
        if let Some(taken) = taken_at(snapshot) {
            expect("the step of the state that it took", taken.0, step)?;
            if taken.1 != plasticity {
                return Err(wrong("its plasticity is not that of the state that it took"));
            }
        }
        if let Some(known) = &mut self.network {
            (known.step, known.plasticity) = (step, plasticity);
        }
        Ok(())
    }

    /// Halts the plasticity and has the board keep the state in its flash.
    pub fn store(&mut self) -> Result<StoredState, LinkError> {
        self.link.tell(&Command::Store)?;
        self.stored()
    }

    /// Waits for the answer to a store that the board was told by [`Link::tell`].
    pub fn stored(&mut self) -> Result<StoredState, LinkError> {
        let stored = self.link.answer(|report| match *report {
            Report::Stored { generation, bytes } => Some(StoredState { generation, bytes }),
            _ => None,
        })?;
        let generation = stored.generation;
        if self.kept.is_some_and(|(before, _)| before == generation) {
            return Err(wrong(&format!("it stores state {generation} a second time")));
        }
        self.kept = Some((generation, self.network.map(|known| known.step)));
        if let Some(known) = &mut self.network {
            known.plasticity = Plasticity::Frozen;
        }
        Ok(stored)
    }

    /// Has the board build the network whose state is in its flash and take that state up, frozen.
    pub fn recall(&mut self) -> Result<RecalledState, LinkError> {
        let recalled = self.link.ask(&Command::Recall, |report| match *report {
            Report::Recalled {
                generation,
                bytes,
                step,
                setup,
                lost,
            } => Some(RecalledState {
                stored: StoredState { generation, bytes },
                step,
                setup,
                lost,
            }),
            _ => None,
        })?;
        let n = recalled.setup.n;
        if n == 0 || n > self.largest() {
            return Err(wrong(&format!(
                "it recalls {n} neurons, and has room for {}",
                self.largest()
            )));
        }
        if let (Some((generation, step)), None) = (self.kept, recalled.lost) {
            let found = recalled.stored.generation;
            expect("the state that it recalls", generation.into(), found.into())?;
            step.map_or(Ok(()), |step| {
                expect("the step of that state", step, recalled.step)
            })?;
        }
        self.network = Some(Known {
            n,
            step: recalled.step,
            plasticity: Plasticity::Frozen,
        });
        Ok(recalled)
    }

    /// Gives the next steps a cue as their input.
    pub fn write_cue(&mut self, cue: Cue, steps: u32) -> Result<(), LinkError> {
        let Cue {
            seed,
            index,
            strength,
        } = cue;
        let command = Command::Cue {
            seed,
            index,
            strength,
            steps,
        };
        let (step, _) = self.done(&command)?;
        self.network
            .map_or(Ok(()), |known| expect("the step of its cue", known.step, step))
    }

    /// What the readout in the board's flash makes of the rates: one number for each cue that it tells apart.
    pub fn read_out(&mut self) -> Result<Vec<f32>, LinkError> {
        let (step, outputs) = self.link.ask(&Command::Read, |report| match *report {
            Report::Read { step, outputs } => Some((step, outputs.to_vec())),
            _ => None,
        })?;
        expect(
            "the rest of its outputs, of 4 bytes each,",
            0,
            outputs.len() as u64 % 4,
        )?;
        if let Some(known) = self.network {
            expect("the step of its readout", known.step, step)?;
        }
        Ok(floats(&outputs))
    }

    /// Ends an emulation.
    pub fn shut_down(&mut self) -> Result<(), LinkError> {
        self.done(&Command::Shutdown).map(|_| ())
    }

    fn done(&mut self, command: &Command<'_>) -> Result<(u64, Plasticity), LinkError> {
        self.link.ask(command, |report| match *report {
            Report::Done { step, plasticity } => Some((step, plasticity)),
            _ => None,
        })
    }
}

/// Numbers that a board sent.
pub fn floats(bytes: &[u8]) -> Vec<f32> {
    let (fours, _) = bytes.as_chunks();
    fours.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

impl Builder for Board {
    fn start(&mut self, model: Model, case: &Case) -> Result<(), LinkError> {
        self.configure(Setup {
            model: model.id(),
            n: case.n as u32,
            params: Case::PARAMS,
            seed_network: case.seed,
            seed_state: case.seed,
            network: 0,
            start: Start::Small,
            transfer: TransferId(case.transfer),
            couplings: CouplingSource::Seeded,
        })
    }
}

impl Target for Board {
    type Error = LinkError;

    fn steps(&mut self, count: u64) -> Result<(), LinkError> {
        self.step(count as u32, 0, 0, |_| {})
    }

    fn freeze(&mut self) -> Result<(), LinkError> {
        Board::freeze(self)
    }

    fn release(&mut self) -> Result<(), LinkError> {
        Board::release(self)
    }

    fn digest(&mut self) -> Result<u64, LinkError> {
        Board::digest(self).map(|(digest, _)| digest)
    }
}

#[cfg(test)]
mod tests;
