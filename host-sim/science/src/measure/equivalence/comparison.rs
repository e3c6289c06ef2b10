//! Averages of each kind of network, and paired differences to the exact network with the same signs.

use serde::{Deserialize, Serialize};

use super::{Outcome, Trial, name_of};
use crate::estimators::{MeanSem, half_width_without, pooled, pooled_half_width};
use crate::networks::Ensemble;

/// Bounds within which a compact network counts as equal to the exact one, set beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Thresholds {
    /// Of the 95% interval of the difference in `C_phi(0)`.
    pub c_phi_0: f64,
    /// Of the 95% interval of the relative difference in half-width.
    pub half_width: f64,
    /// Least share of freezes that succeed, where the exact network reaches it.
    pub freeze_success: f64,
}

impl Thresholds {
    /// Those that were set.
    pub const SET: Self = Self {
        c_phi_0: 0.005,
        half_width: 0.1,
        freeze_success: 0.98,
    };
}

/// Standard errors on either side of the mean in a 95% interval.
pub const INTERVAL: f64 = 1.96;
/// The kind that the others are compared with.
const REFERENCE: usize = 1;

/// Averages over the active networks of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Averages {
    /// Of the kind, see [`name_of`].
    pub name: String,
    /// Share of the networks that stayed active.
    pub alive: Option<MeanSem>,
    /// Mean square rate.
    pub c_phi_0: Option<MeanSem>,
    /// Half-width of the pooled autocorrelation, with its jackknife error over networks.
    pub half_width: Option<MeanSem>,
    /// Rms over time and neurons of dx/dt.
    pub speed_rms: Option<MeanSem>,
    /// See [`separation::rate`](crate::estimators::separation::rate).
    pub separation_rate: Option<MeanSem>,
    /// Share of a network's freezes that come to rest.
    pub freeze_converged: Option<MeanSem>,
    /// Share of a network's freezes that come to rest near where they were.
    pub freeze_success: Option<MeanSem>,
    /// Between the rates at a freeze and at its end, over converged ones.
    pub cosine: Option<MeanSem>,
    /// The least of these cosines.
    pub least_cosine: Option<f64>,
    /// Share of the converged freezes that end with every bit standing still.
    pub standstill: Option<MeanSem>,
}

/// Differences to the exact network with sign couplings; paired where both are active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Of the kind.
    pub name: String,
    /// In the mean square rate.
    pub c_phi_0: Option<MeanSem>,
    /// In the half-width, relative; the error is of a jackknife over networks.
    pub half_width: Option<MeanSem>,
    /// In the rms speed.
    pub speed_rms: Option<MeanSem>,
    /// In the rate at which trajectories part.
    pub separation_rate: Option<MeanSem>,
    /// In the cosine of freezes.
    pub cosine: Option<MeanSem>,
    /// Whether all [`Thresholds`] are met.
    pub equal: bool,
}

/// All kinds, and how they differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// In the order in which they were given.
    pub kinds: Vec<Averages>,
    /// Of all kinds but the exact one with signs, from that.
    pub differences: Vec<Difference>,
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    MeanSem::of(values).map(|summary| summary.mean)
}

impl Outcome {
    fn c_phi_0(&self) -> Option<f64> {
        self.autocorrelation.first().copied()
    }

    fn separation_rate(&self) -> Option<f64> {
        mean(self.separation_rates.iter().copied())
    }

    fn cosine(&self) -> Option<f64> {
        let converged = self.trials.iter().filter(|trial| trial.verdict.converged);
        mean(converged.filter_map(|trial| trial.verdict.cosine))
    }

    fn share(&self, which: impl Fn(&Trial) -> bool) -> Option<f64> {
        mean(self.trials.iter().map(|trial| f64::from(u8::from(which(trial)))))
    }
}

impl Averages {
    /// Of the outcomes of one kind.
    pub(super) fn of(kind: &Ensemble, outcomes: &[Outcome]) -> Self {
        let alive: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.alive).collect();
        let over = |value: &dyn Fn(&Outcome) -> Option<f64>| {
            MeanSem::of(alive.iter().filter_map(|outcome| value(outcome)))
        };
        let trials = || alive.iter().flat_map(|outcome| &outcome.trials);
        let converged = || trials().filter(|trial| trial.verdict.converged);
        Self {
            name: name_of(&kind.network),
            alive: MeanSem::share(outcomes.iter().map(|outcome| outcome.alive)),
            c_phi_0: over(&Outcome::c_phi_0),
            half_width: pooled_half_width(&curves_of(&alive), kind.network.sampling().1),
            speed_rms: over(&|outcome| Some(outcome.speed_rms)),
            separation_rate: over(&Outcome::separation_rate),
            freeze_converged: over(&|outcome| outcome.share(|trial| trial.verdict.converged)),
            freeze_success: over(&|outcome| outcome.share(|trial| trial.verdict.success)),
            cosine: over(&Outcome::cosine),
            least_cosine: converged()
                .filter_map(|trial| trial.verdict.cosine)
                .reduce(f64::min),
            standstill: MeanSem::share(converged().map(|trial| trial.still)),
        }
    }
}

