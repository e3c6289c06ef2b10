//! A memory for signals of sensors: windows of recordings are written, held, and read by linear readouts of the class and of
//! continuous quantities; beside an echo-state network of the same size and the trivial alternatives.
//!
//! Every network has random input weights and a split by groups of its own, so that errors over networks are also errors
//! over the groups held out.

mod conditions;
mod damage;
mod sensor;
mod trivial;
mod written;

use serde::{Deserialize, Serialize};

pub use self::conditions::{Condition, System};
pub use self::damage::Damage;
pub use self::sensor::{TrainedSensor, train_sensor};
use self::trivial::trivial;
use self::written::{Rows, echoed, written};
use super::arrays::Array;
use super::ensemble::{Cost, Measurement};
use super::plausible;
use crate::estimators::{FREEZE_LIMIT, MeanSem, Precision, steps_in};
use crate::memory::count;
use crate::networks::{Couplings, Ensemble, Simulation, with_simulation};
use crate::signals::{Channels, Drive, Linear, Recordings, Score, Split, regress, score};
use crate::watch::{Uncounted, Watch};
use crate::{Refusal, Stopped};
use freezable_chaos::{Generator, Params, Purpose, WriteRule};

/// What a state may lose between the freeze and any time that it is held, of the share of right classes and of each R^2:
/// stated before anything was measured.
pub const BOUND: f64 = 0.03;
/// Time that a state is given after a kick or from fewer bits.
pub const HEALING: f64 = 30.0;
/// Gain of the echo-state network: just below 1, where the memory of a linear network is longest.
pub const ECHO_GAIN: f32 = 0.9;
const LONGEST: f64 = 1e6;

/// Windows of recordings, held and read. The duration, the burn-in and the start of the ensemble are not used: every event
/// begins at rest.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Signals {
    /// The recordings.
    pub recordings: Recordings,
    /// What of them is the input.
    pub channels: Channels,
    /// Root mean square of the input of a neuron.
    pub gain: f32,
    /// Steps of the network for each sample.
    pub steps_of_sample: u32,
    /// Groups held out for the test, others for every network.
    pub held_out: u32,
    /// Time between the end of the window and the freeze.
    pub settle: f32,
    /// Times after the freeze at which all networks are read, ascending.
    pub times: Vec<f64>,
    /// Time for which frozen ones are held; after the last of the times.
    pub hold: f64,
    /// Root mean squares of kicks to x.
    pub kicks: Vec<f64>,
    /// Bits of x that is kept in few.
    pub x_bits: Vec<u32>,
    /// Bits of x and of the plastic state that are kept in few.
    pub state_bits: Vec<u32>,
    /// Bits of each number of the plastic state in a record beside the signs of x.
    pub record_bits: Vec<u32>,
    /// Shares of the neurons that are stuck at a rate of 1 or -1.
    pub stuck: Vec<f64>,
    /// Shares of the plastic state that are flipped: signs of A, or bits of samples.
    pub flipped: Vec<f64>,
}

/// Of one network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Of each condition, over the trials of the test.
    pub scores: Vec<Score>,
    /// Share of all trials that had stopped at the deadline of the first freeze.
    pub stopped: f64,
    /// Share that had stopped in the end.
    pub held: f64,
    /// Mean time to stop, of those that did.
    pub stopping_time: f64,
    /// Share of the trials of the test whose state stood still to the bit, or between two states, during the hold.
    pub repeats: f64,
    /// Least cosine between the rates held and those after each damage, over the trials of the test.
    pub healed: Vec<f64>,
    /// Bytes of a snapshot.
    pub bytes: usize,
}

/// One condition, averaged over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// What was read, and when.
    #[serde(flatten)]
    pub condition: Condition,
    /// Share of right classes.
    pub accuracy: Option<MeanSem>,
    /// R^2 of each quantity.
    pub r2: Vec<Option<MeanSem>>,
    /// Bytes kept; `None` where nothing is.
    pub bytes: Option<usize>,
}

