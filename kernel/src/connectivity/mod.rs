//! The couplings of a network: quenched (fixed) ones J, plastic ones A, and what they do together.
//!
//! A new plasticity rule or a new representation of the couplings is one implementation of [`Connectivity`].

mod compact;
mod dense;
mod error;
mod exact;
mod image;
mod merged;
#[cfg(feature = "std")]
mod panels;
mod portable;
mod synapses;
mod tiles;
mod triangle;
mod walk;

#[cfg(cortex_m_float)]
#[expect(unsafe_code, reason = "hand-written inner loops")]
mod cortex_m;

/// The inner loops of the target: the hand-written ones where it has any, tuned for the Cortex-M4.
mod native {
    #[cfg(cortex_m_float)]
    pub(super) use super::cortex_m::{add_by_tables, combine, drive, drive_and_learn, drive_panel, multiply};
    #[cfg(not(cortex_m_float))]
    pub(super) use super::{
        compact::samples::{combine, multiply},
        merged::drive_panel,
        walk::{drive, drive_and_learn},
    };
    #[cfg(not(cortex_m_float))]
    pub(super) use crate::signed_sums::add_by_tables;
}

pub use compact::{
    Compact, HashedSigns, HistoryRule, HistorySynapses, LEVELS_LIMIT, SAMPLES_LIMIT, SPACING_LIMIT,
    SignCouplings, Signs, SumBuffers, history_len, wide_len,
};
#[cfg(feature = "std")]
pub use compact::{CompactRows, SignRows};
pub use dense::DenseCouplings;
pub use error::{BuildError, CouplingsError};
pub use exact::Exact;
pub use image::{couplings_len, dense_image, sign_image, signs_len};
pub use merged::merged_len;
#[cfg(feature = "std")]
pub use panels::{
    PanelCouplings, PanelSynapses, Panels, panel_couplings_len, panel_merged_len, panel_synapses_len,
};
pub use synapses::PackedSynapses;
pub use tiles::synapses_len;

use crate::arithmetic::largest_magnitude;
use crate::parameters::Dynamics;
use crate::snapshot::SnapshotError;
use crate::values::SizeError;

/// Couplings up to this magnitude keep every drive below [`DRIVE_BOUND`], whatever the size of the network.
const MODERATE: f32 = 1e29;

/// Whether the magnitude is at most [`MODERATE`]; not a number is not.
fn is_moderate(coupling: f32) -> bool {
    f32::abs(coupling) <= MODERATE
}

/// Quenched and plastic couplings together: the recurrent drive that they give, and how the plastic ones learn.
pub trait Connectivity {
    /// Names the kind of network in a snapshot: 1 exact, 2 compact, 3 a rule as data on a host; from 128 on free for a
    /// user's own.
    const MODEL: u8;

    /// Refuses parameters that the couplings were not made for: another size, gain, or decay of the synapses.
    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError>;

    /// Largest magnitude of a rate that the couplings take: a transfer function with a larger bound is refused.
    fn rate_limit(&self) -> f32 {
        f32::INFINITY
    }

    /// `A = 0`.
    fn clear(&mut self);

    /// `A = (k/N) phi phi^T`: where A would settle if the rates stayed at `phi`.
    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]);

    /// `drive = (J + A) phi`, in the order of summation that the contract fixes.
    fn drive(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]);

    /// One step of the plasticity: `A = (1 - dt/p) A + (dt/p) (k/N) phi phi^T`.
    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]);

    /// Whether [`learn`](Self::learn) leaves all couplings finite. Rates up to 1 always do; asked for others.
    fn stays_finite(&self, _dynamics: &Dynamics, _phi: &[f32]) -> bool {
        true
    }

    /// Whether no element of [`drive`](Self::drive) can exceed [`DRIVE_BOUND`], nor a sum on the way to it. Only then
    /// a step may change A before it has seen the whole drive. `false` where that is not known, or of no use.
    fn drive_is_bounded(&self, _phi: &[f32]) -> bool {
        false
    }

    /// [`drive`](Self::drive), then [`learn`](Self::learn); a representation may do both in one pass.
    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        self.drive(dynamics, phi, drive);
        self.learn(dynamics, phi);
    }

    /// The plastic couplings stand still until the next call that changes them: a chance to prepare for it.
    fn freeze(&mut self) {}

    /// Digest of J, whatever its order in memory: of Gaussian couplings their bits in row-major order, of signs 64 columns
    /// after the other, row by row within.
    fn couplings_digest(&self) -> u64;

    /// Length of the plastic state in a snapshot, in bytes.
    fn plastic_len(&self) -> usize;

    /// Writes a piece of the plastic state, in the order of snapshots: the bytes from an offset on, as many as the piece
    /// has.
    ///
    /// Here as below, offsets are multiples of [`PIECE`](crate::snapshot::PIECE), and so are the lengths of pieces, but for the last one.
    fn write_plastic(&self, offset: usize, piece: &mut [u8]);

    /// Position within a period of the plasticity rule, for rules that have one; part of a snapshot.
    fn phase(&self) -> u32 {
        0
    }

    /// Refuses a phase and a piece that are not of a plastic state that this network can have. There are
    /// [`plastic_len`](Self::plastic_len) bytes in all, piece after piece.
    fn check_plastic(&self, phase: u32, offset: usize, piece: &[u8]) -> Result<(), SnapshotError>;

    /// Takes over a piece of a plastic state that [`check_plastic`](Self::check_plastic) accepted, the first at offset 0.
    fn read_plastic(&mut self, phase: u32, offset: usize, piece: &[u8]);
}

/// Largest magnitude that [`Connectivity::drive_is_bounded`] promises: three such values add up to a finite one.
pub const DRIVE_BOUND: f32 = 1e36;

/// Whether a step of the plasticity leaves couplings up to that magnitude finite: the same operations on the largest
/// magnitudes, because rounding keeps the order of numbers.
fn grows_finite(largest_synapse: f32, dynamics: &Dynamics, phi: &[f32]) -> bool {
    let largest_rate = largest_magnitude(phi);
    let increment = f32::abs(dynamics.increment());
    (largest_synapse * dynamics.retention() + (increment * largest_rate) * largest_rate).is_finite()
}

/// Refuses couplings of another size, or drawn for another gain than the parameters state.
fn check_couplings(dynamics: &Dynamics, n: usize, gain: Option<f32>) -> Result<(), BuildError> {
    SizeError::check("the couplings, in neurons,", dynamics.n(), n)?;
    let expected = dynamics.params().g;
    match gain {
        Some(found) if found != expected => Err(CouplingsError::Gain { expected, found }.into()),
        _ => Ok(()),
    }
}
