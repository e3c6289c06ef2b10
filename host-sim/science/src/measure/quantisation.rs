//! What is left of a stored state when x and the plastic state are kept in few bits.

use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use crate::estimators::{MeanSem, cosine, steps_in};
use crate::memory::{
    Cues, FORGETTING, Protocol, Task, forget, hold_for, quantised, share_recalled, store, train,
};
use crate::networks::edit::{Parts, Plastic};
use crate::networks::{Ensemble, Model, Simulation};
use crate::watch::{Uncounted, Watch, advance};
use crate::{Refusal, Stopped};

/// Recall of cues whose stored states were kept in few bits. The duration of the ensemble is not used.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quantisation {
    /// Cues, strength, trials and their times; states are held for its hold, see [`HOLD`].
    pub task: Task,
}

/// Time that a recalled state is given, at least.
pub const HOLD: f64 = 100.0;
/// Cosine above which the network has come to the state that it held.
const SAME: f64 = 0.999;

/// Bits of each number of x and of the plastic state; `None` as the network has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Of each x.
    pub x: Option<u32>,
    /// Of each plastic coupling or sample.
    pub plastic: Option<u32>,
}

/// Of one network under one scheme, over its trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Share of the cues recalled.
    pub recall: f64,
    /// Mean cosine between the rates that come of the kept state and those that come of the whole one.
    pub cosine: f64,
    /// The least of them.
    pub least_cosine: f64,
    /// Share of the trials with a cosine above 0.999.
    pub same: f64,
    /// Bytes kept.
    pub bytes: usize,
}

/// One scheme, averaged over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Bits of each x; `None`: as it is, 32.
    pub x_bits: Option<u32>,
    /// Bits of each plastic coupling or sample; `None`: as it is, 32 or 8.
    pub plastic_bits: Option<u32>,
    /// Bytes kept.
    pub bytes: usize,
    /// Share of the cues recalled.
    pub recall: Option<MeanSem>,
    /// Mean cosine between the rates that come of the kept state and those that come of the whole one.
    pub cosine: Option<MeanSem>,
    /// Of all trials of all networks.
    pub least_cosine: f64,
    /// Share of the trials with a cosine above 0.999.
    pub same: Option<MeanSem>,
}

/// Averages over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// One of each scheme: nothing, x alone, the plastic state alone, both.
    pub rows: Vec<Row>,
}

/// All ways to keep a state of that model, the whole of it first: x alone, the plastic state alone, both.
pub fn schemes(model: Model) -> Vec<Scheme> {
    let x = [16, 12, 8, 6, 4, 3, 2, 1];
    // The samples of a compact network have 8 bits as they are.
    let plastic: &[u32] = match model {
        Model::Exact => &[16, 12, 8, 6, 4, 3, 2, 1],
        Model::Compact => &[6, 5, 4, 3, 2, 1],
    };
    let whole = Scheme {
        x: None,
        plastic: None,
    };
    let alone = x.iter().map(|&bits| Scheme {
        x: Some(bits),
        ..whole
    });
    let of_plastic = plastic.iter().map(|&bits| Scheme {
        plastic: Some(bits),
        ..whole
    });
    let both = plastic.iter().map(|&bits| Scheme {
        x: Some(bits),
        plastic: Some(bits),
    });
    [whole]
        .into_iter()
        .chain(alone)
        .chain(of_plastic)
        .chain(both)
        .collect()
}

impl Quantisation {
    /// Trials with those times of writing and rest, so many of training for each cue.
    pub fn new(
        cues: u32,
        strength: f32,
        training: u32,
        trials: u32,
        [write, rest]: [f64; 2],
    ) -> Result<Self, Refusal> {
        let protocol = Protocol {
            write,
            rest,
            times: Vec::new(),
            hold: HOLD,
        };
        let task = Task::new(cues, strength, training, trials, protocol)?;
        Ok(Self { task })
    }

    /// Steps of a held-out trial, at most.
    fn trial_steps(&self, of: &Ensemble) -> u64 {
        let (dt, protocol) = (of.network.step(), &self.task.protocol);
        let holds = 1 + schemes(of.network.model).len() as u64;
        let around: u64 = [protocol.write, protocol.rest, FORGETTING]
            .iter()
            .map(|&time| steps_in(time, dt))
            .sum();
        around + holds * steps_in(protocol.hold, dt)
    }
}

