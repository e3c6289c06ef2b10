//! The exact network of the paper: Gaussian J and the full plastic matrix A, in single precision.

use super::merged::{self, Merged};
use super::triangle::{self, triangle_len};
use super::{Connectivity, DenseCouplings, PackedSynapses, check_couplings, grows_finite, native, walk};
use crate::arithmetic::all_below_two;
use crate::connectivity::error::BuildError;
use crate::parameters::Dynamics;
use crate::snapshot::SnapshotError;
use crate::values::SizeError;

/// Quenched Gaussian couplings and the full plastic matrix.
#[derive(Debug)]
pub struct Exact<'a> {
    couplings: DenseCouplings<'a>,
    synapses: PackedSynapses<'a>,
    merged: Option<Merged<'a>>,
    portable: bool,
}

impl<'a> Exact<'a> {
    /// Puts J and A of the same number of neurons together.
    pub fn new(couplings: DenseCouplings<'a>, synapses: PackedSynapses<'a>) -> Result<Self, SizeError> {
        SizeError::check("the plastic matrix, in neurons,", couplings.n(), synapses.n())?;
        Ok(Self {
            couplings,
            synapses,
            merged: None,
            portable: false,
        })
    }

    /// Works in safe Rust alone where the target has hand-written inner loops too: the same bits, slower. What they
    /// are measured and tested against.
    pub fn with_portable_loops(mut self) -> Self {
        self.portable = true;
        self
    }

    /// Lends a buffer of [`merged_len`](super::merged_len)`(n)` elements, in which J and A are merged while the
    /// network is frozen: the same bits in about two thirds of the time on a Cortex-M4F. The freeze itself takes
    /// longer, as it fills the buffer.
    pub fn with_merge_buffer(mut self, buffer: &'a mut [f32]) -> Result<Self, SizeError> {
        self.merged = Some(Merged::new(buffer, self.couplings.n())?);
        Ok(self)
    }

    /// The synapses, which are about to change.
    fn changing(&mut self) -> &mut PackedSynapses<'a> {
        if let Some(merged) = &mut self.merged {
            merged.forget();
        }
        &mut self.synapses
    }

    /// The quenched couplings.
    pub fn couplings(&self) -> DenseCouplings<'a> {
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
        check_couplings(dynamics, self.couplings.n(), self.couplings.gain())
    }

    fn clear(&mut self) {
        self.changing().clear();
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.changing().clear();
        self.changing().accumulate(0.0, dynamics.strength(), phi);
    }

    fn drive(&mut self, _dynamics: &Dynamics, phi: &[f32], velocity: &mut [f32]) {
        let (couplings, synapses) = (self.couplings.tiles(), self.synapses.tiles());
        match (self.merged.as_ref().and_then(Merged::columns), self.portable) {
            (Some(columns), false) => merged::drive(columns, phi, velocity, native::drive_panel),
            (Some(columns), true) => merged::drive(columns, phi, velocity, merged::drive_panel),
            (None, false) => native::drive(couplings, synapses, phi, velocity),
            (None, true) => walk::drive(couplings, synapses, phi, velocity),
        }
    }

    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], velocity: &mut [f32]) {
        let constants = [dynamics.retention(), dynamics.increment()];
        let (couplings, portable) = (self.couplings.tiles(), self.portable);
        let synapses = self.changing().tiles_mut();
        if portable {
            walk::drive_and_learn(couplings, synapses, phi, velocity, constants);
        } else {
            native::drive_and_learn(couplings, synapses, phi, velocity, constants);
        }
    }

    fn freeze(&mut self) {
        if let Some(merged) = &mut self.merged
            && merged.columns().is_none()
        {
            merged.merge(&self.couplings, &self.synapses);
        }
    }

    fn drive_is_bounded(&self, phi: &[f32]) -> bool {
        // Up to 2^20 terms of magnitude 4e29 stay below 1e36, rounding included; a rate that is no number fails.
        self.couplings.is_moderate() && self.synapses.is_moderate() && all_below_two(phi)
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        let synapses = self.changing();
        synapses.accumulate(dynamics.retention(), dynamics.increment(), phi);
        // 2.5 instructions a neuron on a Cortex-M4F, in steps alone that are not known to stay finite.
        if !all_below_two(phi) {
            synapses.look_again();
        }
    }

    fn stays_finite(&self, dynamics: &Dynamics, phi: &[f32]) -> bool {
        grows_finite(self.synapses.largest(), dynamics, phi)
    }

    fn couplings_digest(&self) -> u64 {
        self.couplings.digest()
    }

    fn plastic_len(&self) -> usize {
        triangle_len(self.synapses.n())
    }

    fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        triangle::write(self.synapses.n(), offset, piece, |i, j| self.synapses.get(i, j));
    }

    fn check_plastic(&self, phase: u32, _offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        triangle::check(phase, piece)
    }

    fn read_plastic(&mut self, _phase: u32, offset: usize, piece: &[u8]) {
        self.changing().set_triangle(offset, piece);
    }
}
