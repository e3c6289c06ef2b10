//! What is measured of one network: recall of held-out trials by the readout that the others trained.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Cue, Generator, Purpose, strongest};
use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use crate::ensemble::PROGRESS_STRIDE;
use crate::estimators::activity::REST_SPEED;
use crate::failure::Failure;
use crate::memory::{FittedReadout, Protocol, Recorded, fit, record, settle};
use crate::output::OutputError;
use crate::progress::Progress;
use crate::simulation::Simulation;

/// A number of cues of a strength, with the trials to train and to test.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Task {
    pub(super) cues: u32,
    pub(super) strength: f32,
    /// Trials that train the readout.
    pub(super) training: u32,
    /// Trials held out.
    pub(super) trials: u32,
    pub(super) protocol: Protocol,
}

impl Task {
    pub(super) fn all_trials(&self) -> u32 {
        self.training + self.trials
    }

    /// Most steps of one network, but for long holds.
    pub(super) fn steps(&self, dt: f64) -> u64 {
        u64::from(self.training) * self.protocol.training_steps(dt)
            + u64::from(self.trials) * self.protocol.steps(dt)
    }

    /// Tells tasks apart on disk.
    pub(super) fn digest(&self) -> Result<u64, Failure> {
        let description = serde_json::to_string(self).map_err(OutputError::from)?;
        Ok(crate::golden::digest_of(description.as_bytes()))
    }
}

/// Shares of the held-out trials of one network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// Recalled at the freeze, at the times of the protocol, and at the end of the hold.
    pub(super) frozen: Vec<f64>,
    /// Recalled when the frozen network has settled.
    pub(super) settled: f64,
    /// Recalled without freezing, at the times of the protocol.
    pub(super) running: Vec<f64>,
    /// Came to rest when frozen.
    pub(super) converged: f64,
    /// Repeat themselves to the bit, so that the hold may last for any time.
    pub(super) repeats: f64,
    /// Still active at the last of the times without freezing.
    pub(super) active: f64,
    /// Mean cosine between the rates at the freeze and at the end of the hold.
    pub(super) cosine: f64,
    /// Mean time from the release until the cosine to what was held is below one half.
    pub(super) release_time: f64,
    /// Had not left it when the watch ended, and count with that time.
    pub(super) release_censored: f64,
    /// What the training made.
    pub(super) readout: FittedReadout,
    /// Digest of the quenched couplings that it was trained with.
    pub(super) couplings: Option<u64>,
}

/// The cues of one network, in random order: after a fixed one, what is left of the cue before would tell the present one.
pub(super) struct Cues {
    order: Generator,
    seed: u64,
    count: u32,
    strength: f32,
}

impl Cues {
    pub(super) fn new(configuration: &Configuration, index: u32, task: &Task) -> Self {
        let seed = configuration.seeds.state;
        Self {
            order: Generator::at_block(seed, index, Purpose::Input, 1 << 62),
            seed,
            count: task.cues,
            strength: task.strength,
        }
    }

    pub(super) fn draw(&mut self) -> Cue {
        Cue {
            seed: self.seed,
            index: ((u64::from(self.order.next_u32()) * u64::from(self.count)) >> 32) as u32,
            strength: self.strength,
        }
    }
}

/// Lets the network run in, and trains a readout on the settled states of its trials.
pub(super) fn train(
    configuration: &Configuration,
    task: &Task,
    (index, cues): (u32, &mut Cues),
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<FittedReadout, Failure> {
    let (n, dt) = (configuration.n, f64::from(configuration.dt));
    for _ in 0..configuration.burn_in_steps() {
        simulation.step()?;
    }
    let (mut labels, mut settled) = (Vec::new(), Vec::new());
    for _ in 0..task.training {
        let cue = cues.draw();
        labels.push(cue.index as usize);
        settled.push(settle(simulation, n, dt, &task.protocol, cue)?);
        progress.advance(task.protocol.training_steps(dt) / PROGRESS_STRIDE * PROGRESS_STRIDE);
    }
    fit(&settled, &labels, task.cues as usize)
        .map_err(|error| Failure::Check(format!("network {index}: no readout: {error}")))
}

/// Runs one network through all trials.
pub(super) fn measure(
    configuration: &Configuration,
    task: &Task,
    index: u32,
    simulation: &mut dyn Simulation,
    progress: &Progress,
) -> Result<Outcome, Failure> {
    let (n, dt) = (configuration.n, f64::from(configuration.dt));
    let mut cues = Cues::new(configuration, index, task);
    let readout = train(configuration, task, (index, &mut cues), simulation, progress)?;
    let (mut expected, mut records, mut active) = (Vec::new(), Vec::new(), 0_u32);
    for _ in 0..task.trials {
        let cue = cues.draw();
        expected.push(cue.index as usize);
        records.push(record(simulation, n, dt, &task.protocol, cue)?);
        active += u32::from(simulation.speed().rms > REST_SPEED);
        progress.advance(task.protocol.steps(dt) / PROGRESS_STRIDE * PROGRESS_STRIDE);
    }
    let mean = |value: &dyn Fn(&Recorded) -> f64| {
        records.iter().map(value).sum::<f64>() / records.len().max(1) as f64
    };
    let recalled =
        |rates: &dyn Fn(&Recorded) -> &[f32]| share_recalled(&readout, records.iter().map(rates), &expected);
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
        couplings: simulation.couplings_digest(),
    })
}

/// Share of the trials whose cue is the strongest output of the kernel's readout.
pub(super) fn share_recalled<'a>(
    readout: &FittedReadout,
    trials: impl ExactSizeIterator<Item = &'a [f32]>,
    expected: &[usize],
) -> Result<f64, Failure> {
    let count = trials.len();
    let mut outputs = vec![0.0; readout.biases.len()];
    let mut right = 0_u32;
    for (rates, &cue) in trials.zip(expected) {
        let wrong_size = |error: freezable_chaos::SizeError| Failure::Check(error.to_string());
        let kernel = readout.readout(rates.len()).map_err(wrong_size)?;
        kernel.read(rates, &mut outputs).map_err(wrong_size)?;
        right += u32::from(strongest(&outputs) == Ok(cue));
    }
    Ok(f64::from(right) / count.max(1) as f64)
}
