//! Numbers of a rule that are one for all, one for each neuron, or one for each synapse; and which synapses are plastic.

use std::sync::Arc;

use freezable_chaos::{ByteSink, Fnv1a};
use serde::{Serialize, Serializer};

use crate::Refusal;
use crate::networks::couplings::digest_of;

/// Strengths k or time constants p. The JSON form of arrays is their digest.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// The same everywhere.
    Scalar(f32),
    /// One for each neuron, of all synapses onto it: N of them.
    PerNeuron(Arc<[f32]>),
    /// One for each synapse: N x N, row-major, row = the neuron that receives.
    PerSynapse(Arc<[f32]>),
}

impl Values {
    /// One for each neuron.
    pub fn per_neuron(values: impl Into<Arc<[f32]>>) -> Self {
        Self::PerNeuron(values.into())
    }

    /// One for each synapse, row by row.
    pub fn per_synapse(values: impl Into<Arc<[f32]>>) -> Self {
        Self::PerSynapse(values.into())
    }

    /// Of the synapse from j on i, of `n` neurons.
    pub fn get(&self, n: usize, i: usize, j: usize) -> f32 {
        match self {
            Self::Scalar(value) => *value,
            Self::PerNeuron(values) => values[i],
            Self::PerSynapse(values) => values[i * n + j],
        }
    }

    /// Whether all synapses onto a neuron have the same.
    pub fn are_by_row(&self) -> bool {
        !matches!(self, Self::PerSynapse(_))
    }

    /// Refuses another number of values than `n` neurons need, and the first that does not pass the test.
    pub(super) fn check(
        &self,
        parameter: &'static str,
        n: usize,
        test: impl Fn(f32) -> Result<(), String>,
    ) -> Result<(), Refusal> {
        let (values, needed): (&[f32], _) = match self {
            Self::Scalar(value) => (std::slice::from_ref(value), 1),
            Self::PerNeuron(values) => (values, n),
            Self::PerSynapse(values) => (values, n.saturating_mul(n)),
        };
        if values.len() != needed {
            let words = format!("values are not the {needed} that n {n} needs");
            return Err(Refusal::because(parameter, values.len(), words));
        }
        for (at, &value) in values.iter().enumerate() {
            test(value).map_err(|words| {
                let place = match self {
                    Self::Scalar(_) => String::new(),
                    Self::PerNeuron(_) => format!("of neuron {at} "),
                    Self::PerSynapse(_) => format!("in row {}, column {} ", at / n, at % n),
                };
                Refusal::because(parameter, value, place + &words)
            })?;
        }
        Ok(())
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, values) = match self {
            Self::Scalar(value) if value.is_finite() => return value.serialize(serializer),
            // JSON has no infinity.
            Self::Scalar(value) => return value.to_string().serialize(serializer),
            Self::PerNeuron(values) => ("neuron", values),
            Self::PerSynapse(values) => ("synapse", values),
        };
        format!("per {kind} {:016x}", digest_of(values)).serialize(serializer)
    }
}

/// Which synapses are plastic: N x N, row-major, row = the neuron that receives. Its JSON form is the digest.
#[derive(Clone, Debug, PartialEq)]
pub struct Mask(Arc<[bool]>);

impl Mask {
    /// Takes one flag for each synapse.
    pub fn new(plastic: impl Into<Arc<[bool]>>) -> Self {
        Self(plastic.into())
    }

    /// Whether the synapse from j on i is plastic, of `n` neurons.
    pub fn get(&self, n: usize, i: usize, j: usize) -> bool {
        self.0[i * n + j]
    }

    pub(super) fn check(&self, n: usize) -> Result<(), Refusal> {
        if n.checked_mul(n) == Some(self.0.len()) {
            return Ok(());
        }
        let words = format!("flags do not make a matrix of {n} x {n}");
        Err(Refusal::because("plastic", self.0.len(), words))
    }
}

impl Serialize for Mask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digest = Fnv1a::new();
        self.0.iter().for_each(|&flag| digest.put(&[flag.into()]));
        format!("{:016x}", digest.digest()).serialize(serializer)
    }
}
