//! How the history of the rates is sampled, and how it is weighed.

use crate::arithmetic::{exp_of_negative, logarithm};
use crate::parameters::{Dynamics, ParameterError, Params};

/// Largest number of samples.
pub const SAMPLES_LIMIT: u32 = 32;
/// Largest number of steps from one sample to the next.
pub const SPACING_LIMIT: u32 = 1 << 20;
/// Largest number of levels of a sample on either side of zero: what a byte with a sign has.
pub const LEVELS_LIMIT: u32 = 127;

/// How the history of the rates is sampled: H samples, one every M steps, as `round(L phi)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct HistoryRule {
    /// H, from 1 to [`SAMPLES_LIMIT`].
    pub samples: u32,
    /// M, from 1 to [`SPACING_LIMIT`].
    pub spacing: u32,
    /// L, the sample of a rate of 1, from 1 to [`LEVELS_LIMIT`]. Fewer levels save nothing: they show how much
    /// precision the history needs.
    pub levels: u32,
}

impl HistoryRule {
    /// Eight samples at intervals of 0.4 p: statistics and freezing are then those of the full matrix A. The spacing
    /// is rounded to whole steps, of which it has at least one.
    pub fn recommended(params: &Params) -> Self {
        let steps = (0.4 * params.p / params.dt + 0.5) as u32;
        Self {
            samples: 8,
            spacing: if steps == 0 { 1 } else { steps },
            levels: LEVELS_LIMIT,
        }
    }

    /// Refuses numbers out of their bounds.
    pub fn validate(self) -> Result<Self, ParameterError> {
        whole(
            "the number of samples in the history",
            self.samples,
            SAMPLES_LIMIT,
        )?;
        whole(
            "the spacing of the history, in steps,",
            self.spacing,
            SPACING_LIMIT,
        )?;
        whole("the number of levels of a sample", self.levels, LEVELS_LIMIT)?;
        Ok(self)
    }
}

impl HistoryRule {
    /// Little-endian, as in snapshots.
    pub(super) fn bytes(self) -> [[u8; 4]; 3] {
        [self.samples, self.spacing, self.levels].map(u32::to_le_bytes)
    }
}

fn whole(parameter: &'static str, value: u32, maximum: u32) -> Result<(), ParameterError> {
    if (1..=maximum).contains(&value) {
        Ok(())
    } else {
        Err(ParameterError::Whole {
            parameter,
            value,
            maximum,
        })
    }
}

/// Weights of the samples, at any time between two of them.
///
/// In the exact network, the rates of h steps ago have the weight `(dt/p) d^(h-1)` in A, with `d = 1 - dt/p`. Each
/// sample here stands for the steps that are nearest to it, and has the sum of their weights; the oldest also stands
/// for all before it. With `phase` steps since the newest sample, the boundary between the samples m and m + 1 lies
/// `phase + (M + 1)/2 + m M` steps back, so
///
/// ```text
/// b_m = d^(phase + (M + 1)/2 + m M);  w_0 = 1 - b_0,  w_m = b_(m-1) - b_m,  w_(H-1) = b_(H-2)
/// ```
///
/// which add up to 1. With M = 1 and enough samples these are the weights of the exact network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    rule: HistoryRule,
    /// `-ln d`; infinite where d = 0.
    rate: f32,
    /// `d^M`
    per_sample: f32,
    /// From a dot product of samples and rates to a coefficient.
    ratio: f32,
}

/// Bits behind the point of a coefficient.
///
/// A coefficient is at most `2^23` in magnitude, up to rounding, and the magnitudes of all add up to no more: times
/// samples of at most 127 each, the sum stays below `2^31`.
const COEFFICIENT_BITS: u32 = 23;
/// What the sum of coefficients times samples is a multiple of.
pub(super) const COEFFICIENT_UNIT: f32 = 1.0 / ((1 << COEFFICIENT_BITS) as f32);

impl Weights {
    pub(super) fn new(dynamics: &Dynamics, rule: HistoryRule) -> Self {
        let retention = dynamics.retention();
        let rate = if retention > 0.0 {
            -logarithm(retention)
        } else {
            f32::INFINITY
        };
        let units = dynamics.n() as f32 * rule.levels as f32;
        Self {
            rule,
            rate,
            per_sample: exp_of_negative(rate * rule.spacing as f32),
            ratio: (1 << (COEFFICIENT_BITS - super::fixed_point::COARSE_BITS)) as f32 / units,
        }
    }

    /// Turns the dot products of the samples with the rates, newest first, into the coefficients of the samples:
    /// `w_m (s_m . r) 2^9 / (L N)`, truncated.
    pub(super) fn coefficients(&self, phase: u32, products: &[i64], coefficients: &mut [i32]) {
        let terms = self.weights(phase).zip(products);
        for (coefficient, (weight, &product)) in coefficients.iter_mut().zip(terms) {
            *coefficient = (weight * (product as f32) * self.ratio) as i32;
        }
    }

    /// The weights in a given phase, newest first.
    pub(super) fn weights(&self, phase: u32) -> impl Iterator<Item = f32> {
        let back = phase as f32 + 0.5 * (self.rule.spacing as f32 + 1.0);
        let (per_sample, last) = (self.per_sample, self.rule.samples.saturating_sub(1));
        let mut boundary = exp_of_negative(self.rate * back);
        let mut before = 1.0;
        (0..self.rule.samples).map(move |age| {
            let weight = if age == last { before } else { before - boundary };
            before = boundary;
            boundary *= per_sample;
            weight
        })
    }
}
