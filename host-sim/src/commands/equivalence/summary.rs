//! Averages of each kind of network, and paired differences to the exact network with the same signs.

use serde::Serialize;

use super::Variant;
use super::measurement::Outcome;
use crate::estimators::{MeanSem, half_width, pooled};

/// Bounds within which a compact network counts as equal to the exact one, set beforehand.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Thresholds {
    /// Of the 95% interval of the difference in `C_phi(0)`.
    pub(super) c_phi_0: f64,
    /// Of the 95% interval of the relative difference in half-width.
    pub(super) half_width: f64,
    /// Least share of freezes that succeed, where the exact network reaches it.
    freeze_success: f64,
}

impl Thresholds {
    pub(super) const SET: Self = Self {
        c_phi_0: 0.005,
        half_width: 0.1,
        freeze_success: 0.98,
    };
}

/// Standard errors on either side of the mean in a 95% interval.
pub(super) const INTERVAL: f64 = 1.96;
/// The kind that the others are compared with.
const REFERENCE: usize = 1;

/// Averages over the alive networks of a kind.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Averages {
    name: String,
    alive: Option<MeanSem>,
    c_phi_0: Option<MeanSem>,
    half_width: Option<MeanSem>,
    speed_rms: Option<MeanSem>,
    /// See [`separation::rate`](crate::estimators::separation::rate).
    separation_rate: Option<MeanSem>,
    freeze_converged: Option<MeanSem>,
    freeze_success: Option<MeanSem>,
    cosine: Option<MeanSem>,
    least_cosine: Option<f64>,
    /// Share of the converged freezes that end with every bit standing still.
    standstill: Option<MeanSem>,
}

/// Differences to the exact network with sign couplings; paired where both are alive.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Difference {
    pub(super) name: String,
    pub(super) c_phi_0: Option<MeanSem>,
    /// Relative; the error is of a jackknife over networks.
    pub(super) half_width: Option<MeanSem>,
    speed_rms: Option<MeanSem>,
    separation_rate: Option<MeanSem>,
    cosine: Option<MeanSem>,
    /// Whether all thresholds are met.
    equal: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    kinds: Vec<Averages>,
    pub(super) differences: Vec<Difference>,
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

    fn share(&self, which: impl Fn(&super::measurement::Trial) -> bool) -> Option<f64> {
        mean(self.trials.iter().map(|trial| f64::from(u8::from(which(trial)))))
    }
}

impl Averages {
    fn of(variant: &Variant, interval: f64) -> Self {
        let alive: Vec<&Outcome> = variant.outcomes.iter().filter(|outcome| outcome.alive).collect();
        let over = |value: &dyn Fn(&Outcome) -> Option<f64>| {
            MeanSem::of(alive.iter().filter_map(|outcome| value(outcome)))
        };
        let converged = || {
            alive
                .iter()
                .flat_map(|outcome| &outcome.trials)
                .filter(|trial| trial.verdict.converged)
        };
        let flags = variant
            .outcomes
            .iter()
            .map(|outcome| f64::from(u8::from(outcome.alive)));
        Self {
            name: variant.name.clone(),
            alive: MeanSem::of(flags),
            c_phi_0: over(&Outcome::c_phi_0),
            half_width: jackknife(alive.len(), |left_out| width_of(&alive, left_out, interval)),
            speed_rms: over(&|outcome| Some(outcome.speed_rms)),
            separation_rate: over(&Outcome::separation_rate),
            freeze_converged: over(&|outcome| outcome.share(|trial| trial.verdict.converged)),
            freeze_success: over(&|outcome| outcome.share(|trial| trial.verdict.success)),
            cosine: over(&Outcome::cosine),
            least_cosine: converged()
                .filter_map(|trial| trial.verdict.cosine)
                .reduce(f64::min),
            standstill: MeanSem::of(converged().map(|trial| f64::from(u8::from(trial.still)))),
        }
    }
}

