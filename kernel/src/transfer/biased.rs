//! A transfer function with a bias for each neuron.

use super::{Transfer, TransferId};
use crate::values::ValuesError;

/// `phi_i(x) = phi(x + b_i)` with another transfer function phi and a bias b for each neuron, which may lie in flash.
///
/// A snapshot says that there were biases, not which: they belong to the program, as the parts of a network do.
///
/// ```
/// use freezable_chaos::{Biased, Logistic, Transfer};
/// static BIASES: [f32; 3] = [0.0, -2.0, 0.5];
/// let transfer = Biased::new(Logistic, &BIASES, 3).unwrap();
/// let mut rates = [0.0; 3];
/// transfer.apply(&[0.0, 2.0, -0.5], &mut rates);
/// assert_eq!(rates, [0.5; 3]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Biased<'a, T> {
    transfer: T,
    biases: &'a [f32],
}

impl<'a, T: Transfer> Biased<'a, T> {
    /// Takes a bias for each of `n` neurons. Refuses another number of them, and one that is not finite.
    pub fn new(transfer: T, biases: &'a [f32], n: usize) -> Result<Self, ValuesError> {
        ValuesError::check("the slice of biases", n, biases)?;
        Ok(Self { transfer, biases })
    }

    /// The transfer function behind the biases.
    pub fn transfer(&self) -> &T {
        &self.transfer
    }

    fn bias(&self, neuron: usize) -> f32 {
        self.biases.get(neuron).copied().unwrap_or(0.0)
    }
}

impl<T: Transfer> Transfer for Biased<'_, T> {
    /// That of the function behind, plus [`TransferId::BIASED`].
    fn id(&self) -> TransferId {
        TransferId(self.transfer.id().0 | TransferId::BIASED)
    }

    /// Of a neuron without a bias.
    fn value(&self, x: f32) -> f32 {
        self.transfer.value(x)
    }

    /// Of a neuron without a bias.
    fn slope(&self, x: f32) -> f32 {
        self.transfer.slope(x)
    }

    fn value_of(&self, neuron: usize, x: f32) -> f32 {
        self.transfer.value_of(neuron, x + self.bias(neuron))
    }

    fn slope_of(&self, neuron: usize, x: f32) -> f32 {
        self.transfer.slope_of(neuron, x + self.bias(neuron))
    }

    fn bound(&self) -> f32 {
        self.transfer.bound()
    }

    fn apply(&self, x: &[f32], phi: &mut [f32]) {
        for (neuron, (rate, &state)) in phi.iter_mut().zip(x).enumerate() {
            *rate = self.value_of(neuron, state);
        }
    }
}
