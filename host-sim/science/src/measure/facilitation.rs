//! Short-term facilitation with the protocol of freezing: recall of one of several cues against the time since it.
//!
//! No ensemble of this crate's networks is measured here: a [`Facilitation`] is checked and measured by itself, its
//! network being that of [`memory::facilitation`](crate::memory::facilitation).

mod summary;

pub use summary::{Row, Summary};

use rayon::prelude::*;
use serde::Serialize;

use super::arrays::Array;
use super::ensemble::in_pool;
use crate::memory::count;
use crate::memory::facilitation::{
    BACKGROUND, Groups, Memory, PERSISTENT_BACKGROUND, Protocol, REACTIVATION, Recalled, TIME_CONSTANT,
    recall,
};
use crate::watch::{Watch, advance};
use crate::{Refusal, Stopped};

/// Trials of short-term facilitation under several conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Facilitation {
    /// Number of cues, each of which excites a group of its own (published: 5).
    pub cues: u32,
    /// Trials under each condition.
    pub trials: u32,
    /// Strengths of the excitations of all neurons that reactivate the memory, as factors of the background.
    pub reactivations: Vec<f64>,
    /// Longest time for which a memory is kept, in units of the neuronal time constant, of 10 ms.
    pub hold: f64,
    /// Seed of cues and noise.
    pub seed: u64,
}

/// What a result states as its parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FacilitationParameters {
    /// Number of cues.
    pub cues: u32,
    /// Trials under each condition.
    pub trials: u32,
    /// Strengths of the reactivations.
    pub reactivations: Vec<f64>,
    /// Seed of cues and noise.
    pub seed: u64,
    /// Milliseconds in a unit of time.
    pub time_constant: f64,
    /// What is done to the network.
    pub protocol: Protocol,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Facilitated {
    /// The trials under each condition.
    pub trials: Vec<Vec<Recalled>>,
    /// Over trials.
    pub summary: Summary,
}

/// Times since the end of the cue, in milliseconds, as far as they are not beyond the hold.
const HOLDS: [f64; 19] = [
    0.0, 100.0, 300.0, 500.0, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6,
    5e6, 1e7,
];
/// More groups than that do not fit among the excitatory neurons, a tenth of which is in each.
const MOST_CUES: u32 = 10;
const MOST_TRIALS: u32 = 1_000_000;
const LONGEST: f64 = 1e6;
// no hold is cut short
const _: () = assert!(HOLDS[HOLDS.len() - 1] == LONGEST * TIME_CONSTANT);
/// The factor by which excitations may raise the background.
const MOST_REACTIVATION: f64 = 2.0;

impl Default for Facilitation {
    /// Eight cues, 400 trials, the published reactivation and a stronger one, 2000 time units (20 s), seed 1.
    fn default() -> Self {
        Self {
            cues: 8,
            trials: 400,
            reactivations: vec![REACTIVATION, 1.15],
            hold: 2000.0,
            seed: 1,
        }
    }
}

impl Facilitation {
    /// Checks every bound.
    pub fn check(&self) -> Result<(), Refusal> {
        count("cues", self.cues, [2, MOST_CUES])?;
        count("trials", self.trials, [1, MOST_TRIALS])?;
        for &strength in &self.reactivations {
            Refusal::check("reactivations", strength, [1.0, MOST_REACTIVATION])?;
        }
        Refusal::check("hold", self.hold, [0.0, LONGEST])
    }

    /// What a result states.
    pub fn parameters(&self) -> FacilitationParameters {
        FacilitationParameters {
            cues: self.cues,
            trials: self.trials,
            reactivations: self.reactivations.clone(),
            seed: self.seed,
            time_constant: TIME_CONSTANT,
            protocol: self.protocol(),
        }
    }

    /// The published protocol with these cues and holds.
    fn protocol(&self) -> Protocol {
        let longest = self.hold * TIME_CONSTANT;
        let holds = HOLDS.into_iter().filter(|hold| *hold <= longest);
        Protocol::published(self.cues as usize, holds.collect())
    }

    /// Steps of all trials: what is reported to the watcher.
    pub fn steps(&self) -> u64 {
        let trials = u64::from(self.trials) * self.conditions().len() as u64;
        self.protocol().steps().saturating_mul(trials)
    }

