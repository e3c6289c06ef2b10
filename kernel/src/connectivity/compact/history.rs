//! Plastic couplings as the recent history of the rates: A is a sum of few outer products.

use super::fixed_point::FixedPoint;
use super::rule::{COEFFICIENT_UNIT, HistoryRule, LEVELS_LIMIT, SAMPLES_LIMIT, Weights};
use super::samples::{self, BLOCK};
use crate::connectivity::error::BuildError;
use crate::connectivity::native;
use crate::parameters::Dynamics;
use crate::snapshot::SnapshotError;
use crate::values::SizeError;

/// Neurons whose products with samples fit 32 bits: 127 * 2^14 each.
const NARROW: usize = 1024;
const _: () = assert!(NARROW as u64 * LEVELS_LIMIT as u64 * (1 << super::fixed_point::COARSE_BITS) < 1 << 31);

/// One number for each sample, as many as there can be.
pub(super) type Each<V> = [V; SAMPLES_LIMIT as usize];

/// Bytes of the history of `n` neurons with that many samples.
pub const fn history_len(n: usize, samples: u32) -> usize {
    n * samples as usize
}

/// Plastic couplings that are not stored: `A = (k/N) sum over m of w_m phi_m phi_m^T` with the rates `phi_m` of the
/// last samples, kept as `s = round(L phi)` in a byte each, L = 127.
///
/// A is a decaying sum of outer products, and phi moves slowly compared with p, so a few samples hold it. The
/// weights are exact integrals that go on decaying between samples; see [`HistoryRule`] for the spacing. While the
/// plasticity is frozen, no sample is taken and the weights stand still.
#[derive(Debug)]
pub struct HistorySynapses<'a> {
    /// A ring of samples, each of one value per neuron.
    samples: &'a mut [i8],
    n: usize,
    rule: HistoryRule,
    weights: Weights,
    retention: f32,
    fixed: FixedPoint,
    /// Place of the newest sample in the ring.
    newest: usize,
    /// Steps since the newest sample.
    phase: u32,
}

impl<'a> HistorySynapses<'a> {
    /// Takes the first [`history_len`]`(n, rule.samples)` bytes of a buffer, and clears them.
    pub fn new(buffer: &'a mut [i8], dynamics: &Dynamics, rule: HistoryRule) -> Result<Self, BuildError> {
        let n = dynamics.n();
        Self::of_neurons(n, n, buffer, dynamics, rule)
    }

    /// The samples of `n` neurons of a network of `network`.
    pub(super) fn of_neurons(
        n: usize,
        network: usize,
        buffer: &'a mut [i8],
        dynamics: &Dynamics,
        rule: HistoryRule,
    ) -> Result<Self, BuildError> {
        let rule = rule.validate()?;
        let (expected, found) = (history_len(n, rule.samples), buffer.len());
        let samples = buffer.get_mut(..expected).ok_or(SizeError {
            what: "the buffer of the history",
            expected,
            found,
        })?;
        let mut history = Self {
            samples,
            n,
            rule,
            weights: Weights::new(dynamics, rule),
            retention: dynamics.retention(),
            fixed: FixedPoint::new(network),
            newest: 0,
            phase: 0,
        };
        history.clear();
        Ok(history)
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// How the rates are sampled.
    pub fn rule(&self) -> HistoryRule {
        self.rule
    }

    /// Steps since the newest sample, below the spacing.
    pub fn phase(&self) -> u32 {
        self.phase
    }

    /// `A_ij N / k` between -1 and 1, as the drive has it, in double precision.
    pub fn get(&self, i: usize, j: usize) -> Option<f64> {
        if i >= self.n || j >= self.n {
            return None;
        }
        let unit = f64::from(self.rule.levels);
        let term = |(weight, sample): (f32, &[i8])| {
            let value = |neuron| sample.get(neuron).map_or(0.0, |&value| f64::from(value) / unit);
            f64::from(weight) * value(i) * value(j)
        };
        Some(
            self.weights
                .weights(self.phase)
                .zip(self.newest_first())
                .map(term)
                .sum(),
        )
    }

    /// Weights of the samples at present, newest first; they add up to 1.
    pub fn weights(&self) -> impl Iterator<Item = f32> {
        self.weights.weights(self.phase)
    }

    /// The samples, newest first: `L phi`, rounded.
    pub fn newest_first(&self) -> impl Iterator<Item = &[i8]> {
        let samples = self.rule.samples as usize;
        (0..samples).map(move |age| {
            let place = self.newest + age;
            let start = self.n * if place < samples { place } else { place - samples };
            self.samples.get(start..start + self.n).unwrap_or(&[])
        })
    }

    pub(super) fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        SizeError::check("the history, in neurons,", dynamics.n(), self.n)?;
        let parameters = dynamics.retention();
        if self.retention == parameters {
            Ok(())
        } else {
            Err(BuildError::Decay {
                history: self.retention,
                parameters,
            })
        }
    }

