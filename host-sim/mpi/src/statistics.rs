//! Averages over the neurons of all ranks: sums of integers, so that any split of the network has the same.

use freezable_chaos::Plasticity;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::ranks::Ranks;
use crate::share::Share;

/// What a square is counted in: one of a velocity at a standstill is still many of these.
const UNIT: f64 = 1.0 / (1_u128 << 64) as f64;

/// A product of two values in units, exact up to a truncation that does not depend on other neurons.
fn units(a: f32, b: f32) -> i128 {
    (f64::from(a) * f64::from(b) / UNIT) as i128
}

/// A sum of products.
fn sum<'a>(a: &'a [f32], b: &'a [f32]) -> i128 {
    let products = a.iter().zip(b).map(|(&a, &b)| units(a, b));
    products.fold(0, i128::saturating_add)
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
    /// Adds a sample of the present state.
    pub fn sample(&mut self, share: &Share<'_>) {
        self.rates = self.rates.saturating_add(sum(share.rates(), share.rates()));
        let velocity = share.velocity().unwrap_or(&[]);
        self.velocities = self.velocities.saturating_add(sum(velocity, velocity));
        self.samples += 1;
    }

    /// Those of all ranks.
    pub fn keep(&self, ranks: &Ranks) -> Kept {
        let [rates, velocities] = ranks.sum([self.rates, self.velocities]);
        Kept {
            rates: rates.to_string(),
            velocities: velocities.to_string(),
            samples: self.samples,
        }
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
    pub fn activity(&self, n: usize, ranks: &Ranks) -> Option<Activity> {
        let [rates, velocities] = ranks.sum([self.rates, self.velocities]);
        let count = n as f64 * self.samples as f64;
        (self.samples > 0).then(|| Activity {
            c_phi_0: rates as f64 * UNIT / count,
            speed_rms: (velocities as f64 * UNIT / count).sqrt(),
        })
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
    /// Of the present state; 0 if the rates vanish.
    pub fn of(share: &Share<'_>, remembered: &[f32], n: usize, ranks: &Ranks) -> Result<Self, Failure> {
        let (rates, velocity) = (share.rates(), share.velocity().unwrap_or(&[]));
        let own = [
            sum(rates, remembered),
            sum(rates, rates),
            sum(remembered, remembered),
            sum(velocity, velocity),
        ];
        let [both, now, then, moved] = ranks.sum(own).map(|sum| sum as f64 * UNIT);
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
