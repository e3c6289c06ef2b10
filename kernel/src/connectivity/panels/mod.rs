//! The exact network on a host: the whole of J and A in panels of rows, for the machine's vector instructions.

mod couplings;
mod layout;
mod synapses;

pub use couplings::PanelCouplings;
pub use layout::panels_len;
pub use synapses::PanelSynapses;

use super::{Connectivity, check_couplings, check_finite};
use crate::arithmetic::largest_magnitude;
use crate::bytes::{ByteSink, ByteSource};
use crate::error::{BuildError, SizeError, SnapshotError};
use crate::parameters::Dynamics;
use crate::simd::{Lanes, Plastic, Quiescent, Simd};
use layout::{PANEL, panel_len};

/// From this number of neurons on, sharing a step among threads takes less time than it saves.
#[cfg(feature = "rayon")]
const THREADS_FROM: usize = 1024;

/// Largest `|J_ij| + |A_ij|` for which the sums are sure to stay finite, see [`Panels::drive_is_bounded`].
const COUPLING_BOUND: f32 = 1e29;

/// The couplings of [`Exact`](super::Exact), spread out for a host: the same bits, digests and snapshots, at twice the
/// memory for A and a third of the time, with vector instructions.
///
/// One pass over the memory gives the drive and takes the step of A. The machine's instructions are chosen when the
/// value is made; with the feature `rayon`, [`share_rows`](Self::share_rows) spreads the panels over threads.
#[derive(Debug)]
pub struct Panels<'a> {
    couplings: PanelCouplings<'a>,
    synapses: PanelSynapses<'a>,
    simd: Simd,
    #[cfg(feature = "rayon")]
    shared: bool,
}

impl<'a> Panels<'a> {
    /// Puts J and A of the same number of neurons together, for the best instructions of this machine.
    pub fn new(couplings: PanelCouplings<'a>, synapses: PanelSynapses<'a>) -> Result<Self, SizeError> {
        Self::with_simd(couplings, synapses, Simd::detect())
    }

    /// The same for chosen instructions.
    pub fn with_simd(
        couplings: PanelCouplings<'a>,
        synapses: PanelSynapses<'a>,
        simd: Simd,
    ) -> Result<Self, SizeError> {
        SizeError::check("the plastic matrix, in neurons,", couplings.n(), synapses.n())?;
        Ok(Self {
            couplings,
            synapses,
            simd,
            #[cfg(feature = "rayon")]
            shared: false,
        })
    }

    /// Shares the rows of networks of at least 1024 neurons among the threads of rayon's present pool. The bits do
    /// not depend on their number: every row is summed by one thread.
    #[cfg(feature = "rayon")]
    pub fn share_rows(mut self) -> Self {
        self.shared = self.synapses.n() >= THREADS_FROM;
        self
    }

    /// The quenched couplings.
    pub fn couplings(&self) -> PanelCouplings<'a> {
        self.couplings
    }

    /// The plastic couplings.
    pub fn synapses(&self) -> &PanelSynapses<'a> {
        &self.synapses
    }

    /// The instructions in use.
    pub fn simd(&self) -> Simd {
        self.simd
    }

    /// `drive = (J + A) phi`, and in the same pass `A_ij = A_ij retention + (increment phi_i) phi_j` for `i <= j`.
    fn accumulate(&mut self, retention: f32, increment: f32, phi: &[f32], drive: &mut [f32]) {
        let simd = self.simd;
        let stride = panel_len(self.synapses.n());
        let sweep = |panel, couplings: &[Lanes], synapses: &mut [Lanes], drive: &mut [f32]| {
            let plastic = Plastic {
                couplings,
                synapses,
                first_row: panel * PANEL,
                retention,
                increment,
            };
            simd.drive_and_learn(plastic, phi, drive);
        };
        let (couplings, synapses) = (self.couplings.as_slice(), self.synapses.as_mut_slice());
        #[cfg(feature = "rayon")]
        if self.shared {
            use rayon::prelude::*;
            couplings
                .par_chunks(stride)
                .zip(synapses.par_chunks_mut(stride))
                .zip(drive.par_chunks_mut(PANEL))
                .enumerate()
                .for_each(|(panel, ((couplings, synapses), drive))| sweep(panel, couplings, synapses, drive));
            return;
        }
        couplings
            .chunks(stride)
            .zip(synapses.chunks_mut(stride))
            .zip(drive.chunks_mut(PANEL))
            .enumerate()
            .for_each(|(panel, ((couplings, synapses), drive))| sweep(panel, couplings, synapses, drive));
    }
}

