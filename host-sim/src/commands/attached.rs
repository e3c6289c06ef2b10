//! The board that a command runs on: an emulated one, or one on a serial port.

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::frames::{CouplingSource, Setup};
use freezable_chaos::{HistoryRule, TransferId};

use crate::configuration::{Configuration, Couplings, Model, Precision, TransferFunction};
use crate::device::{Board, Cpu, Emulator, serial};
use crate::failure::Failure;

/// Where the board is.
#[derive(Args, Clone, Debug)]
pub(super) struct BoardPlace {
    /// Firmware image for an emulated board
    #[arg(long, required_unless_present = "port")]
    firmware: Option<PathBuf>,
    /// Emulated processor
    #[arg(long, value_enum, default_value_t = Cpu::M4f)]
    emulator: Cpu,
    /// Serial port of a real board
    #[arg(long, conflicts_with = "firmware")]
    port: Option<String>,
    /// Speed of the serial port
    #[arg(long, default_value_t = 115_200)]
    baud: u32,
}

/// A board that answers, switched off with this value if it is emulated.
pub(super) struct Attached {
    pub(super) board: Board,
    emulator: Option<Emulator>,
}

impl BoardPlace {
    /// Whether there is one board, for which networks have to take turns.
    pub(super) fn is_one(&self) -> bool {
        self.port.is_some()
    }

    /// Opens the line, starting the emulator if there is one.
    pub(super) fn attach(&self) -> Result<Attached, Failure> {
        let (link, emulator) = match (&self.port, &self.firmware) {
            (Some(port), _) => (serial::open(port, self.baud)?, None),
            (None, Some(firmware)) => {
                let (emulator, link) = Emulator::start(self.emulator, firmware, None)?;
                (link, Some(emulator))
            }
            (None, None) => return Err(Failure::Usage("neither --firmware nor --port is given".into())),
        };
        Ok(Attached {
            board: Board::meet(link)?,
            emulator,
        })
    }
}

impl Attached {
    /// Builds and starts the network of that index on the board.
    pub(super) fn configure(&mut self, configuration: &Configuration, network: u32) -> Result<(), Failure> {
        let room = self.board.identity().capacity(configuration.model);
        if configuration.n > room as usize {
            return Err(Failure::Usage(format!(
                "--n {} is above its bound {room}, for which the board has room",
                configuration.n
            )));
        }
        self.board.configure(Setup {
            model: configuration.model.id(),
            n: configuration.n as u32,
            params: configuration.dynamics.params(),
            seed_network: configuration.seeds.network,
            seed_state: configuration.seeds.state,
            network,
            start: configuration.start.into(),
            transfer: TransferId::TANH,
            couplings: CouplingSource::Seeded,
        })
    }

    /// Ends an emulation.
    pub(super) fn finish(mut self) -> Result<(), Failure> {
        match self.emulator.take() {
            None => Ok(()),
            Some(emulator) => {
                self.board.shut_down()?;
                emulator.finish()
            }
        }
    }
}

/// Refuses networks that no firmware builds.
pub(super) fn refuse_what_no_board_has(configuration: &Configuration) -> Result<(), Failure> {
    let refused = match configuration {
        Configuration {
            precision: Precision::F64,
            ..
        } => "--precision f64",
        Configuration {
            transfer: TransferFunction::Erf,
            ..
        } => "--transfer erf",
        Configuration {
            model: Model::Exact,
            couplings: Couplings::Signs,
            ..
        } => "--couplings signs of the exact network",
        Configuration {
            model: Model::Compact,
            ..
        } if configuration.history_rule() != HistoryRule::recommended(&configuration.dynamics.params()) => {
            "a history other than the recommended (--history-samples, --history-spacing, --history-levels)"
        }
        _ => return Ok(()),
    };
    Err(Failure::Usage(format!("{refused} is not on any board")))
}
