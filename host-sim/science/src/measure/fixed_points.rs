//! Stable fixed points of neurons and synapses together: found by letting networks settle from many starts, and counted.
//!
//! Numbers of fixed points grow with the number of neurons: measure ensembles of several sizes, and [`summarise`] them
//! together.

mod growth;
mod settle;

pub use growth::Growth;

use freezable_chaos::Purpose;
use serde::{Deserialize, Serialize};

use self::settle::Kind;
use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use crate::estimators::{MeanSem, Richness, mean_square};
use crate::fixed_points::{Catalogue, Equation};
use crate::networks::{Ensemble, Model, Simulation};
use crate::theory::fixed_points::{complexity, typical};
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// A search of fixed points. A start that has not come to rest one duration after the burn-in is given up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FixedPoints {
    /// Starts of each network: small, large, and small with a random input for a while, in turn.
    pub starts: u32,
}

/// What is found of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Stable pairs x and -x other than rest, in the order of first finds.
    pub pairs: Vec<Pair>,
    /// Starts that ended at a stable one.
    pub settled: u64,
    /// Starts that ended at rest, x = 0.
    pub quiescent: u64,
    /// Starts that still moved, or came to rest where there is no stable fixed point.
    pub unsettled: u64,
}

/// A stable fixed point and its mirror.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pair {
    /// Starts that ended at either.
    pub count: u64,
    /// Largest real part in the joint spectrum, without the -1/p of lone synapses; per unit of time.
    pub rightmost: f64,
    /// `g^2 <phi'^2 / (1 - k C phi')^2>`.
    pub marginality: f64,
    /// `|phi|^2 / N`.
    pub mean_square_rate: f64,
}

/// Averages over networks. Numbers count x and -x as two, and leave out rest (x = 0).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Stable fixed points that were found, of the largest networks.
    pub distinct: Option<MeanSem>,
    /// Chao1's lower bound on how many there are, of the largest networks.
    pub lower_bound: Option<MeanSem>,
    /// Of the networks of each size.
    pub by_size: Vec<BySize>,
    /// Factor per neuron by which the mean lower bound grows, over the sizes at which most of it was found.
    pub growth_per_neuron: Option<Growth>,
    /// Mean-field theory of the same factor; `None` where it has no stable fixed points.
    pub annealed_per_neuron: Option<f64>,
    /// Marginality of the mean field's typical fixed point: stable below 1.
    pub typical_marginality: Option<f64>,
}

/// Averages over the networks of one size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BySize {
    /// Number of neurons.
    pub n: usize,
    /// Stable fixed points that were found.
    pub distinct: Option<MeanSem>,
    /// Chao1's lower bound on how many there are.
    pub lower_bound: Option<MeanSem>,
    /// Of each network, with 95% confidence intervals.
    pub networks: Vec<Richness>,
    /// Share of the starts that ended at a stable fixed point.
    pub settled: Option<MeanSem>,
    /// Share of the starts that ended at rest.
    pub quiescent: Option<MeanSem>,
    /// Largest real part of the joint spectrum, averaged over a network's fixed points.
    pub rightmost: Option<MeanSem>,
    /// Median of the bulk's marginality over a network's fixed points: one neuron close to the fold makes the mean as large
    /// as it likes.
    pub marginality: Option<MeanSem>,
}

/// Largest network: the spectrum of every fixed point is found.
pub const LARGEST: usize = 1024;

/// Root mean square distance between a network at rest and the fixed point that it is taken for.
const NEAR: f64 = 0.1;
/// Root mean square state below which a network is at rest at x = 0.
const ZERO: f64 = 1e-3;

impl Default for FixedPoints {
    /// Three hundred starts.
    fn default() -> Self {
        Self { starts: 300 }
    }
}

impl Outcome {
    /// How many stable fixed points there are at least, x and -x counted as two.
    pub fn number(&self) -> Richness {
        Richness::chao1(self.pairs.iter().map(|pair| pair.count)).times(2.0)
    }
}

