//! One event after the other on a board and on this machine: every bit is compared.

use std::thread;
use std::time::{Duration, Instant};

use freezable_chaos::{StoredSensor, WriteProgress, strongest};
use science::Stopped;
use science::estimators::steps_in;
use science::memory::Subject;
use science::networks::Simulation;
use science::signals::Recordings;
use serde::Serialize;

use crate::commands::attached::Attached;
use crate::failure::Failure;

/// One thing of the board beside the same of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Comparison {
    pub(super) what: &'static str,
    /// Digests, or the bits of numbers.
    pub(super) board: String,
    pub(super) host: String,
}

/// What was read.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Read {
    pub(super) class: usize,
    pub(super) quantities: Vec<f32>,
}

/// One event, felt, frozen, stored, recalled after a power cut, held and read.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Event {
    pub(super) trial: usize,
    pub(super) class: usize,
    pub(super) targets: Vec<f64>,
    pub(super) read: Read,
    pub(super) held: bool,
    pub(super) freezes: u32,
    pub(super) steps_to_stop: u32,
    pub(super) comparisons: Vec<Comparison>,
    /// Bytes in flash.
    pub(super) stored_bytes: u32,
    /// Of each sample, by the board's counter.
    #[serde(skip)]
    pub(super) nanoseconds: Vec<u32>,
    /// Samples that were answered when the next was already due.
    pub(super) late: u32,
    /// To draw.
    #[serde(skip)]
    pub(super) seen: Seen,
}

impl Event {
    pub(super) fn different(&self) -> usize {
        self.comparisons
            .iter()
            .filter(|comparison| comparison.board != comparison.host)
            .count()
    }
}

/// The course of an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// Rates of the first neurons after each step.
    pub(super) rates: Vec<f32>,
    pub(super) neurons: usize,
    /// Times of the end of the drive, of the freeze, of the power cut and of the end.
    pub(super) times: [f64; 4],
    /// Length of a step.
    pub(super) dt: f64,
}

/// Neurons that are drawn.
const DRAWN: usize = 48;

/// A board and the same network on this machine.
pub(super) struct Pair<'a> {
    attached: Attached,
    twin: &'a mut dyn Simulation,
    sensor: &'a StoredSensor<'a>,
    dt: f32,
    /// Samples per second, and the time of a hold.
    rate: f64,
    hold: f64,
}

impl<'a> Pair<'a> {
    pub(super) fn new(
        attached: Attached,
        twin: &'a mut dyn Simulation,
        sensor: &'a StoredSensor<'a>,
        dt: f32,
        (rate, hold): (f64, f64),
    ) -> Self {
        Self {
            attached,
            twin,
            sensor,
            dt,
            rate,
            hold,
        }
    }

    /// Ends an emulation; the name of the board.
    pub(super) fn finish(self) -> Result<String, Failure> {
        let name = self.attached.board.identity().name.clone();
        self.attached.finish()?;
        Ok(name)
    }

