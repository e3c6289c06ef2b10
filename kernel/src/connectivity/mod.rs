//! The couplings of a network: quenched (fixed) ones J, plastic ones A, and what they do together.
//!
//! A new plasticity rule or a new representation of the couplings is one implementation of [`Connectivity`].

mod couplings;
mod exact;
mod merged;
#[cfg(feature = "std")]
mod panels;
mod portable;
mod synapses;
mod tiles;
mod walk;

// `--cfg freezable_portable` builds safe Rust alone, to measure it and to compare its bits.
#[cfg(all(
    target_arch = "arm",
    target_os = "none",
    target_abi = "eabihf",
    not(freezable_portable)
))]
#[expect(unsafe_code, reason = "hand-written inner loops")]
mod cortex_m;

pub use couplings::GaussianCouplings;
pub use exact::Exact;
pub use merged::merged_len;
#[cfg(feature = "std")]
pub use panels::{
    PanelCouplings, PanelSynapses, Panels, panel_couplings_len, panel_merged_len, panel_synapses_len,
};
pub use synapses::PackedSynapses;
pub use tiles::{couplings_len, synapses_len};

use crate::bytes::{ByteSink, ByteSource};
use crate::error::{BuildError, SizeError};
use crate::parameters::Dynamics;

/// Couplings up to this magnitude keep every drive below [`DRIVE_BOUND`], whatever the size of the network.
const MODERATE: f32 = 1e29;

/// Whether the magnitude is at most [`MODERATE`]; not a number is not.
fn is_moderate(coupling: f32) -> bool {
    coupling.abs() <= MODERATE
}

/// Quenched and plastic couplings together: the recurrent drive that they give, and how the plastic ones learn.
pub trait Connectivity {
    /// Names the kind of network in a snapshot: 1 exact, 2 compact; from 128 on free for a user's own.
    const MODEL: u8;

    /// Refuses parameters that the couplings were not made for: another size or another gain.
    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError>;

    /// `A = 0`.
    fn clear(&mut self);

    /// `A = (k/N) phi phi^T`: where A would settle if the rates stayed at `phi`.
    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]);

    /// `drive = (J + A) phi`, in the order of summation that the contract fixes.
    fn drive(&self, phi: &[f32], drive: &mut [f32]);

    /// One step of the plasticity: `A = (1 - dt/p) A + (dt/p) (k/N) phi phi^T`.
    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]);

    /// Whether no element of [`drive`](Self::drive) can exceed [`DRIVE_BOUND`], nor a sum on the way to it. Only then
    /// a step may change A before it has seen the whole drive. `false` where that is not known, or of no use.
    fn drive_is_bounded(&self, _phi: &[f32]) -> bool {
        false
    }

    /// [`drive`](Self::drive), then [`learn`](Self::learn); a representation may do both in one pass.
    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        self.drive(phi, drive);
        self.learn(dynamics, phi);
    }

    /// The plastic couplings stand still until the next call that changes them: a chance to prepare for it.
    fn freeze(&mut self) {}

    /// Digest of J in row-major order, whatever its order in memory.
    fn couplings_digest(&self) -> u64;

    /// Length of the plastic state in a snapshot, in bytes.
    fn plastic_len(&self) -> usize;

    /// Writes the plastic state in the order of snapshots.
    fn write_plastic(&self, sink: &mut impl ByteSink);

    /// Whether these bytes, in the order of snapshots, are a plastic state that a network can have.
    fn is_plastic_state(&self, source: ByteSource<'_>) -> bool;

    /// Takes over a plastic state that [`is_plastic_state`](Self::is_plastic_state) accepted.
    fn read_plastic(&mut self, source: ByteSource<'_>);

    /// Position within a period of the plasticity rule, for rules that have one.
    fn phase(&self) -> u32 {
        0
    }

    /// Takes over a position within a period.
    fn set_phase(&mut self, _phase: u32) {}
}

/// Largest magnitude that [`Connectivity::drive_is_bounded`] promises: three such values add up to a finite one.
pub const DRIVE_BOUND: f32 = 1e36;

/// Refuses Gaussian couplings of another size or another gain than the parameters state.
fn check_couplings(dynamics: &Dynamics, n: usize, gain: f32) -> Result<(), BuildError> {
    SizeError::check("the couplings, in neurons,", dynamics.n(), n)?;
    let parameters = dynamics.params().g;
    if gain == parameters {
        Ok(())
    } else {
        Err(BuildError::Gain {
            couplings: gain,
            parameters,
        })
    }
}
