//! What is claimed, within which bounds, and what was measured.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Job;
use science::estimators::MeanSem;

/// How a claim is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Bit for bit.
    Bitwise,
    /// Within a bound on rounding or discretisation.
    Numerical,
    /// Within a bound made of standard errors over networks.
    Statistical,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Within its threshold.
    #[serde(rename = "agrees")]
    Agrees,
    /// Outside.
    #[serde(rename = "does not agree")]
    Disagrees,
    /// The data do not decide.
    #[serde(rename = "could not be established")]
    Open,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Agrees => "agrees",
            Self::Disagrees => "does not agree",
            Self::Open => "could not be established",
        })
    }
}

/// A value with its standard error, as far as it has one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Its standard error.
    pub error: Option<f64>,
}

impl Measured {
    /// A value that is known exactly, or whose error is not.
    pub fn exact(value: f64) -> Self {
        Self { value, error: None }
    }

    /// A value and its standard error.
    pub fn new(value: f64, error: f64) -> Self {
        let error = error.is_finite().then_some(error);
        Self { value, error }
    }

    /// This less another one, independent of it.
    pub fn less(self, other: Self) -> Self {
        let error = match (self.error, other.error) {
            (None, None) => None,
            (one, two) => Some(one.unwrap_or(0.0).hypot(two.unwrap_or(0.0))),
        };
        Self {
            value: self.value - other.value,
            error,
        }
    }
}

impl From<MeanSem> for Measured {
    fn from(average: MeanSem) -> Self {
        Self {
            value: average.mean,
            error: average.sem,
        }
    }
}

impl fmt::Display for Measured {
    /// `0.8901 ± 0.0021`: two digits of the error, four of a value without.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = |value: f64, wanted: f64| {
            if value == 0.0 || !value.is_finite() {
                return 3;
            }
            (wanted - 1.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize
        };
        let Self { value, error } = *self;
        let text = match error {
            Some(error) if error > 0.0 && value != 0.0 && value.abs() < 1e-3 => {
                format!("{value:.2e} ± {error:.0e}")
            }
            Some(error) if error > 0.0 => {
                let decimals = digits(error, 2.0);
                format!("{value:.decimals$} ± {error:.decimals$}")
            }
            _ if value != 0.0 && value.abs() < 1e-3 => format!("{value:.1e}"),
            _ => format!("{value:.0$}", digits(value, 4.0)),
        };
        f.write_str(&text.replace('-', "−"))
    }
}

/// How far a value may be from what is expected.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Joint standard errors.
    pub errors: f64,
    /// Share of what is expected.
    pub relative: f64,
    /// Beside both.
    pub absolute: f64,
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.errors > 0.0 {
            parts.push(format!("{} joint s.e.", self.errors));
        }
        if self.relative > 0.0 {
            parts.push(format!("{:.3} %", 100.0 * self.relative).replace(".000", ""));
        }
        if self.absolute > 0.0 {
            parts.push(self.absolute.to_string());
        }
        write!(f, "difference within {}", parts.join(" + "))
    }
}

/// A claim, its threshold, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Check {
    /// What is claimed.
    pub claim: String,
    /// When it holds.
    pub threshold: String,
    /// What was measured.
    pub measured: Option<Measured>,
    /// What theory, the paper or another implementation has.
    pub expected: Option<Measured>,
    /// The verdict.
    pub verdict: Verdict,
    /// How it is checked.
    pub tier: Tier,
    /// What there is to say about it.
    pub note: Option<String>,
    /// Names of the commands that give the data.
    pub jobs: Vec<String>,
}

impl Check {
    fn new(
        claim: impl Into<String>,
        threshold: String,
        measured: Option<Measured>,
        verdict: Verdict,
    ) -> Self {
        Self {
            claim: claim.into(),
            threshold,
            measured,
            expected: None,
            verdict,
            tier: Tier::Statistical,
            note: None,
            jobs: Vec::new(),
        }
    }

    /// A value agrees with another one within an allowance. Without either, or without an error that the allowance asks
    /// for, nothing is established.
    pub fn near(
        claim: impl Into<String>,
        measured: Option<impl Into<Measured>>,
        expected: Option<impl Into<Measured>>,
        allowance: Allowance,
    ) -> Self {
        let (measured, expected) = (measured.map(Into::into), expected.map(Into::into));
        let (verdict, note) = match (measured, expected) {
            (Some(measured), Some(expected)) => {
                let difference = measured.less(expected);
                let bound = allowance.errors * difference.error.unwrap_or(0.0)
                    + allowance.relative * expected.value.abs()
                    + allowance.absolute;
                if allowance.errors > 0.0 && measured.error.is_none() {
                    (Verdict::Open, Some("too few networks for a standard error"))
                } else if difference.value.abs() <= bound {
                    (Verdict::Agrees, None)
                } else {
                    (Verdict::Disagrees, None)
                }
            }
            (None, _) => (
                Verdict::Open,
                Some("nothing was measured: no network stayed active"),
            ),
            (_, None) => (Verdict::Open, Some("there is no value to compare with")),
        };
        let mut check = Self::new(claim, allowance.to_string(), measured, verdict);
        check.expected = expected;
        check.note = note.map(str::to_owned);
        check
    }

