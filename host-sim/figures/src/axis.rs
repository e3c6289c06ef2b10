//! Ranges of axes and their ticks.

use super::FigureError;

/// Range of an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Axis {
    /// From `low` to `high`.
    Linear {
        /// Value at the left or lower end.
        low: f64,
        /// Value at the right or upper end.
        high: f64,
    },
    /// From `10^low` to `10^high`.
    Decades {
        /// Exponent at the left or lower end.
        low: i32,
        /// Exponent at the right or upper end.
        high: i32,
    },
    /// From `2^low` to `2^high`.
    Octaves {
        /// Exponent at the left or lower end.
        low: i32,
        /// Exponent at the right or upper end.
        high: i32,
    },
}

impl Axis {
    /// A linear axis, if `low < high` and both are finite.
    pub fn linear(low: f64, high: f64) -> Result<Self, FigureError> {
        if low.is_finite() && high.is_finite() && low < high {
            Ok(Self::Linear { low, high })
        } else {
            Err(FigureError::Data("the range of an axis is empty"))
        }
    }

    /// Whole decades about the positive ones among `values`, at most 9 of them, counted from the largest value.
    pub fn decades<I: IntoIterator<Item = f64>>(values: I) -> Result<Self, FigureError> {
        let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
        for value in values
            .into_iter()
            .filter(|value| *value > 0.0 && value.is_finite())
        {
            least = least.min(value);
            greatest = greatest.max(value);
        }
        if greatest == 0.0 {
            return Err(FigureError::Data("a logarithmic axis has no positive value"));
        }
        let high = greatest.log10().ceil() as i32;
        let low = (least.log10().floor() as i32).clamp(high - 9, high - 1);
        Ok(Self::Decades { low, high })
    }

    /// Whole powers of two about positive values.
    pub fn octaves<I: IntoIterator<Item = f64>>(values: I) -> Result<Self, FigureError> {
        let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
        for value in values {
            least = least.min(value);
            greatest = greatest.max(value);
        }
        if least > 0.0 && greatest.is_finite() && least <= greatest {
            let low = least.log2().floor() as i32;
            let high = (greatest.log2().ceil() as i32).max(low + 1);
            Ok(Self::Octaves { low, high })
        } else {
            Err(FigureError::Data(
                "an axis of powers of two has no range of positive values",
            ))
        }
    }

    /// Position in [0, 1] of a value, which is moved to the nearer end if it lies outside; NaN has none.
    pub(super) fn position(self, value: f64) -> Option<f64> {
        let position = match self {
            Self::Linear { low, high } => (value - low) / (high - low),
            // zero and less: a standstill, at the lower end
            Self::Decades { low, high } => (value.max(0.0).log10() - f64::from(low)) / f64::from(high - low),
            Self::Octaves { low, high } => (value.max(0.0).log2() - f64::from(low)) / f64::from(high - low),
        };
        (!value.is_nan()).then(|| position.clamp(0.0, 1.0))
    }

    /// Ticks with their labels, about `wanted` of them.
    pub(super) fn ticks(self, wanted: usize) -> Vec<(f64, String)> {
        match self {
            Self::Linear { low, high } => {
                let rough = (high - low) / wanted.max(1) as f64;
                let magnitude = 10.0_f64.powf(rough.log10().floor());
                let nice = [1.0, 2.0, 2.5, 5.0, 10.0]
                    .into_iter()
                    .map(|factor| factor * magnitude);
                let step = nice
                    .into_iter()
                    .find(|step| *step >= 0.99 * rough)
                    .unwrap_or(rough);
                let decimals = (0..9).find(|&d| is_whole(step * 10.0_f64.powi(d))).unwrap_or(9) as usize;
                let (first, last) = (
                    (low / step - 1e-9).ceil() as i64,
                    (high / step + 1e-9).floor() as i64,
                );
                (first..=last)
                    .map(|tick| tick as f64 * step)
                    .map(|value| (value, format!("{value:.decimals$}").replace('-', "−")))
                    .collect()
            }
            Self::Octaves { low, high } => {
                let step = ((high - low) as usize).div_ceil(wanted.max(1) + 2).max(1);
                let ticks = (low..=high).step_by(step).map(|exponent| 2.0_f64.powi(exponent));
                ticks.map(|value| (value, format!("{value}"))).collect()
            }
            Self::Decades { low, high } => {
                let step = ((high - low) as usize).div_ceil(wanted.max(1)).max(1);
                // from the top, where the network lives
                let ticks = (low..=high).rev().step_by(step);
                ticks
                    .map(|exponent| (10.0_f64.powi(exponent), format!("10{}", superscript(exponent))))
                    .collect()
            }
        }
    }
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let replace = |c: char| {
        c.to_digit(10)
            .and_then(|digit| DIGITS.get(digit as usize))
            .copied()
            .unwrap_or('⁻')
    };
    number.to_string().chars().map(replace).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: Axis, wanted: usize) -> Vec<String> {
        axis.ticks(wanted).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(
            labels(Axis::linear(0.0, 1.0).unwrap(), 4),
            ["0.00", "0.25", "0.50", "0.75", "1.00"]
        );
        assert_eq!(
            labels(Axis::linear(-0.5, 1.0).unwrap(), 3),
            ["−0.5", "0.0", "0.5", "1.0"]
        );
        assert_eq!(
            labels(Axis::linear(3.0, 161.0).unwrap(), 8),
            ["20", "40", "60", "80", "100", "120", "140", "160"]
        );
        assert_eq!(
            labels(Axis::Decades { low: -7, high: 0 }, 4),
            ["10⁰", "10⁻²", "10⁻⁴", "10⁻⁶"]
        );
    }

    #[test]
    fn decades_cover_the_positive_values() {
        assert_eq!(
            Axis::decades([0.0, 3e-7, 0.4]).unwrap(),
            Axis::Decades { low: -7, high: 0 }
        );
        assert_eq!(
            Axis::decades([1e-40, 20.0]).unwrap(),
            Axis::Decades { low: -7, high: 2 }
        );
        assert!(Axis::decades([0.0, -1.0, f64::NAN]).is_err());
        assert_eq!(
            labels(Axis::octaves([0.3, 2.0]).unwrap(), 8),
            ["0.25", "0.5", "1", "2"]
        );
        assert!(Axis::octaves([]).is_err() && Axis::octaves([0.0, 1.0]).is_err());
        assert!(Axis::linear(1.0, 1.0).is_err() && Axis::linear(0.0, f64::NAN).is_err());
    }

    #[test]
    fn values_beyond_an_axis_stay_on_its_ends() {
        let axis = Axis::Decades { low: -2, high: 0 };
        assert_eq!(
            [0.1, 0.0, 9.0].map(|value| axis.position(value)),
            [Some(0.5), Some(0.0), Some(1.0)]
        );
        assert_eq!(axis.position(f64::NAN), None);
    }
}
