//! Quenched Gaussian couplings J in panels.

use super::layout::{coupling_place, panel_couplings_len};
use super::take_first;
use crate::arithmetic::largest_magnitude;
use crate::bytes::{ByteSink, Fnv1a};
use crate::error::SizeError;
use crate::parameters::Dynamics;
use crate::random::Randomness;
use crate::simd::Lanes;

/// Quenched couplings in the memory order of a host's panels: the values, digest and generator's draws of
/// [`GaussianCouplings`](crate::GaussianCouplings).
///
/// Read-only and `Copy`: several trajectories share one J.
#[derive(Clone, Copy, Debug)]
pub struct PanelCouplings<'a> {
    values: &'a [Lanes],
    n: usize,
    gain: f32,
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
        Self::from_fn(buffer, dynamics, |_, _| {
            dynamics.coupling_scale() * randomness.gaussian()
        })
    }

    /// Takes `J_ij = coupling(i, j)`, asked for in row-major order, into the first [`panel_couplings_len`]`(n)` elements
    /// of a buffer: couplings of another distribution.
    pub fn from_fn(
        buffer: &'a mut [Lanes],
        dynamics: &Dynamics,
        mut coupling: impl FnMut(usize, usize) -> f32,
    ) -> Result<Self, SizeError> {
        let n = dynamics.n();
        let values = take_first(buffer, panel_couplings_len(n))?;
        values.fill(Lanes::ZERO);
        for i in 0..n {
            for j in 0..n {
                let (lanes, lane) = coupling_place(n, i, j);
                if let Some(slot) = values.get_mut(lanes).and_then(|lanes| lanes.0.get_mut(lane)) {
                    *slot = coupling(i, j);
                }
            }
        }
        Self::from_slice(values, dynamics)
    }

    /// Borrows couplings that [`seed`](Self::seed) wrote for the same size and gain.
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
            gain: dynamics.params().g,
            largest: largest_magnitude(values.iter().flat_map(|lanes| &lanes.0)),
        })
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The gain that they were drawn for.
    pub fn gain(&self) -> f32 {
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
                digest.put(&self.get(i, j).unwrap_or(f32::NAN).to_le_bytes());
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
