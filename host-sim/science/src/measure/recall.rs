//! Recall of cues: written, held frozen, and read by a linear readout that other trials trained; beside it, what is left of
//! them without freezing.

mod grid;

pub use grid::{Capacity, GridSummary, MeasuredGrid, MeasuredTask, REMEMBERED, RecallGrid};

use serde::{Deserialize, Serialize};

use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use crate::estimators::MeanSem;
use crate::estimators::activity::REST_SPEED;
use crate::memory::{Cues, FittedReadout, Recorded, Task, record, share_recalled, train};
use crate::networks::{Ensemble, Simulation};
use crate::watch::{Uncounted, Watch, advance};
use crate::{Refusal, Stopped};

/// Recall of one number of cues of one strength. The duration of the ensemble is not used: trials follow one another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recall {
    /// Cues, strength, trials and their times.
    pub task: Task,
}

/// Of one network: shares of its held-out trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Recalled at the freeze, at the times of the protocol, and at the end of the hold.
    pub frozen: Vec<f64>,
    /// Recalled when the frozen network has settled.
    pub settled: f64,
    /// Recalled without freezing, at the times of the protocol.
    pub running: Vec<f64>,
    /// Came to rest when frozen.
    pub converged: f64,
    /// Repeat themselves to the bit, so that the hold may last for any time.
    pub repeats: f64,
    /// Still active at the last of the times without freezing.
    pub active: f64,
    /// Mean cosine between the rates at the freeze and at the end of the hold.
    pub cosine: f64,
    /// Mean time from the release until the cosine to what was held is below one half.
    pub release_time: f64,
    /// Had not left it when the watch ended, and count with that time.
    pub release_censored: f64,
    /// What the training made.
    pub readout: FittedReadout,
    /// Digest of the quenched couplings that it was trained with; of the kernel's networks only.
    pub couplings: Option<u64>,
}

/// Recall of one task; shares of trials, averaged over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Number of neurons.
    pub n: usize,
    /// Number of cues.
    pub cues: u32,
    /// Strength of the cues.
    pub strength: f32,
    /// Held-out trials of all networks.
    pub held_out: usize,
    /// Recalled at the freeze.
    pub at_freeze: Option<MeanSem>,
    /// Recalled when the frozen network has settled.
    pub settled: Option<MeanSem>,
    /// Recalled at the end of the hold.
    pub held: Option<MeanSem>,
    /// Frozen: time since the freeze, and recall.
    pub frozen: Vec<(f64, Option<MeanSem>)>,
    /// Without freezing: time since the end of the rest, and recall.
    pub running: Vec<(f64, Option<MeanSem>)>,
    /// Guessing.
    pub chance: f64,
    /// Came to rest when frozen.
    pub converged: Option<MeanSem>,
    /// Repeat themselves to the bit.
    pub repeats: Option<MeanSem>,
    /// Still active at the last of the times without freezing.
    pub active: Option<MeanSem>,
    /// Between the rates at the freeze and at the end of the hold.
    pub cosine: Option<MeanSem>,
    /// From the release until the cosine to what was held is below one half; those that had not left count as 200.
    pub release_time: Option<MeanSem>,
    /// Share of the trials that had not left by then.
    pub release_censored: Option<MeanSem>,
}

