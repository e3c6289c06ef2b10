//! Compact networks beside exact ones, by the same estimators, network by network.
//!
//! Kinds of networks share seeds and initial states: exact with Gaussian couplings, exact with sign couplings, and compact
//! with the same signs. Each [kind](kinds) is an ensemble to measure, so that each is kept when it is done; [`compare`] then
//! pairs the outcomes, the compact ones with the exact ones of the same signs.

mod comparison;

pub use comparison::{Averages, Difference, INTERVAL, Summary, Thresholds, compare, curves};

use freezable_chaos::random::Randomness;
use freezable_chaos::{HistoryRule, Purpose};
use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::hold::hold;
use super::plausible;
use super::trajectory::{Activity, run};
use crate::estimators::separation::{self, KICK, LAST_DISTANCE, PARTING_LIMIT};
use crate::estimators::{FREEZE_LIMIT, FreezeVerdict, Precision, RateSamples, steps_in};
use crate::networks::{Couplings, Ensemble, Model, Network, Saved, Simulation};
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// What is measured of every kind alike.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Equivalence {
    /// Freezes of each network, at even intervals over the duration.
    pub trials: u32,
    /// Pairs of trajectories of each network, at even intervals, to see how fast they part.
    pub pairs: u32,
    /// Lags of the autocorrelation beside zero, in [samples](Network::sampling).
    pub lags: usize,
}

/// What is measured of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether it was active all the time.
    pub alive: bool,
    /// `C_phi(tau)`, one value per interval of [`Network::sampling`], from lag 0 on.
    pub autocorrelation: Vec<f64>,
    /// Rms over time and neurons of dx/dt.
    pub speed_rms: f64,
    /// Of each pair of trajectories that parted, see [`separation::rate`].
    pub separation_rates: Vec<f64>,
    /// The freezes, in their order.
    pub trials: Vec<Trial>,
}

/// One freeze.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Whether it came to rest, and where.
    pub verdict: FreezeVerdict,
    /// Whether every bit of x stood still at last.
    pub still: bool,
}

/// Longest lag of the autocorrelation, where the duration is twice as long.
const LONGEST_LAG: f64 = 100.0;
/// Most freezes, and most pairs of trajectories, of a network.
const MOST: u32 = 1000;
/// Time between two looks at the distance of two trajectories.
const PARTING_INTERVAL: f64 = 0.5;

/// The kinds of networks to compare: `exact` as it is, the same with sign couplings, and compact ones with these signs and
/// each of the histories, or the recommended one where none is given.
pub fn kinds(exact: &Ensemble, histories: &[HistoryRule]) -> Result<Vec<Ensemble>, Refusal> {
    let recommended = [HistoryRule::recommended(&exact.network.dynamics.params())];
    let histories = if histories.is_empty() {
        &recommended
    } else {
        histories
    };
    let signs = exact.network.clone().with_couplings(Couplings::Signs)?;
    let compact = histories.iter().map(|&rule| {
        let compact = Network {
            model: Model::Compact,
            precision: Precision::F32,
            ..signs.clone()
        };
        compact.with_history(rule)
    });
    let networks = [Ok(exact.network.clone()), Ok(signs.clone())]
        .into_iter()
        .chain(compact);
    networks
        .map(|network| {
            Ok(Ensemble {
                network: network?,
                ..exact.clone()
            })
        })
        .collect()
}

/// Name of a kind: "exact, Gaussian", "exact, signs", "compact 8x20x127" by samples, spacing and levels of the history.
pub fn name_of(network: &Network) -> String {
    if network.model == Model::Exact {
        let couplings = match network.couplings {
            Couplings::Gaussian => "Gaussian",
            ref other => other.name(),
        };
        return format!("exact, {couplings}");
    }
    let HistoryRule {
        samples,
        spacing,
        levels,
    } = network.history_rule();
    format!("compact {samples}x{spacing}x{levels}")
}