    /// Runs all trials, in so many threads, of which 0 are as many as there are processors.
    ///
    /// # Errors
    ///
    /// A refusal of [`check`](Self::check); [`Stopped::Interrupted`].
    pub fn measure(&self, threads: usize, watch: &dyn Watch) -> Result<Facilitated, Stopped> {
        self.check()?;
        let protocol = self.protocol();
        let (mut rows, mut trials, mut alone) = (Vec::new(), Vec::new(), None);
        for (name, memory) in &self.conditions() {
            let rested = memory.rested(&protocol);
            let one = |trial: u32| {
                let recalled = recall(memory, &protocol, &rested, self.seed, trial, watch)?;
                advance(watch, protocol.steps())?;
                Ok(recalled)
            };
            let all: Result<Vec<Recalled>, Stopped> =
                in_pool(threads, || (0..self.trials).into_par_iter().map(one).collect())?;
            let all = all?;
            rows.push(Row::of(name, memory, (&protocol.holds, &all), self.cues));
            trials.push(all);
            alone.get_or_insert(rested);
        }
        Ok(Facilitated {
            trials,
            summary: Summary::of(self, rows, alone.as_ref()),
        })
    }

    /// Arrays of the trials, in whose names the place of the condition among the rows stands last.
    pub fn arrays(&self, facilitated: &Facilitated) -> Vec<Array> {
        let times: Vec<f64> = self
            .protocol()
            .holds
            .iter()
            .map(|hold| hold / TIME_CONSTANT)
            .collect();
        let mut arrays = Vec::new();
        for (place, trials) in facilitated.trials.iter().enumerate() {
            let shape = [("trial", trials.len()), ("time", times.len())];
            let recalled: Vec<bool> = trials.iter().flat_map(|trial| trial.is_right.clone()).collect();
            let facilitation: Vec<f64> = trials
                .iter()
                .flat_map(|trial| trial.facilitation.clone())
                .collect();
            arrays.extend([
                Array::new(
                    format!("recalled_{place}"),
                    "whether the group that the cue had excited spiked most",
                    &shape,
                    recalled,
                ),
                Array::new(
                    format!("facilitation_{place}"),
                    "mean u of the synapses of the cued group",
                    &shape,
                    facilitation,
                ),
            ]);
        }
        let axis = ("time", times.len());
        arrays.push(
            Array::new(
                "times",
                "times since the end of the cue, of 10 ms each",
                &[axis],
                times,
            )
            .in_units("time"),
        );
        arrays
    }

    /// Without reactivation, with each, by persistent firing; and neurons drawn at random, with the strongest reactivation.
    fn conditions(&self) -> Vec<(String, Memory)> {
        let silent = Memory {
            groups: Groups::Assemblies,
            background: BACKGROUND,
            reactivation: None,
        };
        let mut conditions = vec![("facilitated".to_owned(), silent)];
        for &strength in &self.reactivations {
            let reactivated = Memory {
                reactivation: Some(strength),
                ..silent
            };
            conditions.push((format!("facilitated, reactivated × {strength}"), reactivated));
        }
        let persistent = Memory {
            background: PERSISTENT_BACKGROUND,
            ..silent
        };
        conditions.push(("facilitated, goes on firing".to_owned(), persistent));
        let random = Memory {
            groups: Groups::Random,
            reactivation: self.reactivations.iter().copied().reduce(f64::max),
            ..silent
        };
        conditions.push(("facilitated neurons drawn at random".to_owned(), random));
        conditions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_neurons_are_one_of_the_conditions_and_have_the_strongest_reactivation() {
        let facilitation = Facilitation {
            reactivations: vec![1.05, 1.2, 1.1],
            ..Facilitation::default()
        };
        let all = facilitation.conditions();
        assert_eq!(all.len(), 6);
        let (_, last) = &all[5];
        assert_eq!((last.groups, last.reactivation), (Groups::Random, Some(1.2)));
    }

    #[test]
    fn threads_do_not_matter_and_every_step_is_reported() {
        use std::ops::ControlFlow;
        use std::sync::atomic::{AtomicU64, Ordering};
        struct Sum(AtomicU64);
        impl Watch for Sum {
            fn advanced(&self, steps: u64) -> ControlFlow<()> {
                self.0.fetch_add(steps, Ordering::Relaxed);
                ControlFlow::Continue(())
            }
        }
        let facilitation = Facilitation {
            trials: 3,
            reactivations: vec![1.15],
            hold: 10.0,
            ..Facilitation::default()
        };
        let sum = Sum(AtomicU64::new(0));
        let one = facilitation.measure(1, &sum).unwrap();
        assert_eq!(sum.0.into_inner(), facilitation.steps());
        assert_eq!(one, facilitation.measure(3, &()).unwrap());
        assert_eq!(facilitation.arrays(&one).len(), 2 * 4 + 1);
    }

    #[test]
    fn refusals_name_parameter_value_and_bound() {
        let refused = |change: fn(&mut Facilitation)| {
            let mut facilitation = Facilitation::default();
            change(&mut facilitation);
            facilitation.check().unwrap_err().to_string()
        };
        assert_eq!(
            refused(|facilitation| facilitation.cues = 11),
            "cues 11 is outside its bounds 2 and 10"
        );
        assert_eq!(
            refused(|facilitation| facilitation.reactivations.push(0.5)),
            "reactivations 0.5 is outside its bounds 1 and 2"
        );
    }
}
