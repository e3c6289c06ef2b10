//! What a user sets ([`Params`]), and the checked constants that a step uses ([`Dynamics`]).

use crate::arithmetic::square_root;

/// Parameters of the network; time is measured in units of the neuronal time constant.
///
/// Bounds, checked by [`Params::validate`]: `0 <= g <= 1e15`, `|k| <= 1e15`, `0 < p <= 1e15`,
/// `0 < dt <= min(1, p)` (the Euler step of neurons and of synapses is then stable). The bound `1e15` keeps
/// every coupling, and the mean square of every speed, finite for every network size.
///
/// ```
/// use freezable_chaos::Params;
/// let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
/// let dynamics = params.validate(256).unwrap(); // for 256 neurons
/// assert_eq!(dynamics.coupling_scale(), 2.0 / 16.0);
/// let error = Params { dt: 3.0, ..params }.validate(256).unwrap_err();
/// assert_eq!(error.to_string(), "dt = 3 is above its stability bound min(1, p) = 1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "postcard", derive(serde::Serialize, serde::Deserialize))]
pub struct Params {
    /// Gain: the quenched couplings have variance `g^2 / N`.
    pub g: f32,
    /// Strength of the plasticity: Hebbian above zero, anti-Hebbian below.
    pub k: f32,
    /// Time constant of the synapses.
    pub p: f32,
    /// Step of the Euler map.
    pub dt: f32,
}

/// Largest magnitude of `g`, `k` and `p`.
pub const STRENGTH_LIMIT: f32 = 1e15;
/// Largest number of neurons: the sizes stay exact in an `f32`.
pub const NEURON_LIMIT: usize = 1 << 20;

/// A parameter out of its range: its name, the value and the bound that it breaks.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ParameterError {
    /// NaN or infinite.
    NotFinite {
        /// Name of the parameter.
        parameter: &'static str,
        /// Its value.
        value: f32,
    },
    /// Below the least value allowed.
    BelowMinimum {
        /// Name of the parameter.
        parameter: &'static str,
        /// Its value.
        value: f32,
        /// The least value allowed.
        minimum: f32,
    },
    /// Zero or negative where only positive values make sense.
    NotPositive {
        /// Name of the parameter.
        parameter: &'static str,
        /// Its value.
        value: f32,
    },
    /// Above the greatest value allowed.
    AboveMaximum {
        /// Name of the parameter.
        parameter: &'static str,
        /// Its value.
        value: f32,
        /// The greatest value allowed.
        maximum: f32,
    },
    /// A number of things that is zero or above the greatest allowed.
    Whole {
        /// What is counted.
        parameter: &'static str,
        /// How many.
        value: u32,
        /// The greatest number allowed.
        maximum: u32,
    },
    /// A network of no neurons, or of more than [`NEURON_LIMIT`].
    Neurons {
        /// The number asked for.
        n: usize,
    },
}

impl ParameterError {
    /// Which bound is broken, without the numbers: for a panic at compile time, which cannot format any.
    pub const fn cause(&self) -> &'static str {
        let (Self::NotFinite { parameter, .. }
        | Self::BelowMinimum { parameter, .. }
        | Self::NotPositive { parameter, .. }
        | Self::AboveMaximum { parameter, .. }) = self
        else {
            return match self {
                Self::Neurons { .. } => "the number of neurons is outside its bounds 1 and 1048576",
                _ => "a number is outside its bounds",
            };
        };
        match parameter.as_bytes() {
            b"g" => "g is outside its bounds 0 and 1e15",
            b"k" => "k is outside its bounds -1e15 and 1e15",
            b"p" => "p is not above 0 and at most 1e15",
            b"dt" => "dt is not above 0 and at most its stability bound min(1, p)",
            _ => "a parameter is outside its bounds",
        }
    }
}

impl core::fmt::Display for ParameterError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::NotFinite { parameter, value } => write!(f, "{parameter} = {value} is not a finite number"),
            Self::BelowMinimum {
                parameter,
                value,
                minimum,
            } => {
                write!(f, "{parameter} = {value} is below its bound {minimum}")
            }
            Self::NotPositive { parameter, value } => {
                write!(f, "{parameter} = {value} is not above its bound 0")
            }
            Self::AboveMaximum {
                parameter: "dt",
                value,
                maximum,
            } => {
                write!(
                    f,
                    "dt = {value} is above its stability bound min(1, p) = {maximum}"
                )
            }
            Self::AboveMaximum {
                parameter,
                value,
                maximum,
            } => {
                write!(f, "{parameter} = {value} is above its bound {maximum}")
            }
            Self::Whole {
                parameter,
                value,
                maximum,
            } => {
                write!(f, "{parameter} is {value}, outside its bounds 1 and {maximum}")
            }
            Self::Neurons { n } => write!(f, "n = {n} neurons is outside its bounds 1 and {NEURON_LIMIT}"),
        }
    }
}

impl core::error::Error for ParameterError {}

