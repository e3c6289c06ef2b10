//! The board that a command runs on: an emulated one, or one on a serial port.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use freezable_chaos::frames::{CouplingSource, Setup};
use freezable_chaos::{HistoryRule, TransferId};

use link::{Board, Cpu, Emulator, LinkError, serial};
use science::Refusal;
use science::estimators::Precision;
use science::networks::{Couplings, Ensemble, Model, Network, TransferFunction};
use serde::{Serialize, Serializer};

use crate::failure::Failure;

/// Speed of a serial port if none is asked for.
const BAUD: u32 = 115_200;

/// Where the board is.
#[derive(Args, Clone, Debug, PartialEq, Serialize)]
pub struct BoardPlace {
    /// Firmware image for an emulated board
    #[arg(long, required_unless_present = "port")]
    pub firmware: Option<PathBuf>,
    /// Emulated processor
    #[arg(long, value_enum, default_value_t = Cpu::M4f)]
    #[serde(serialize_with = "typed_name")]
    emulator: Cpu,
    /// Serial port of a real board
    #[arg(long, conflicts_with = "firmware")]
    port: Option<String>,
    /// Speed of the serial port
    #[arg(long, default_value_t = BAUD)]
    baud: u32,
}

/// A value by the name that one types for it.
fn typed_name<S: Serializer>(cpu: &Cpu, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(cpu.to_possible_value().unwrap_or_default().get_name())
}

/// A board that answers, switched off with this value if it is emulated.
pub(super) struct Attached {
    pub(super) board: Board,
    emulator: Option<Emulator>,
}

impl BoardPlace {
    /// An emulated board.
    pub fn emulated(emulator: Cpu, firmware: impl Into<PathBuf>) -> Self {
        Self {
            firmware: Some(firmware.into()),
            emulator,
            port: None,
            baud: BAUD,
        }
    }

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
    pub(super) fn configure(&mut self, ensemble: &Ensemble, index: u32) -> Result<(), LinkError> {
        let setup = setup(ensemble, index, CouplingSource::Seeded);
        self.board.configure(setup)
    }

    /// The same with the couplings in the board's flash, if they are those of the network; whether they are.
    pub(super) fn configure_from_flash(
        &mut self,
        ensemble: &Ensemble,
        index: u32,
    ) -> Result<bool, LinkError> {
        let (network, identity) = (&ensemble.network, self.board.identity());
        let (n, seed) = (network.n as u32, network.seeds.network);
        let is_there = match network.model {
            Model::Exact => identity.flash.is_some_and(|image| {
                (image.n, image.g, image.seed, image.network) == (n, network.dynamics.params().g, seed, index)
            }),
            Model::Compact => identity
                .flash_signs
                .is_some_and(|image| (image.n, image.seed, image.network) == (n, seed, index)),
        };
        let source = if is_there {
            CouplingSource::Flash
        } else {
            CouplingSource::Seeded
        };
        self.board.configure(setup(ensemble, index, source))?;
        Ok(is_there)
    }

    /// Cuts the power of an emulated board and switches it on again: nothing is left but its flash.
    pub(super) fn cut_power(&mut self) -> Result<(), Failure> {
        let emulator = self.emulator.as_mut().ok_or_else(|| {
            Failure::Usage(
                "--port: the power of a real board cannot be cut from here; --firmware names an emulated one"
                    .into(),
            )
        })?;
        emulator.cut_power();
        self.board = Board::meet(emulator.switch_on()?)?;
        Ok(())
    }

    /// Refuses networks for which the board has no room.
    pub(super) fn check_room(&self, network: &Network) -> Result<(), Refusal> {
        let room = self.board.identity().capacity(network.model);
        if network.n > room as usize {
            return Err(Refusal::above("n", network.n, room).reason("for which the board has room"));
        }
        Ok(())
    }

    /// Ends an emulation.
    pub(super) fn finish(mut self) -> Result<(), LinkError> {
        match self.emulator.take() {
            None => Ok(()),
            Some(emulator) => {
                self.board.shut_down()?;
                emulator.finish()
            }
        }
    }
}

fn setup(ensemble: &Ensemble, index: u32, couplings: CouplingSource) -> Setup {
    let network = &ensemble.network;
    Setup {
        model: network.model.id(),
        n: network.n as u32,
        params: network.dynamics.params(),
        seed_network: network.seeds.network,
        seed_state: network.seeds.state,
        network: index,
        start: ensemble.start.into(),
        transfer: TransferId::TANH,
        couplings,
    }
}

/// Refuses networks that no firmware builds.
pub(super) fn refuse_what_no_board_has(network: &Network) -> Result<(), Refusal> {
    let recommended = HistoryRule::recommended(&network.dynamics.params());
    let (parameter, value) = match network {
        Network {
            precision: Precision::F64,
            ..
        } => ("precision", "f64".to_owned()),
        Network {
            transfer:
                transfer
                @ (TransferFunction::Erf | TransferFunction::ThresholdLinear | TransferFunction::Logistic),
            ..
        } => ("transfer", transfer.name().to_owned()),
        Network { bias: Some(_), .. } => ("bias", "of the neurons".to_owned()),
        Network { rule: Some(rule), .. } => ("rule", rule.describe()),
        Network {
            model: Model::Exact,
            couplings: Couplings::Signs | Couplings::Matrix(_),
            ..
        } => (
            "couplings",
            format!("{} of the exact network", network.couplings.name()),
        ),
        Network {
            history: Some(history),
            ..
        } if *history != recommended => (
            "history_samples",
            format!(
                "{}, spacing {} and levels {}, other than the recommended history,",
                history.samples, history.spacing, history.levels
            ),
        ),
        _ => return Ok(()),
    };
    Err(Refusal::because(parameter, value, "is not on any board"))
}