impl Difference {
    fn of(
        [averages, expected_averages]: [&Averages; 2],
        [outcomes, reference]: [&[Outcome]; 2],
        interval: f64,
    ) -> Self {
        let both: Vec<(&Outcome, &Outcome)> = outcomes
            .iter()
            .zip(reference)
            .filter(|(found, expected)| found.alive && expected.alive)
            .collect();
        let paired = |value: &dyn Fn(&Outcome) -> Option<f64>| {
            MeanSem::of(
                both.iter()
                    .filter_map(|(found, expected)| Some(value(found)? - value(expected)?)),
            )
        };
        let (found, expected): (Vec<&Outcome>, Vec<&Outcome>) = both.iter().copied().unzip();
        let [found, expected] = [curves_of(&found), curves_of(&expected)];
        let half_width = MeanSem::jackknife(both.len(), |left_out| {
            let expected = half_width_without(&expected, left_out, interval)?;
            Some(half_width_without(&found, left_out, interval)? / expected - 1.0)
        });
        let c_phi_0 = paired(&Outcome::c_phi_0);
        let set = Thresholds::SET;
        let succeeds = |averages: &Averages| {
            let success = averages.freeze_success.map(|summary| summary.mean);
            success.is_none_or(|share| share >= set.freeze_success)
        };
        Self {
            name: averages.name.clone(),
            equal: lies_within(&c_phi_0, set.c_phi_0)
                && lies_within(&half_width, set.half_width)
                && (succeeds(averages) || !succeeds(expected_averages)),
            c_phi_0,
            half_width,
            speed_rms: paired(&|outcome| Some(outcome.speed_rms)),
            separation_rate: paired(&Outcome::separation_rate),
            cosine: paired(&Outcome::cosine),
        }
    }
}

/// Whether the 95% interval about a mean lies within the bound on either side of zero.
fn lies_within(difference: &Option<MeanSem>, bound: f64) -> bool {
    match difference {
        Some(MeanSem {
            mean, sem: Some(sem), ..
        }) => mean.abs() + INTERVAL * sem <= bound,
        _ => false,
    }
}

fn curves_of<'a>(outcomes: &[&'a Outcome]) -> Vec<&'a [f64]> {
    outcomes
        .iter()
        .map(|outcome| &outcome.autocorrelation[..])
        .collect()
}

/// Names and pooled autocorrelations of the active networks of each kind.
pub fn curves(kinds: &[(&Ensemble, &[Outcome])]) -> Vec<(String, Vec<f64>)> {
    kinds
        .iter()
        .filter_map(|(kind, outcomes)| {
            let alive: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.alive).collect();
            Some((name_of(&kind.network), pooled(&curves_of(&alive))?))
        })
        .collect()
}

/// Compares kinds of networks, see [`kinds`](super::kinds): all with the second, exact with sign couplings.
pub fn compare(kinds: &[(&Ensemble, &[Outcome])]) -> Summary {
    let averages: Vec<Averages> = kinds
        .iter()
        .map(|(kind, outcomes)| Averages::of(kind, outcomes))
        .collect();
    let mut differences = Vec::new();
    if let Some((reference, expected)) = kinds.get(REFERENCE).zip(averages.get(REFERENCE)) {
        let interval = reference.0.network.sampling().1;
        for (at, ((_, outcomes), found)) in kinds.iter().zip(&averages).enumerate() {
            if at != REFERENCE {
                differences.push(Difference::of(
                    [found, expected],
                    [outcomes, reference.1],
                    interval,
                ));
            }
        }
    }
    Summary {
        kinds: averages,
        differences,
    }
}

impl Summary {
    /// Names of the compact networks that are not equal to the exact one within the thresholds, if there are any.
    pub fn failed(&self) -> Option<String> {
        let failed: Vec<&str> = self
            .differences
            .iter()
            .filter(|difference| difference.name.starts_with("compact") && !difference.equal)
            .map(|difference| difference.name.as_str())
            .collect();
        (!failed.is_empty()).then(|| format!("not equal within the thresholds: {}", failed.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_to_lie_within_the_bound() {
        let difference = |mean, sem| Some(MeanSem { mean, sem, count: 9 });
        assert!(lies_within(&difference(-0.003, Some(0.001)), 0.005));
        assert!(!lies_within(&difference(-0.003, Some(0.0011)), 0.005));
        assert!(!lies_within(&difference(0.0, None), 0.005));
        assert!(!lies_within(&None, 0.005));
    }
}
