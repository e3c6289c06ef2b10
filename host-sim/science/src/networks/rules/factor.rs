//! What a rule takes of a rate.

use serde::{Deserialize, Serialize};

/// A factor of the rule, f of the neuron that receives or h of the one that sends: what it makes of the rates r.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// `r`.
    Rate,
    /// `-1`, `0` or `1`, the sign of r. Its derivative is taken for 0, as it is almost everywhere.
    Sign,
    /// `r - <r>`, less the mean over all neurons in the same moment.
    CentredRate,
    /// `r^2`.
    Square,
    /// `r - theta` above the threshold theta, and 0 below.
    Threshold(f32),
}

impl Factor {
    /// Its name, without a threshold.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Sign => "sign",
            Self::CentredRate => "centred rate",
            Self::Square => "square",
            Self::Threshold(_) => "threshold",
        }
    }

    /// Of all neurons, in single precision: the same bits everywhere. The mean is summed in the order of the neurons.
    pub fn of(self, rates: &[f32]) -> Vec<f32> {
        let mean = match self {
            Self::CentredRate => rates.iter().fold(0.0, |sum, rate| sum + rate) / rates.len() as f32,
            _ => 0.0,
        };
        let one = |&rate: &f32| match self {
            Self::Rate => rate,
            Self::Sign if rate == 0.0 => 0.0,
            Self::Sign => f32::copysign(1.0, rate),
            Self::CentredRate => rate - mean,
            Self::Square => rate * rate,
            Self::Threshold(threshold) if rate > threshold => rate - threshold,
            Self::Threshold(_) => 0.0,
        };
        rates.iter().map(one).collect()
    }

    /// The same in double precision.
    pub fn of_double(self, rates: &[f64]) -> Vec<f64> {
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        let one = |&rate: &f64| match self {
            Self::Rate => rate,
            Self::Sign if rate == 0.0 => 0.0,
            Self::Sign => rate.signum(),
            Self::CentredRate => rate - mean,
            Self::Square => rate * rate,
            Self::Threshold(threshold) => (rate - f64::from(threshold)).max(0.0),
        };
        rates.iter().map(one).collect()
    }

    /// What the factors of these rates change by, to first order, where the rates change by `changes`.
    pub fn changes(self, rates: &[f64], changes: &[f64]) -> Vec<f64> {
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        let one = |(&rate, &change): (&f64, &f64)| match self {
            Self::CentredRate => change - mean,
            _ => self.slope(rate) * change,
        };
        rates.iter().zip(changes).map(one).collect()
    }

    /// The derivative with respect to the neuron's own rate, the mean held.
    pub(super) fn slope(self, rate: f64) -> f64 {
        match self {
            Self::Rate | Self::CentredRate => 1.0,
            Self::Sign => 0.0,
            Self::Square => 2.0 * rate,
            Self::Threshold(threshold) if rate > f64::from(threshold) => 1.0,
            Self::Threshold(_) => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Factor; 5] = [
        Factor::Rate,
        Factor::Sign,
        Factor::CentredRate,
        Factor::Square,
        Factor::Threshold(0.25),
    ];

    #[test]
    fn factors_worked_by_hand() {
        let rates = [0.5_f32, -0.25, 0.0, 0.75];
        for (factor, expected) in ALL.into_iter().zip([
            [0.5, -0.25, 0.0, 0.75],
            [1.0, -1.0, 0.0, 1.0],
            [0.25, -0.5, -0.25, 0.5],
            [0.25, 0.0625, 0.0, 0.5625],
            [0.25, 0.0, 0.0, 0.5],
        ]) {
            assert_eq!(factor.of(&rates), expected, "{factor:?}");
            let wide = factor.of_double(&rates.map(f64::from));
            assert_eq!(wide, expected.map(f64::from), "{factor:?}");
        }
    }

    #[test]
    fn changes_are_differences_of_the_factors() {
        let (rates, step) = ([0.5, -0.3, 0.1, 0.9], [0.2, 0.1, -0.4, 0.3]);
        const E: f64 = 1e-6;
        for factor in ALL {
            let at = |sign: f64| {
                let moved: Vec<f64> = rates.iter().zip(step).map(|(r, s)| r + sign * E * s).collect();
                factor.of_double(&moved)
            };
            let (ahead, behind) = (at(1.0), at(-1.0));
            for (i, change) in factor.changes(&rates, &step).into_iter().enumerate() {
                let difference = (ahead[i] - behind[i]) / (2.0 * E);
                assert!((change - difference).abs() < 1e-9, "{factor:?} of neuron {i}");
            }
        }
    }
}
