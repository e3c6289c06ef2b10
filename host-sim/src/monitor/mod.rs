//! A live view of a board in a terminal.
//!
//! | file | holds |
//! |---|---|
//! | `conversation` | what is asked of a board, and when: no input or output of its own |
//! | `worker` | the thread that keeps a line to the board open and carries the conversation on |
//! | `state` | what is known of the board, and what a key does: no input or output of its own |
//! | `view` | the picture of that state |
//! | `recording` | the arrays of what was seen |
//! | `screen` | the terminal: draws, reads keys, and is left as it was found |

pub mod conversation;
#[cfg(test)]
mod fake_board;
pub mod recording;
pub mod screen;
pub mod state;
#[cfg(test)]
mod tests;
pub mod view;
pub mod worker;

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{Telemetry, Timing};
use freezable_chaos::storage::Lost;

use link::Identity;

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Halt the plasticity.
    Freeze,
    /// Let the plasticity run.
    Release,
    /// Hold the state and keep it in flash.
    Store,
    /// Take up the state in flash.
    Recall,
    /// Cut the power of an emulated board, and give it again.
    PowerCycle,
    /// End.
    Quit,
}

/// What happened at the other end of the line.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A line was opened, and nothing was heard yet.
    Connecting,
    /// The board said who it is, and the generation of the state in its flash.
    Connected(Identity, Option<u32>),
    /// The board had no network, and starts one.
    Started,
    /// The line broke, or could not be opened, for this reason. It will be tried again.
    Lost(String),
    /// The network is under way.
    Sample(Sample),
    /// Plasticity, after a command.
    Plasticity(Plasticity),
    /// A state was stored.
    Stored {
        /// Its generation.
        generation: u32,
        /// Its bytes.
        bytes: u32,
    },
    /// A state was recalled.
    Recalled {
        /// Its generation.
        generation: u32,
        /// Steps of its network until it was stored.
        step: u64,
        /// What the flash has in place of a newer one.
        lost: Option<Lost>,
    },
    /// The board refused, or this program cannot do, what was asked.
    Refused(String),
    /// A report arrived damaged.
    Damaged,
}

/// A network at one moment, as its board reports it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Steps done.
    pub step: u64,
    /// Whether the plastic couplings change.
    pub plasticity: Plasticity,
    /// Root mean square of dx/dt in the last step.
    pub speed: f32,
    /// Cosine between the rates now and those last frozen, stored or recalled.
    pub overlap: f32,
    /// Rates of the first neurons, in 127ths.
    pub activity: Vec<i8>,
    /// How the steps keep time.
    pub timing: Timing,
}

impl From<&Telemetry<'_>> for Sample {
    fn from(telemetry: &Telemetry<'_>) -> Self {
        Self {
            step: telemetry.step,
            plasticity: telemetry.plasticity,
            speed: telemetry.rms_speed,
            overlap: telemetry.overlap,
            activity: telemetry.activity.iter().map(|&byte| byte as i8).collect(),
            timing: telemetry.timing,
        }
    }
}
