//! Which solutions the starts of an iteration came to: rest, chaos, a fixed point. They are never averaged over one another.

use serde::{Deserialize, Serialize};

use super::iteration::{MeanField, Solution};

/// What a solution of the mean field is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// All rates are zero.
    Rest,
    /// `C_phi` decays to zero.
    Chaos,
    /// `C_phi` does not decay within half of the window: the rates stand still, or nearly.
    #[serde(rename = "fixed point")]
    FixedPoint,
}

/// A solution, and which starts came to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// What it is like.
    pub kind: Kind,
    /// Numbers of its starts, ascending.
    pub starts: Vec<usize>,
}

/// Mean square rate below which a start has come to rest: an iteration towards it never arrives.
const REST: f64 = 1e-3;
/// Share of `C_phi(0)` that is left at half of the window where it does not decay.
const LASTING: f64 = 0.5;
/// Starts of one kind whose mean square rates are further apart came to different solutions; starts at one solution differ by
/// some hundredths at the least paths that anyone takes.
const APART: f64 = 0.1;

impl Solution {
    /// What it is like.
    pub fn kind(&self) -> Kind {
        let height = self.covariance.first().copied().unwrap_or(0.0);
        let last = self.covariance.last().copied().unwrap_or(0.0);
        if height < REST {
            Kind::Rest
        } else if last > LASTING * height {
            Kind::FixedPoint
        } else {
            Kind::Chaos
        }
    }
}

impl MeanField {
    /// The solutions that were found, the most active first.
    pub fn branches(&self) -> Vec<Branch> {
        let height = |start: usize| self.solutions[start].covariance.first().copied().unwrap_or(0.0);
        let mut order: Vec<usize> = (0..self.solutions.len()).collect();
        order.sort_by(|&a, &b| height(b).total_cmp(&height(a)));
        let mut branches: Vec<Branch> = Vec::new();
        for start in order {
            let kind = self.solutions[start].kind();
            let same = branches.iter_mut().find(|branch| {
                branch.kind == kind
                    && branch
                        .starts
                        .last()
                        .is_some_and(|&last| height(last) - height(start) < APART)
            });
            match same {
                Some(branch) => branch.starts.push(start),
                None => branches.push(Branch {
                    kind,
                    starts: vec![start],
                }),
            }
        }
        branches
            .iter_mut()
            .for_each(|branch| branch.starts.sort_unstable());
        branches
    }

    /// The starts of one solution alone.
    pub fn of(&self, branch: &Branch) -> Self {
        Self {
            dt: self.dt,
            solutions: branch
                .starts
                .iter()
                .map(|&start| self.solutions[start].clone())
                .collect(),
        }
    }

    /// The starts of the most active solution alone.
    pub fn most_active(&self) -> Self {
        match self.branches().first() {
            Some(branch) => self.of(branch),
            None => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solution(height: f64, last: f64) -> Solution {
        Solution {
            power: vec![height],
            covariance: vec![height, last],
            residual: 0.0,
            variance: height,
        }
    }

    #[test]
    fn starts_are_sorted_by_what_they_came_to() {
        let field = MeanField {
            dt: 0.05,
            solutions: [
                (5e-6, 0.0),
                (0.8156, 0.01),
                (0.3, 0.02),
                (0.8121, 0.0),
                (0.81, 0.8),
            ]
            .map(|(height, last)| solution(height, last))
            .to_vec(),
        };
        let found: Vec<(Kind, Vec<usize>)> = field
            .branches()
            .into_iter()
            .map(|branch| (branch.kind, branch.starts))
            .collect();
        assert_eq!(
            found,
            [
                (Kind::Chaos, vec![1, 3]),
                (Kind::FixedPoint, vec![4]),
                (Kind::Chaos, vec![2]),
                (Kind::Rest, vec![0]),
            ]
        );
        assert_eq!(field.most_active().solutions.len(), 2);
    }
}
