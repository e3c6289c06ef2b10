//! A number of cues to be told apart: who draws them, trains the readout and counts what is recalled.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Cue, Generator, Purpose, SizeError, strongest};
use serde::Serialize;

use super::ridge::{FittedReadout, fit};
use super::trial::{Protocol, settle};
use crate::measure::trajectory::pass;
use crate::networks::{Ensemble, Simulation};
use crate::watch::{Uncounted, Watch, advance};
use crate::{Refusal, Stopped};

/// Bounds against mistyped numbers.
const MOST_CUES: u32 = 4096;
const MOST_TRIALS: u32 = 100_000;
const LONGEST: f64 = 1e6;

/// A number of cues of a strength, with the trials to train and to test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Task {
    /// Cues, of which one at a time is stored.
    pub cues: u32,
    /// Magnitude of the input that a cue is, with random signs.
    pub strength: f32,
    /// Trials that train the readout.
    pub training: u32,
    /// Trials held out.
    pub trials: u32,
    /// Times of a trial.
    pub protocol: Protocol,
}

impl Task {
    /// A task with so many trials of training for each cue, checked.
    pub fn new(
        cues: u32,
        strength: f32,
        training_of_each: u32,
        trials: u32,
        protocol: Protocol,
    ) -> Result<Self, Refusal> {
        count("cues", cues, [2, MOST_CUES])?;
        count("training", training_of_each, [1, MOST_TRIALS])?;
        let task = Self {
            cues,
            strength,
            training: training_of_each * cues,
            trials,
            protocol,
        };
        task.check()?;
        Ok(task)
    }

    /// Checks every bound.
    pub fn check(&self) -> Result<(), Refusal> {
        count("cues", self.cues, [2, MOST_CUES])?;
        if !(self.strength.is_finite() && self.strength > 0.0) {
            return Err(Refusal::because(
                "strength",
                self.strength,
                "is not a number above its bound 0",
            ));
        }
        count("training", self.training, [2, MOST_CUES * MOST_TRIALS])?;
        count("trials", self.trials, [1, MOST_TRIALS])?;
        self.protocol.check()
    }

    /// Steps of the training of one network, at most; those of its burn-in among them.
    pub fn training_steps(&self, of: &Ensemble) -> u64 {
        of.burn_in_steps() + u64::from(self.training) * self.protocol.training_steps(of.network.step())
    }
}

impl Protocol {
    /// Checks every bound.
    fn check(&self) -> Result<(), Refusal> {
        for (name, time) in [("write", self.write), ("rest", self.rest), ("hold", self.hold)] {
            Refusal::check(name, time, [0.0, LONGEST])?;
        }
        for &time in &self.times {
            Refusal::check("times", time, [0.0, LONGEST])?;
        }
        let all = || self.times.iter().copied().chain([self.hold]);
        match all().zip(all().skip(1)).find(|(first, second)| first > second) {
            Some((first, second)) => {
                let words = format!("is less than {first} before it: times ascend, and end before the hold");
                Err(Refusal::because("times", second, words))
            }
            None => Ok(()),
        }
    }
}

/// Refuses a count outside its bounds.
pub(crate) fn count(parameter: &'static str, count: u32, [least, most]: [u32; 2]) -> Result<(), Refusal> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(Refusal::outside(parameter, count, least, most))
}

/// The cues of one network, in random order: after a fixed one, what is left of the cue before would tell the present one.
pub struct Cues {
    order: Generator,
    seed: u64,
    count: u32,
    strength: f32,
}

impl Cues {
    /// Those of the network of that index.
    pub fn new(of: &Ensemble, index: u32, task: &Task) -> Self {
        let seed = of.network.seeds.state;
        Self {
            order: Generator::at_block(seed, index, Purpose::Input, 1 << 62),
            seed,
            count: task.cues,
            strength: task.strength,
        }
    }

    /// The next.
    pub fn draw(&mut self) -> Cue {
        Cue {
            seed: self.seed,
            index: ((u64::from(self.order.next_u32()) * u64::from(self.count)) >> 32) as u32,
            strength: self.strength,
        }
    }
}

/// Lets a network run in, and trains a readout on the settled states of its trials. Reports
/// [`training_steps`](Task::training_steps).
pub fn train(
    of: &Ensemble,
    task: &Task,
    (index, cues): (u32, &mut Cues),
    network: &mut dyn Simulation,
    watch: &dyn Watch,
) -> Result<FittedReadout, Stopped> {
    let dt = of.network.step();
    pass(network, of.burn_in_steps(), watch)?;
    let (mut labels, mut settled) = (Vec::new(), Vec::new());
    for _ in 0..task.training {
        let cue = cues.draw();
        labels.push(cue.index as usize);
        settled.push(settle(network, dt, &task.protocol, cue, &Uncounted(watch))?);
        advance(watch, task.protocol.training_steps(dt))?;
    }
    fit(&settled, &labels, task.cues as usize)
        .map_err(|error| Stopped::Failed(format!("network {index}: no readout: {error}")))
}

/// Share of the trials whose cue is the strongest output of the kernel's readout.
pub fn share_recalled<'a>(
    readout: &FittedReadout,
    trials: impl ExactSizeIterator<Item = &'a [f32]>,
    expected: &[usize],
) -> Result<f64, SizeError> {
    let count = trials.len();
    let mut outputs = vec![0.0; readout.biases.len()];
    let mut right = 0_u32;
    for (rates, &cue) in trials.zip(expected) {
        readout.readout(rates.len())?.read(rates, &mut outputs)?;
        right += u32::from(strongest(&outputs) == Ok(cue));
    }
    Ok(f64::from(right) / count.max(1) as f64)
}
