//! Who keeps what is done of a measurement, so that one that was cut short goes on.

use std::error::Error;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Stopped;

/// Keeps parts of a measurement under their names. What it gives back must be the bytes that it was given for the same
/// measurement of the same ensemble, by the same code: a part that is damaged or of something else it does not have.
pub trait Keep: Sync {
    /// The bytes of a part, if it is kept.
    fn get(&self, part: &str) -> Option<Vec<u8>>;

    /// Keeps a part.
    fn put(&self, part: &str, bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// Whether the network of that index is measured here where no part of it is kept; if not, another program does that,
    /// and the measurement ends as [`Stopped::Elsewhere`] when its own networks are done.
    fn is_here(&self, index: u32) -> bool {
        let _ = index;
        true
    }
}

/// Nothing is kept.
impl Keep for () {
    fn get(&self, _part: &str) -> Option<Vec<u8>> {
        None
    }

    fn put(&self, _part: &str, _bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(())
    }
}

/// Keeps the parts of one measurement among several under a name of its own.
pub(super) struct Named<'a> {
    pub(super) keep: &'a dyn Keep,
    pub(super) name: String,
}

impl Keep for Named<'_> {
    fn get(&self, part: &str) -> Option<Vec<u8>> {
        self.keep.get(&format!("{}-{part}", self.name))
    }

    fn put(&self, part: &str, bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.keep.put(&format!("{}-{part}", self.name), bytes)
    }

    fn is_here(&self, index: u32) -> bool {
        self.keep.is_here(index)
    }
}

/// The outcome that is kept under that name, if it can be read whole.
pub fn recall<O: DeserializeOwned>(keep: &dyn Keep, part: &str) -> Option<O> {
    let bytes = keep.get(part)?;
    match postcard::take_from_bytes(&bytes) {
        Ok((outcome, [])) => Some(outcome),
        _ => None,
    }
}

/// Keeps an outcome: every number to the bit.
pub fn store<O: Serialize>(keep: &dyn Keep, part: &str, outcome: &O) -> Result<(), Stopped> {
    let bytes = postcard::to_stdvec(outcome).map_err(|error| Stopped::Outside(error.into()))?;
    keep.put(part, &bytes).map_err(Stopped::Outside)
}
