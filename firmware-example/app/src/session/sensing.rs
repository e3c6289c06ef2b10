//! An event of a sensor: its samples drive the network, which is then frozen, and read.

use freezable_chaos::frames::{MAX_OUTPUTS, Refusal, Report};
use freezable_chaos::{
    AnyTransfer, Connectivity, Diverged, Network, StepError, StoredSensor, Write, WriteProgress,
};

use super::Session;
use super::steps::Progress;
use crate::board::Board;
use crate::line::Line;
use crate::sensor::{self, MAX_INPUTS};

/// Steps after a drive from one telemetry to the next: many fewer than a slow board does in the minute that a host waits
/// for each part of an answer.
const STEPS_OF_PART: u64 = 100;

/// What is known of the sensor of a network, and of the event under way.
#[derive(Default)]
pub(super) struct Sensing {
    sensor: Option<StoredSensor<'static>>,
    event: Option<Event>,
}

/// An event under way.
struct Event {
    write: Write,
    /// Of the envelopes.
    state: [f32; MAX_INPUTS],
    has_begun: bool,
    /// Sequence number of the command that ended the drive.
    finish: Option<u16>,
}

impl Sensing {
    /// Goes over all couplings: where no step waits.
    pub(super) fn new<C: Connectivity>(
        network: &Network<'_, C, AnyTransfer>,
        sensors: &[&'static [u8]],
    ) -> Self {
        Self {
            sensor: sensor::find(network, sensors),
            event: None,
        }
    }

    /// The event is over, and who waits for its end is told.
    pub(super) fn cancel(&mut self, line: &mut Line) {
        if let Some(sequence) = self.event.take().and_then(|event| event.finish) {
            line.refuse(sequence, Refusal::Event);
        }
    }
}

impl<C: Connectivity> Session<'_, C> {
    /// An event begins: the network is put to rest.
    pub(super) fn begin_event(&mut self, line: &mut Line) -> Result<(), Refusal<'static>> {
        let sensor = self.sensing.sensor.as_ref().ok_or(Refusal::Sensor)?;
        let rule = sensor.rule();
        // before the network is at rest: a job is answered where it stopped
        self.end_job(line);
        self.end_event(line);
        // a stored sensor has no rule that its network refuses
        let begun = rule.begin(&mut self.network).map_err(|_| Refusal::Sensor)?;
        self.input.end();
        self.sensing.event = Some(Event {
            write: begun,
            state: [0.0; MAX_INPUTS],
            has_begun: false,
            finish: None,
        });
        Ok(())
    }

    /// A sample drives the network. A refused one has changed nothing; where the steps diverge, the event is over.
    pub(super) fn feel<B: Board>(
        &mut self,
        board: &mut B,
        line: &mut Line,
        sequence: u16,
        values: &[u8],
    ) -> Result<(), Refusal<'static>> {
        let sensor = self.sensing.sensor.as_ref().ok_or(Refusal::Sensor)?;
        let event = self.sensing.event.as_mut().ok_or(Refusal::Event)?;
        if event.finish.is_some() {
            return Err(Refusal::Event);
        }
        let start = board.cycles();
        let header = sensor.header();
        let wrong_count = Refusal::Parameter {
            name: "bytes of a sample",
            value: values.len() as f32,
        };
        let (fours, rest) = values.as_chunks();
        if fours.len() != usize::from(header.channels) || !rest.is_empty() {
            return Err(wrong_count);
        }
        let sample: heapless::Vec<f32, MAX_INPUTS> =
            fours.iter().map(|&four| f32::from_le_bytes(four)).collect();
        if let Some(&value) = sample.iter().find(|value| !value.is_finite()) {
            return Err(Refusal::Parameter {
                name: "sample",
                value,
            });
        }
        // a copy, for a sample may be refused
        let (mut next, mut extended) = (event.state, [0.0; MAX_INPUTS]);
        let (Some(state), Some(extended)) = (
            next.get_mut(..header.inputs()),
            extended.get_mut(..header.inputs()),
        ) else {
            return Err(Refusal::Sensor);
        };
        if !event.has_begun {
            sensor.begin(&sample, state);
        }
        let input = self.input.values();
        sensor
            .sense(&sample, state, extended, input)
            .map_err(|_| wrong_count)?;
        // squares of large samples overflow
        if !state.iter().chain(&*input).all(|value| value.is_finite()) {
            return Err(too_large(&sample));
        }
        for _ in 0..header.steps_of_sample {
            if let Err(error) = event.write.drive(&mut self.network, input) {
                self.sensing.event = None;
                return Err(refusal_of(error));
            }
            board.feed_watchdog();
        }
        (event.state, event.has_begun) = (next, true);
        let cycles = board.cycles().wrapping_sub(start);
        let nanoseconds = u64::from(cycles) * 1_000_000_000 / u64::from(B::CLOCK);
        let report = Report::Felt {
            step: self.network.steps(),
            nanoseconds: u32::try_from(nanoseconds).unwrap_or(u32::MAX),
        };
        line.send(sequence, &report);
        Ok(())
    }

    /// The drive is over: what follows is done step by step, beside commands and button.
    pub(super) fn finish_event(&mut self, sequence: u16) -> Result<(), Refusal<'static>> {
        let event = self.sensing.event.as_mut().ok_or(Refusal::Event)?;
        if event.finish.is_some() || !event.has_begun {
            return Err(Refusal::Event);
        }
        event.finish = Some(sequence);
        Ok(())
    }

    /// The next step after a drive, if there is one to do.
    pub(super) fn finish_step<B: Board>(&mut self, board: &mut B, line: &mut Line) -> Option<Progress> {
        let event = self.sensing.event.as_mut()?;
        let sequence = event.finish?;
        if !line.has_room_for_answer() {
            return Some(Progress::Idle);
        }
        let progress = match event.write.advance(&mut self.network) {
            Ok(progress) => progress,
            Err(error) => {
                self.sensing.event = None;
                self.show(board);
                line.refuse(sequence, refusal_of(error));
                return Some(Progress::Idle);
            }
        };
        if matches!(progress, WriteProgress::Held | WriteProgress::Moving) {
            let report = Report::Written {
                step: self.network.steps(),
                held: progress == WriteProgress::Held,
                freezes: event.write.freezes(),
                steps_to_stop: event.write.steps_to_stop(),
            };
            self.sensing.event = None;
            self.remember();
            self.show(board);
            line.send(sequence, &report);
        } else if self.network.steps().is_multiple_of(STEPS_OF_PART) && line.has_room_for_sample() {
            let digest = self.network.digest();
            self.sample(line, sequence, digest);
        }
        Some(Progress::Stepped)
    }

    /// Reads the rates with what was trained for the sensor; `false` where there is nothing.
    pub(super) fn read_sensor(&mut self, line: &mut Line, sequence: u16) -> bool {
        let mut outputs = [0.0; MAX_OUTPUTS];
        let Some(sensor) = &self.sensing.sensor else {
            return false;
        };
        let Some(outputs) = outputs.get_mut(..sensor.header().outputs()) else {
            return false;
        };
        let is_read = sensor.read(self.network.rates(), outputs).is_ok();
        if is_read {
            self.send_outputs(line, sequence, outputs);
        }
        is_read
    }
}

/// Names the value of the largest magnitude.
fn too_large(sample: &[f32]) -> Refusal<'static> {
    let magnitude = |value: f32| if value < 0.0 { -value } else { value };
    let larger = |one: f32, other: &f32| {
        if magnitude(*other) > magnitude(one) {
            *other
        } else {
            one
        }
    };
    Refusal::Parameter {
        name: "sample",
        value: sample.iter().fold(0.0, larger),
    }
}

fn refusal_of(error: StepError) -> Refusal<'static> {
    match error {
        StepError::Diverged(Diverged { neuron, step }) => Refusal::Diverged {
            neuron: neuron as u32,
            step,
        },
        _ => Refusal::Unsupported,
    }
}
