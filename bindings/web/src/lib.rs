//! Freezable chaos for a web page: the kernel behind JavaScript classes.
//!
//! [`Simulation`] is a network of any size with a twin beside it; [`Board`] speaks the kernel's frames with a board on a
//! serial line. Both are thin: the arithmetic, the snapshots and the frames are the kernel's own, so the bits are too.

mod advance;
mod autocorrelation;
mod board;
mod failure;
mod network;
mod setup;
mod simulation;
mod snapshot;
mod storage;

pub use advance::Advance;
pub use autocorrelation::Autocorrelation;
pub use board::Board;
pub use failure::{Failure, Outcome};
pub use network::Network;
pub use setup::Setup;
pub use simulation::Simulation;
pub use snapshot::SnapshotHeader;
pub use storage::{Couplings, Memory};

use freezable_chaos::{CONTRACT_VERSION, InstructionSet, Simd};
use wasm_bindgen::prelude::wasm_bindgen;

/// What a page shows of this build: instructions of the inner loops and contract version of the arithmetic.
#[wasm_bindgen]
pub fn build() -> String {
    let instructions = match Simd::detect().instruction_set() {
        InstructionSet::Simd128 => "vector instructions (SIMD128)",
        _ => "no vector instructions, the same bits",
    };
    format!("{instructions}; arithmetic contract {CONTRACT_VERSION}")
}