impl Measurement for FixedPoints {
    const NAME: &'static str = "fixed-points";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        of.undriven("fixed points are those of networks left to themselves, from states that are drawn")?;
        let n = of.network.n;
        if self.starts == 0 {
            return Err(Refusal::below("starts", 0, 1));
        }
        if of.network.model == Model::Compact {
            let words =
                "has no fixed points of neurons and synapses together: its history is sampled on and on";
            return Err(Refusal::because("model", "compact", words));
        }
        if n > LARGEST {
            return Err(Refusal::above("n", n, LARGEST));
        }
        let n = n as u64;
        Ok(Cost {
            steps: (0..self.starts)
                .map(|start| Kind::of_start(start).steps(of))
                .sum(),
            bytes: 160 * n * n,
            outcome: 32 * u64::from(self.starts),
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        // The equation below is of the paper's rule: a rule that gives no Jacobian is another one.
        network.joint_jacobian()?;
        let (quenched, _) = network.couplings();
        let equation = Equation::new(&quenched, network.n(), of.network.k.into(), of.network.transfer);
        let mut states = of.network.generator(index, Purpose::State);
        let mut inputs = of.network.generator(index, Purpose::Input);
        let mut catalogue = Catalogue::default();
        let (mut unsettled, mut quiescent) = (0, 0);
        for start in 0..self.starts {
            let rest = Kind::of_start(start).settle(of, network, [&mut states, &mut inputs], watch)?;
            let point = rest.and_then(|rest| {
                let point = equation.refine(&rest)?;
                let difference: Vec<f64> = rest.iter().zip(&point).map(|(a, b)| a - b).collect();
                (mean_square(&difference).sqrt() < NEAR).then_some(point)
            });
            match point {
                None => unsettled += 1,
                Some(point) if mean_square(&point).sqrt() < ZERO => quiescent += 1,
                Some(point) => {
                    catalogue.add(point);
                }
            }
        }
        let (mut pairs, mut settled) = (Vec::new(), 0);
        for point in catalogue.points() {
            let rightmost = equation.rightmost(&point.x, of.network.p.into());
            match rightmost.filter(|rightmost| *rightmost < 0.0) {
                None => unsettled += point.count,
                Some(rightmost) => {
                    settled += point.count;
                    let rates: Vec<f64> = point.x.iter().map(|&x| equation.rate(x)).collect();
                    pairs.push(Pair {
                        count: point.count,
                        rightmost,
                        marginality: equation.marginality(&point.x, of.network.g.into()),
                        mean_square_rate: mean_square(&rates),
                    });
                }
            }
        }
        Ok(Outcome {
            pairs,
            settled,
            quiescent,
            unsettled,
        })
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        let _ = of;
        let found: u64 = outcome.pairs.iter().map(|pair| pair.count).sum();
        let pair = |pair: &Pair| {
            plausible::finite([pair.rightmost, pair.marginality])
                && plausible::shares([pair.mean_square_rate])
        };
        found == outcome.settled
            && outcome.settled + outcome.quiescent + outcome.unsettled == u64::from(self.starts)
            && outcome.pairs.iter().all(pair)
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        summarise(of, &[(of.network.n, outcomes)])
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        arrays(&[(of.network.n, outcomes)])
    }
}

/// The averages over ensembles of several sizes, the largest last, which share the other parameters of `of`.
pub fn summarise(of: &Ensemble, sizes: &[(usize, &[Outcome])]) -> Summary {
    let [g, k] = [of.network.g, of.network.k].map(f64::from);
    let transfer = of.network.transfer;
    let by_size: Vec<BySize> = sizes.iter().map(|(n, outcomes)| of_size(*n, outcomes)).collect();
    let last = by_size.last();
    Summary {
        distinct: last.and_then(|size| size.distinct),
        lower_bound: last.and_then(|size| size.lower_bound),
        growth_per_neuron: Growth::over(&by_size),
        by_size,
        annealed_per_neuron: complexity(transfer, g, k).map(|count| count.sigma.exp()),
        typical_marginality: typical(transfer, g, k).map(|point| point.marginality),
    }
}

fn of_size(n: usize, outcomes: &[Outcome]) -> BySize {
    let networks: Vec<Richness> = outcomes.iter().map(Outcome::number).collect();
    let share = |count: fn(&Outcome) -> u64| {
        MeanSem::of(outcomes.iter().map(|outcome| {
            count(outcome) as f64 / (outcome.settled + outcome.quiescent + outcome.unsettled) as f64
        }))
    };
    let found = || outcomes.iter().filter(|outcome| !outcome.pairs.is_empty());
    let rightmost = found().map(|outcome| {
        outcome.pairs.iter().map(|pair| pair.rightmost).sum::<f64>() / outcome.pairs.len() as f64
    });
    let marginality = found().map(|outcome| {
        let mut values: Vec<f64> = outcome.pairs.iter().map(|pair| pair.marginality).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    });
    BySize {
        n,
        distinct: MeanSem::of(networks.iter().map(|number| number.observed)),
        lower_bound: MeanSem::of(networks.iter().map(|number| number.lower_bound)),
        settled: share(|outcome| outcome.settled),
        quiescent: share(|outcome| outcome.quiescent),
        rightmost: MeanSem::of(rightmost),
        marginality: MeanSem::of(marginality),
        networks,
    }
}

/// One row per stable pair, whatever its network and its size.
pub fn arrays(sizes: &[(usize, &[Outcome])]) -> Vec<Array> {
    let mut rows: Vec<(u64, u64, Pair)> = Vec::new();
    for (n, outcomes) in sizes {
        for (network, outcome) in outcomes.iter().enumerate() {
            rows.extend(
                outcome
                    .pairs
                    .iter()
                    .map(|pair| (*n as u64, network as u64, *pair)),
            );
        }
    }
    let pairs = [("pair", rows.len())];
    let whole = |value: fn(&(u64, u64, Pair)) -> u64| -> Vec<u64> { rows.iter().map(value).collect() };
    let real = |value: fn(&Pair) -> f64| -> Vec<f64> { rows.iter().map(|(.., pair)| value(pair)).collect() };
    vec![
        Array::new(
            "n",
            "number of neurons of the pair's network",
            &pairs,
            whole(|row| row.0),
        ),
        Array::new(
            "network",
            "number of the pair's network, from 0",
            &pairs,
            whole(|row| row.1),
        ),
        Array::new(
            "count",
            "starts that ended at either of the pair",
            &pairs,
            whole(|row| row.2.count),
        ),
        Array::new(
            "rightmost",
            "largest real part in the joint spectrum, without the -1/p of lone synapses",
            &pairs,
            real(|pair| pair.rightmost),
        )
        .in_units("1/time"),
        Array::new(
            "marginality",
            "g^2 <phi'^2 / (1 - k C phi')^2> over the neurons",
            &pairs,
            real(|pair| pair.marginality),
        ),
        Array::new(
            "mean_square_rate",
            "|phi|^2 / N",
            &pairs,
            real(|pair| pair.mean_square_rate),
        ),
    ]
}

#[cfg(test)]
mod tests;
