//! Other states in a kept snapshot of the kernel: to see what of them a frozen network makes.
//!
//! The layout is that of `kernel/src/network/snapshot.rs`.

use super::kinds::Model;
use super::simulation::Saved;
use crate::{Refusal, Stopped};

/// Bytes before x.
const HEADER: usize = 52;
/// Numbers about the history of a compact network, before its samples: how many, their spacing, their levels.
const HISTORY_HEADER: usize = 12;
const CHECKSUM: usize = 4;
const CRC_32: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);

/// What a snapshot has in place of A.
#[derive(Clone, Debug, PartialEq)]
pub enum Plastic {
    /// The upper triangle of A.
    Synapses(Vec<f32>),
    /// The samples of the rates, newest first.
    Samples(Vec<i8>),
}

/// A snapshot taken apart.
#[derive(Clone, Debug)]
pub struct Parts {
    before: Vec<u8>,
    /// The neurons' states.
    pub x: Vec<f32>,
    between: Vec<u8>,
    /// The plastic state.
    pub plastic: Plastic,
}

impl Parts {
    /// Takes a snapshot of `n` neurons apart; states of the reference have none.
    pub fn of(saved: &Saved, model: Model, n: usize) -> Result<Self, Stopped> {
        let Saved::Snapshot(bytes) = saved else {
            return Err(Refusal::because(
                "precision",
                "f64",
                "is of the reference simulator, which has no snapshots of the kernel",
            )
            .into());
        };
        let parts = || {
            let (before, rest) = bytes.split_at_checked(HEADER)?;
            let (x, rest) = rest.split_at_checked(n * size_of::<f32>())?;
            let (rest, _) = rest.split_last_chunk::<CHECKSUM>()?;
            let (between, plastic) = match model {
                Model::Exact => (&[][..], rest),
                Model::Compact => rest.split_at_checked(HISTORY_HEADER)?,
            };
            let plastic = match model {
                Model::Exact => Plastic::Synapses(floats(plastic)),
                Model::Compact => Plastic::Samples(plastic.iter().map(|&byte| byte as i8).collect()),
            };
            Some(Self {
                before: before.to_vec(),
                x: floats(x),
                between: between.to_vec(),
                plastic,
            })
        };
        parts().ok_or_else(|| Stopped::Failed(format!("a snapshot of {n} neurons has too few bytes")))
    }

    /// The snapshot of these parts.
    pub fn saved(&self) -> Saved {
        let mut bytes = self.before.clone();
        bytes.extend(self.x.iter().flat_map(|x| x.to_le_bytes()));
        bytes.extend(&self.between);
        match &self.plastic {
            Plastic::Synapses(a) => bytes.extend(a.iter().flat_map(|a| a.to_le_bytes())),
            Plastic::Samples(samples) => bytes.extend(samples.iter().map(|&sample| sample as u8)),
        }
        bytes.extend(CRC_32.checksum(&bytes).to_le_bytes());
        Saved::Snapshot(bytes)
    }

    /// Bytes of the snapshot beside x and the plastic state.
    pub fn overhead(&self) -> usize {
        self.before.len() + self.between.len() + CHECKSUM
    }
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let (chunks, _) = bytes.as_chunks();
    chunks.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::{Ensemble, Network, with_simulation};
    use freezable_chaos::Params;

    #[test]
    fn parts_make_the_snapshot_that_they_are_of() {
        for model in [Model::Exact, Model::Compact] {
            let params = Params {
                g: 2.0,
                k: 2.0,
                p: 2.5,
                dt: 0.05,
            };
            let of = Ensemble::of(Network::new(model, 20, params).unwrap(), 1).unwrap();
            with_simulation(&of, 0, |simulation| {
                (0..100).for_each(|_| simulation.step().unwrap());
                let saved = simulation.save()?;
                let Saved::Snapshot(bytes) = &saved else {
                    panic!("a snapshot")
                };
                let mut parts = Parts::of(&saved, model, 20)?;
                let Saved::Snapshot(same) = parts.saved() else {
                    panic!("a snapshot")
                };
                assert_eq!(*bytes, same);
                parts.x.fill(0.25);
                simulation.load(&parts.saved())?;
                let mut state = Vec::new();
                simulation.copy_state(&mut state);
                assert_eq!(state, [0.25; 20]);
                Ok(())
            })
            .unwrap();
        }
    }
}
