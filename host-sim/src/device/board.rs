//! What a board can be asked, one method a command.

use std::time::{Duration, Instant};

use freezable_chaos::frames::{
    Command, CouplingSource, FlashImage, FlashSigns, MAX_CHUNK, Report, Setup, Telemetry,
};
use freezable_chaos::storage::Lost;
use freezable_chaos::{CONTRACT_VERSION, Cue, Start, TransferId};

use super::{Heard, Link};
use crate::configuration::Model;
use crate::failure::Failure;
use crate::golden::{Case, Target};

/// Longest time to the answer of a board that is asked who it is: it may be in the middle of a slow step.
const HELLO_LIMIT: Duration = Duration::from_secs(10);

/// A board at the other end of a line.
pub struct Board {
    link: Link,
    identity: Identity,
}

/// Who a board is.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Most neurons of an exact network that it has room for.
    pub capacity: u32,
    /// Most neurons of a compact network that it has room for; 0 where it has none.
    pub compact_capacity: u32,
    /// The Gaussian couplings in its flash.
    pub flash: Option<FlashImage>,
    /// The signs in its flash.
    pub flash_signs: Option<FlashSigns>,
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

impl Identity {
    /// Who sent a `Hello`; `None` for another report, an error for a board of another contract version.
    pub fn of(report: &Report<'_>) -> Option<Result<Self, Failure>> {
        let Report::Hello {
            contract,
            board,
            capacity,
            compact_capacity,
            flash,
            flash_signs,
            ..
        } = *report
        else {
            return None;
        };
        if contract != CONTRACT_VERSION {
            return Some(Err(Failure::Device(format!(
                "the board's firmware is of contract version {contract}, this program of {CONTRACT_VERSION}"
            ))));
        }
        Some(Ok(Self {
            name: board.to_owned(),
            capacity,
            compact_capacity,
            flash,
            flash_signs,
        }))
    }

    /// Most neurons of a kind of network that the board has room for.
    pub fn capacity(&self, model: Model) -> u32 {
        match model {
            Model::Exact => self.capacity,
            Model::Compact => self.compact_capacity,
        }
    }
}

