//! What is measured of one network: recall of held-out trials by the readout that the others trained.

use freezable_chaos::random::Randomness;
use freezable_chaos::{Cue, Generator, Purpose, strongest};
use serde::{Deserialize, Serialize};

use crate::configuration::Configuration;
use crate::ensemble::PROGRESS_STRIDE;
use crate::estimators::activity::REST_SPEED;
use crate::failure::Failure;
use crate::memory::{FittedReadout, Protocol, Recorded, fit, record};
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
        u64::from(self.all_trials()) * self.protocol.steps(dt)
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
    /// Recalled at the freeze, when settled, and after the hold.
    pub(super) frozen: [f64; 3],
    /// Recalled without freezing, at the times of the protocol.
    pub(super) running: Vec<f64>,
    /// Came to rest when frozen.
    pub(super) converged: f64,
    /// Repeat themselves to the bit, so that the hold may last for any time.
    pub(super) repeats: f64,
    /// Still active at the last of the times without freezing.
    pub(super) active: f64,
    /// What the training made.
    pub(super) weights: Vec<f32>,
    pub(super) biases: Vec<f32>,
    pub(super) penalty: f64,
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
    for _ in 0..configuration.burn_in_steps() {
        simulation.step()?;
    }
    // At random: after a fixed order, what is left of the cue before would tell the present one.
    let mut order = Generator::at_block(configuration.seeds.state, index, Purpose::Input, 1 << 62);
    let (mut labels, mut records, mut active) = (Vec::new(), Vec::new(), 0_u32);
    for trial in 0..task.all_trials() {
        let cue = ((u64::from(order.next_u32()) * u64::from(task.cues)) >> 32) as u32;
        let cue = Cue {
            seed: configuration.seeds.state,
            index: cue,
            strength: task.strength,
        };
        labels.push(cue.index as usize);
        records.push(record(simulation, n, dt, &task.protocol, cue)?);
        if trial >= task.training {
            active += u32::from(simulation.speed().rms > REST_SPEED);
        }
        progress.advance(task.protocol.steps(dt) / PROGRESS_STRIDE * PROGRESS_STRIDE);
    }
    let (training, held_out) = records.split_at(task.training as usize);
    let (known, expected) = labels.split_at(task.training as usize);
    let settled: Vec<Vec<f32>> = training.iter().map(|record| record.settled.clone()).collect();
    let readout = fit(&settled, known, task.cues as usize)
        .map_err(|error| Failure::Check(format!("network {index}: no readout: {error}")))?;
    let share = |holds: &dyn Fn(&Recorded) -> bool| {
        held_out.iter().filter(|record| holds(record)).count() as f64 / held_out.len() as f64
    };
    let recalled = |rates: &dyn Fn(&Recorded) -> &[f32]| recall(&readout, held_out, expected, rates);
    let times = 0..task.protocol.running.len();
    Ok(Outcome {
        frozen: [
            recalled(&|record| &record.frozen)?,
            recalled(&|record| &record.settled)?,
            recalled(&|record| &record.held)?,
        ],
        running: times
            .map(|time| recalled(&|record| &record.running[time]))
            .collect::<Result<_, _>>()?,
        converged: share(&|record| record.converged),
        repeats: share(&|record| record.repeats),
        active: f64::from(active) / f64::from(task.trials),
        weights: readout.weights,
        biases: readout.biases,
        penalty: readout.penalty,
    })
}

/// Share of the trials whose cue is the strongest output of the kernel's readout.
fn recall(
    readout: &FittedReadout,
    records: &[Recorded],
    expected: &[usize],
    rates: &dyn Fn(&Recorded) -> &[f32],
) -> Result<f64, Failure> {
    let mut outputs = vec![0.0; readout.biases.len()];
    let mut right = 0_u32;
    for (record, &cue) in records.iter().zip(expected) {
        let rates = rates(record);
        let wrong_size = |error: freezable_chaos::SizeError| Failure::Check(error.to_string());
        let kernel = readout.readout(rates.len()).map_err(wrong_size)?;
        kernel.read(rates, &mut outputs).map_err(wrong_size)?;
        right += u32::from(strongest(&outputs) == Some(cue));
    }
    Ok(f64::from(right) / records.len().max(1) as f64)
}
