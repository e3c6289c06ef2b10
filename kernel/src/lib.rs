#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]
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

#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod arithmetic;
mod buffers;
mod bytes;
mod compile_time;
pub mod connectivity;
pub mod environment;
mod error;
#[cfg(feature = "postcard")]
pub mod frames;
mod memory;
mod network;
mod parameters;
pub mod random;
mod signed_sums;
#[cfg(feature = "std")]
#[cfg_attr(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    expect(unsafe_code, reason = "vector instructions, used only where they were found")
)]
mod simd;
pub mod snapshot;
#[cfg(any(feature = "embedded-storage", feature = "postcard"))]
pub mod storage;
#[cfg(feature = "heapless")]
mod trace;
pub mod transfer;
mod values;

pub use buffers::{CompactBuffers, ExactBuffers};
pub use bytes::{ByteSink, Fnv1a, Pieces};
pub use connectivity::{
    BuildError, Compact, Connectivity, CouplingsError, DenseCouplings, Exact, HashedSigns, HistoryRule,
    HistorySynapses, PackedSynapses, SignCouplings, Signs, SumBuffers, couplings_len, dense_image,
    history_len, merged_len, sign_image, signs_len, synapses_len, wide_len,
};
#[cfg(feature = "std")]
pub use connectivity::{
    CompactRows, PanelCouplings, PanelSynapses, Panels, SignRows, panel_couplings_len, panel_merged_len,
    panel_synapses_len,
};
pub use error::Error;
pub use memory::{
    ActivityRule, ActivityWatch, Cue, Envelopes, InputWeights, Readout, ReadoutError, ReadoutHeader,
    SensorError, SensorHeader, StoredReadout, StoredSensor, Writable, Write, WriteProgress, WriteRule,
    strongest,
};
#[cfg(feature = "std")]
pub use network::PanelNetwork;
pub use network::{
    CompactNetwork, Diverged, ExactNetwork, Network, Neurons, Plasticity, Restoring, SnapshotPieces, Speed,
    Start, StepError,
};
pub use parameters::{Dynamics, NEURON_LIMIT, ParameterError, Params, STRENGTH_LIMIT};
pub use random::{Generator, Purpose};
#[cfg(feature = "std")]
pub use simd::{InstructionSet, Lanes, Simd};
pub use snapshot::{RestoreError, SnapshotError, SnapshotSource};
#[cfg(feature = "heapless")]
pub use trace::{Sample, Trace};
pub use transfer::{AnyTransfer, Biased, Logistic, Tanh, ThresholdLinear, Transfer, TransferId};
pub use values::{SizeError, ValuesError};

/// Version of the arithmetic contract. Two builds with the same version produce the same bits from the same
/// parameters and seeds; a change that changes bits raises it.
pub const CONTRACT_VERSION: u16 = 1;
