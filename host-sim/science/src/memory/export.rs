//! A trained readout with all that a device needs to write the cues that it tells apart. The weights of the input are no
//! part of it: a cue's signs are drawn from its seed, by the kernel's `Cue`, on any target.

use freezable_chaos::ReadoutHeader;

use super::ridge::FittedReadout;
use super::task::Task;
use crate::Stopped;
use crate::networks::Ensemble;

/// A readout and what it was trained for.
#[derive(Clone, Copy, Debug)]
pub struct TrainedReadout<'a> {
    /// What it was trained for.
    pub header: ReadoutHeader,
    /// Weights and biases.
    pub fitted: &'a FittedReadout,
}

impl<'a> TrainedReadout<'a> {
    /// Of a network of the ensemble, whose quenched couplings have the digest `couplings`.
    pub fn new(of: &Ensemble, task: &Task, fitted: &'a FittedReadout, couplings: u64) -> Self {
        let header = ReadoutHeader {
            n: of.network.n as u32,
            outputs: task.cues,
            couplings,
            cue_seed: of.network.seeds.state,
            cue_strength: task.strength,
            write: task.protocol.write as f32,
            rest: task.protocol.rest as f32,
        };
        Self { header, fitted }
    }

    /// The bytes of the kernel's `StoredReadout`.
    pub fn bytes(&self) -> Result<Vec<u8>, Stopped> {
        let FittedReadout { weights, biases, .. } = self.fitted;
        let mut bytes = vec![0; self.header.stored_len().unwrap_or(0)];
        self.header
            .store(weights, biases, &mut bytes)
            .map_err(|error| Stopped::Failed(error.to_string()))?;
        Ok(bytes)
    }
}
