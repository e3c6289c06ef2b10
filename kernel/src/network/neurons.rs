//! The neurons' storage, how they start and how fast they move.

use crate::arithmetic::{largest_magnitude, root_mean_square};
use crate::values::SizeError;

/// Borrowed storage of the neurons: states x, rates phi(x) and velocities dx/dt.
#[derive(Debug)]
pub struct Neurons<'a> {
    pub(super) x: &'a mut [f32],
    pub(super) phi: &'a mut [f32],
    pub(super) velocity: &'a mut [f32],
}

impl<'a> Neurons<'a> {
    /// Takes three slices of one element per neuron.
    pub fn new(x: &'a mut [f32], phi: &'a mut [f32], velocity: &'a mut [f32]) -> Result<Self, SizeError> {
        SizeError::check("the slice of rates", x.len(), phi.len())?;
        SizeError::check("the slice of velocities", x.len(), velocity.len())?;
        Ok(Self { x, phi, velocity })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.x.len()
    }
}

/// How a network starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
pub enum Start {
    /// `x = 0.1 z` with a Gaussian z, and `A = 0`.
    Small,
    /// `x = 3 z` with a Gaussian z, and `A = (k/N) phi phi^T`: finds attractors that coexist with rest.
    Large,
}

impl Start {
    /// Standard deviation of the initial state.
    pub const fn scale(self) -> f32 {
        match self {
            Self::Small => 0.1,
            Self::Large => 3.0,
        }
    }
}

/// How fast the neurons move, per unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
pub struct Speed {
    /// Root mean square of dx/dt over the neurons.
    pub rms: f32,
    /// Largest magnitude of dx/dt.
    pub max: f32,
}

impl Speed {
    /// The speed of these velocities: finite if they are, however large, and 0 of none.
    pub fn of(velocity: &[f32]) -> Self {
        Self {
            rms: root_mean_square(velocity),
            max: largest_magnitude(velocity),
        }
    }
}
