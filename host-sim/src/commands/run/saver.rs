//! The last state of a run, written as a board stores it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use science::estimators::Precision;
use science::networks::{Ensemble, Saved, Simulation};
use science::{Refusal, Stopped};

use crate::failure::Failure;
use crate::output::write_atomically;

/// Keeps the last state for a file, if there is to be one.
pub(super) struct Saver {
    path: Option<PathBuf>,
    snapshot: Mutex<Vec<u8>>,
}

impl Saver {
    /// Refuses several networks for one file, and those whose state is no snapshot.
    pub(super) fn new(path: Option<&Path>, of: &Ensemble) -> Result<Self, Refusal> {
        if path.is_some() && of.networks > 1 {
            return Err(Refusal::above("networks", of.networks, 1).reason("which one --save can hold"));
        }
        if path.is_some() && of.network.precision == Precision::F64 {
            let words = "has no snapshots, which --save writes";
            return Err(Refusal::because("precision", "f64", words));
        }
        Ok(Self {
            path: path.map(Path::to_owned),
            snapshot: Mutex::default(),
        })
    }

    /// Takes the state of a network that has done its last step.
    pub(super) fn end(&self, network: &dyn Simulation) -> Result<(), Stopped> {
        if self.path.is_some() {
            let mut saved = network.save()?;
            // The input is no part of a snapshot.
            while let Saved::Driven { network, .. } = saved {
                saved = *network;
            }
            if let Saved::Snapshot(bytes) = saved {
                *self.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
            }
        }
        Ok(())
    }

    /// Writes the file.
    pub(super) fn write(&self) -> Result<(), Failure> {
        if let Some(path) = &self.path {
            write_atomically(
                path,
                &self.snapshot.lock().unwrap_or_else(PoisonError::into_inner),
            )?;
        }
        Ok(())
    }
}
