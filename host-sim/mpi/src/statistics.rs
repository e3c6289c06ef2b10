//! Averages over the neurons of all ranks: sums of integers, so that any split of the network has the same.

use freezable_chaos::Plasticity;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ranks::Ranks;
use crate::share::Share;

/// What a square is counted in: one of a velocity at a standstill is still many of these.
const UNIT: f64 = 1.0 / (1_u128 << 64) as f64;

/// Of a product: beyond it, a few of them would be beyond 128 bits.
const LARGEST: f64 = (1_u64 << 56) as f64;

/// A product of two values in units, exact up to a truncation that does not depend on other neurons.
fn units(a: f32, b: f32) -> Option<i128> {
    let product = f64::from(a) * f64::from(b);
    (product.abs() <= LARGEST).then_some((product / UNIT) as i128)
}

/// A sum of products.
fn sum(a: &[f32], b: &[f32]) -> Result<i128, Failure> {
    let mut products = a.iter().zip(b).map(|(&a, &b)| units(a, b));
    let sum = products.try_fold(0, |sum: i128, product| sum.checked_add(product?));
    sum.ok_or_else(too_large)
}

/// What the neurons did in the step just made.
fn velocity<'a>(share: &'a Share<'_>) -> Result<&'a [f32], Failure> {
    let moved = share.velocity();
    moved.ok_or_else(|| Failure::Check("the speed was asked for before there was a step".to_owned()))
}

/// A sum of squares that is no more to be counted.
fn too_large() -> Failure {
    let bound = i128::MAX as f64 * UNIT;
    Failure::Check(format!(
        "a square of rates or velocities is above its bound {LARGEST:e}, or their sum above {bound:e}"
    ))
}

/// Sums over neurons and samples in time, of the rows of this rank since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    rates: i128,
    velocities: i128,
    samples: u64,
}

/// The same of all ranks, as a checkpoint keeps them.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Kept {
    // In decimal, which JSON has no integers of that size for.
    rates: String,
    velocities: String,
    samples: u64,
}

/// Averages over time and neurons while the synapses were plastic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Activity {
    /// C_phi(0), the mean square of the rates.
    pub c_phi_0: f64,
    /// Root mean square of dx/dt.
    pub speed_rms: f64,
}

impl Totals {
    /// Adds a sample of the state after a step.
    pub fn sample(&mut self, share: &Share<'_>) -> Result<(), Failure> {
        let (rates, velocity) = (share.rates(), velocity(share)?);
        let add = |total: i128, more| total.checked_add(more).ok_or_else(too_large);
        self.rates = add(self.rates, sum(rates, rates)?)?;
        self.velocities = add(self.velocities, sum(velocity, velocity)?)?;
        self.samples += 1;
        Ok(())
    }

    /// Those of all ranks.
    pub fn keep(&self, ranks: &Ranks) -> Result<Kept, Failure> {
        let [rates, velocities] = ranks.sum(Ok([self.rates, self.velocities]), too_large)?;
        Ok(Kept {
            rates: rates.to_string(),
            velocities: velocities.to_string(),
            samples: self.samples,
        })
    }

    /// Goes on from what was kept: the first rank has the sums, the others theirs from now on.
    pub fn resume(kept: &Kept, ranks: &Ranks) -> Option<Self> {
        let number = |text: &str| {
            text.parse()
                .ok()
                .map(|sum| if ranks.is_first() { sum } else { 0 })
        };
        Some(Self {
            rates: number(&kept.rates)?,
            velocities: number(&kept.velocities)?,
            samples: kept.samples,
        })
    }

    /// The averages over `n` neurons; none without a sample.
    pub fn activity(&self, n: usize, ranks: &Ranks) -> Result<Option<Activity>, Failure> {
        let [rates, velocities] = ranks.sum(Ok([self.rates, self.velocities]), too_large)?;
        let count = n as f64 * self.samples as f64;
        Ok((self.samples > 0).then(|| Activity {
            c_phi_0: rates as f64 * UNIT / count,
            speed_rms: (velocities as f64 * UNIT / count).sqrt(),
        }))
    }
}

/// How near a state is to a remembered one, and how fast it moves.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub struct Standing {
    /// Cosine between the rates and those at the freeze.
    pub cosine: f64,
    /// Root mean square of dx/dt in the last step.
    pub speed_rms: f64,
}

impl Standing {
    /// Of the state after a step, by all ranks together; a cosine of 0 if the rates vanish.
    pub fn of(share: &Share<'_>, remembered: &[f32], n: usize, ranks: &Ranks) -> Result<Self, Failure> {
        let own = || {
            let (rates, velocity) = (share.rates(), velocity(share)?);
            Ok([
                sum(rates, remembered)?,
                sum(rates, rates)?,
                sum(remembered, remembered)?,
                sum(velocity, velocity)?,
            ])
        };
        let [both, now, then, moved] = ranks.sum(own(), too_large)?.map(|sum| sum as f64 * UNIT);
        let scale = (now * then).sqrt();
        Ok(Self {
            cosine: if scale > 0.0 { both / scale } else { 0.0 },
            speed_rms: (moved / n as f64).sqrt(),
        })
    }
}

/// The plasticity in a word.
pub fn plasticity(share: &Share<'_>) -> &'static str {
    match share.plasticity() {
        Plasticity::Running => "plastic",
        Plasticity::Frozen => "frozen",
    }
}