impl Board {
    /// Asks who is there; refuses a board of another contract version, and one that says nothing.
    pub fn meet(mut link: Link) -> Result<Self, Failure> {
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
                return Ok(Self { link, identity });
            }
        }
        Err(Failure::Device(format!(
            "no board answered for {} s; is its firmware running, and --baud its speed?",
            HELLO_LIMIT.as_secs()
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
    pub fn configure(&mut self, setup: Setup) -> Result<(), Failure> {
        self.until_done(&Command::Configure(setup))
    }

    /// Does so many steps; hands over a report after every `report_every` of them, and the board's chain takes in every
    /// `chain_every`th state (0: none).
    pub fn step(
        &mut self,
        steps: u32,
        report_every: u32,
        chain_every: u32,
        mut look: impl FnMut(&Telemetry<'_>),
    ) -> Result<(), Failure> {
        let command = Command::Step {
            steps,
            report_every,
            chain_every,
        };
        self.link.ask(&command, |report| match report {
            Report::Telemetry(telemetry) => {
                look(telemetry);
                None
            }
            Report::Done { .. } => Some(()),
            _ => None,
        })
    }

    /// Halts the plasticity.
    pub fn freeze(&mut self) -> Result<(), Failure> {
        self.until_done(&Command::Freeze)
    }

    /// Lets the plasticity run.
    pub fn release(&mut self) -> Result<(), Failure> {
        self.until_done(&Command::Release)
    }

    /// Presses the button, which freezes and releases by turns.
    pub fn press_button(&mut self) -> Result<(), Failure> {
        self.until_done(&Command::Button)
    }

    /// Digest of the state, and of the chain of states passed through.
    pub fn digest(&mut self) -> Result<(u64, u64), Failure> {
        self.link.ask(&Command::Digest, |report| match *report {
            Report::Digest { digest, chain, .. } => Some((digest, chain)),
            _ => None,
        })
    }

    /// The bytes of x, little-endian.
    pub fn state(&mut self) -> Result<Vec<u8>, Failure> {
        self.gather(|offset| Command::State { offset })
    }

    /// The bytes of a snapshot.
    pub fn snapshot(&mut self) -> Result<Vec<u8>, Failure> {
        self.gather(|offset| Command::Snapshot { offset })
    }

    /// Hands over a snapshot and asks the board to take its state.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), Failure> {
        let mut offset = 0;
        for bytes in snapshot.chunks(MAX_CHUNK) {
            self.until_done(&Command::Restore { offset, bytes })?;
            offset += bytes.len() as u32;
        }
        self.until_done(&Command::RestoreCommit {
            length: snapshot.len() as u32,
        })
    }

    /// Halts the plasticity and has the board keep the state in its flash.
    pub fn store(&mut self) -> Result<StoredState, Failure> {
        self.link.tell(&Command::Store)?;
        self.stored()
    }

    /// Waits for the answer to a store that the board was told by [`Link::tell`].
    pub fn stored(&mut self) -> Result<StoredState, Failure> {
        self.link.answer(|report| match *report {
            Report::Stored { generation, bytes } => Some(StoredState { generation, bytes }),
            _ => None,
        })
    }

    /// Has the board build the network whose state is in its flash and take that state up, frozen.
    pub fn recall(&mut self) -> Result<RecalledState, Failure> {
        self.link.ask(&Command::Recall, |report| match *report {
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
        })
    }

    /// Gives the next steps a cue as their input.
    pub fn write_cue(&mut self, cue: Cue, steps: u32) -> Result<(), Failure> {
        let Cue {
            seed,
            index,
            strength,
        } = cue;
        self.until_done(&Command::Cue {
            seed,
            index,
            strength,
            steps,
        })
    }

    /// What the readout in the board's flash makes of the rates: one number for each cue that it tells apart.
    pub fn read_out(&mut self) -> Result<Vec<f32>, Failure> {
        self.link.ask(&Command::Read, |report| match *report {
            Report::Read { outputs, .. } => Some(floats(outputs)),
            _ => None,
        })
    }

    /// Ends an emulation.
    pub fn shut_down(&mut self) -> Result<(), Failure> {
        self.until_done(&Command::Shutdown)
    }

    fn until_done(&mut self, command: &Command<'_>) -> Result<(), Failure> {
        self.link.ask(command, |report| {
            matches!(report, Report::Done { .. }).then_some(())
        })
    }

    fn gather(&mut self, command: impl Fn(u32) -> Command<'static>) -> Result<Vec<u8>, Failure> {
        let mut gathered = Vec::new();
        loop {
            let total = self
                .link
                .ask(&command(gathered.len() as u32), |report| match *report {
                    Report::State { total, bytes, .. } | Report::Snapshot { total, bytes, .. } => {
                        gathered.extend_from_slice(bytes);
                        Some(total as usize)
                    }
                    _ => None,
                })?;
            if gathered.len() >= total {
                return Ok(gathered);
            }
        }
    }
}

/// Numbers that a board sent.
pub fn floats(bytes: &[u8]) -> Vec<f32> {
    let (fours, _) = bytes.as_chunks();
    fours.iter().map(|&four| f32::from_le_bytes(four)).collect()
}

impl Target for Board {
    fn start(&mut self, model: Model, case: &Case) -> Result<(), Failure> {
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

    fn steps(&mut self, count: u64) -> Result<(), Failure> {
        self.step(count as u32, 0, 0, |_| {})
    }

    fn freeze(&mut self) -> Result<(), Failure> {
        Board::freeze(self)
    }

    fn release(&mut self) -> Result<(), Failure> {
        Board::release(self)
    }

    fn digest(&mut self) -> Result<u64, Failure> {
        Board::digest(self).map(|(digest, _)| digest)
    }
}
