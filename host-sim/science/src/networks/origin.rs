//! Where a run begins, other than from a drawn state.

use std::sync::Arc;

use freezable_chaos::{ByteSink, Fnv1a};
use serde::{Serialize, Serializer};

use super::input::Table;
use crate::Refusal;

/// A state of one's own that a run begins from. Its JSON form is a digest.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The states x of the neurons, with A = 0.
    State(Table),
    /// A snapshot of the kernel, which holds x, the plastic couplings and whether they are frozen; of this network only.
    Snapshot(Snapshot),
}

impl Origin {
    /// The states x of the neurons; refuses none, and what is not finite.
    pub fn state(x: impl Into<Arc<[f32]>>) -> Result<Self, Refusal> {
        let x = x.into();
        Ok(Self::State(Table::new("x0", x.len().max(1), x)?))
    }

    /// The states of the neurons, of an origin that is no snapshot.
    pub fn values(&self) -> Option<&Table> {
        match self {
            Self::State(x) => Some(x),
            Self::Snapshot(_) => None,
        }
    }

    /// Refuses a state of another number of neurons.
    pub(super) fn check(&self, n: usize) -> Result<(), Refusal> {
        match self {
            Self::State(x) if x.columns() != n => {
                let words = format!("is not the number of neurons, {n}");
                Err(Refusal::because("x0", x.columns(), words))
            }
            _ => Ok(()),
        }
    }
}

/// Bytes of a snapshot, as the kernel and a board write them.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot(pub Arc<[u8]>);

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digest = Fnv1a::new();
        digest.put(&self.0);
        serializer.serialize_str(&format!("{:016x}", digest.digest()))
    }
}
