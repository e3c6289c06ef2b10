//! Lyapunov exponents of the joint map of neurons and synapses, or of neurons and samples of the history.

use freezable_chaos::Purpose;
use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use super::trajectory::pass;
use crate::estimators::{MeanSem, extended, steps_in};
use crate::lyapunov::{self, Protocol, kaplan_yorke_dimension};
use crate::networks::{Ensemble, Model, Network, Simulation, Synapses};
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// Exponents of networks, which run or were frozen after the burn-in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Lyapunov {
    /// Number of leading exponents, at most [`Lyapunov::dimension`].
    pub exponents: usize,
    /// Split-half error of the largest exponent, per unit of time, at which to stop: once it is below in three looks one
    /// after the other, after half of the duration at the earliest. 0 goes on to the end.
    pub tolerance: f64,
    frozen: bool,
    dimension: usize,
    tangents: &'static str,
}

/// Time in which the vectors turn into the leading directions.
const TRANSIENT: f64 = 50.0;

/// What is measured of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether it was active all the time.
    pub alive: bool,
    /// The exponents per unit of time, descending but for errors; -infinity for directions that the step annihilates.
    pub spectrum: Vec<f64>,
    /// Half the difference of the largest exponent between the halves of the time.
    pub split_half_error: f64,
    /// Estimate of the largest exponent after 1, 2, ... [intervals](lyapunov::INTERVAL).
    pub running: Vec<f64>,
    /// Share of the synapses in the square of each leading vector, averaged over time.
    pub synaptic_share: Vec<f64>,
    /// Time measured.
    pub time: f64,
}

/// Averages over active networks: one at rest has the exponents of rest, not of chaos. Over all where they are frozen,
/// and stand still as they should. In JSON an exponent of -infinity is the string "-inf".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Largest exponent.
    pub lyapunov_max: Option<MeanSem>,
    /// Of the largest exponent; of -infinity there is none.
    pub split_half_error: Option<MeanSem>,
    /// Share of the networks that stayed active with an exponent above three of its split-half errors.
    pub chaotic: Option<MeanSem>,
    /// Share of the networks that stayed active.
    pub alive: Option<MeanSem>,
    /// Time measured.
    pub time: Option<MeanSem>,
    /// The exponents, in their order, each averaged over networks.
    #[serde(with = "extended::list")]
    pub spectrum: Vec<f64>,
    /// Where the exponents asked for suffice.
    pub kaplan_yorke_dimension: Option<MeanSem>,
    /// Share of the exponents above that of a lone synapse, ln(1 - dt/p)/dt, by more than a twentieth of it; where all
    /// were asked for. About N(N-1)/2 lie at it, and on either side up to about N.
    pub above_synaptic_rate: Option<MeanSem>,
    /// As many below it.
    pub below_synaptic_rate: Option<MeanSem>,
    /// Share of the synapses in the square of the leading vector; of the compact network that of the samples, in units
    /// of rates.
    pub synaptic_share: Option<MeanSem>,
}

/// Numbers in a tangent vector, and what it is a tangent of.
fn tangents_of(of: &Ensemble, frozen: bool) -> (usize, &'static str) {
    let (network, n) = (&of.network, of.network.n);
    match (network.model, network.plan()) {
        _ if frozen => (n, "the step of the neurons"),
        (Model::Exact, Some(plan)) => {
            let begin = u32::try_from(of.burn_in_steps()).unwrap_or(u32::MAX);
            let plastic = plan.plastic_from(begin).into_iter().filter(|is| *is).count();
            (n + plastic, "the step of neurons and plastic synapses")
        }
        (Model::Exact, None) => (n + n * (n + 1) / 2, "the step"),
        // The network itself rounds to integers, which has the derivative zero almost everywhere.
        (Model::Compact, _) => {
            let samples = network.history_rule().samples as usize;
            (n + n * samples, "the unrounded step of neurons and samples")
        }
    }
}

