//! The compact network: J of signs, A as the recent history of the rates, and sums of integers.
//!
//! Nothing grows with N^2 but the signs of J, which may lie in flash or be hashed. The sums over the network are
//! exact, so their order is free: every fast path has the same bits by construction.

mod fixed_point;
mod hashed;
mod history;
#[cfg(feature = "std")]
mod rows;
mod rule;
pub(super) mod samples;
mod signs;
mod sums;
#[cfg(feature = "rayon")]
mod threads;

pub use fixed_point::wide_len;
pub use hashed::HashedSigns;
pub use history::{HistorySynapses, history_len};
#[cfg(feature = "std")]
pub use rows::{CompactRows, SignRows};
pub use rule::{HistoryRule, LEVELS_LIMIT, SAMPLES_LIMIT, SPACING_LIMIT};
pub use signs::{SignCouplings, Signs};
pub use sums::SumBuffers;

use fixed_point::FixedPoint;
use history::Coefficients;
use samples::BLOCK;

use super::{Connectivity, native};
use crate::arithmetic::largest_magnitude;
use crate::connectivity::error::BuildError;
use crate::parameters::Dynamics;
use crate::signed_sums;
#[cfg(feature = "std")]
use crate::simd::{InstructionSet, Simd};
use crate::snapshot::SnapshotError;
use crate::values::SizeError;

/// Neurons from which on the rows are worth sharing among threads.
#[cfg(feature = "rayon")]
const THREADS_FROM: usize = 2048;

/// Quenched couplings of signs, and the history of the rates in place of the plastic matrix.
///
/// With the integers q, r, s of the rates (Q + 1 bits, 15 bits, 8 bits), the drive of neuron i is
///
/// ```text
/// S_i = sum over j of sign(J_ij) q_j            c_m = trunc(w_m D_m 2^9 / (L N)),  D_m = sum over j of s_mj r_j
/// P_i = sum over m of c_m s_mi                  drive_i = S_i (g / sqrt N) 2^-Q + P_i (k / L) 2^-23
/// ```
///
/// where S, D and P are exact integers and the rest is single precision, in the order written.
#[derive(Debug)]
pub struct Compact<'a> {
    signs: Signs<'a>,
    history: HistorySynapses<'a>,
    buffers: SumBuffers<'a>,
    fixed: FixedPoint,
    portable: bool,
    #[cfg(feature = "std")]
    simd: Simd,
    #[cfg(feature = "rayon")]
    shared: bool,
}

impl<'a> Compact<'a> {
    /// Puts J, A and scratch memory of the same number of neurons together.
    pub fn new(
        signs: impl Into<Signs<'a>>,
        history: HistorySynapses<'a>,
        buffers: SumBuffers<'a>,
    ) -> Result<Self, SizeError> {
        let (signs, n) = (signs.into(), history.n());
        signs.check(n)?;
        SizeError::check("the slice of sums", n, buffers.sums.len())?;
        Ok(Self {
            signs,
            history,
            buffers,
            fixed: FixedPoint::new(n),
            portable: false,
            #[cfg(feature = "std")]
            simd: Simd::detect(),
            #[cfg(feature = "rayon")]
            shared: false,
        })
    }

    /// Works in safe Rust alone where the target has hand-written inner loops too: the same bits, slower. What they
    /// are measured and tested against.
    pub fn with_portable_loops(mut self) -> Self {
        self.portable = true;
        #[cfg(feature = "std")]
        {
            self.simd = Simd::portable();
        }
        self
    }

    /// Uses these instructions; the bits are the same.
    #[cfg(feature = "std")]
    pub fn with_simd(mut self, simd: Simd) -> Self {
        self.simd = simd;
        self
    }

    /// Shares the rows among the threads of rayon's present pool, if the network is large enough to gain by it. The
    /// bits are the same for any number of threads.
    #[cfg(feature = "rayon")]
    pub fn share_rows(mut self) -> Self {
        self.shared = self.history.n() >= THREADS_FROM;
        self
    }