    /// The whole life of an event.
    pub(super) fn event(&mut self, recordings: &Recordings, trial: usize) -> Result<Event, Stopped> {
        let (sensor, wide) = (self.sensor, f64::from(self.dt));
        let header = sensor.header();
        let channels = usize::from(header.channels);
        let mut comparisons = Vec::new();
        let mut seen = Seen {
            neurons: DRAWN.min(self.twin.n()),
            dt: wide,
            ..Seen::default()
        };
        let (mut nanoseconds, mut late) = (Vec::new(), 0);
        let (mut state, mut extended) = (vec![0.0; header.inputs()], vec![0.0; header.inputs()]);
        let mut input = vec![0.0; self.twin.n()];
        let samples = recordings.trial(trial);
        sensor.begin(&samples[..channels], &mut state);
        let mut subject = Subject {
            network: &mut *self.twin,
            dt: self.dt,
        };
        let mut write = sensor.rule().begin(&mut subject)?;
        self.attached.board.begin_event().map_err(Failure::from)?;
        let period = (self.rate > 0.0).then(|| Duration::from_secs_f64(self.rate.recip()));
        let began = Instant::now();
        for (number, sample) in (0_u32..).zip(samples.chunks_exact(channels)) {
            if let Some(period) = period {
                thread::sleep((period * number).saturating_sub(began.elapsed()));
            }
            let felt = self
                .attached
                .board
                .feel(sample, header.steps_of_sample)
                .map_err(Failure::from)?;
            late += u32::from(period.is_some_and(|period| began.elapsed() > period * (number + 1)));
            nanoseconds.push(felt.nanoseconds);
            sensor.sense(sample, &mut state, &mut extended, &mut input)?;
            for _ in 0..header.steps_of_sample {
                let mut subject = Subject {
                    network: &mut *self.twin,
                    dt: self.dt,
                };
                write.drive(&mut subject, &input)?;
                seen.look(self.twin);
            }
        }
        seen.times[0] = seen.now();
        comparisons.push(self.digests("digest when the event ends")?);
        let rule = sensor.rule();
        // A step more for the rounding of each time.
        let each = steps_in(f64::from(rule.settle), wide) + steps_in(f64::from(rule.deadline), wide) + 2;
        let most_steps = u64::from(rule.freezes) * each;
        let written = self
            .attached
            .board
            .finish_event(most_steps)
            .map_err(Failure::from)?;
        let mut steps = 0_u32;
        loop {
            let mut subject = Subject {
                network: &mut *self.twin,
                dt: self.dt,
            };
            let was_settling = write.progress() == WriteProgress::Settling;
            let progress = write.advance(&mut subject)?;
            seen.look(self.twin);
            steps += 1;
            if was_settling && progress != WriteProgress::Settling {
                seen.times[1] = seen.now() - wide;
            }
            if matches!(progress, WriteProgress::Held | WriteProgress::Moving) {
                break;
            }
        }
        let own = (
            write.progress() == WriteProgress::Held,
            write.freezes(),
            write.steps_to_stop(),
            u64::from(steps),
        );
        let done = u64::from(header.steps_of_sample) * (samples.len() / channels) as u64;
        let of_board = (
            written.held,
            written.freezes,
            written.steps_to_stop,
            written.step - done,
        );
        comparisons.push(Comparison {
            what: "held, freezes, steps to stop, steps",
            board: format!("{of_board:?}"),
            host: format!("{own:?}"),
        });
        comparisons.push(self.digests("digest when it has stopped")?);
        comparisons.push(self.readings("reading when it has stopped")?.1);
        let stored = self.attached.board.store().map_err(Failure::from)?;
        seen.times[2] = seen.now();
        self.attached.cut_power()?;
        self.attached.board.recall().map_err(Failure::from)?;
        comparisons.push(self.digests("digest recalled after the power cut")?);
        comparisons.push(self.readings("reading after the power cut")?.1);
        let steps = steps_in(self.hold, wide);
        self.attached
            .board
            .step(steps as u32, 0, 0, |_| {})
            .map_err(Failure::from)?;
        for _ in 0..steps {
            self.twin.step()?;
            seen.look(self.twin);
        }
        seen.times[3] = seen.now();
        comparisons.push(self.digests("digest at the end of the hold")?);
        let (outputs, comparison) = self.readings("reading at the end of the hold")?;
        comparisons.push(comparison);
        let (classes, quantities) = outputs.split_at(header.classes.into());
        Ok(Event {
            trial,
            class: recordings.labels[trial],
            targets: recordings.targets(trial).to_vec(),
            read: Read {
                class: strongest(classes)?,
                quantities: quantities.to_vec(),
            },
            held: written.held,
            freezes: written.freezes,
            steps_to_stop: written.steps_to_stop,
            comparisons,
            stored_bytes: stored.bytes,
            nanoseconds,
            late,
            seen,
        })
    }

    /// The digests of x and of the plastic state.
    fn digests(&mut self, what: &'static str) -> Result<Comparison, Stopped> {
        let (board, _) = self.attached.board.digest().map_err(Failure::from)?;
        let host = self
            .twin
            .digest()
            .ok_or_else(|| Stopped::Failed("no digest".to_owned()))?;
        Ok(Comparison {
            what,
            board: format!("{board:016x}"),
            host: format!("{host:016x}"),
        })
    }

    /// What the board's readout makes of its rates; compared bit by bit.
    fn readings(&mut self, what: &'static str) -> Result<(Vec<f32>, Comparison), Stopped> {
        let board = self.attached.board.read_out().map_err(Failure::from)?;
        let mut rates = Vec::new();
        self.twin.copy_rates(&mut rates);
        let mut host = vec![0.0; self.sensor.header().outputs()];
        self.sensor.read(&rates, &mut host)?;
        if board.len() != host.len() {
            let text = format!("the board reads {} numbers, not {}", board.len(), host.len());
            return Err(Failure::Device(text).into());
        }
        // A digest of the bits is shorter than the bits.
        let bits = |values: &[f32]| {
            let mut digest = freezable_chaos::Fnv1a::new();
            for value in values {
                freezable_chaos::ByteSink::put(&mut digest, &value.to_le_bytes());
            }
            format!("{:016x}", digest.digest())
        };
        let comparison = Comparison {
            what,
            board: bits(&board),
            host: bits(&host),
        };
        Ok((board, comparison))
    }
}

impl Seen {
    fn look(&mut self, network: &dyn Simulation) {
        let mut rates = Vec::new();
        network.copy_rates(&mut rates);
        self.rates.extend(rates.iter().take(self.neurons));
    }

    fn now(&self) -> f64 {
        (self.rates.len() / self.neurons.max(1)) as f64 * self.dt
    }
}
