//! Reports to the console: one frame on its way, telemetry waiting in a bounded queue behind it.

use freezable_chaos::Plasticity;
use freezable_chaos::frames::{MAX_FRAME, Refusal, Report, SHOWN_NEURONS, Telemetry, Timing, encode};
use heapless::{Deque, Vec};

use crate::board::Board;

/// Samples that wait for the line. When the queue is full the network pauses: nothing is ever dropped.
const WAITING: usize = 4;

/// One telemetry report before it is encoded.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Sequence number of the command that asked for it.
    pub sequence: u16,
    /// Steps done.
    pub step: u64,
    /// Whether the plastic couplings change.
    pub plasticity: Plasticity,
    /// Root mean square and largest magnitude of dx/dt.
    pub speed: (f32, f32),
    /// Cosine with the rates at the last freeze.
    pub overlap: f32,
    /// Digest of the state now, and of all states so far.
    pub digests: (u64, u64),
    /// `127 phi` of the first neurons.
    pub activity: Vec<u8, SHOWN_NEURONS>,
}

/// The outgoing side of the console.
#[derive(Debug)]
pub struct Line {
    frame: [u8; MAX_FRAME],
    length: usize,
    sent: usize,
    samples: Deque<Sample, WAITING>,
    refused_frames: u32,
}

impl Line {
    /// Nothing to send.
    pub const fn new() -> Self {
        Self {
            frame: [0; MAX_FRAME],
            length: 0,
            sent: 0,
            samples: Deque::new(),
            refused_frames: 0,
        }
    }

    /// Frames refused since the start.
    pub fn refused_frames(&self) -> u32 {
        self.refused_frames
    }

    /// Whether there is room for another sample.
    pub fn has_room(&self) -> bool {
        !self.samples.is_full()
    }

    /// Lets a sample wait for the line. The caller has asked [`has_room`](Self::has_room).
    pub fn queue(&mut self, sample: Sample) {
        if self.samples.push_back(sample).is_err() {
            warning!("a telemetry sample found no room in the queue");
        }
    }

    /// Sends what the console takes without waiting; `true` once nothing is left to send.
    pub fn pump<B: Board>(&mut self, board: &mut B) -> bool {
        loop {
            while let Some(&byte) = self
                .frame
                .get(..self.length)
                .and_then(|frame| frame.get(self.sent))
            {
                if !board.write(byte) {
                    return false;
                }
                self.sent += 1;
            }
            let Some(sample) = self.samples.pop_front() else {
                return true;
            };
            self.load(sample.sequence, &sample.report());
        }
    }

    /// Sends a report behind everything that waits.
    pub fn send<B: Board>(&mut self, board: &mut B, sequence: u16, report: &Report<'_>) {
        while !self.pump(board) {}
        self.load(sequence, report);
        while !self.pump(board) {}
    }

    /// Refuses a command.
    pub fn refuse<B: Board>(&mut self, board: &mut B, sequence: u16, refusal: Refusal<'_>) {
        warning!("refused command {=u16}: {=str}", sequence, describe(&refusal));
        self.send(board, sequence, &Report::Refused(refusal));
    }

    /// Refuses a frame that is none or a repeated one: there is no command to answer.
    pub fn refuse_frame<B: Board>(&mut self, board: &mut B, refusal: Refusal<'_>) {
        self.refused_frames = self.refused_frames.saturating_add(1);
        self.refuse(board, 0, refusal);
    }

    fn load(&mut self, sequence: u16, report: &Report<'_>) {
        self.sent = 0;
        self.length = encode(sequence, report, &mut self.frame).unwrap_or(0);
        if self.length == 0 {
            warning!("a report does not fit a frame of {=usize} bytes", MAX_FRAME);
        }
    }
}

impl Sample {
    fn report(&self) -> Report<'_> {
        Report::Telemetry(Telemetry {
            step: self.step,
            plasticity: self.plasticity,
            rms_speed: self.speed.0,
            max_speed: self.speed.1,
            overlap: self.overlap,
            digest: self.digests.0,
            chain: self.digests.1,
            activity: &self.activity,
            timing: Timing::default(),
        })
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
        _ => "see the report",
    }
}