impl Equivalence {
    /// Four freezes, two pairs of trajectories, and lags up to 100 time units or half of the duration, whichever is less.
    pub fn of(ensemble: &Ensemble) -> Self {
        let (_, interval) = ensemble.network.sampling();
        Self {
            trials: 4,
            pairs: 2,
            lags: (LONGEST_LAG.min(ensemble.duration / 2.0) / interval).round() as usize,
        }
    }
}

impl Measurement for Equivalence {
    const NAME: &'static str = "equivalence";
    type Outcome = Outcome;
    type Summary = Averages;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let (dt, window) = (of.network.step(), of.window_steps());
        for (parameter, count) in [("trials", self.trials), ("pairs", self.pairs)] {
            if count > MOST {
                return Err(Refusal::above(parameter, count, MOST));
            }
            if u64::from(count) > window {
                return Err(Refusal::above(parameter, count, window).reason("the steps of the duration"));
            }
        }
        let samples = window / of.network.sampling().0;
        if samples <= self.lags as u64 {
            let words = format!("is too short for {} lags", self.lags);
            return Err(Refusal::because("duration", of.duration, words));
        }
        let path = 8 * (PARTING_LIMIT / PARTING_INTERVAL) as u64;
        Ok(Cost {
            steps: of.burn_in_steps()
                + window
                + u64::from(self.trials) * steps_in(FREEZE_LIMIT, dt)
                + u64::from(self.pairs) * 2 * steps_in(PARTING_LIMIT, dt),
            bytes: samples
                .saturating_mul(4)
                .saturating_add(path)
                .saturating_mul(of.network.n as u64),
            outcome: 8 * self.lags as u64 + 40 * u64::from(self.trials) + 8 * u64::from(self.pairs),
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        let dt = of.network.step();
        let (burn_in, window) = (of.burn_in_steps(), of.window_steps());
        let (stride, _) = of.network.sampling();
        let mut samples = RateSamples::with_capacity(network.n(), (window / stride) as usize);
        let (mut activity, mut rates) = (Activity::of(&of.network), Vec::new());
        let (mut trials, mut separation_rates, mut parted) = (Vec::new(), Vec::new(), 0);
        let is_due = |step: u64, done: usize, count: u32| {
            done < count as usize && step.is_multiple_of((window / u64::from(count)).max(1))
        };
        let mut kicks = of.network.generator(index, Purpose::Tangent);
        run(network, burn_in + window, watch, |step, network| {
            let Some(step) = step.checked_sub(burn_in).filter(|&step| step > 0) else {
                return Ok(());
            };
            activity.look(network);
            if step.is_multiple_of(stride) {
                network.copy_rates(&mut rates);
                samples.push(&rates);
            }
            if is_due(step, trials.len(), self.trials) {
                let before = network.save()?;
                trials.push(freeze(dt, network)?);
                network.load(&before)?;
                advance(watch, steps_in(FREEZE_LIMIT, dt))?;
            }
            if is_due(step, parted, self.pairs) {
                let before = network.save()?;
                let kick = (0..network.n()).map(|_| (KICK / dt) as f32 * kicks.gaussian());
                let kick: Vec<f32> = kick.collect();
                separation_rates.extend(part(dt, network, &before, &kick)?);
                network.load(&before)?;
                parted += 1;
                advance(watch, 2 * steps_in(PARTING_LIMIT, dt))?;
            }
            Ok(())
        })?;
        let autocorrelation = samples.autocorrelation(self.lags).ok_or_else(|| {
            Refusal::because(
                "duration",
                of.duration,
                format!("is too short for {} lags", self.lags),
            )
        })?;
        Ok(Outcome {
            alive: activity.alive(),
            autocorrelation,
            speed_rms: activity.speed_rms(),
            separation_rates,
            trials,
        })
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        let _ = of;
        plausible::autocorrelation(&outcome.autocorrelation, self.lags + 1)
            && plausible::not_negative([outcome.speed_rms])
            && outcome.separation_rates.len() <= self.pairs as usize
            && plausible::finite(outcome.separation_rates.iter().copied())
            && outcome.trials.len() == self.trials as usize
            && plausible::cosines(outcome.trials.iter().filter_map(|trial| trial.verdict.cosine))
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Averages {
        Averages::of(of, outcomes)
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        arrays(&[(of, outcomes)])
    }
}

/// The arrays of several kinds together.
pub fn arrays(kinds: &[(&Ensemble, &[Outcome])]) -> Vec<Array> {
    let all = || kinds.iter().flat_map(|(_, outcomes)| *outcomes);
    let (first, outcomes) = kinds.first().copied().unzip();
    let each = [
        ("kind", kinds.len()),
        ("network", outcomes.map_or(0, <[Outcome]>::len)),
    ];
    let lags = (
        "lag",
        all().next().map_or(0, |outcome| outcome.autocorrelation.len()),
    );
    let interval = first.map_or(0.0, |of| of.network.sampling().1);
    let lag: Vec<f64> = (0..lags.1).map(|lag| lag as f64 * interval).collect();
    let curves: Vec<f64> = all()
        .flat_map(|outcome| outcome.autocorrelation.clone())
        .collect();
    let alive: Vec<bool> = all().map(|outcome| outcome.alive).collect();
    let speeds: Vec<f64> = all().map(|outcome| outcome.speed_rms).collect();
    let [kind, network] = each;
    vec![
        Array::new("lag", "lags of the autocorrelation", &[lags], lag).in_units("time"),
        Array::new(
            "autocorrelation",
            "C_phi(tau) of each network, kinds in the order of the result",
            &[kind, network, lags],
            curves,
        ),
        Array::new("alive", "whether the network stayed active", &each, alive),
        Array::new("speed_rms", "rms over time and neurons of dx/dt", &each, speeds).in_units("1/time"),
    ]
}

/// Freezes and waits: for the verdict, then for a standstill to the bit, within the time of a trial.
fn freeze(dt: f64, network: &mut dyn Simulation) -> Result<Trial, Stopped> {
    let verdict = hold(network, dt)?.verdict;
    let left = steps_in(FREEZE_LIMIT, dt).saturating_sub(steps_in(verdict.time, dt));
    let (mut before, mut now) = (Vec::new(), Vec::new());
    network.copy_state(&mut before);
    let mut still = false;
    for _ in 0..if verdict.converged { left } else { 0 } {
        network.step()?;
        network.copy_state(&mut now);
        still = before == now;
        if still {
            break;
        }
        std::mem::swap(&mut before, &mut now);
    }
    Ok(Trial { verdict, still })
}

/// The rate at which two trajectories of one state part, of which one is kicked in the first step.
fn part(dt: f64, network: &mut dyn Simulation, before: &Saved, kick: &[f32]) -> Result<Option<f64>, Stopped> {
    let interval = steps_in(PARTING_INTERVAL, dt);
    let count = steps_in(PARTING_LIMIT, dt) / interval;
    let mut path = Vec::with_capacity(count as usize);
    for _ in 0..count {
        for _ in 0..interval {
            network.step()?;
        }
        let mut state = Vec::new();
        network.copy_state(&mut state);
        path.push(state);
    }
    network.load(before)?;
    let (mut state, mut distances) = (Vec::new(), Vec::new());
    for (moment, other) in path.iter().enumerate() {
        for step in 0..interval {
            if moment == 0 && step == 0 {
                network.step_with_input(kick)?;
            } else {
                network.step()?;
            }
        }
        network.copy_state(&mut state);
        let distance = separation::distance(&state, other);
        distances.push(distance);
        if distance >= LAST_DISTANCE {
            break;
        }
    }
    Ok(separation::rate(&distances, interval as f64 * dt))
}

#[cfg(test)]
mod tests;