    /// A value lies above a bound by so many of its standard errors; below it by as many, the claim is wrong; between,
    /// it is not established.
    pub fn above(claim: impl Into<String>, measured: Option<Measured>, bound: f64, errors: f64) -> Self {
        let verdict = match measured {
            Some(Measured {
                value,
                error: Some(error),
            }) if value - errors * error >= bound => Verdict::Agrees,
            Some(Measured {
                value,
                error: Some(error),
            }) if value + errors * error < bound => Verdict::Disagrees,
            _ => Verdict::Open,
        };
        let threshold = format!("above {bound} by {errors} s.e.; below by as many it does not agree");
        let check = Self::new(claim, threshold, measured, verdict);
        match (verdict, measured) {
            (Verdict::Open, Some(_)) => check.note("within its errors: more or larger networks would tell"),
            (Verdict::Open, None) => check.note("nothing was measured: no network stayed active"),
            _ => check,
        }
    }

    /// A value is at least, or at most, a bound.
    pub fn bounded(claim: impl Into<String>, measured: Option<Measured>, range: [f64; 2]) -> Self {
        let [low, high] = range;
        let verdict = match measured {
            Some(Measured { value, .. }) if value >= low && value <= high => Verdict::Agrees,
            Some(_) => Verdict::Disagrees,
            None => Verdict::Open,
        };
        let threshold = match (low.is_finite(), high.is_finite()) {
            (true, true) => format!("{low} to {high}"),
            (true, false) => format!("at least {low}"),
            _ => format!("at most {high}"),
        };
        Self::new(claim, threshold, measured, verdict)
    }

    /// A claim whose verdict the section itself reached.
    pub fn reached(
        claim: impl Into<String>,
        threshold: impl Into<String>,
        measured: Option<Measured>,
        verdict: Verdict,
    ) -> Self {
        Self::new(claim, threshold.into(), measured, verdict)
    }

    /// Says how it is checked; statistically otherwise.
    pub fn tier(mut self, tier: Tier) -> Self {
        self.tier = tier;
        self
    }

    /// Says what there is to say.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Names the commands that give the data.
    pub fn from<'a>(mut self, jobs: impl IntoIterator<Item = &'a Job>) -> Self {
        self.jobs = jobs.into_iter().map(|job| job.name.clone()).collect();
        self
    }

    /// A claim that only counts where there is enough to judge it: else it is not established, for that reason.
    pub fn unless(mut self, too_little: bool, reason: &str) -> Self {
        if too_little {
            self.verdict = Verdict::Open;
            self.note = Some(reason.to_owned());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Allowance = Allowance {
        errors: 2.0,
        relative: 0.01,
        absolute: 0.0,
    };

    fn near(measured: Measured, expected: f64) -> Verdict {
        Check::near("x", Some(measured), Some(Measured::exact(expected)), TWO).verdict
    }

    #[test]
    fn a_difference_is_judged_by_errors_and_share() {
        // 2 x 0.02 + 0.01 x 1 = 0.05
        assert_eq!(near(Measured::new(1.049, 0.02), 1.0), Verdict::Agrees);
        assert_eq!(near(Measured::new(1.051, 0.02), 1.0), Verdict::Disagrees);
        assert_eq!(near(Measured::exact(1.0), 1.0), Verdict::Open);
        let none = Check::near("x", None::<Measured>, Some(Measured::exact(1.0)), TWO);
        assert_eq!(none.verdict, Verdict::Open);
        assert!(none.note.is_some() && none.threshold == "difference within 2 joint s.e. + 1 %");
    }

    #[test]
    fn what_lies_between_is_not_established() {
        let verdict = |value| Check::above("x", Some(Measured::new(value, 1.0)), 0.0, 3.0).verdict;
        assert_eq!(
            [verdict(3.1), verdict(2.9), verdict(-2.9), verdict(-3.1)],
            [Verdict::Agrees, Verdict::Open, Verdict::Open, Verdict::Disagrees]
        );
        let bounded = |value| Check::bounded("x", Some(Measured::exact(value)), [0.95, f64::INFINITY]);
        assert_eq!(bounded(0.95).verdict, Verdict::Agrees);
        assert_eq!(bounded(0.94).verdict, Verdict::Disagrees);
        assert_eq!(bounded(0.94).unless(true, "few").verdict, Verdict::Open);
    }

    #[test]
    fn values_show_the_digits_that_they_have() {
        assert_eq!(Measured::new(0.89012, 0.00214).to_string(), "0.8901 ± 0.0021");
        assert_eq!(Measured::new(-28.63, 1.4).to_string(), "−28.6 ± 1.4");
        assert_eq!(Measured::exact(0.5132).to_string(), "0.5132");
        assert_eq!(Measured::exact(66.0).to_string(), "66.00");
        assert_eq!(Measured::exact(1.5e-6).to_string(), "1.5e−6");
        assert_eq!(Measured::new(1.912e-7, 6e-9).to_string(), "1.91e−7 ± 6e−9");
        assert_eq!(Measured::exact(0.0).to_string(), "0.000");
    }
}