/// Averages over networks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Share of right classes by guessing.
    pub chance: f64,
    /// Names of the quantities.
    pub targets: Vec<String>,
    /// Trials of the test of all networks.
    pub tested: usize,
    /// Of these, the trials of a class that no trial of the training of their network has: no readout can know it.
    pub unseen: usize,
    /// Share of all trials that had stopped at the deadline of the first freeze.
    pub stopped: Option<MeanSem>,
    /// Share that had stopped in the end.
    pub held: Option<MeanSem>,
    /// Mean time to stop.
    pub stopping_time: Option<MeanSem>,
    /// Share of the states that stood still to the bit, or between two states.
    pub repeats: Option<MeanSem>,
    /// Largest fall of any mean between the freeze and a time of the hold.
    pub largest_loss: f64,
    /// Whether that is within the [bound](BOUND).
    pub within_bound: bool,
    /// One of each condition.
    pub rows: Vec<Row>,
}

impl Signals {
    /// The protocol of the kernel.
    pub fn rule(&self) -> WriteRule {
        WriteRule {
            settle: self.settle,
            ..WriteRule::RECOMMENDED
        }
    }

    /// Steps of a trial, for the progress: deadlines are met long before.
    fn trial_steps(&self, dt: f64) -> u64 {
        let window = self.recordings.length() as u64 * u64::from(self.steps_of_sample);
        let last = self.times.last().copied().unwrap_or(0.0);
        let kept = self.damages().len() as f64;
        let after = steps_in(f64::from(self.settle) + 3.0 * last + kept * HEALING, dt);
        (2 * window).saturating_add(after)
    }

    /// Refuses a quantity that is the same in all trials of a test: it has no R^2.
    fn targets_vary(&self, networks: usize) -> Result<(), Refusal> {
        // Later splits are those of earlier networks again.
        for index in 0..networks.min(self.recordings.distinct_groups().len()) {
            let test = self.recordings.split(self.held_out as usize, index).test;
            for (target, name) in self.recordings.names.iter().enumerate() {
                let mut values = test.iter().map(|&trial| self.recordings.targets(trial)[target]);
                let first = values.next();
                if values.all(|value| Some(value) == first) {
                    let words = format!(
                        "is the same in all {} trials that test network {index}",
                        test.len()
                    );
                    return Err(Refusal::because("targets", name, words).reason("it has no R^2"));
                }
            }
        }
        Ok(())
    }

    /// The echo-state network of the same size: no plasticity, and a gain that lets it forget.
    fn echo(&self, of: &Ensemble) -> Result<Ensemble, Refusal> {
        let mut network = of.network.clone();
        let params = Params {
            g: ECHO_GAIN,
            k: 0.0,
            ..network.dynamics.params()
        };
        network.dynamics = params.validate(network.n)?;
        (network.g, network.k) = (params.g, params.k);
        Ok(Ensemble {
            network,
            ..of.clone()
        })
    }

    /// Input weights of a network, and the generator after them.
    fn drive(&self, of: &Ensemble, index: u32, split: &Split) -> (Drive, Generator) {
        // Far from where cues are drawn.
        let mut generator = Generator::at_block(of.network.seeds.network, index, Purpose::Input, 1 << 61);
        let size = (of.network.n, self.gain);
        let (recordings, channels) = (&self.recordings, &self.channels);
        let drive = Drive::new(recordings, channels, &split.training, size, &mut generator);
        (drive, generator)
    }

    /// Trains a readout on some trials and reads others.
    fn read(&self, rows: &Rows, readout: Option<&Linear>) -> Result<Score, Stopped> {
        let own;
        let readout = match readout {
            Some(readout) => readout,
            None => {
                own = regress(&self.recordings, &rows.split.training, &rows.training)?;
                &own
            }
        };
        let readings = readout.read_all(&rows.test)?;
        Ok(score(&self.recordings, &rows.split.test, &readings))
    }
}

impl Measurement for Signals {
    const NAME: &'static str = "memory signals";
    type Outcome = Outcome;
    type Summary = Summary;

