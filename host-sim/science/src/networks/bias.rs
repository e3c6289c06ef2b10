//! A bias for each neuron.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::couplings::digest_of;
use crate::Refusal;

/// Biases b of one's own, one per neuron: rates are `phi(x_i + b_i)`. The same for every network of an ensemble.
///
/// Its JSON form is the digest: FNV-1a over the little-endian bits, in the order of the neurons.
#[derive(Clone, Debug, PartialEq)]
pub struct Biases(Arc<[f32]>);

impl Biases {
    /// Takes one bias for each neuron; refuses one that is not finite.
    pub fn new(values: impl Into<Arc<[f32]>>) -> Result<Self, Refusal> {
        let values = values.into();
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let words = format!("of neuron {at} is not a finite number");
            return Err(Refusal::because("bias", values[at], words));
        }
        Ok(Self(values))
    }

    /// The biases in the order of the neurons.
    pub fn values(&self) -> &[f32] {
        &self.0
    }
}

impl Serialize for Biases {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:016x}", digest_of(&self.0)))
    }
}
