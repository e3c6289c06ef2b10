//! The steps asked for, and the telemetry that comes of them.

use freezable_chaos::frames::{Refusal, SHOWN_NEURONS, Telemetry};
use freezable_chaos::{ByteSink, Connectivity, Diverged, StepError};

use super::Session;
use crate::board::Board;
use crate::line::Line;
use crate::pacer::Pacer;

/// Steps that are asked for and still to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    /// Sequence number of the command; none where a finger asked.
    pub(super) sequence: Option<u16>,
    pub(super) steps: u32,
    pub(super) done: u32,
    pub(super) report_every: u32,
    pub(super) chain_every: u32,
}

/// What became of the steps in one pass of the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// A step was completed.
    Stepped,
    /// The next step is due after so many ticks.
    NotDue(u32),
    /// None is asked for, or the next one waits for the console.
    Idle,
}

impl<C: Connectivity> Session<'_, C> {
    /// One step of those asked for, once it is due. Without a period it waits for room for telemetry; with one it waits
    /// for nothing.
    pub(super) fn advance<B: Board>(&mut self, board: &mut B, line: &mut Line) -> Progress {
        #[cfg(feature = "sensor")]
        if let Some(progress) = self.finish_step(board, line) {
            return progress;
        }
        let Some(mut job) = self.job else {
            return Progress::Idle;
        };
        if job.done == job.steps {
            if line.has_room_for_answer() {
                self.end_job(line);
            }
            return Progress::Idle;
        }
        if !self.pacer.is_paced() && !line.has_room_for_sample() {
            return Progress::Idle;
        }
        let wait = self.pacer.wait(board.ticks());
        if wait > 0 {
            return Progress::NotDue(wait);
        }
        let start = board.cycles();
        let outcome = match self.input.next() {
            None => self.network.step().map_err(StepError::Diverged),
            Some(input) => self.network.step_with_input(input),
        };
        let cycles = board.cycles().wrapping_sub(start);
        if let Err(error) = outcome {
            self.job = None;
            let refusal = match error {
                StepError::Diverged(Diverged { neuron, step }) => Refusal::Diverged {
                    neuron: neuron as u32,
                    step,
                },
                // the input is a cue's, of the network's size: only a board with smaller buffers comes here
                _ => Refusal::Unsupported,
            };
            if let Some(sequence) = job.sequence {
                line.refuse(sequence, refusal);
            }
            return Progress::Idle;
        }
        job.done += 1;
        self.job = Some(job);
        self.report(line, &job);
        self.pacer.completed::<B>(board.ticks(), cycles);
        Progress::Stepped
    }

    /// Takes the state into the chain and reports it, where it is one of those asked for.
    fn report(&mut self, line: &mut Line, job: &Job) {
        // An interval of 0 divides no count. A digest can take longer than a step: none but those asked for.
        let is_chained = job.done.is_multiple_of(job.chain_every);
        let is_reported = job.done.is_multiple_of(job.report_every);
        if !is_chained && !is_reported {
            return;
        }
        let digest = self.network.digest();
        if is_chained {
            self.chain.put(&digest.to_le_bytes());
        }
        if let (true, Some(sequence)) = (is_reported, job.sequence) {
            if line.has_room_for_sample() {
                self.sample(line, sequence, digest);
            } else {
                self.pacer.dropped();
            }
        }
    }

    /// Answers the steps under way, wherever they are; those that no host asked for end with their rate.
    pub(super) fn end_job(&mut self, line: &mut Line) {
        match self.job.take().map(|job| job.sequence) {
            Some(Some(sequence)) => self.done(line, sequence),
            Some(None) => self.pacer = Pacer::default(),
            None => {}
        }
    }

    pub(super) fn sample(&self, line: &mut Line, sequence: u16, digest: u64) {
        let shown = self.network.rates().iter().take(SHOWN_NEURONS);
        let activity = shown.map(|rate| ((127.0 * rate) as i8).cast_unsigned());
        let activity: heapless::Vec<u8, SHOWN_NEURONS> = activity.collect();
        let (rms_speed, max_speed) = self
            .network
            .speed()
            .map_or((0.0, 0.0), |speed| (speed.rms, speed.max));
        let telemetry = Telemetry {
            step: self.network.steps(),
            plasticity: self.network.plasticity(),
            rms_speed,
            max_speed,
            overlap: self.network.overlap(self.remembered).unwrap_or(0.0),
            digest,
            chain: self.chain.digest(),
            activity: &activity,
            timing: self.pacer.timing(),
        };
        line.sample(sequence, telemetry);
    }
}
