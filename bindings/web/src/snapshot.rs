//! What a snapshot says of itself, so that a page can build the network that it is of.
//!
//! The layout is that of `kernel/src/network/snapshot.rs`; the kernel checks the rest when it restores.

use crate::failure::{Failure, Outcome};
use wasm_bindgen::prelude::wasm_bindgen;

/// The header of a snapshot.
#[wasm_bindgen]
#[derive(Clone, Debug, PartialEq)]
pub struct SnapshotHeader {
    /// Version of the arithmetic contract.
    pub contract: u16,
    /// Kind of network: 1 exact, 2 compact.
    pub model: u8,
    /// Transfer function.
    pub transfer: u8,
    /// Number of neurons.
    pub n: u32,
    /// Whether the plasticity is halted.
    pub is_frozen: bool,
    /// Steps since the start.
    pub steps: u64,
    /// Gain.
    pub g: f32,
    /// Strength of the plasticity.
    pub k: f32,
    /// Time constant of the synapses.
    pub p: f32,
    /// Step of the Euler map.
    pub dt: f32,
}

#[wasm_bindgen]
impl SnapshotHeader {
    /// Reads the header of a snapshot; refuses what does not begin as one.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8]) -> Outcome<Self> {
        let mut rest = bytes;
        if take(&mut rest) != Some(*b"FzCh") {
            return Err("the file is not a snapshot: it does not start with \"FzCh\"".into());
        }
        let mut read = || {
            let contract = u16::from_le_bytes(take(&mut rest)?);
            let [model, transfer] = take(&mut rest)?;
            let n = u32::from_le_bytes(take(&mut rest)?);
            let is_frozen = u32::from_le_bytes(take(&mut rest)?) == 1;
            let _phase: [u8; 4] = take(&mut rest)?;
            let steps = u64::from_le_bytes(take(&mut rest)?);
            let mut float = || take(&mut rest).map(f32::from_le_bytes);
            Some(Self {
                contract,
                model,
                transfer,
                n,
                is_frozen,
                steps,
                g: float()?,
                k: float()?,
                p: float()?,
                dt: float()?,
            })
        };
        read().ok_or_else(|| {
            Failure(format!(
                "the snapshot has only {} bytes and ends within its header",
                bytes.len()
            ))
        })
    }
}

/// Takes the first bytes off.
fn take<const LENGTH: usize>(rest: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (first, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Setup, Simulation};

    #[test]
    fn the_header_says_what_the_network_is() {
        let setup = Setup {
            n: 40,
            model: 2,
            k: -0.5,
            ..Setup::default()
        };
        let mut simulation = Simulation::new(&setup).unwrap();
        simulation.advance(30).unwrap();
        simulation.freeze();
        let snapshot = simulation.snapshot().unwrap();
        let header = SnapshotHeader::new(&snapshot).unwrap();
        let expected = SnapshotHeader {
            contract: freezable_chaos::CONTRACT_VERSION,
            model: 2,
            transfer: 0,
            n: 40,
            is_frozen: true,
            steps: 30,
            g: 2.0,
            k: -0.5,
            p: 2.5,
            dt: 0.05,
        };
        assert_eq!(header, expected);
        assert!(
            SnapshotHeader::new(&snapshot[..20])
                .unwrap_err()
                .0
                .contains("20 bytes")
        );
        assert!(SnapshotHeader::new(b"PNG").unwrap_err().0.contains("FzCh"));
    }
}