    /// A = 0; the next step of the plasticity takes a sample.
    pub(super) fn clear(&mut self) {
        self.samples.fill(0);
        self.newest = 0;
        self.phase = self.rule.spacing - 1;
    }

    /// As if the rates had been these for ever; the next step of the plasticity takes a sample.
    pub(super) fn imprint(&mut self, phi: &[f32]) {
        self.clear();
        for sample in self.samples.chunks_exact_mut(self.n.max(1)) {
            write_sample(self.fixed, self.rule.levels, phi, sample);
        }
    }

    /// A step of the plasticity: every M-th one replaces the oldest sample.
    pub(super) fn advance(&mut self, phi: &[f32]) {
        self.phase += 1;
        if self.phase < self.rule.spacing {
            return;
        }
        self.phase = 0;
        let samples = self.rule.samples as usize;
        self.newest = if self.newest == 0 {
            samples - 1
        } else {
            self.newest - 1
        };
        let start = self.newest * self.n;
        if let Some(sample) = self.samples.get_mut(start..start + self.n) {
            write_sample(self.fixed, self.rule.levels, phi, sample);
        }
    }

    /// What the rates give through A: the same bits in any order, as every sum is one of integers.
    ///
    /// `PORTABLE`: in safe Rust alone.
    #[inline]
    pub(super) fn coefficients<const PORTABLE: bool>(&self, phi: &[f32]) -> Coefficients<'_> {
        self.coefficients_of(&self.products_by_age::<PORTABLE>(phi))
    }

    /// Dot products of the samples with the rates, newest first.
    // Always inlined, as is what follows: the network in one piece has them side by side.
    #[inline(always)]
    pub(super) fn products_by_age<const PORTABLE: bool>(&self, phi: &[f32]) -> Each<i64> {
        let samples = self.rule.samples as usize;
        let mut wide: Each<i64> = [0; SAMPLES_LIMIT as usize];
        for (place, rates) in phi.chunks(NARROW).enumerate() {
            let products = self.products::<PORTABLE>(place * NARROW, rates);
            // From the order of the ring to that of age.
            let (older, newer) = products
                .get(..samples)
                .and_then(|products| products.split_at_checked(self.newest))
                .unwrap_or((&[], &[]));
            for (wide, &product) in wide.iter_mut().zip(newer.iter().chain(older)) {
                *wide += i64::from(product);
            }
        }
        wide
    }

    /// What each sample contributes, given the products of all neurons' samples with their rates.
    #[inline(always)]
    pub(super) fn coefficients_of(&self, products: &Each<i64>) -> Coefficients<'_> {
        let samples = self.rule.samples as usize;
        let mut by_age: Each<i32> = [0; SAMPLES_LIMIT as usize];
        let products = products.get(..samples).unwrap_or(&[]);
        self.weights.coefficients(self.phase, products, &mut by_age);
        let mut values: Each<i32> = [0; SAMPLES_LIMIT as usize];
        if let Some((older, newer)) = values
            .get_mut(..samples)
            .and_then(|values| values.split_at_mut_checked(self.newest))
        {
            for (value, &coefficient) in newer.iter_mut().chain(older).zip(&by_age) {
                *value = coefficient;
            }
        }
        Coefficients {
            history: self,
            values,
        }
    }

    /// Dot products of the samples, in the order of the ring, with up to [`NARROW`] rates from neuron `first` on.
    #[inline]
    fn products<const PORTABLE: bool>(&self, first: usize, rates: &[f32]) -> Each<i32> {
        let mut products: Each<i32> = [0; SAMPLES_LIMIT as usize];
        let Some(in_use) = products.get_mut(..self.rule.samples as usize) else {
            return products;
        };
        let (blocks, tail) = rates.as_chunks::<BLOCK>();
        let mut first = first;
        for rates in blocks {
            let coarse = rates.map(|rate| self.fixed.coarse(rate));
            let samples = self.samples.get(first..).unwrap_or(&[]);
            if PORTABLE {
                samples::multiply(samples, self.n, &coarse, in_use);
            } else {
                native::multiply(samples, self.n, &coarse, in_use);
            }
            first += BLOCK;
        }
        for (place, product) in in_use.iter_mut().enumerate() {
            let sample = self.samples.get(place * self.n + first..).unwrap_or(&[]);
            for (&value, &rate) in sample.iter().zip(tail) {
                *product = product.wrapping_add(i32::from(value).wrapping_mul(self.fixed.coarse(rate)));
            }
        }
        products
    }

    /// The plastic part of the drive, in units of `k`, per unit of what [`Coefficients`] gives.
    pub(super) fn unit(&self, dynamics: &Dynamics) -> f32 {
        dynamics.params().k / self.rule.levels as f32 * COEFFICIENT_UNIT
    }

    pub(super) fn bytes(&self) -> usize {
        HEAD + self.samples.len()
    }

    /// Writes a piece of the state: number of samples, spacing and levels, then the samples from the newest to the oldest.
    pub(super) fn write(&self, offset: usize, piece: &mut [u8]) {
        let (head, mut rest) = piece.split_at_mut_checked(head_of(offset)).unwrap_or_default();
        for (place, byte) in head.iter_mut().zip(self.rule.bytes().as_flattened()) {
            *place = *byte;
        }
        let mut place = offset.saturating_sub(HEAD);
        while let Some(values) = self.values_from(place) {
            let count = values.len().min(rest.len());
            let (now, later) = rest.split_at_mut_checked(count).unwrap_or_default();
            if now.is_empty() {
                return;
            }
            for (byte, value) in now.iter_mut().zip(values) {
                *byte = value.cast_unsigned();
            }
            (rest, place) = (later, place + count);
        }
    }

    /// The values of a sample from a place on, counted over all samples from the newest on.
    fn values_from(&self, place: usize) -> Option<&[i8]> {
        let n = self.n.max(1);
        self.newest_first().nth(place / n)?.get(place % n..)
    }

    pub(super) fn check_piece(&self, phase: u32, offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        let (head, values) = piece.split_at_checked(head_of(offset)).unwrap_or_default();
        if !head.is_empty() && head != self.rule.bytes().as_flattened() {
            let mut words = head.as_chunks().0.iter().copied().map(u32::from_le_bytes);
            let mut word = || words.next().unwrap_or(0);
            return Err(SnapshotError::History {
                expected: [self.rule.samples, self.rule.spacing, self.rule.levels],
                found: [word(), word(), word()],
            });
        }
        if phase >= self.rule.spacing {
            return Err(SnapshotError::Phase {
                expected: self.rule.spacing - 1,
                found: phase,
            });
        }
        let is_level = |&byte: &u8| u32::from(byte.cast_signed().unsigned_abs()) <= self.rule.levels;
        if values.iter().all(is_level) {
            Ok(())
        } else {
            Err(SnapshotError::Sample)
        }
    }

    pub(super) fn read(&mut self, phase: u32, offset: usize, piece: &[u8]) {
        self.newest = 0;
        self.phase = phase;
        let (_, values) = piece.split_at_checked(head_of(offset)).unwrap_or_default();
        let places = self.samples.iter_mut().skip(offset.saturating_sub(HEAD));
        for (place, &value) in places.zip(values) {
            *place = value.cast_signed();
        }
    }
}

