//! Quenched couplings J in panels.

use super::layout::{coupling_place, panel_couplings_len};
use super::take_first;
use crate::arithmetic::largest_magnitude;
use crate::bytes::Fnv1a;
use crate::connectivity::error::CouplingsError;
use crate::parameters::Dynamics;
use crate::random::Randomness;
use crate::simd::Lanes;
use crate::values::SizeError;

/// Quenched couplings in the memory order of a host's panels: the values, digest and generator's draws of
/// [`DenseCouplings`](crate::DenseCouplings), drawn or one's own.
///
/// `J_ij` acts from neuron j on neuron i. Read-only and `Copy`: several trajectories share one J.
#[derive(Clone, Copy, Debug)]
pub struct PanelCouplings<'a> {
    values: &'a [Lanes],
    n: usize,
    gain: Option<f32>,
    largest: f32,
}

impl<'a> PanelCouplings<'a> {
    /// Draws J into the first [`panel_couplings_len`]`(n)` elements of a buffer: `J_ij = (g / sqrt N) z`, with one Gaussian z
    /// after the other in row-major order.
    pub fn seed(
        buffer: &'a mut [Lanes],
        dynamics: &Dynamics,
        randomness: &mut impl Randomness,
    ) -> Result<Self, SizeError> {
        let gain = Some(dynamics.params().g);
        Self::fill(buffer, dynamics.n(), gain, |_, _| {
            Ok(dynamics.coupling_scale() * randomness.gaussian())
        })
    }

    /// Copies a matrix of one's own, `N^2` values row by row, into the first [`panel_couplings_len`]`(n)` elements of a
    /// buffer. Refuses another number of values, and one that is not finite. The gain g plays no part in it.
    pub fn from_rows(
        buffer: &'a mut [Lanes],
        rows: &[f32],
        dynamics: &Dynamics,
    ) -> Result<Self, CouplingsError> {
        let n = dynamics.n();
        SizeError::check("the matrix of couplings", n.saturating_mul(n), rows.len())?;
        let mut values = rows.iter().copied();
        Self::from_fn(buffer, dynamics, |_, _| values.next().unwrap_or(f32::NAN))
    }

    /// Takes `J_ij = coupling(i, j)`, asked for in row-major order, into the first [`panel_couplings_len`]`(n)` elements
    /// of a buffer: couplings of another distribution. Refuses a value that is not finite.
    pub fn from_fn(
        buffer: &'a mut [Lanes],
        dynamics: &Dynamics,
        mut coupling: impl FnMut(usize, usize) -> f32,
    ) -> Result<Self, CouplingsError> {
        Self::fill(buffer, dynamics.n(), None, |row, column| {
            let coupling = coupling(row, column);
            if coupling.is_finite() {
                Ok(coupling)
            } else {
                Err(CouplingsError::NotFinite { row, column })
            }
        })
    }

    fn fill<E: From<SizeError>>(
        buffer: &'a mut [Lanes],
        n: usize,
        gain: Option<f32>,
        mut coupling: impl FnMut(usize, usize) -> Result<f32, E>,
    ) -> Result<Self, E> {
        let values = take_first(buffer, panel_couplings_len(n))?;
        values.fill(Lanes::ZERO);
        for i in 0..n {
            for j in 0..n {
                let coupling = coupling(i, j)?;
                let (lanes, lane) = coupling_place(n, i, j);
                if let Some(slot) = values.get_mut(lanes).and_then(|lanes| lanes.0.get_mut(lane)) {
                    *slot = coupling;
                }
            }
        }
        Ok(Self {
            largest: largest_magnitude(values.iter().flat_map(|lanes| &lanes.0)),
            values,
            n,
            gain,
        })
    }

    /// Borrows couplings that another value of this type had put into a buffer, for the same size; which gain they were
    /// drawn for is not known then.
    pub fn from_slice(values: &'a [Lanes], dynamics: &Dynamics) -> Result<Self, SizeError> {
        let n = dynamics.n();
        SizeError::check(
            "the slice of quenched couplings",
            panel_couplings_len(n),
            values.len(),
        )?;
        Ok(Self {
            values,
            n,
            gain: None,
            largest: largest_magnitude(values.iter().flat_map(|lanes| &lanes.0)),
        })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The gain that they were drawn for; `None` of a matrix of one's own, which serves any.
    pub fn gain(&self) -> Option<f32> {
        self.gain
    }

    /// `J_ij`, the coupling from neuron j to neuron i.
    pub fn get(&self, i: usize, j: usize) -> Option<f32> {
        if i < self.n && j < self.n {
            let (lanes, lane) = coupling_place(self.n, i, j);
            self.values.get(lanes)?.0.get(lane).copied()
        } else {
            None
        }
    }

    /// Digest of all couplings in row-major order.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        for i in 0..self.n {
            for j in 0..self.n {
                digest = digest.with(self.get(i, j).unwrap_or(f32::NAN).to_le_bytes());
            }
        }
        digest.digest()
    }

    /// All values in memory order, for [`from_slice`](Self::from_slice).
    pub fn as_slice(&self) -> &'a [Lanes] {
        self.values
    }

    /// Largest magnitude of a coupling; not a number if one is not.
    pub(super) fn largest(&self) -> f32 {
        self.largest
    }
}
