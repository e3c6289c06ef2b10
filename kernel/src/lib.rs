#![doc = include_str!("../README.md")]
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

#[cfg(test)]
extern crate std;

pub mod arithmetic;
mod buffers;
mod bytes;
pub mod connectivity;
mod error;
#[cfg(feature = "postcard")]
pub mod frames;
mod network;
mod parameters;
pub mod random;
#[cfg(feature = "heapless")]
mod trace;
pub mod transfer;

pub use buffers::ExactBuffers;
pub use bytes::{ByteSink, ByteSource, Fnv1a};
pub use connectivity::{
    Connectivity, Exact, GaussianCouplings, PackedSynapses, couplings_len, merged_len, synapses_len,
};
pub use error::{BuildError, Diverged, SizeError, SnapshotError, StepError};
pub use network::{ExactNetwork, Network, Neurons, Plasticity, Speed, Start};
pub use parameters::{Dynamics, NEURON_LIMIT, ParameterError, Params, STRENGTH_LIMIT};
pub use random::{Generator, Purpose};
#[cfg(feature = "heapless")]
pub use trace::{Sample, Trace};
pub use transfer::{AnyTransfer, Tanh, Transfer, TransferId};

/// Version of the arithmetic contract. Two builds with the same version produce the same bits from the same
/// parameters and seeds; a change that changes bits raises it.
pub const CONTRACT_VERSION: u16 = 1;
