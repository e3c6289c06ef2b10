//! How the number of fixed points grows with the number of neurons.

use serde::{Deserialize, Serialize};

use super::BySize;

/// A factor per neuron with its standard error.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Growth {
    /// The factor.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
}

/// Share of a lower bound that must have been found for it to count.
const FOUND: f64 = 0.8;

impl Growth {
    /// From a straight line through the logarithms of the mean lower bounds, weighted by their errors; the annealed count is
    /// of the mean too. Where less than [`FOUND`] of it was found, the bound says more of the starts than of the network.
    /// `None` with fewer than two sizes that have a mean above zero with an error.
    pub(super) fn over(sizes: &[BySize]) -> Option<Self> {
        let points: Vec<[f64; 3]> = sizes
            .iter()
            .filter_map(|size| {
                let bound = size.lower_bound.filter(|bound| bound.mean > 0.0)?;
                if size.distinct?.mean < FOUND * bound.mean {
                    return None;
                }
                let error = bound.sem.filter(|sem| *sem > 0.0)? / bound.mean;
                Some([size.n as f64, bound.mean.ln(), error.powi(-2)])
            })
            .collect();
        if points.len() < 2 {
            return None;
        }
        let total: f64 = points.iter().map(|[.., weight]| weight).sum();
        let middle: f64 = points.iter().map(|[n, _, weight]| weight * n).sum::<f64>() / total;
        let spread: f64 = points
            .iter()
            .map(|[n, _, weight]| weight * (n - middle).powi(2))
            .sum();
        let slope: f64 = points
            .iter()
            .map(|[n, log, weight]| weight * (n - middle) * log)
            .sum::<f64>()
            / spread;
        let value = slope.exp();
        Some(Self {
            value,
            error: value / spread.sqrt(),
        })
    }
}