impl Measurement for Quantisation {
    const NAME: &'static str = "memory quantisation";
    /// Of each of the [`schemes`].
    type Outcome = Vec<Kept>;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        of.undriven("held states are those of networks left to themselves")?;
        self.task.check()?;
        let schemes = schemes(of.network.model).len() as u64;
        let vectors = u64::from(self.task.training) + u64::from(self.task.trials) * schemes;
        Ok(Cost {
            steps: self.task.training_steps(of) + u64::from(self.task.trials) * self.trial_steps(of),
            bytes: 4 * of.network.n as u64 * vectors,
            outcome: schemes * size_of::<Kept>() as u64,
        })
    }

    /// Trains a readout, stores cues, and recalls each of them under every scheme.
    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Vec<Kept>, Stopped> {
        let (task, dt, model) = (&self.task, of.network.step(), of.network.model);
        let schemes = schemes(model);
        let mut cues = Cues::new(of, index, task);
        let readout = train(of, task, (index, &mut cues), network, watch)?;
        let mut expected = Vec::new();
        let mut recalled = vec![Recalled::default(); schemes.len()];
        let uncounted = Uncounted(watch);
        for _ in 0..task.trials {
            let cue = cues.draw();
            expected.push(cue.index as usize);
            let (before, _) = store(network, dt, &task.protocol, cue, &uncounted)?;
            let stored = Parts::of(&network.save()?, model, of.network.n)?;
            let held = hold_for(network, dt, task.protocol.hold, &uncounted)?;
            for (scheme, recalled) in schemes.iter().zip(&mut recalled) {
                let kept;
                (kept, recalled.bytes) = scheme.keep(&stored);
                network.load(&kept.saved())?;
                let came_to = hold_for(network, dt, task.protocol.hold, &uncounted)?;
                recalled.cosines.push(cosine(&held, &came_to).unwrap_or(0.0));
                recalled.rates.push(came_to);
            }
            forget(network, dt, &before, &uncounted)?;
            advance(watch, self.trial_steps(of))?;
        }
        let outcome = |Recalled {
                           rates,
                           cosines,
                           bytes,
                       }: &Recalled| {
            let count = cosines.len().max(1) as f64;
            Ok(Kept {
                recall: share_recalled(&readout, rates.iter().map(Vec::as_slice), &expected)?,
                cosine: cosines.iter().sum::<f64>() / count,
                least_cosine: cosines.iter().copied().fold(1.0, f64::min),
                same: cosines.iter().filter(|&&cosine| cosine > SAME).count() as f64 / count,
                bytes: *bytes,
            })
        };
        recalled.iter().map(outcome).collect()
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Vec<Kept>) -> bool {
        let kept = |kept: &Kept| {
            plausible::shares([kept.recall, kept.same])
                && plausible::cosines([kept.cosine, kept.least_cosine])
        };
        outcome.len() == schemes(of.network.model).len() && outcome.iter().all(kept)
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Vec<Kept>]) -> Summary {
        let row = |(place, scheme): (usize, Scheme)| {
            let networks = || outcomes.iter().map(|network| &network[place]);
            let over = |value: fn(&Kept) -> f64| MeanSem::of(networks().map(value));
            Row {
                x_bits: scheme.x,
                plastic_bits: scheme.plastic,
                bytes: networks().next().map_or(0, |kept| kept.bytes),
                recall: over(|kept| kept.recall),
                cosine: over(|kept| kept.cosine),
                least_cosine: networks().map(|kept| kept.least_cosine).fold(1.0, f64::min),
                same: over(|kept| kept.same),
            }
        };
        Summary {
            rows: schemes(of.network.model)
                .into_iter()
                .enumerate()
                .map(row)
                .collect(),
        }
    }

    fn arrays(&self, of: &Ensemble, outcomes: &[Vec<Kept>]) -> Vec<Array> {
        let schemes = schemes(of.network.model).len();
        let shape = [("network", outcomes.len()), ("scheme", schemes)];
        let of = |value: fn(&Kept) -> f64| -> Vec<f64> { outcomes.iter().flatten().map(value).collect() };
        vec![
            Array::new(
                "recall",
                "share of the cues recalled; schemes in the order of the rows",
                &shape,
                of(|kept| kept.recall),
            ),
            Array::new(
                "cosine",
                "mean cosine between the rates that come of the kept state and of the whole one",
                &shape,
                of(|kept| kept.cosine),
            ),
            Array::new(
                "same",
                "share of the trials with a cosine above 0.999",
                &shape,
                of(|kept| kept.same),
            ),
        ]
    }
}

/// What came of a scheme in all trials.
#[derive(Clone, Debug, Default)]
struct Recalled {
    rates: Vec<Vec<f32>>,
    /// To what came of the whole state.
    cosines: Vec<f64>,
    bytes: usize,
}

impl Scheme {
    /// What comes back of a stored state, and the bytes that it takes meanwhile.
    fn keep(self, stored: &Parts) -> (Parts, usize) {
        let mut kept = stored.clone();
        let bytes_of = |count: usize, bits: Option<u32>, whole: usize| match bits {
            // With the largest magnitude beside them.
            Some(bits) => (count * bits as usize).div_ceil(8) + size_of::<f32>(),
            None => count * whole,
        };
        let mut bytes = stored.overhead() + bytes_of(stored.x.len(), self.x, size_of::<f32>());
        if let Some(bits) = self.x {
            let wide: Vec<f64> = stored.x.iter().map(|&x| x.into()).collect();
            kept.x = quantised(&wide, bits).into_iter().map(|x| x as f32).collect();
        }
        match &mut kept.plastic {
            Plastic::Synapses(synapses) => {
                bytes += bytes_of(synapses.len(), self.plastic, size_of::<f32>());
                if let Some(bits) = self.plastic {
                    let wide: Vec<f64> = synapses.iter().map(|&a| a.into()).collect();
                    *synapses = quantised(&wide, bits).into_iter().map(|a| a as f32).collect();
                }
            }
            Plastic::Samples(samples) => {
                bytes += bytes_of(samples.len(), self.plastic, size_of::<i8>());
                if let Some(bits) = self.plastic {
                    let wide: Vec<f64> = samples.iter().map(|&sample| sample.into()).collect();
                    let kept = quantised(&wide, bits);
                    *samples = kept.into_iter().map(|sample| sample.round() as i8).collect();
                }
            }
        }
        (kept, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_named_once_and_the_whole_comes_first() {
        for model in [Model::Exact, Model::Compact] {
            let all = schemes(model);
            assert_eq!((all[0].x, all[0].plastic), (None, None));
            for (place, scheme) in all.iter().enumerate() {
                assert!(!all[..place].contains(scheme), "{scheme:?}");
            }
        }
    }
}
