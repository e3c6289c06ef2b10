//! What networks come in: kinds, transfer functions, initial states.

use freezable_chaos::{AnyTransfer, Compact, Connectivity, Exact, Start};
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// Kind of network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Model {
    /// Full plastic matrix.
    Exact,
    /// Sign couplings, and the history of the rates in place of the plastic matrix.
    Compact,
}

impl Model {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Compact => "compact",
        }
    }

    /// The number by which snapshots and boards know it.
    pub fn id(self) -> u8 {
        match self {
            Self::Exact => Exact::MODEL,
            Self::Compact => Compact::MODEL,
        }
    }
}

/// Transfer function phi. The paper's are odd, run from -1 to 1, and have unit slope at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum TransferFunction {
    /// tanh(x), in single precision the kernel's own.
    Tanh,
    /// erf(sqrt(pi)/2 x).
    Erf,
    /// x above 0, 0 below: rates without a bound.
    ThresholdLinear,
    /// 1 / (1 + exp(-x)): from 0 to 1, slope 1/4 at 0.
    Logistic,
}

impl TransferFunction {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tanh => "tanh",
            Self::Erf => "erf",
            Self::ThresholdLinear => "threshold-linear",
            Self::Logistic => "logistic",
        }
    }

    /// The kernel's, in single precision.
    pub fn kernel(self) -> AnyTransfer {
        match self {
            Self::Tanh => AnyTransfer::Tanh,
            Self::Erf => AnyTransfer::LibmErf,
            Self::ThresholdLinear => AnyTransfer::ThresholdLinear,
            Self::Logistic => AnyTransfer::Logistic,
        }
    }

    /// `phi(x)` in double precision.
    pub fn value(self, x: f64) -> f64 {
        match self {
            Self::Tanh => x.tanh(),
            Self::Erf => libm::erf(std::f64::consts::PI.sqrt() / 2.0 * x),
            Self::ThresholdLinear if x <= 0.0 => 0.0,
            Self::ThresholdLinear => x,
            Self::Logistic => 1.0 / (1.0 + (-x).exp()),
        }
    }

    /// `phi'(x)` in double precision.
    pub fn slope(self, x: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 / x.cosh().powi(2),
            Self::Erf => (-std::f64::consts::FRAC_PI_4 * x * x).exp(),
            Self::ThresholdLinear if x > 0.0 => 1.0,
            Self::ThresholdLinear => 0.0,
            Self::Logistic => {
                // Not of x itself, which overflows on one side.
                let decay = (-x.abs()).exp();
                decay / (1.0 + decay).powi(2)
            }
        }
    }

    /// Whether `phi(-x) = -phi(x)`: states come in pairs x and -x then, and the mean of the rates vanishes.
    pub fn is_odd(self) -> bool {
        matches!(self, Self::Tanh | Self::Erf)
    }

    /// Whether no rate exceeds 1 in magnitude.
    pub fn is_bounded(self) -> bool {
        self != Self::ThresholdLinear
    }

    /// Refuses a function that the mean-field theory does not hold for.
    pub fn check_theory(self) -> Result<(), Refusal> {
        if self.is_odd() && self.is_bounded() {
            return Ok(());
        }
        let words = "is not odd and bounded by 1, as the mean-field theory takes it to be";
        Err(Refusal::because("transfer", self.name(), words))
    }
}

/// Initial state of a network; z are independent standard normal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum InitialState {
    /// x = 0.1 z, A = 0.
    Small,
    /// x = 3 z, A = (k/N) phi phi^T.
    Large,
}

impl InitialState {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }
}

impl From<InitialState> for Start {
    fn from(state: InitialState) -> Self {
        match state {
            InitialState::Small => Self::Small,
            InitialState::Large => Self::Large,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Transfer;

    const ALL: [TransferFunction; 4] = [
        TransferFunction::Tanh,
        TransferFunction::Erf,
        TransferFunction::ThresholdLinear,
        TransferFunction::Logistic,
    ];

    #[test]
    fn both_precisions_are_of_one_function() {
        for transfer in ALL {
            let kernel = transfer.kernel();
            for step in -120..=120 {
                let x = step as f32 * 0.1;
                let (value, slope) = (transfer.value(x.into()), transfer.slope(x.into()));
                assert!((f64::from(kernel.value(x)) - value).abs() < 1e-6 * value.abs().max(1.0));
                assert!((f64::from(kernel.slope(x)) - slope).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn slopes_are_those_of_the_values() {
        for transfer in ALL {
            for step in -60..60 {
                // Between the multiples: 0 is the kink of the threshold.
                let (x, h) = ((f64::from(step) + 0.5) * 0.1, 1e-6);
                let difference = (transfer.value(x + h) - transfer.value(x - h)) / (2.0 * h);
                assert!(
                    (transfer.slope(x) - difference).abs() < 1e-8,
                    "{transfer:?} at {x}"
                );
            }
        }
    }

    #[test]
    fn what_theory_assumes_is_told_by_name() {
        let refused = TransferFunction::Logistic.check_theory().unwrap_err();
        assert!(
            refused.to_string().starts_with("transfer logistic is not odd"),
            "{refused}"
        );
        assert!(TransferFunction::ThresholdLinear.check_theory().is_err());
        assert!(TransferFunction::Erf.check_theory().is_ok());
        // The name is what files and options say.
        let name = serde_json::to_string(&TransferFunction::ThresholdLinear).unwrap();
        assert_eq!(name, "\"threshold-linear\"");
    }
}