impl Difference {
    fn of(
        [variant, reference]: [&Variant; 2],
        [averages, expected_averages]: [&Averages; 2],
        interval: f64,
    ) -> Self {
        let both: Vec<(&Outcome, &Outcome)> = variant
            .outcomes
            .iter()
            .zip(&reference.outcomes)
            .filter(|(found, expected)| found.alive && expected.alive)
            .collect();
        let paired = |value: &dyn Fn(&Outcome) -> Option<f64>| {
            MeanSem::of(
                both.iter()
                    .filter_map(|(found, expected)| Some(value(found)? - value(expected)?)),
            )
        };
        let (found, expected): (Vec<&Outcome>, Vec<&Outcome>) = both.iter().copied().unzip();
        let half_width = jackknife(both.len(), |left_out| {
            let expected = width_of(&expected, left_out, interval)?;
            Some(width_of(&found, left_out, interval)? / expected - 1.0)
        });
        let c_phi_0 = paired(&Outcome::c_phi_0);
        let set = Thresholds::SET;
        let succeeds = |averages: &Averages| {
            let success = averages.freeze_success.map(|summary| summary.mean);
            success.is_none_or(|share| share >= set.freeze_success)
        };
        Self {
            name: variant.name.clone(),
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

/// Half-width of the pooled autocorrelation of all networks but one.
fn width_of(outcomes: &[&Outcome], left_out: Option<usize>, interval: f64) -> Option<f64> {
    let curves: Vec<&[f64]> = outcomes
        .iter()
        .enumerate()
        .filter(|&(index, _)| Some(index) != left_out)
        .map(|(_, outcome)| outcome.autocorrelation.as_slice())
        .collect();
    half_width(&pooled(&curves)?, interval)
}

/// A value of all networks with its jackknife error over networks; `value` is given the one to leave out.
fn jackknife(count: usize, value: impl Fn(Option<usize>) -> Option<f64>) -> Option<MeanSem> {
    let mean = value(None)?;
    let left_out: Option<Vec<f64>> = (0..count).map(|index| value(Some(index))).collect();
    let sem = left_out.filter(|_| count > 1).map(|values| {
        let centre = values.iter().sum::<f64>() / count as f64;
        let spread: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
        (spread * (count as f64 - 1.0) / count as f64).sqrt()
    });
    Some(MeanSem { mean, sem, count })
}

/// Names and pooled autocorrelations of the alive networks.
pub(super) fn curves(variants: &[Variant]) -> Vec<(String, Vec<f64>)> {
    variants
        .iter()
        .filter_map(|variant| {
            let alive = variant.outcomes.iter().filter(|outcome| outcome.alive);
            let curves: Vec<&[f64]> = alive.map(|outcome| outcome.autocorrelation.as_slice()).collect();
            Some((variant.name.clone(), pooled(&curves)?))
        })
        .collect()
}

impl Summary {
    pub(super) fn of(variants: &[Variant], interval: f64) -> Self {
        let kinds: Vec<Averages> = variants
            .iter()
            .map(|variant| Averages::of(variant, interval))
            .collect();
        let pairs: Vec<(&Variant, &Averages)> = variants.iter().zip(&kinds).collect();
        let differences = match pairs.get(REFERENCE) {
            Some(&(reference, expected)) => pairs
                .iter()
                .enumerate()
                .filter(|&(index, _)| index != REFERENCE)
                .map(|(_, &(variant, averages))| {
                    Difference::of([variant, reference], [averages, expected], interval)
                })
                .collect(),
            None => Vec::new(),
        };
        Self { kinds, differences }
    }

    /// Names of the compact networks that are not equal to the exact one within the thresholds, if there are any.
    pub(super) fn failed(&self) -> Option<String> {
        let failed: Vec<&str> = self
            .differences
            .iter()
            .filter(|difference| difference.name.starts_with("compact") && !difference.equal)
            .map(|difference| difference.name.as_str())
            .collect();
        (!failed.is_empty()).then(|| format!("not equal within the thresholds: {}", failed.join(", ")))
    }

    pub(super) fn text(&self, title: &str) -> String {
        let mut text = format!("{title}\n\n");
        let cell = |value: &Option<MeanSem>| match value {
            Some(MeanSem {
                mean, sem: Some(sem), ..
            }) => format!("{mean:.4} +- {sem:.4}"),
            Some(MeanSem { mean, .. }) => format!("{mean:.4}"),
            None => "-".to_owned(),
        };
        text += &format!(
            "{:<22}{:>19}{:>19}{:>19}{:>19}{:>19}{:>19}{:>19}{:>19}\n",
            "",
            "alive",
            "C_phi(0)",
            "half-width",
            "rms speed",
            "separation rate",
            "freeze success",
            "cosine",
            "standstill"
        );
        for kind in &self.kinds {
            text += &format!("{:<22}", kind.name);
            for value in [
                &kind.alive,
                &kind.c_phi_0,
                &kind.half_width,
                &kind.speed_rms,
                &kind.separation_rate,
                &kind.freeze_success,
                &kind.cosine,
                &kind.standstill,
            ] {
                text += &format!("{:>19}", cell(value));
            }
            text.push('\n');
        }
        text += "\ndifference to exact, signs; half-width relative\n";
        for difference in &self.differences {
            text += &format!("{:<22}{:>19}", difference.name, "");
            for value in [
                &difference.c_phi_0,
                &difference.half_width,
                &difference.speed_rms,
                &difference.separation_rate,
            ] {
                text += &format!("{:>19}", cell(value));
            }
            text += &format!("{:>19}{:>19}", "", cell(&difference.cosine));
            text += if difference.equal {
                "  equal\n"
            } else {
                "  not equal\n"
            };
        }
        let set = Thresholds::SET;
        text += &format!(
            "\nequal: the 95% interval of the difference lies within {} for C_phi(0) and within {} for the half-width,\n\
             and freeze success is at least {} where that of the exact network is\n",
            set.c_phi_0, set.half_width, set.freeze_success
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jackknife_of_a_mean_is_its_standard_error() {
        let values = [1.0, 2.0, 4.0, 9.0];
        let average = |left_out: Option<usize>| {
            let kept = values
                .iter()
                .enumerate()
                .filter(|&(index, _)| Some(index) != left_out);
            MeanSem::of(kept.map(|(_, &value)| value)).map(|summary| summary.mean)
        };
        let (found, expected) = (jackknife(4, average).unwrap(), MeanSem::of(values).unwrap());
        assert!((found.sem.unwrap() - expected.sem.unwrap()).abs() < 1e-12);
        assert_eq!(found.mean, expected.mean);
    }

    #[test]
    fn an_interval_has_to_lie_within_the_bound() {
        let difference = |mean, sem| Some(MeanSem { mean, sem, count: 9 });
        assert!(lies_within(&difference(-0.003, Some(0.001)), 0.005));
        assert!(!lies_within(&difference(-0.003, Some(0.0011)), 0.005));
        assert!(!lies_within(&difference(0.0, None), 0.005));
        assert!(!lies_within(&None, 0.005));
    }
}
