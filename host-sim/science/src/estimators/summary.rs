//! Averages over networks.

use serde::{Deserialize, Serialize};

use super::extended;

/// Mean over networks with its standard error, in JSON `{"mean": m, "sem": s, "count": n}`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeanSem {
    /// Mean over networks; in JSON the string "-inf" where it is that, see [`extended`].
    #[serde(with = "extended")]
    pub mean: f64,
    /// Standard error of the mean: sample standard deviation over networks divided by the root of their number.
    /// A single network has none (`null` in JSON).
    pub sem: Option<f64>,
    /// Number of networks.
    pub count: usize,
}

impl MeanSem {
    /// Mean and standard error of one value per network (never of time bins, which are not independent).
    ///
    /// `None` without values, and if one of them is not finite.
    pub fn of<I: IntoIterator<Item = f64>>(values: I) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let count = values.len();
        if count == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        if !squares.is_finite() {
            return None;
        }
        let sem = (count > 1).then(|| (squares / (count - 1) as f64 / count as f64).sqrt());
        Some(Self { mean, sem, count })
    }

    /// The same of Lyapunov exponents, which are -infinity for directions that a step annihilates: -infinity, without an
    /// error, if one of them is.
    pub fn of_exponents<I: IntoIterator<Item = f64>>(exponents: I) -> Option<Self> {
        let exponents: Vec<f64> = exponents.into_iter().collect();
        if exponents.contains(&f64::NEG_INFINITY)
            && exponents.iter().all(|&exponent| exponent < f64::INFINITY)
        {
            return Some(Self {
                mean: f64::NEG_INFINITY,
                sem: None,
                count: exponents.len(),
            });
        }
        Self::of(exponents)
    }

    /// A value of `count` networks together, with its jackknife error over networks; `value` is given the one to leave out.
    pub fn jackknife(count: usize, value: impl Fn(Option<usize>) -> Option<f64>) -> Option<Self> {
        let mean = value(None)?;
        let left_out: Option<Vec<f64>> = (0..count).map(|index| value(Some(index))).collect();
        let sem = left_out.filter(|_| count > 1).map(|values| {
            let centre = values.iter().sum::<f64>() / count as f64;
            let spread: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
            (spread * (count as f64 - 1.0) / count as f64).sqrt()
        });
        Some(Self { mean, sem, count })
    }

    /// Share of the networks of which something holds.
    pub fn share<I: IntoIterator<Item = bool>>(holds: I) -> Option<Self> {
        Self::of(holds.into_iter().map(|holds| f64::from(u8::from(holds))))
    }
}

impl std::fmt::Display for MeanSem {
    /// `0.8901 +- 0.0021 (20)`; the number in brackets is that of the networks.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.sem {
            Some(sem) => write!(f, "{:.4} +- {:.4} ({})", self.mean, sem, self.count),
            None => write!(f, "{:.4} ({})", self.mean, self.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_worked_by_hand() {
        // deviations -1, 0, 1, 0 about 2: variance 2/3, error sqrt(2/3/4)
        let found = MeanSem::of([1.0, 2.0, 3.0, 2.0]).unwrap();
        assert_eq!((found.mean, found.count), (2.0, 4));
        assert!((found.sem.unwrap() - (1.0_f64 / 6.0).sqrt()).abs() < 1e-15);
    }

    #[test]
    fn degenerate_samples() {
        assert_eq!(MeanSem::of([]), None);
        assert_eq!(MeanSem::of([1.0, f64::NAN]), None);
        assert_eq!(MeanSem::of([f64::INFINITY]), None);
        assert_eq!(
            MeanSem::of([1.5]),
            Some(MeanSem {
                mean: 1.5,
                sem: None,
                count: 1
            })
        );
    }

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
        let (found, expected) = (
            MeanSem::jackknife(4, average).unwrap(),
            MeanSem::of(values).unwrap(),
        );
        assert!((found.sem.unwrap() - expected.sem.unwrap()).abs() < 1e-12);
        assert_eq!(found.mean, expected.mean);
    }

    #[test]
    fn an_exponent_of_minus_infinity_is_a_number() {
        let none = MeanSem::of_exponents([-1.0, f64::NEG_INFINITY]).unwrap();
        assert_eq!((none.mean, none.sem, none.count), (f64::NEG_INFINITY, None, 2));
        assert_eq!(none.to_string(), "-inf (2)");
        let text = serde_json::to_string(&none).unwrap();
        assert_eq!(text, r#"{"mean":"-inf","sem":null,"count":2}"#);
        assert_eq!(serde_json::from_str::<MeanSem>(&text).unwrap(), none);
        let bytes = postcard::to_stdvec(&none).unwrap();
        assert_eq!(postcard::from_bytes::<MeanSem>(&bytes).unwrap(), none);
        assert_eq!(MeanSem::of_exponents([f64::NEG_INFINITY, f64::NAN]), None);
        assert_eq!(MeanSem::of_exponents([-1.0, -3.0]), MeanSem::of([-1.0, -3.0]));
    }

    #[test]
    fn json_has_the_three_keys() {
        let one = serde_json::to_string(&MeanSem::of([0.5])).unwrap();
        assert_eq!(one, r#"{"mean":0.5,"sem":null,"count":1}"#);
        let two = serde_json::to_string(&MeanSem::of([0.5, 1.5])).unwrap();
        assert_eq!(two, r#"{"mean":1.0,"sem":0.5,"count":2}"#);
        assert_eq!(serde_json::from_str::<MeanSem>(&two).unwrap().count, 2);
    }
}