    fn check(&self, of: &Ensemble) -> Result<Cost, Refusal> {
        of.undriven("the recordings are the input, and every event begins at rest")?;
        if of.network.precision == Precision::F64 {
            return Err(Refusal::because(
                "precision",
                "f64",
                "has no snapshots, which are kept here in few bits",
            ));
        }
        let words =
            "of one's own cannot be had here: the network beside it has a gain of its own and no plasticity";
        if matches!(of.network.couplings, Couplings::Matrix(_)) {
            return Err(Refusal::because("couplings", "", words));
        }
        if of.network.rule.is_some() {
            return Err(Refusal::because("rule", "", words));
        }
        self.channels.check(self.recordings.channels())?;
        if !(self.gain.is_finite() && self.gain > 0.0) {
            return Err(Refusal::because(
                "input_gain",
                self.gain,
                "is not a number above its bound 0",
            ));
        }
        count("steps_of_sample", self.steps_of_sample, [1, 10_000])?;
        let groups = self.recordings.distinct_groups().len() as u32;
        count("held_out", self.held_out, [1, groups - 1])?;
        Refusal::check("settle", self.settle.into(), [0.0, LONGEST])?;
        let all = || self.times.iter().copied().chain([self.hold]);
        Refusal::check("hold", self.hold, [of.network.step(), LONGEST])?;
        for &time in &self.times {
            Refusal::check("times", time, [of.network.step(), LONGEST])?;
        }
        if let Some((first, second)) = all().zip(all().skip(1)).find(|(first, second)| first >= second) {
            let words = format!("is not above {first} before it: times ascend, and end before the hold");
            let which = if second == self.hold { "hold" } else { "times" };
            return Err(Refusal::because(which, second, words));
        }
        for &kick in &self.kicks {
            Refusal::check("kicks", kick, [0.0, LONGEST])?;
        }
        for (name, shares) in [("stuck", &self.stuck), ("flipped", &self.flipped)] {
            for &share in shares {
                Refusal::check(name, share, [0.0, 1.0])?;
            }
        }
        for (name, bits) in [
            ("x_bits", &self.x_bits),
            ("state_bits", &self.state_bits),
            ("record_bits", &self.record_bits),
        ] {
            for &bits in bits {
                count(name, bits, [1, 24])?;
            }
        }
        self.echo(of)?;
        self.targets_vary(of.networks as usize)?;
        let trials = self.recordings.trials() as u64;
        let conditions = self.conditions().len() as u64;
        let channels = (self.recordings.channels() + self.channels.envelopes.len()) as u64;
        // Rates of all conditions; the drive, and the windows as they are regressed; the matrices of trials x trials.
        let rates = 4 * trials * of.network.n as u64 * conditions;
        let windows = 16 * trials * self.recordings.length() as u64 * channels;
        let products = (32 * trials).saturating_mul(trials);
        Ok(Cost {
            steps: trials.saturating_mul(self.trial_steps(of.network.step())),
            bytes: (rates + windows)
                .saturating_add(products)
                .saturating_add(of.network.bytes()),
            outcome: 64 * conditions,
        })
    }

    fn one(
        &self,
        of: &Ensemble,
        index: u32,
        network: &mut dyn Simulation,
        watch: &dyn Watch,
    ) -> Result<Outcome, Stopped> {
        let split = self.recordings.split(self.held_out as usize, index as usize);
        let (drive, mut generator) = self.drive(of, index, &split);
        let found = written(self, of, (&drive, &split), (network, &mut generator), watch)?;
        let held = regress(&self.recordings, &split.training, &found.stopped.training)?;
        let mut scores = vec![self.read(&found.frozen, None)?];
        scores.push(self.read(&found.stopped, Some(&held))?);
        for rows in &found.later {
            scores.push(self.read(rows, Some(&held))?);
        }
        for rows in &found.running {
            scores.push(self.read(rows, None)?);
        }
        let echo = self.echo(of)?;
        let echoes = with_simulation(&echo, index, |network| {
            echoed(self, &echo, (&drive, &split), network, &Uncounted(watch))
        })?;
        for rows in &echoes {
            scores.push(self.read(rows, None)?);
        }
        scores.extend(trivial(&self.recordings, &split)?);
        Ok(Outcome {
            scores,
            ..found.outcome
        })
    }

