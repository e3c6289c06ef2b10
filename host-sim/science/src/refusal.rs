//! What is refused: the parameter, its value, the bound that it breaks, and why the bound is there.

use std::fmt;

use freezable_chaos::{NEURON_LIMIT, ParameterError};

/// A parameter outside its bounds, as every face of the library shows it: a command line puts its dashes before the name,
/// a reader of files the line after it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence(self.parameter))]
pub struct Refusal {
    /// Name of the parameter, words joined by `_`.
    pub parameter: &'static str,
    /// Its value, in the digits of its own precision; empty where it has none.
    pub value: String,
    /// What it breaks.
    pub bound: Bound,
    /// Why there is this bound; empty where the bound says enough.
    pub reason: String,
}

/// A bound that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bound {
    /// The least value allowed.
    Least(String),
    /// The greatest value allowed.
    Most(String),
    /// The least and the greatest value allowed.
    Between(String, String),
    /// Anything else, said in words that follow the value.
    Other(String),
}

impl Refusal {
    /// A value below the least allowed.
    pub fn below(parameter: &'static str, value: impl fmt::Display, least: impl fmt::Display) -> Self {
        Self::new(parameter, value, Bound::Least(least.to_string()))
    }

    /// A value above the greatest allowed.
    pub fn above(parameter: &'static str, value: impl fmt::Display, most: impl fmt::Display) -> Self {
        Self::new(parameter, value, Bound::Most(most.to_string()))
    }

    /// A value outside the least and the greatest allowed.
    pub fn outside(
        parameter: &'static str,
        value: impl fmt::Display,
        least: impl fmt::Display,
        most: impl fmt::Display,
    ) -> Self {
        Self::new(
            parameter,
            value,
            Bound::Between(least.to_string(), most.to_string()),
        )
    }

    /// A value that cannot be, in words: "is not a finite number".
    pub fn because(parameter: &'static str, value: impl fmt::Display, words: impl Into<String>) -> Self {
        Self::new(parameter, value, Bound::Other(words.into()))
    }

    fn new(parameter: &'static str, value: impl fmt::Display, bound: Bound) -> Self {
        Self {
            parameter,
            value: short(value.to_string()),
            bound,
            reason: String::new(),
        }
    }

    /// Says why there is this bound.
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// The whole in words, with the name of the parameter as a face of the library shows it.
    pub fn sentence(&self, name: &str) -> String {
        let mut text = name.to_owned();
        if !self.value.is_empty() {
            text += &format!(" {}", self.value);
        }
        text += &format!(" {}", self.bound);
        if !self.reason.is_empty() {
            text += &format!(", {}", self.reason);
        }
        text
    }

    /// Refuses a value outside its bounds; one that is not a number too.
    pub fn check(parameter: &'static str, value: f64, [least, most]: [f64; 2]) -> Result<(), Self> {
        if value >= least && value <= most {
            return Ok(());
        }
        Err(Self::outside(parameter, value, Short(least), Short(most)))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Least(least) => write!(f, "is below its bound {least}"),
            Self::Most(most) => write!(f, "is above its bound {most}"),
            Self::Between(least, most) => write!(f, "is outside its bounds {least} and {most}"),
            Self::Other(words) => f.write_str(words),
        }
    }
}

/// A number as one types it: 1e-30 for its thirty digits.
fn short(text: String) -> String {
    let is_long = text.len() > 20 && (text.contains("0.000000") || !text.contains('.'));
    match text.parse::<f64>() {
        Ok(value) if is_long => format!("{value:e}"),
        _ => text,
    }
}

/// A bound as one writes it: 200, 0.05, 1e9; also where 0.05 is one of single precision.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = self.0 as f32;
        if self.0.abs() >= 1e6 {
            write!(f, "{:e}", self.0)
        } else if f64::from(single) == self.0 {
            single.fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

impl From<ParameterError> for Refusal {
    fn from(error: ParameterError) -> Self {
        match error {
            ParameterError::NotFinite { parameter, value } => {
                Self::because(parameter, value, "is not a finite number")
            }
            ParameterError::BelowMinimum {
                parameter,
                value,
                minimum,
            } => Self::below(parameter, value, minimum),
            ParameterError::NotPositive { parameter, value } => {
                Self::because(parameter, value, "is not above its bound 0")
            }
            ParameterError::AboveMaximum {
                parameter: "dt",
                value,
                maximum,
            } => Self::because(
                "dt",
                value,
                format!("is above its stability bound min(1, p) = {maximum}"),
            ),
            ParameterError::AboveMaximum {
                parameter,
                value,
                maximum,
            } => Self::above(parameter, value, maximum),
            ParameterError::Whole {
                parameter,
                value,
                maximum,
            } => Self::outside(parameter, value, 1, maximum),
            ParameterError::Neurons { n } => Self::outside("n", n, 1, NEURON_LIMIT),
            other => Self::because("parameters", "", other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Params;

    #[test]
    fn a_refusal_names_parameter_value_and_bound() {
        let refusal = Refusal::above("trials", 7, 5).reason("the steps of the duration");
        assert_eq!(
            refusal.to_string(),
            "trials 7 is above its bound 5, the steps of the duration"
        );
        assert_eq!(
            refusal.sentence("--trials"),
            "--trials 7 is above its bound 5, the steps of the duration"
        );
        let time = Refusal::check("duration", f64::NAN, [1.0, 1e9]).unwrap_err();
        assert_eq!(time.to_string(), "duration NaN is outside its bounds 1 and 1e9");
    }

    #[test]
    fn values_keep_their_own_precision() {
        let params = Params {
            g: -0.1,
            k: 0.0,
            p: 2.5,
            dt: 0.05,
        };
        let refusal = Refusal::from(params.validate(3).unwrap_err());
        assert_eq!(refusal.to_string(), "g -0.1 is below its bound 0");
        for (refusal, typed) in [
            (Refusal::below("dt", 1e-30_f32, 1), "1e-30"),
            (Refusal::above("lag", -1e30, 1), "-1e30"),
            (Refusal::above("seed", u64::MAX, 1), "18446744073709551615"),
            (Refusal::above("g", 0.2500000037252903, 1), "0.2500000037252903"),
        ] {
            assert_eq!(refusal.value, typed);
        }
    }
}