/// The exponent of a synapse by itself, -1/p but for the step; -infinity where it forgets all in one step, at dt = p. Not a
/// number where the synapses have several p, or change theirs.
pub fn synaptic_rate(network: &Network) -> f64 {
    if network
        .rule
        .as_ref()
        .is_some_and(|rule| !rule.has_one_time_constant())
    {
        return f64::NAN;
    }
    let (dt, p) = (network.step(), f64::from(network.p));
    (1.0 - dt / p).ln() / dt
}

impl Lyapunov {
    /// The largest exponent over the whole duration; with the synapses running, or frozen after the burn-in.
    pub fn of(ensemble: &Ensemble, synapses: Synapses) -> Self {
        let frozen = synapses == Synapses::Frozen;
        let (dimension, tangents) = tangents_of(ensemble, frozen);
        Self {
            exponents: 1,
            tolerance: 0.0,
            frozen,
            dimension,
            tangents,
        }
    }

    /// Numbers in a tangent vector, so many exponents there are: `N + N(N+1)/2` of the exact network (antisymmetric
    /// changes of A have -1/p besides), `N(H+1)` of the compact one with a history of H samples, N of a frozen one; of a rule as
    /// data N and as many as there are synapses that are plastic after the burn-in.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// What the vectors are tangents of, in words.
    pub fn tangents(&self) -> &'static str {
        self.tangents
    }

    /// The outcomes that are averaged over.
    pub fn counted<'a>(&self, outcomes: &'a [Outcome]) -> Vec<&'a Outcome> {
        outcomes
            .iter()
            .filter(|outcome| outcome.alive || self.frozen)
            .collect()
    }

    /// Times of the running estimate, up to that of the network measured the longest.
    pub fn times(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<f64> {
        let longest = outcomes
            .iter()
            .map(|outcome| outcome.running.len())
            .max()
            .unwrap_or(0);
        let steps = steps_in(lyapunov::INTERVAL, of.network.step());
        (1..=longest as u64)
            .map(|at| of.network.time(at * steps))
            .collect()
    }
}

impl Outcome {
    /// The running estimate over so many intervals: a network that stopped early keeps its last one.
    pub fn running_to(&self, intervals: usize) -> Vec<f64> {
        let mut running = self.running.clone();
        running.resize(intervals, running.last().copied().unwrap_or(f64::NAN));
        running
    }
}

