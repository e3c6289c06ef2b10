//! The exact network on a host: J and A in panels of rows, for the machine's vector instructions.

mod couplings;
mod layout;
mod merged;
mod synapses;
#[cfg(feature = "rayon")]
mod threads;
mod walk;

pub use couplings::PanelCouplings;
pub use layout::{panel_couplings_len, panel_merged_len, panel_synapses_len};
pub use synapses::PanelSynapses;

use super::triangle::{self, triangle_len};
use super::{Connectivity, check_couplings, grows_finite};
use crate::arithmetic::largest_magnitude;
use crate::connectivity::error::BuildError;
use crate::parameters::Dynamics;
use crate::simd::{Lanes, Learning, Simd};
use crate::snapshot::SnapshotError;
use crate::values::SizeError;
use merged::Merged;
use walk::{Driving, DrivingAndLearning, Visit};

/// From this number of neurons on, sharing a step among threads takes less time than it saves: starting and taking turns
/// cost about 15 microseconds a step, and a step of 1024 neurons takes 90 on one thread (AMD EPYC, AVX-512,
/// `cargo bench --bench exact -- running`).
#[cfg(feature = "rayon")]
const THREADS_FROM: usize = 1024;

/// Largest `|J_ij| + |A_ij|` for which the sums are sure to stay finite, see [`Panels::drive_is_bounded`].
const COUPLING_BOUND: f32 = 1e29;

/// The couplings of [`Exact`](super::Exact), laid out for a host: the same bits, digests and snapshots, with vector
/// instructions.
///
/// One pass over the memory gives the drive and takes the step of A: of each coupling J is read once, of each pair A is
/// read and written once. The machine's instructions are chosen when the value is made; with the feature `rayon`,
/// [`share_rows`](Self::share_rows) spreads the panels over threads.
///
/// ```
/// use freezable_chaos::*;
/// let n = 300; // any size, known only while running
/// let dynamics = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 }.validate(n).unwrap();
/// let mut couplings = vec![Lanes::ZERO; panel_couplings_len(n)];
/// let mut synapses = vec![Lanes::ZERO; panel_synapses_len(n)];
/// let [mut x, mut phi, mut velocity] = [(); 3].map(|()| vec![0.0; n]);
/// let mut randomness = Generator::new(1, 0, Purpose::Couplings);
/// let couplings = PanelCouplings::seed(&mut couplings, &dynamics, &mut randomness).unwrap();
/// let panels = Panels::new(couplings, PanelSynapses::new(&mut synapses, n).unwrap()).unwrap();
/// let neurons = Neurons::new(&mut x, &mut phi, &mut velocity).unwrap();
/// let mut network = Network::new(dynamics, Tanh, neurons, panels).unwrap();
/// network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
/// network.step().unwrap();
/// ```
#[derive(Debug)]
pub struct Panels<'a> {
    couplings: PanelCouplings<'a>,
    synapses: PanelSynapses<'a>,
    merged: Option<Merged<'a>>,
    simd: Simd,
    // Whether threads share the panels.
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
            merged: None,
            simd,
            shared: false,
        })
    }

    /// Lends a buffer of [`panel_merged_len`]`(n)` elements, in which J and A are merged while the network is frozen:
    /// the same bits from two thirds of the memory traffic. The freeze itself takes longer, as it fills the buffer.
    pub fn with_merge_buffer(mut self, buffer: &'a mut [Lanes]) -> Result<Self, SizeError> {
        self.merged = Some(Merged::new(buffer, self.couplings.n())?);
        Ok(self)
    }

    /// Shares the rows of networks of at least 1024 neurons among the threads of rayon's present pool. The bits do
    /// not depend on their number: the order of every sum stays the same.
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

    /// The synapses, which are about to change.
    fn changing(&mut self) -> &mut PanelSynapses<'a> {
        if let Some(merged) = &mut self.merged {
            merged.forget();
        }
        &mut self.synapses
    }
}

/// Visits all tiles, on this thread or on several.
fn walk<V: Visit + Send>(
    couplings: PanelCouplings<'_>,
    phi: &[f32],
    drive: &mut [f32],
    mut visit: V,
    shared: bool,
) {
    #[cfg(feature = "rayon")]
    if shared {
        return threads::walk(couplings.as_slice(), phi, drive, visit);
    }
    #[cfg(not(feature = "rayon"))]
    let _ = shared;
    walk::walk(couplings.as_slice(), phi, drive, &mut visit);
}

impl Connectivity for Panels<'_> {
    const MODEL: u8 = super::Exact::MODEL;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        check_couplings(dynamics, self.couplings.n(), self.couplings.gain())
    }

    fn clear(&mut self) {
        self.changing().clear();
    }

    fn imprint(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.changing().clear();
        self.changing().learn(0.0, dynamics.strength(), phi);
    }

    fn drive(&mut self, _dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        match &self.merged {
            Some(merged) if merged.are_merged() => merged.drive(self.simd, phi, drive, self.shared),
            _ => {
                let visit = Driving {
                    simd: self.simd,
                    synapses: self.synapses.tiles(),
                };
                walk(self.couplings, phi, drive, visit, self.shared);
            }
        }
    }

    fn learn(&mut self, dynamics: &Dynamics, phi: &[f32]) {
        self.changing()
            .learn(dynamics.retention(), dynamics.increment(), phi);
    }

    /// By induction over the columns: rounding keeps the order of numbers, so `|J + A| <= w` with w the rounded sum of
    /// the largest magnitudes, and `|(J + A) phi| <= w` where `|phi| <= 1`. A sum of N such terms, each addition
    /// rounded by a factor of at most `1 + 2^-24`, stays below `N w (1 + 2^-24)^N < 1.07 N w`, since N is at most
    /// 2^20; with `w <= 1e29` that is below 1.2e35. A rate that is not a number fails the comparison.
    fn drive_is_bounded(&self, phi: &[f32]) -> bool {
        self.couplings.largest() + self.synapses.bound() <= COUPLING_BOUND && largest_magnitude(phi) <= 1.0
    }

    fn stays_finite(&self, dynamics: &Dynamics, phi: &[f32]) -> bool {
        grows_finite(self.synapses.largest(), dynamics, phi)
    }

    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        let (retention, increment) = (dynamics.retention(), dynamics.increment());
        let (couplings, simd, shared) = (self.couplings, self.simd, self.shared);
        let synapses = self.changing();
        let visit = DrivingAndLearning {
            simd,
            synapses: synapses.tiles_mut(),
            learning: Learning { retention, increment },
        };
        walk(couplings, phi, drive, visit, shared);
        synapses.raise_bound(retention, increment, largest_magnitude(phi));
    }

    fn freeze(&mut self) {
        if let Some(merged) = &mut self.merged
            && !merged.are_merged()
        {
            merged.merge(&self.couplings, &self.synapses);
        }
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

/// The first `length` elements of a buffer that may be longer.
fn take_first(buffer: &mut [Lanes], length: usize) -> Result<&mut [Lanes], SizeError> {
    let found = buffer.len();
    buffer.get_mut(..length).ok_or(SizeError {
        what: "the buffer of panels",
        expected: length,
        found,
    })
}
