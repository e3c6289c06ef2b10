//! How many kinds there are, when a sample shows only some of them.

use serde::{Deserialize, Serialize};

/// A lower bound on a number of kinds, with its 95% confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Richness {
    /// Kinds in the sample.
    pub observed: f64,
    /// Estimate of the lower bound.
    pub lower_bound: f64,
    /// Ends of its confidence interval.
    pub interval: [f64; 2],
}

impl Richness {
    /// Chao's estimator from how often each kind was seen: with `f1` kinds seen once and `f2` seen twice, at least
    /// `S + f1 (f1 - 1) / (2 (f2 + 1))`, the form corrected for bias; interval as of a lognormal number of unseen kinds
    /// (Chao 1984 and 1987).
    pub fn chao1(counts: impl IntoIterator<Item = u64>) -> Self {
        let (mut observed, mut once, mut twice) = (0.0, 0.0, 0.0);
        for count in counts.into_iter().filter(|count| *count > 0) {
            observed += 1.0;
            match count {
                1 => once += 1.0,
                2 => twice += 1.0,
                _ => {}
            }
        }
        let (less, more) = (once - 1.0, twice + 1.0);
        let unseen: f64 = once * less / (2.0 * more);
        if unseen <= 0.0 {
            return Self {
                observed,
                lower_bound: observed,
                interval: [observed; 2],
            };
        }
        let doubled: f64 = 2.0 * once - 1.0;
        let variance = if twice > 0.0 {
            unseen
                + once * doubled.powi(2) / (4.0 * more.powi(2))
                + once * once * twice * less * less / (4.0 * more.powi(4))
        } else {
            unseen + once * doubled.powi(2) / 4.0 - once.powi(4) / (4.0 * (observed + unseen))
        };
        let factor = (1.96 * (1.0 + variance / unseen.powi(2)).ln().sqrt()).exp();
        Self {
            observed,
            lower_bound: observed + unseen,
            interval: [observed + unseen / factor, observed + unseen * factor],
        }
    }

    /// The same of so many times as many kinds.
    pub fn times(self, factor: f64) -> Self {
        Self {
            observed: factor * self.observed,
            lower_bound: factor * self.lower_bound,
            interval: self.interval.map(|end| factor * end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_whose_interval_another_program_gives() {
        // EstimateS, as quoted by the tests of scikit-bio: 9.75 in (9.07, 17.45).
        let found = Richness::chao1([0, 1, 1, 4, 2, 5, 2, 4, 1, 2]);
        assert_eq!((found.observed, found.lower_bound), (9.0, 9.75));
        assert!(
            (found.interval[0] / 9.07 - 1.0).abs() < 0.01 && (found.interval[1] / 17.45 - 1.0).abs() < 0.01
        );
    }

    #[test]
    fn a_complete_sample_is_taken_for_complete() {
        let found = Richness::chao1([3, 5, 2, 2]);
        assert_eq!((found.lower_bound, found.interval), (4.0, [4.0, 4.0]));
        assert_eq!(Richness::chao1([]).lower_bound, 0.0);
    }

    #[test]
    fn equal_chances_are_estimated_without_bias() {
        // 1000 kinds, 1000 draws by a linear congruential generator: S about 632, the bound about 1000.
        let (mut state, mut counts) = (1_u64, [0; 1000]);
        for _ in 0..1000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            counts[(state >> 33) as usize % 1000] += 1;
        }
        let found = Richness::chao1(counts);
        assert!(
            found.observed < 680.0 && found.interval[0] < 1000.0 && found.interval[1] > 1000.0,
            "{found:?}"
        );
    }
}