impl Panels<'_> {
    /// The step of A without a drive, which is thrown away: rare enough to need no loop of its own.
    fn learn_alone(&mut self, retention: f32, increment: f32, phi: &[f32]) {
        let simd = self.simd;
        let stride = panel_len(self.synapses.n());
        let couplings = self.couplings.as_slice().chunks(stride);
        let synapses = self.synapses.as_mut_slice().chunks_mut(stride);
        for (panel, ((couplings, synapses), rates)) in
            couplings.zip(synapses).zip(phi.chunks(PANEL)).enumerate()
        {
            let plastic = Plastic {
                couplings,
                synapses,
                first_row: panel * PANEL,
                retention,
                increment,
            };
            if let Some(drive) = [0.0; PANEL].get_mut(..rates.len()) {
                simd.drive_and_learn(plastic, phi, drive);
            }
        }
        self.synapses
            .raise_bound(retention, increment, largest_magnitude(phi));
    }
}

impl Connectivity for Panels<'_> {
    const MODEL: u8 = super::Exact::MODEL;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        check_couplings(dynamics, self.couplings.n(), self.couplings.gain())
    }

    fn clear(&mut self) {
        self.synapses.clear();
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.synapses.clear();
        self.learn_alone(0.0, dynamics.strength(), phi);
    }

    fn drive(&mut self, _dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        let simd = self.simd;
        let stride = panel_len(self.synapses.n());
        let sweep = |couplings: &[Lanes], synapses: &[Lanes], drive: &mut [f32]| {
            simd.drive(Quiescent { couplings, synapses }, phi, drive);
        };
        let (couplings, synapses) = (self.couplings.as_slice(), self.synapses.as_slice());
        #[cfg(feature = "rayon")]
        if self.shared {
            use rayon::prelude::*;
            couplings
                .par_chunks(stride)
                .zip(synapses.par_chunks(stride))
                .zip(drive.par_chunks_mut(PANEL))
                .for_each(|((couplings, synapses), drive)| sweep(couplings, synapses, drive));
            return;
        }
        couplings
            .chunks(stride)
            .zip(synapses.chunks(stride))
            .zip(drive.chunks_mut(PANEL))
            .for_each(|((couplings, synapses), drive)| sweep(couplings, synapses, drive));
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.learn_alone(dynamics.retention(), dynamics.increment(), phi);
    }

    /// By induction over the columns: rounding keeps the order of numbers, so `|J + A| <= w` with w the rounded sum of
    /// the largest magnitudes, and `|(J + A) phi| <= w` where `|phi| <= 1`. A sum of N such terms, each addition
    /// rounded by a factor of at most `1 + 2^-24`, stays below `N w (1 + 2^-24)^N < 1.07 N w`, since N is at most
    /// 2^20; with `w <= 1e29` that is below 1.2e35. A rate that is not a number fails the comparison.
    fn drive_is_bounded(&self, phi: &[f32]) -> bool {
        self.couplings.largest() + self.synapses.bound() <= COUPLING_BOUND && largest_magnitude(phi) <= 1.0
    }

    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        let (retention, increment) = (dynamics.retention(), dynamics.increment());
        self.accumulate(retention, increment, phi, drive);
        self.synapses
            .raise_bound(retention, increment, largest_magnitude(phi));
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

    fn check_plastic(&self, _phase: u32, source: ByteSource<'_>) -> Result<(), SnapshotError> {
        check_finite(source)
    }

    fn read_plastic(&mut self, _phase: u32, mut source: ByteSource<'_>) {
        self.synapses
            .set_upper_triangle(core::iter::from_fn(|| source.float()));
    }
}

/// The first `length` elements of a buffer that may be longer.
fn take_first(buffer: &mut [Lanes], length: usize) -> Result<&mut [Lanes], SizeError> {
    let found = buffer.len();
    buffer.get_mut(..length).ok_or(SizeError {
        what: "the buffer of panels",
        expected: length,
        found,
    })
}
