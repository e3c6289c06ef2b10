//! Why a step was not done.

use crate::values::ValuesError;
use core::fmt;

/// A step would have written a non-finite state; the network stays in the state before that step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Diverged {
    /// The first neuron whose state would not be finite; or the one of the largest rate, whose plastic couplings would not be.
    pub neuron: usize,
    /// Steps done before.
    pub step: u64,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "neuron {} would leave the finite numbers at step {}",
            self.neuron, self.step
        )
    }
}

impl core::error::Error for Diverged {}

/// Why a step with input was not done; the network stays in the state before that step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum StepError {
    /// The input has not one finite value per neuron.
    Input(ValuesError),
    /// The input is finite, but the state would not be.
    Diverged(Diverged),
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) => error.fmt(f),
            Self::Diverged(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StepError {}

impl From<Diverged> for StepError {
    fn from(error: Diverged) -> Self {
        Self::Diverged(error)
    }
}