impl Measurement for Lyapunov {
    const NAME: &'static str = "lyapunov";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        if !(self.tolerance.is_finite() && self.tolerance >= 0.0) {
            let words = "is not a finite number of at least its bound 0";
            return Err(Refusal::because("tolerance", self.tolerance, words));
        }
        let (dimension, _) = tangents_of(of, self.frozen);
        if dimension != self.dimension {
            let words = format!("is not that of the networks, {dimension}");
            return Err(Refusal::because("dimension", self.dimension, words));
        }
        if !(1..=dimension).contains(&self.exponents) {
            return Err(Refusal::outside("exponents", self.exponents, 1, dimension));
        }
        let transient = steps_in(TRANSIENT, of.network.step());
        let (n, count) = (of.network.n as u64, self.exponents as u64);
        // The vectors, and two copies inside of the decomposition; J and A in double precision, and of a rule as data what
        // each synapse is multiplied with.
        let matrices = if of.network.rule.is_some() { 6 } else { 3 };
        let numbers = (3 * count)
            .saturating_mul(dimension as u64)
            .saturating_add(matrices * n * n);
        Ok(Cost {
            steps: of.burn_in_steps() + transient + of.window_steps(),
            bytes: numbers.saturating_mul(8),
            outcome: 16 * count + 8 * (of.duration / lyapunov::INTERVAL) as u64,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        pass(network, of.burn_in_steps(), watch)?;
        let synapses = if self.frozen {
            Synapses::Frozen
        } else {
            Synapses::Running
        };
        let mut map = network.tangent_map(synapses)?;
        if map.dimension() < self.exponents {
            return Err(Refusal::outside("exponents", self.exponents, 1, map.dimension()).into());
        }
        let least = if self.tolerance > 0.0 { 0.5 } else { 1.0 };
        let protocol = Protocol {
            exponents: self.exponents,
            transient: TRANSIENT,
            duration: [least * of.duration, of.duration],
            tolerance: self.tolerance,
        };
        let mut generator = of.network.generator(index, Purpose::Tangent);
        let found = lyapunov::measure(&mut *map, &protocol, &mut generator, watch)?;
        Ok(Outcome {
            alive: found.alive,
            spectrum: found.spectrum,
            split_half_error: found.split_half_error,
            running: found.running,
            synaptic_share: found.synaptic_share,
            time: found.time,
        })
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        outcome.spectrum.len() == self.exponents
            && outcome.synaptic_share.len() == self.exponents
            && plausible::exponents(outcome.spectrum.iter().chain(&outcome.running).copied())
            && plausible::shares(outcome.synaptic_share.iter().copied())
            && plausible::not_negative([outcome.time])
            && outcome.running.len() as f64 <= of.duration / lyapunov::INTERVAL + 1.0
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let counted = self.counted(outcomes);
        let mean = |value: fn(&Outcome) -> f64| MeanSem::of(counted.iter().map(|outcome| value(outcome)));
        let exponent = |at: usize| MeanSem::of_exponents(counted.iter().map(|outcome| outcome.spectrum[at]));
        // The samples of a history have no exponent of their own.
        let rate = synaptic_rate(&of.network);
        let has_bands = of.network.model == Model::Exact
            && !rate.is_nan()
            && !self.frozen
            && self.exponents == self.dimension;
        let band = |inside: &dyn Fn(f64) -> bool| {
            MeanSem::of(counted.iter().filter(|_| has_bands).map(|outcome| {
                let count = outcome
                    .spectrum
                    .iter()
                    .filter(|&&exponent| inside(exponent))
                    .count();
                count as f64 / self.dimension as f64
            }))
        };
        let dimensions = counted
            .iter()
            .map(|outcome| kaplan_yorke_dimension(&outcome.spectrum));
        Summary {
            lyapunov_max: exponent(0),
            split_half_error: mean(|outcome| outcome.split_half_error),
            chaotic: MeanSem::share(
                outcomes
                    .iter()
                    .map(|outcome| outcome.alive && outcome.spectrum[0] > 3.0 * outcome.split_half_error),
            ),
            alive: MeanSem::share(outcomes.iter().map(|outcome| outcome.alive)),
            time: mean(|outcome| outcome.time),
            spectrum: (0..self.exponents)
                .filter_map(|at| Some(exponent(at)?.mean))
                .collect(),
            kaplan_yorke_dimension: MeanSem::of(dimensions.map(|dimension| dimension.unwrap_or(f64::NAN))),
            above_synaptic_rate: band(&|exponent| exponent > 0.95 * rate),
            below_synaptic_rate: band(&|exponent| exponent < 1.05 * rate),
            synaptic_share: mean(|outcome| outcome.synaptic_share[0]),
        }
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let times = self.times(of, outcomes);
        let (networks, time) = (("network", outcomes.len()), ("time", times.len()));
        let exponents = ("exponent", self.exponents);
        let running: Vec<f64> = outcomes
            .iter()
            .flat_map(|outcome| outcome.running_to(time.1))
            .collect();
        let spectra: Vec<f64> = outcomes
            .iter()
            .flat_map(|outcome| outcome.spectrum.clone())
            .collect();
        let shares: Vec<f64> = outcomes
            .iter()
            .flat_map(|outcome| outcome.synaptic_share.clone())
            .collect();
        vec![
            Array::alive(outcomes.iter().map(|outcome| outcome.alive)),
            Array::new("time", "times of the running estimate, since the transient", &[time], times).in_units("time"),
            Array::new(
                "running",
                "estimate of the largest exponent so far; the last one from where it was precise enough to stop",
                &[networks, time],
                running,
            )
            .in_units("1/time"),
            Array::new(
                "spectrum",
                "leading Lyapunov exponents, -infinity for directions that a step annihilates",
                &[networks, exponents],
                spectra,
            )
            .in_units("1/time"),
            Array::new(
                "synaptic_share",
                "share of the synapses in the square of each leading vector, averaged over time",
                &[networks, exponents],
                shares,
            ),
        ]
    }
}

#[cfg(test)]
mod tests;
