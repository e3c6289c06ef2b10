//! `host-sim memory`: the working memory as an experiment. Without a further word cues are written, held frozen, and read
//! by a trained linear readout; the words name other experiments.

mod basin;
mod device;
mod drawing;
mod export;
mod facilitation;
mod quantisation;
mod recall;
mod sensor;
mod signals;
mod table;

use clap::{Args, Subcommand};

use self::basin::BasinOptions;
use self::device::DeviceOptions;
use self::facilitation::FacilitationOptions;
use self::quantisation::QuantisationOptions;
use self::recall::RecallOptions;
use self::sensor::SensorOptions;
use self::signals::SignalsOptions;
use crate::failure::Failure;

/// Options of `memory`.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct MemoryOptions {
    #[command(subcommand)]
    experiment: Option<Experiment>,
    #[command(flatten)]
    recall: RecallOptions,
}

#[derive(Subcommand, Clone, Debug)]
enum Experiment {
    /// From which states a frozen network returns to the one that it holds
    Basin(BasinOptions),
    /// Cues on a board, which writes, holds and reads them
    Device(DeviceOptions),
    /// Short-term facilitation, the rival of freezing, with the same protocol
    Facilitation(FacilitationOptions),
    /// What is left of a stored state when it is kept in fewer bits
    Quantisation(QuantisationOptions),
    /// A sensor on a board: samples are felt there, frozen, stored, recalled after a power cut and read, beside the same here
    Sensor(Box<SensorOptions>),
    /// Trains input weights and readout of the network with index 0 for a sensor, as sensor.bin for a firmware
    SensorImage(Box<SignalsOptions>),
    /// Recordings of sensors: written, held and read, beside an echo-state network and the trivial alternatives
    Signals(Box<SignalsOptions>),
}

pub(crate) fn execute(options: MemoryOptions) -> Result<(), Failure> {
    match options.experiment {
        None => recall::execute(options.recall),
        Some(Experiment::Basin(options)) => basin::execute(options),
        Some(Experiment::Device(options)) => device::execute(options),
        Some(Experiment::Facilitation(options)) => facilitation::execute(options),
        Some(Experiment::Quantisation(options)) => quantisation::execute(options),
        Some(Experiment::Sensor(options)) => sensor::execute(*options),
        Some(Experiment::SensorImage(options)) => sensor::train(*options),
        Some(Experiment::Signals(options)) => signals::execute(*options),
    }
}
