//! Reports to the console: a bounded queue of frames. Telemetry may fill one part of it, answers the other.

use freezable_chaos::frames::{MAX_FRAME, Refusal, Report, Telemetry, encode};
use heapless::Deque;

use crate::board::Board;

/// Bytes that telemetry may fill: some four samples.
const TELEMETRY: usize = 512;
/// Longest frame of telemetry.
const LONGEST_SAMPLE: usize = 160;
/// Bytes for answers: the longest, and a short one for the steps that a command ends.
const ANSWERS: usize = MAX_FRAME + 64;

/// The outgoing side of the console.
#[derive(Debug)]
pub struct Line {
    waiting: Deque<u8, { TELEMETRY + ANSWERS }>,
    refused_frames: u32,
}

impl Line {
    /// Nothing to send.
    pub const fn new() -> Self {
        Self {
            waiting: Deque::new(),
            refused_frames: 0,
        }
    }

    /// Frames refused since the start.
    pub fn refused_frames(&self) -> u32 {
        self.refused_frames
    }

    /// Whether there is room for another sample.
    pub fn has_room_for_sample(&self) -> bool {
        self.waiting.len() <= TELEMETRY - LONGEST_SAMPLE
    }

    /// Whether there is room for the answer to a command: while there is none, commands are not read.
    pub fn has_room_for_answer(&self) -> bool {
        self.waiting.len() <= TELEMETRY
    }

    /// Lets a sample wait for the line. The caller has asked [`has_room_for_sample`](Self::has_room_for_sample).
    pub fn sample(&mut self, sequence: u16, telemetry: Telemetry<'_>) {
        self.send(sequence, &Report::Telemetry(telemetry));
    }

    /// Hands the console what it takes without waiting; `true` once nothing is left to send.
    pub fn pump<B: Board>(&mut self, board: &mut B) -> bool {
        while let Some(&byte) = self.waiting.front() {
            if !board.write(byte) {
                return false;
            }
            self.waiting.pop_front();
        }
        true
    }

    /// Lets a report wait behind everything that waits. The caller has asked
    /// [`has_room_for_answer`](Self::has_room_for_answer).
    pub fn send(&mut self, sequence: u16, report: &Report<'_>) {
        let mut frame = [0; MAX_FRAME];
        let length = encode(sequence, report, &mut frame).unwrap_or(0);
        let room = self.waiting.capacity() - self.waiting.len();
        if (1..=room).contains(&length) {
            self.waiting.extend(frame.into_iter().take(length));
        } else {
            warning!("a report of {=usize} bytes found room for {=usize}", length, room);
        }
    }

    /// Refuses a command.
    pub fn refuse(&mut self, sequence: u16, refusal: Refusal<'_>) {
        warning!("refused command {=u16}: {=str}", sequence, describe(&refusal));
        self.send(sequence, &Report::Refused(refusal));
    }

    /// Refuses a frame that is none or a repeated one: there is no command to answer.
    pub fn refuse_frame(&mut self, refusal: Refusal<'_>) {
        self.refused_frames = self.refused_frames.saturating_add(1);
        self.refuse(0, refusal);
    }
}

/// What a person reads in the log.
fn describe(refusal: &Refusal<'_>) -> &'static str {
    match refusal {
        Refusal::BadFrame => "not a frame, or one with a wrong checksum",
        Refusal::NotConfigured => "there is no network yet",
        Refusal::Parameter { .. } => "a parameter is out of its range",
        Refusal::Neurons { .. } => "the network does not fit the buffers",
        Refusal::FlashImage => "the couplings in flash are of another size, gain or seed",
        Refusal::Transfer(_) => "this firmware lacks the transfer function",
        Refusal::Diverged { .. } => "the state would leave the finite numbers",
        Refusal::Offset { .. } => "an offset is beyond the end or out of order",
        Refusal::Snapshot(_) => "the snapshot does not fit this network",
        Refusal::Unsupported => "not on this board",
        Refusal::Storage(_) => "the flash holds no state, or did not take one",
        Refusal::Repeated => "the command before, once more",
        Refusal::Period { .. } => "the period is longer than the watchdog allows",
        Refusal::Readout => "no readout of these couplings is in flash",
        Refusal::Sensor => "nothing trained for a sensor and this network is in flash",
        Refusal::Event => "no event has begun, or it is over",
        _ => "see the report",
    }
}
