//! `host-sim memory`: the working memory as an experiment. Without a further word cues are written, held frozen, and read
//! by a trained linear readout; the words name other experiments.

mod basin;
mod device;
mod drawing;
mod export;
mod facilitation;
mod quantisation;
mod recall;
mod signals;
mod table;

use clap::{Args, Subcommand};

use self::basin::BasinOptions;
use self::device::DeviceOptions;
use self::facilitation::FacilitationOptions;
use self::quantisation::QuantisationOptions;
use self::recall::RecallOptions;
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
        Some(Experiment::Signals(options)) => signals::execute(*options),
    }
}