    /// The quenched couplings.
    pub fn signs(&self) -> &Signs<'a> {
        &self.signs
    }

    /// The plastic couplings.
    pub fn history(&self) -> &HistorySynapses<'a> {
        &self.history
    }

    /// The signed sums of all rows, into the buffers.
    fn add_up(&mut self, phi: &[f32]) {
        let (signs, fixed) = (|pass| self.signs.pass(pass), self.fixed);
        let SumBuffers { tables, sums, wide } = &mut self.buffers;
        #[cfg(feature = "rayon")]
        if self.shared {
            return threads::add_up(signs, fixed, phi, self.simd, sums, wide);
        }
        #[cfg(feature = "std")]
        if !self.portable && self.simd.instruction_set() != InstructionSet::Portable {
            return sums::add_up(signs, fixed, phi, sums, wide, |words, columns, sums| {
                self.simd.add_columns(words, columns, sums);
            });
        }
        // Not a pointer to the one or the other: the depth of the stack below a pointer is unknown.
        let portable = self.portable;
        sums::add_up(signs, fixed, phi, sums, wide, |words, columns, sums| {
            if portable {
                signed_sums::add_by_tables(words, columns, tables, sums);
            } else {
                native::add_by_tables(words, columns, tables, sums);
            }
        });
    }

    /// The drive of rates that are all at most 1 in magnitude.
    fn bounded_drive(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        self.add_up(phi);
        if self.portable {
            self.put_together::<true>(dynamics, phi, drive);
        } else {
            self.put_together::<false>(dynamics, phi, drive);
        }
    }

    /// The drive of what was added up, and of the history.
    fn put_together<const PORTABLE: bool>(&self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        let units = Units {
            quenched: dynamics.coupling_scale() / self.fixed.one(),
            plastic: self.history.unit(dynamics),
        };
        let plastic = self.history.coefficients::<PORTABLE>(phi);
        let SumBuffers { sums, wide, .. } = &self.buffers;
        if wide.is_empty() {
            units.put_together::<PORTABLE, _>(sums, |sum| sum as f32, &plastic, drive);
        } else {
            units.put_together::<PORTABLE, _>(wide, |sum| sum as f32, &plastic, drive);
        }
    }
}

/// What the two integer parts of the drive are multiples of.
struct Units {
    quenched: f32,
    plastic: f32,
}

impl Units {
    #[inline]
    fn put_together<const PORTABLE: bool, S: Copy>(
        &self,
        sums: &[S],
        rounded: impl Fn(S) -> f32,
        plastic: &Coefficients<'_>,
        drive: &mut [f32],
    ) {
        let of = |sum: S, plastic: i32| rounded(sum) * self.quenched + plastic as f32 * self.plastic;
        let (sums, last_sums) = sums.as_chunks::<BLOCK>();
        let (blocks, tail) = drive.as_chunks_mut::<BLOCK>();
        let mut first = 0;
        for (drive, sums) in blocks.iter_mut().zip(sums) {
            let plastic = plastic.block::<PORTABLE>(first);
            for ((drive, &sum), &plastic) in drive.iter_mut().zip(sums).zip(&plastic) {
                *drive = of(sum, plastic);
            }
            first += BLOCK;
        }
        for (neuron, (drive, &sum)) in (first..).zip(tail.iter_mut().zip(last_sums)) {
            *drive = of(sum, plastic.neuron(neuron));
        }
    }
}

impl Connectivity for Compact<'_> {
    const MODEL: u8 = 2;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        self.history.check(dynamics)
    }

    fn rate_limit(&self) -> f32 {
        1.0
    }

    fn clear(&mut self) {
        self.history.clear();
    }

    /// Rates beyond 1 in magnitude leave A = 0: they have no samples, and the next step refuses them.
    fn imprint(&mut self, _dynamics: &Dynamics, phi: &[f32]) {
        if self.drive_is_bounded(phi) {
            self.history.imprint(phi);
        }
    }

    /// A rate beyond 1 in magnitude, which no transfer function may give, makes the drive not a number.
    fn drive(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        if self.drive_is_bounded(phi) {
            self.bounded_drive(dynamics, phi, drive);
        } else {
            drive.fill(f32::NAN);
        }
    }

    fn learn(&mut self, _dynamics: &Dynamics, phi: &[f32]) {
        self.history.advance(phi);
    }

    /// `|S| 2^-Q <= N` and `|P| <= 127 2^23` up to rounding, so the drive is at most `g sqrt N + k < 1.1e18`.
    fn drive_is_bounded(&self, phi: &[f32]) -> bool {
        largest_magnitude(phi) <= 1.0
    }

    fn drive_and_learn(&mut self, dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        self.bounded_drive(dynamics, phi, drive);
        self.learn(dynamics, phi);
    }

    fn couplings_digest(&self) -> u64 {
        self.signs.digest()
    }

    fn plastic_len(&self) -> usize {
        self.history.bytes()
    }

    fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        self.history.write(offset, piece);
    }

    fn phase(&self) -> u32 {
        self.history.phase()
    }

    fn check_plastic(&self, phase: u32, offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        self.history.check_piece(phase, offset, piece)
    }

    fn read_plastic(&mut self, phase: u32, offset: usize, piece: &[u8]) {
        self.history.read(phase, offset, piece);
    }
}
