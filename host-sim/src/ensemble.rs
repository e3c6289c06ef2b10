//! Many networks in parallel, each kept on disk when it is done, so that a run that was cut short goes on.

use std::fs;
use std::path::{Path, PathBuf};

use freezable_chaos::CONTRACT_VERSION;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::output::{OutputError, write_atomically};
use crate::progress::Progress;
use crate::simulation::{Simulation, with_simulation};

/// Steps between two reports of progress.
pub const PROGRESS_STRIDE: u64 = 500;

/// Measures every network of an ensemble; the outcomes come in the order of the networks, whatever the threads.
///
/// With an output folder, each outcome is written there when its network is done, under a name made of the
/// command, all parameters and the version of the code; a later call with the same parameters reads it back instead of measuring again.
/// Remove the [`Parts`] once the result itself is written.
pub fn measure<O, M>(
    command: &str,
    configuration: &Configuration,
    progress: &Progress,
    steps_each: u64,
    measure_one: M,
) -> Result<(Vec<O>, Parts), Failure>
where
    O: Serialize + DeserializeOwned + Send,
    M: Fn(u32, &mut dyn Simulation, &Progress) -> Result<O, Failure> + Sync,
{
    let parts = Parts::of(command, configuration)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(configuration.parallelism())
        .build()
        .map_err(|error| Failure::Usage(format!("--threads {}: {error}", configuration.threads)))?;
    let one = |index: u32| {
        if let Some(outcome) = parts.read(index) {
            progress.advance(steps_each);
            return Ok(outcome);
        }
        let outcome = with_simulation(configuration, index, |simulation| {
            measure_one(index, simulation, progress)
        })?;
        parts.write(index, &outcome)?;
        Ok(outcome)
    };
    let outcomes: Result<Vec<O>, Failure> =
        pool.install(|| (0..configuration.networks).into_par_iter().map(one).collect());
    Ok((outcomes?, parts))
}

/// The outcomes of single networks on disk.
#[derive(Debug)]
pub struct Parts {
    folder: Option<PathBuf>,
}

impl Parts {
    fn of(command: &str, configuration: &Configuration) -> Result<Self, Failure> {
        let Some(out) = &configuration.out else {
            return Ok(Self { folder: None });
        };
        // Outcomes of other code must not be mixed with those of this one.
        let code = (
            CONTRACT_VERSION,
            env!("CARGO_PKG_VERSION"),
            env!("HOST_SIM_GIT_REVISION"),
        );
        let description = serde_json::to_string(&(configuration, code)).map_err(OutputError::from)?;
        let key = crate::golden::digest_of(description.as_bytes());
        let folder = out.join(format!(".{command}-{key:016x}"));
        fs::create_dir_all(&folder).map_err(OutputError::at(&folder))?;
        Ok(Self { folder: Some(folder) })
    }

    fn path(folder: &Path, index: u32) -> PathBuf {
        folder.join(format!("network-{index:05}.json"))
    }

    fn read<O: DeserializeOwned>(&self, index: u32) -> Option<O> {
        let bytes = fs::read(Self::path(self.folder.as_ref()?, index)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn write<O: Serialize>(&self, index: u32, outcome: &O) -> Result<(), Failure> {
        if let Some(folder) = &self.folder {
            let bytes = serde_json::to_vec(outcome).map_err(OutputError::from)?;
            write_atomically(&Self::path(folder, index), &bytes)?;
        }
        Ok(())
    }

    /// Deletes them. That they stay is no failure: they cost room and are taken up by the next such run.
    pub fn remove(&self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}