/// Bytes of the rule, which the samples follow.
const HEAD: usize = 3 * size_of::<u32>();

/// Bytes of the rule in a piece of the state.
fn head_of(offset: usize) -> usize {
    if offset == 0 { HEAD } else { 0 }
}

fn write_sample(fixed: FixedPoint, levels: u32, phi: &[f32], sample: &mut [i8]) {
    for (value, &rate) in sample.iter_mut().zip(phi) {
        *value = fixed.sample(rate, levels);
    }
}

/// What each sample contributes at present: `A phi` is the sum of the samples times these.
pub(super) struct Coefficients<'a> {
    history: &'a HistorySynapses<'a>,
    /// In the order of the ring.
    values: Each<i32>,
}

impl Coefficients<'_> {
    fn values(&self) -> &[i32] {
        let samples = self.history.rule.samples as usize;
        self.values.get(..samples).unwrap_or_default()
    }

    /// The plastic part of the drive of the block of neurons from `first` on.
    #[inline]
    pub(super) fn block<const PORTABLE: bool>(&self, first: usize) -> [i32; BLOCK] {
        let (samples, n) = (self.history.samples.get(first..).unwrap_or(&[]), self.history.n);
        if PORTABLE {
            samples::combine(samples, n, self.values())
        } else {
            native::combine(samples, n, self.values())
        }
    }

    /// The plastic part of the drive of one neuron.
    pub(super) fn neuron(&self, neuron: usize) -> i32 {
        let samples = self.history.samples.iter().skip(neuron);
        let terms = samples.step_by(self.history.n.max(1)).zip(self.values());
        terms.fold(0_i32, |sum, (&value, &coefficient)| {
            sum.wrapping_add(i32::from(value).wrapping_mul(coefficient))
        })
    }
}