impl Measurement for Recall {
    const NAME: &'static str = "memory";
    type Outcome = Outcome;
    type Summary = Row;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        let Task {
            cues,
            training,
            trials,
            protocol,
            ..
        } = &self.task;
        self.task.check()?;
        let (n, times) = (of.network.n as u64, protocol.times.len() as u64);
        // The rates of the trials are kept until the readout is trained and tested.
        let kept = u64::from(*training) + u64::from(*trials) * (3 + 2 * times);
        Ok(Cost {
            steps: self.task.training_steps(of) + u64::from(*trials) * protocol.steps(of.network.step()),
            bytes: 4 * n * kept,
            outcome: 4 * u64::from(*cues) * (n + 1) + 16 * times,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        let (task, dt) = (&self.task, of.network.step());
        let mut cues = Cues::new(of, index, task);
        let readout = train(of, task, (index, &mut cues), network, watch)?;
        let (mut expected, mut records, mut active) = (Vec::new(), Vec::new(), 0_u32);
        for _ in 0..task.trials {
            let cue = cues.draw();
            expected.push(cue.index as usize);
            records.push(record(network, dt, &task.protocol, cue, &Uncounted(watch))?);
            active += u32::from(network.speed().rms > REST_SPEED);
            advance(watch, task.protocol.steps(dt))?;
        }
        let mean = |value: &dyn Fn(&Recorded) -> f64| {
            records.iter().map(value).sum::<f64>() / records.len().max(1) as f64
        };
        let recalled = |rates: &dyn Fn(&Recorded) -> &[f32]| {
            share_recalled(&readout, records.iter().map(rates), &expected)
        };
        let times = task.protocol.times.len();
        Ok(Outcome {
            frozen: (0..times + 2)
                .map(|time| recalled(&|record| &record.frozen[time]))
                .collect::<Result<_, _>>()?,
            settled: recalled(&|record| &record.settled)?,
            running: (0..times)
                .map(|time| recalled(&|record| &record.running[time]))
                .collect::<Result<_, _>>()?,
            converged: mean(&|record| f64::from(u8::from(record.converged))),
            repeats: mean(&|record| f64::from(u8::from(record.repeats))),
            active: f64::from(active) / f64::from(task.trials),
            cosine: mean(&|record| record.cosine.unwrap_or(0.0)),
            release_time: mean(&|record| record.release.time),
            release_censored: mean(&|record| f64::from(u8::from(record.release.censored))),
            readout,
            couplings: network.couplings_digest(),
        })
    }

    fn is_plausible(&self, of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        let _ = of;
        let times = self.task.protocol.times.len();
        let shares = [
            outcome.settled,
            outcome.converged,
            outcome.repeats,
            outcome.active,
            outcome.release_censored,
        ];
        [outcome.frozen.len(), outcome.running.len()] == [times + 2, times]
            && plausible::shares(outcome.frozen.iter().chain(&outcome.running).copied())
            && plausible::shares(shares)
            && plausible::cosines([outcome.cosine])
            && plausible::not_negative([outcome.release_time])
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Row {
        let over = |value: &dyn Fn(&Outcome) -> f64| MeanSem::of(outcomes.iter().map(value));
        let times = self.frozen_times().into_iter().enumerate();
        let frozen: Vec<_> = times
            .map(|(place, time)| (time, over(&|outcome| outcome.frozen[place])))
            .collect();
        let running = self.task.protocol.times.iter().enumerate();
        Row {
            n: of.network.n,
            cues: self.task.cues,
            strength: self.task.strength,
            held_out: self.task.trials as usize * outcomes.len(),
            at_freeze: frozen.first().and_then(|(_, recall)| *recall),
            settled: over(&|outcome| outcome.settled),
            held: frozen.last().and_then(|(_, recall)| *recall),
            frozen,
            running: running
                .map(|(place, &time)| (time, over(&|outcome| outcome.running[place])))
                .collect(),
            chance: 1.0 / f64::from(self.task.cues),
            converged: over(&|outcome| outcome.converged),
            repeats: over(&|outcome| outcome.repeats),
            active: over(&|outcome| outcome.active),
            cosine: over(&|outcome| outcome.cosine),
            release_time: over(&|outcome| outcome.release_time),
            release_censored: over(&|outcome| outcome.release_censored),
        }
    }

    fn arrays(&self, _of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let mut arrays = self.shares("", outcomes);
        arrays.extend(self.times());
        arrays
    }
}

impl Recall {
    /// Times since the freeze at which frozen networks are read.
    fn frozen_times(&self) -> Vec<f64> {
        let times = &self.task.protocol.times;
        [&[0.0], &times[..], &[self.task.protocol.hold]].concat()
    }

    /// The times that all arrays of recall are at.
    fn times(&self) -> [Array; 2] {
        let (running, frozen) = (self.task.protocol.times.clone(), self.frozen_times());
        [
            Array::new(
                "running_times",
                "times since the end of the rest at which running networks are read",
                &[("running_time", running.len())],
                running,
            )
            .in_units("time"),
            Array::new(
                "frozen_times",
                "times since the freeze at which frozen networks are read; the last is the hold",
                &[("frozen_time", frozen.len())],
                frozen,
            )
            .in_units("time"),
        ]
    }

    /// The shares recalled, under names that end as given.
    fn shares(&self, end: &str, outcomes: &[Outcome]) -> Vec<Array> {
        let networks = ("network", outcomes.len());
        let times = self.task.protocol.times.len();
        let named = |name: &str| format!("{name}{end}");
        let running: Vec<f64> = outcomes
            .iter()
            .flat_map(|outcome| outcome.running.clone())
            .collect();
        let frozen: Vec<f64> = outcomes
            .iter()
            .flat_map(|outcome| outcome.frozen.clone())
            .collect();
        let settled: Vec<f64> = outcomes.iter().map(|outcome| outcome.settled).collect();
        vec![
            Array::new(
                named("running_recall"),
                "share of the trials recalled without freezing",
                &[networks, ("running_time", times)],
                running,
            ),
            Array::new(
                named("frozen_recall"),
                "share of the trials recalled by the frozen network",
                &[networks, ("frozen_time", times + 2)],
                frozen,
            ),
            Array::new(
                named("settled_recall"),
                "share of the trials recalled when the frozen network has settled",
                &[networks],
                settled,
            ),
        ]
    }
}