impl Params {
    /// Checks every bound and derives the constants of a step for `n` neurons.
    ///
    /// Parameters that are known at compile time can be checked there: [`dynamics!`](crate::dynamics).
    pub const fn validate(self, n: usize) -> Result<Dynamics, ParameterError> {
        if n == 0 || n > NEURON_LIMIT {
            return Err(ParameterError::Neurons { n });
        }
        let Self { g, k, p, dt } = self;
        if let Err(error) = within("g", g, 0.0, STRENGTH_LIMIT) {
            return Err(error);
        }
        if let Err(error) = within("k", k, -STRENGTH_LIMIT, STRENGTH_LIMIT) {
            return Err(error);
        }
        if let Err(error) = positive_up_to("p", p, STRENGTH_LIMIT) {
            return Err(error);
        }
        if let Err(error) = positive_up_to("dt", dt, if p < 1.0 { p } else { 1.0 }) {
            return Err(error);
        }
        let size = n as f32;
        let rate = self.dt / self.p;
        let strength = self.k / size;
        Ok(Dynamics {
            params: self,
            n,
            retention: 1.0 - rate,
            increment: rate * strength,
            strength,
            coupling_scale: self.g / square_root(size),
        })
    }
}

const fn within(
    parameter: &'static str,
    value: f32,
    minimum: f32,
    maximum: f32,
) -> Result<(), ParameterError> {
    if !value.is_finite() {
        Err(ParameterError::NotFinite { parameter, value })
    } else if value < minimum {
        Err(ParameterError::BelowMinimum {
            parameter,
            value,
            minimum,
        })
    } else if value > maximum {
        Err(ParameterError::AboveMaximum {
            parameter,
            value,
            maximum,
        })
    } else {
        Ok(())
    }
}

const fn positive_up_to(parameter: &'static str, value: f32, maximum: f32) -> Result<(), ParameterError> {
    if value <= 0.0 {
        return Err(ParameterError::NotPositive { parameter, value });
    }
    within(parameter, value, 0.0, maximum)
}

/// Checked parameters and the constants derived from them once, for a network of `n` neurons. Immutable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dynamics {
    params: Params,
    n: usize,
    retention: f32,
    increment: f32,
    strength: f32,
    coupling_scale: f32,
}

impl Dynamics {
    /// The parameters that these constants come from.
    pub const fn params(&self) -> Params {
        self.params
    }

    /// Number of neurons.
    pub const fn n(&self) -> usize {
        self.n
    }

    /// `d = 1 - dt/p`, the share of a plastic coupling that survives a step.
    pub const fn retention(&self) -> f32 {
        self.retention
    }

    /// `c = (dt/p) (k/N)`, what a step adds to a plastic coupling per unit of `phi_i phi_j`.
    pub const fn increment(&self) -> f32 {
        self.increment
    }

    /// `k/N`, the plastic coupling that constant unit rates would settle at.
    pub const fn strength(&self) -> f32 {
        self.strength
    }

    /// `g / sqrt(N)`, the standard deviation of a quenched coupling.
    pub const fn coupling_scale(&self) -> f32 {
        self.coupling_scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    const GOOD: Params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };

    #[test]
    fn constants_follow_the_contract() {
        let dynamics = GOOD.validate(200).unwrap();
        let rate = 0.05f32 / 2.5f32;
        assert_eq!(dynamics.retention(), 1.0 - rate);
        assert_eq!(dynamics.increment(), rate * (2.0f32 / 200.0));
        assert_eq!(dynamics.coupling_scale(), 2.0 / 14.142136_f32);
    }

    #[test]
    fn each_bad_parameter_is_named_with_its_value_and_bound() {
        let message = |params: Params, n| params.validate(n).unwrap_err().to_string();
        assert_eq!(
            message(GOOD, 0),
            "n = 0 neurons is outside its bounds 1 and 1048576"
        );
        assert_eq!(
            message(Params { g: -1.0, ..GOOD }, 8),
            "g = -1 is below its bound 0"
        );
        assert_eq!(
            message(
                Params {
                    k: f32::INFINITY,
                    ..GOOD
                },
                8
            ),
            "k = inf is not a finite number"
        );
        assert_eq!(
            message(Params { p: -2.5, ..GOOD }, 8),
            "p = -2.5 is not above its bound 0"
        );
        assert_eq!(
            message(Params { p: f32::NAN, ..GOOD }, 8),
            "p = NaN is not a finite number"
        );
        assert_eq!(
            message(
                Params {
                    p: 0.5,
                    dt: 0.6,
                    ..GOOD
                },
                8
            ),
            "dt = 0.6 is above its stability bound min(1, p) = 0.5"
        );
        assert_eq!(
            message(Params { dt: 0.0, ..GOOD }, 8),
            "dt = 0 is not above its bound 0"
        );
        assert_eq!(
            message(Params { dt: f32::NAN, ..GOOD }, 8),
            "dt = NaN is not a finite number"
        );
    }

    #[test]
    fn a_cause_names_the_parameter_that_the_error_does() {
        let good = Params {
            g: 1.0,
            k: 1.0,
            p: 2.5,
            dt: 0.05,
        };
        let cause = |params: Params, n| params.validate(n).unwrap_err().cause();
        assert!(cause(Params { g: -1.0, ..good }, 4).starts_with("g "));
        assert!(cause(Params { k: f32::NAN, ..good }, 4).starts_with("k "));
        assert!(cause(Params { p: 0.0, ..good }, 4).starts_with("p "));
        assert!(cause(Params { dt: 2.0, ..good }, 4).starts_with("dt "));
        assert!(cause(good, 0).starts_with("the number of neurons "));
    }

    #[test]
    fn the_bounds_themselves_are_allowed() {
        assert!(
            Params {
                g: 0.0,
                k: -8.0,
                p: 0.5,
                dt: 0.5
            }
            .validate(1)
            .is_ok()
        );
        assert!(Params { dt: 1.0, ..GOOD }.validate(NEURON_LIMIT).is_ok());
    }
}
