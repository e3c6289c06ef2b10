//! The exact network of the paper: Gaussian J and the full plastic matrix A, in single precision.

#[cfg(all(
    target_arch = "arm",
    target_os = "none",
    target_abi = "eabihf",
    not(freezable_portable)
))]
use super::cortex_m as loops;
#[cfg(not(all(
    target_arch = "arm",
    target_os = "none",
    target_abi = "eabihf",
    not(freezable_portable)
)))]
use super::walk as loops;
use super::{Connectivity, GaussianCouplings, PackedSynapses};
use crate::bytes::{ByteSink, ByteSource};
use crate::error::{BuildError, SizeError};
use crate::parameters::Dynamics;

/// Quenched Gaussian couplings and the full plastic matrix.
#[derive(Debug)]
pub struct Exact<'a> {
    couplings: GaussianCouplings<'a>,
    synapses: PackedSynapses<'a>,
}

impl<'a> Exact<'a> {
    /// Puts J and A of the same number of neurons together.
    pub fn new(couplings: GaussianCouplings<'a>, synapses: PackedSynapses<'a>) -> Result<Self, SizeError> {
        SizeError::check("the plastic matrix, in neurons,", couplings.n(), synapses.n())?;
        Ok(Self { couplings, synapses })
    }

    /// The quenched couplings.
    pub fn couplings(&self) -> GaussianCouplings<'a> {
        self.couplings
    }

    /// The plastic couplings.
    pub fn synapses(&self) -> &PackedSynapses<'a> {
        &self.synapses
    }
}

impl Connectivity for Exact<'_> {
    const MODEL: u8 = 1;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        SizeError::check("the couplings, in neurons,", dynamics.n(), self.couplings.n())?;
        let (couplings, parameters) = (self.couplings.gain(), dynamics.params().g);
        if couplings == parameters {
            Ok(())
        } else {
            Err(BuildError::Gain {
                couplings,
                parameters,
            })
        }
    }

    fn clear(&mut self) {
        self.synapses.clear();
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.synapses.clear();
        self.synapses.accumulate(0.0, dynamics.strength(), phi);
    }

    fn drive(&self, phi: &[f32], drive: &mut [f32]) {
        loops::drive(self.couplings.tiles(), self.synapses.tiles(), phi, drive);
    }

    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        let constants = [dynamics.retention(), dynamics.increment()];
        loops::drive_and_learn(
            self.couplings.tiles(),
            self.synapses.tiles_mut(),
            phi,
            drive,
            constants,
        );
    }

    fn is_moderate(&self) -> bool {
        // Up to 2^20 terms of magnitude 2e31 stay below 1e38, rounding included.
        self.couplings.is_moderate() && self.synapses.is_moderate()
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.synapses
            .accumulate(dynamics.retention(), dynamics.increment(), phi);
    }

    fn couplings_digest(&self) -> u64 {
        self.couplings.digest()
    }

    fn plastic_len(&self) -> usize {
        let n = self.synapses.n();
        n * (n + 1) / 2 * size_of::<f32>()
    }

    fn write_plastic(&self, sink: &mut impl ByteSink) {
        for synapse in self.synapses.upper_triangle() {
            sink.put(&synapse.to_le_bytes());
        }
    }

    fn is_plastic_state(&self, mut source: ByteSource<'_>) -> bool {
        core::iter::from_fn(|| source.float()).all(f32::is_finite)
    }

    fn read_plastic(&mut self, mut source: ByteSource<'_>) {
        self.synapses
            .set_upper_triangle(core::iter::from_fn(|| source.float()));
    }
}