    fn is_plausible(&self, _of: &Ensemble, _index: u32, outcome: &Outcome) -> bool {
        outcome.scores.len() == self.conditions().len()
            && outcome.healed.len() == self.damages().len()
            && plausible::shares(outcome.scores.iter().map(|score| score.accuracy))
            && plausible::shares([outcome.stopped, outcome.held, outcome.repeats])
            && plausible::cosines(outcome.healed.iter().copied())
            && (0.0..=2.0 * FREEZE_LIMIT).contains(&outcome.stopping_time)
            && outcome
                .scores
                .iter()
                .all(|score| score.r2.len() == self.recordings.names.len())
    }

    fn summary(&self, of: &Ensemble, outcomes: &[Outcome]) -> Summary {
        let over = |value: &dyn Fn(&Outcome) -> f64| MeanSem::of(outcomes.iter().map(value));
        let bytes = outcomes.first().map_or(0, |outcome| outcome.bytes);
        let row = |(place, condition): (usize, Condition)| Row {
            accuracy: over(&|outcome| outcome.scores[place].accuracy),
            r2: (0..self.recordings.names.len())
                .map(|target| over(&|outcome| outcome.scores[place].r2[target]))
                .collect(),
            bytes: condition.bytes(&of.network, bytes, &self.recordings),
            condition,
        };
        let rows: Vec<Row> = self.conditions().into_iter().enumerate().map(row).collect();
        let largest_loss = largest_loss(&rows);
        let splits = || (0..outcomes.len()).map(|index| self.recordings.split(self.held_out as usize, index));
        Summary {
            chance: 1.0 / self.recordings.classes() as f64,
            targets: self.recordings.names.clone(),
            tested: splits().map(|split| split.test.len()).sum(),
            unseen: splits().map(|split| self.recordings.unseen(&split)).sum(),
            stopped: over(&|outcome| outcome.stopped),
            held: over(&|outcome| outcome.held),
            stopping_time: over(&|outcome| outcome.stopping_time),
            repeats: over(&|outcome| outcome.repeats),
            largest_loss,
            within_bound: largest_loss <= BOUND,
            rows,
        }
    }

    fn arrays(&self, _of: &Ensemble, outcomes: &[Outcome]) -> Vec<Array> {
        let conditions = ("condition", self.conditions().len());
        let networks = ("network", outcomes.len());
        let scores = || outcomes.iter().flat_map(|outcome| &outcome.scores);
        vec![
            Array::new(
                "accuracy",
                "share of the trials of the test with the right class; conditions in the order of the rows",
                &[networks, conditions],
                scores().map(|score| score.accuracy).collect::<Vec<f64>>(),
            ),
            Array::new(
                "r2",
                "share of the variance explained, of each continuous quantity",
                &[networks, conditions, ("target", self.recordings.names.len())],
                scores().flat_map(|score| score.r2.clone()).collect::<Vec<f64>>(),
            ),
            Array::new(
                "healed",
                "least cosine between the rates held and those after each damage, in the order of the rows",
                &[networks, ("damage", self.damages().len())],
                outcomes
                    .iter()
                    .flat_map(|outcome| outcome.healed.clone())
                    .collect::<Vec<f64>>(),
            ),
            Array::new(
                "stopping_time",
                "mean time from the freeze until the network had stopped",
                &[networks],
                outcomes
                    .iter()
                    .map(|outcome| outcome.stopping_time)
                    .collect::<Vec<f64>>(),
            )
            .in_units("time"),
        ]
    }
}

/// Of the frozen network from the freeze to every time that it is held.
fn largest_loss(rows: &[Row]) -> f64 {
    let means = |row: &Row| -> Vec<f64> {
        let all = [row.accuracy].into_iter().chain(row.r2.iter().copied());
        all.map(|value| value.map_or(f64::NAN, |value| value.mean))
            .collect()
    };
    let Some(first) = rows.first().map(means) else {
        return f64::NAN;
    };
    let held = rows
        .iter()
        .filter(|row| row.condition.system == System::Frozen && row.condition.time.is_some());
    let losses = held.flat_map(|row| {
        let pairs = first.iter().zip(means(row));
        pairs.map(|(first, later)| first - later).collect::<Vec<f64>>()
    });
    // What has no R^2 must not pass as held.
    losses.fold(0.0, |worst: f64, loss| {
        if worst.is_nan() || worst >= loss {
            worst
        } else {
            loss
        }
    })
}

#[cfg(test)]
mod tests;
