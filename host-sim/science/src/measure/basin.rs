//! From which states a frozen network returns to the one that it holds: its mirror image, the state of the opposite sign,
//! is held as well.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::hold::hold;
use super::plausible;
use super::trajectory::pass;
use crate::estimators::{FREEZE_LIMIT, MeanSem, cosine, steps_in};
use crate::memory::count;
use crate::networks::edit::Parts;
use crate::networks::{Ensemble, Simulation};
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// Starts of frozen networks about the states that they hold. The duration of the ensemble is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Basin {
    /// States that each network stores, one after the other.
    pub states: u32,
    /// Starts at each overlap with a stored state, in random directions.
    pub starts: u32,
}

/// Bound against mistyped numbers.
const MOST: u32 = 10_000;
/// Time for which the network runs between two stored states.
const BETWEEN: f64 = 50.0;
/// Magnitude of the cosine above which the network is in the stored state or in its mirror image.
const SAME: f64 = 0.99;
/// Overlaps from -1 to 1, in tenths.
const TENTHS: std::ops::RangeInclusive<i32> = -10..=10;

/// Where starts at one overlap end, as shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ends {
    /// In the stored state.
    pub returned: f64,
    /// In its mirror image.
    pub mirror: f64,
    /// At rest elsewhere.
    pub other: f64,
    /// Not at rest, nor near either.
    pub moving: f64,
}

/// Starts at one overlap: shares, averaged over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Cosine between the initial state x and the stored one.
    pub overlap: f64,
    /// Came back to the stored state.
    pub returned: Option<MeanSem>,
    /// Came to its mirror image.
    pub mirror: Option<MeanSem>,
    /// Came to rest elsewhere.
    pub other: Option<MeanSem>,
    /// Did not come to rest, nor near either.
    pub moving: Option<MeanSem>,
}

/// Averages over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// One for each overlap, ascending.
    pub rows: Vec<Row>,
}

impl Default for Basin {
    /// Eight states, four starts.
    fn default() -> Self {
        Self { states: 8, starts: 4 }
    }
}

fn overlap(tenths: i32) -> f64 {
    f64::from(tenths) / 10.0
}

impl Measurement for Basin {
    const NAME: &'static str = "memory basin";
    /// Of each overlap.
    type Outcome = Vec<Ends>;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        of.undriven("held states are those of networks left to themselves")?;
        count("states", self.states, [1, MOST])?;
        count("starts", self.starts, [1, MOST])?;
        let dt = of.network.step();
        let overlaps = TENTHS.count() as u64;
        let freezes = 1 + overlaps * u64::from(self.starts);
        let each = steps_in(BETWEEN, dt) + freezes * steps_in(FREEZE_LIMIT, dt);
        Ok(Cost {
            steps: of.burn_in_steps() + u64::from(self.states) * each,
            // The state stored, taken apart, and put together.
            bytes: 3 * of.network.bytes(),
            outcome: overlaps * size_of::<Ends>() as u64,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Vec<Ends>, Stopped> {
        let dt = of.network.step();
        let per_start = steps_in(FREEZE_LIMIT, dt);
        pass(network, of.burn_in_steps(), watch)?;
        let mut directions = Generator::at_block(of.network.seeds.state, index, Purpose::Input, 1 << 61);
        let mut ends = vec![Ends::default(); TENTHS.count()];
        let share = 1.0 / (f64::from(self.states) * f64::from(self.starts));
        for _ in 0..self.states {
            pass(network, steps_in(BETWEEN, dt), watch)?;
            let before = network.save()?;
            let stored = hold(network, dt)?.rates;
            let mut parts = Parts::of(&network.save()?, of.network.model, of.network.n)?;
            let held = parts.x.clone();
            advance(watch, per_start)?;
            for (ends, tenths) in ends.iter_mut().zip(TENTHS) {
                for _ in 0..self.starts {
                    parts.x = at_overlap(&held, overlap(tenths), &mut directions);
                    network.load(&parts.saved())?;
                    let end = hold(network, dt)?;
                    let end = match cosine(&stored, &end.rates).unwrap_or(0.0) {
                        near if near > SAME => &mut ends.returned,
                        near if near < -SAME => &mut ends.mirror,
                        _ if end.verdict.converged => &mut ends.other,
                        _ => &mut ends.moving,
                    };
                    *end += share;
                    advance(watch, per_start)?;
                }
            }
            network.load(&before)?;
        }
        Ok(ends)
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Vec<Ends>) -> bool {
        let _ = of;
        let shares = |ends: &Ends| plausible::shares([ends.returned, ends.mirror, ends.other, ends.moving]);
        outcome.len() == TENTHS.count() && outcome.iter().all(shares)
    }

    fn summary(&self, _of: &Ensemble, outcomes: &[Vec<Ends>]) -> Summary {
        let row = |(place, tenths): (usize, i32)| {
            let over = |value: fn(&Ends) -> f64| MeanSem::of(outcomes.iter().map(|ends| value(&ends[place])));
            Row {
                overlap: overlap(tenths),
                returned: over(|ends| ends.returned),
                mirror: over(|ends| ends.mirror),
                other: over(|ends| ends.other),
                moving: over(|ends| ends.moving),
            }
        };
        Summary {
            rows: TENTHS.enumerate().map(row).collect(),
        }
    }

    fn arrays(&self, _of: &Ensemble, outcomes: &[Vec<Ends>]) -> Vec<Array> {
        let overlaps = ("overlap", TENTHS.count());
        let ends = outcomes.iter().flatten();
        let shares: Vec<f64> = ends
            .flat_map(|ends| [ends.returned, ends.mirror, ends.other, ends.moving])
            .collect();
        vec![
            Array::new(
                "ends",
                "share of the starts that end 0: in the stored state, 1: in its mirror image, 2: at rest elsewhere, \
                 3: moving",
                &[("network", outcomes.len()), overlaps, ("end", 4)],
                shares,
            ),
            Array::new(
                "overlap",
                "cosine between the initial state x and the stored one",
                &[overlaps],
                TENTHS.map(overlap).collect::<Vec<f64>>(),
            ),
        ]
    }
}

/// A state of the length of `held` at that cosine to it, in a random direction.
fn at_overlap(held: &[f32], overlap: f64, directions: &mut Generator) -> Vec<f32> {
    let length = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let held: Vec<f64> = held.iter().map(|&x| x.into()).collect();
    let mut across: Vec<f64> = held.iter().map(|_| directions.gaussian().into()).collect();
    let along = across.iter().zip(&held).map(|(a, b)| a * b).sum::<f64>() / length(&held).powi(2);
    across
        .iter_mut()
        .zip(&held)
        .for_each(|(across, held)| *across -= along * held);
    let scale = (1.0 - overlap * overlap).max(0.0).sqrt() * length(&held) / length(&across);
    let sum = |(held, across): (&f64, &f64)| (overlap * held + scale * across) as f32;
    held.iter().zip(&across).map(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_have_the_overlap_and_the_length_asked_for() {
        let mut directions = Generator::new(1, 0, Purpose::Input);
        let held: Vec<f32> = (0..300).map(|_| 2.0 * directions.gaussian()).collect();
        let length = |x: &[f32]| x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
        for overlap in [-1.0, -0.3, 0.0, 0.5, 1.0] {
            let start = at_overlap(&held, overlap, &mut directions);
            let found = cosine(&held, &start).unwrap();
            assert!((found - overlap).abs() < 1e-6, "{overlap}: {found}");
            assert!((length(&start) / length(&held) - 1.0).abs() < 1e-6);
        }
    }
}
