//! What a host asks of a board, and what the board answers.

use crate::network::{Plasticity, Start};
use crate::parameters::Params;
use crate::snapshot::SnapshotError;
use crate::storage::{Lost, StorageError};
use crate::transfer::TransferId;
use serde::{Deserialize, Serialize};

/// What a host asks of a board.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command<'a> {
    /// Who are you? Answered by [`Report::Hello`].
    Hello,
    /// Builds and starts a network.
    Configure(Setup),
    /// Does so many steps, with a [`Telemetry`] after every `report_every` of them (0: none).
    Step {
        /// Number of steps.
        steps: u32,
        /// Steps between two reports.
        report_every: u32,
        /// Steps between two states that enter the chain, see [`Telemetry::chain`] (1: every state, 0: none). The
        /// digest of a state can take longer than a step.
        chain_every: u32,
    },
    /// Halts the plasticity.
    Freeze,
    /// Lets the plasticity run.
    Release,
    /// Presses the button once, on a board that has none: it freezes or releases, by turns; without a network it starts
    /// one.
    Button,
    /// Asks for the bytes of x from an offset on.
    State {
        /// Bytes to skip.
        offset: u32,
    },
    /// Asks for the digests.
    Digest,
    /// Asks for the bytes of a snapshot; offset 0 takes a new one.
    Snapshot {
        /// Bytes to skip.
        offset: u32,
    },
    /// Hands over the next bytes of a snapshot; offset 0 begins a new one.
    Restore {
        /// Where the bytes belong.
        offset: u32,
        /// At most [`MAX_CHUNK`](super::MAX_CHUNK) bytes.
        bytes: &'a [u8],
    },
    /// Checks the bytes handed over and takes their state.
    RestoreCommit {
        /// Bytes handed over.
        length: u32,
    },
    /// Ends an emulation with exit code 0.
    Shutdown,
    /// Halts the plasticity and keeps the state in flash, with all that it takes to build the network again. Answered by
    /// [`Report::Stored`].
    Store,
    /// Builds the network whose state is in flash and takes that state up, frozen; also without a network, for instance
    /// after a reset. Answered by [`Report::Recalled`].
    Recall,
    /// Begins each step of this network so many microseconds after the one before it began, and counts in [`Timing`]
    /// anew. 0, as every network starts: one step follows the other at once.
    Pace {
        /// Microseconds from the beginning of a step to that of the next.
        period: u32,
    },
    /// Asks for the [`Timing`].
    Timing,
    /// Gives the next `steps` steps of this network a cue as their input, [`Cue`](crate::Cue) with these fields, in place
    /// of what is left of the one before. It does no step of its own.
    Cue {
        /// Seed of all cues.
        seed: u64,
        /// Which of them.
        index: u32,
        /// Magnitude of the input to each neuron.
        strength: f32,
        /// Steps for which it lasts; 0 ends the cue before.
        steps: u32,
    },
    /// Reads the rates with the readout that the firmware carries. Answered by [`Report::Read`].
    Read,
    /// An event of a sensor begins: the network is put to rest. Answered by [`Report::Done`], with step 0.
    Event,
    /// The next sample of the event, which drives the network. Answered by [`Report::Felt`].
    Sample {
        /// Bits of a value for each channel, as `f32`, little-endian.
        values: &'a [u8],
    },
    /// The event is over: the network settles, is frozen and stops, see [`WriteRule`](crate::WriteRule). Answered by
    /// [`Report::Written`].
    Finish,
}

/// Where the quenched couplings of a network come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CouplingSource {
    /// In flash: size, seed and, of Gaussian couplings, gain must be those of [`FlashImage`] or [`FlashSigns`].
    Flash,
    /// Gaussian couplings drawn on the board into RAM, signs hashed when they are needed.
    Seeded,
}

/// A network to build.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// Kind of network, as [`Connectivity::MODEL`](crate::Connectivity::MODEL): 1 exact, 2 compact with its
    /// recommended history.
    pub model: u8,
    /// Number of neurons.
    pub n: u32,
    /// Parameters, not yet checked.
    pub params: Params,
    /// Seed of the quenched couplings.
    pub seed_network: u64,
    /// Seed of the initial state.
    pub seed_state: u64,
    /// Index of the network under these seeds.
    pub network: u32,
    /// How it starts.
    pub start: Start,
    /// Transfer function.
    pub transfer: TransferId,
    /// Where the quenched couplings come from.
    pub couplings: CouplingSource,
}

/// The Gaussian couplings in a board's flash, for the exact network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlashImage {
    /// Number of neurons.
    pub n: u32,
    /// Gain.
    pub g: f32,
    /// Seed of the couplings.
    pub seed: u64,
    /// Index of the network under that seed.
    pub network: u32,
}

/// The signs of couplings in a board's flash, for the compact network of any gain: those of
/// [`HashedSigns`](crate::HashedSigns), stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlashSigns {
    /// Number of neurons.
    pub n: u32,
    /// Seed of the signs.
    pub seed: u64,
    /// Index of the network under that seed.
    pub network: u32,
}

/// What a board says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report<'a> {
    /// Who the board is.
    Hello {
        /// Version of the arithmetic contract.
        contract: u16,
        /// Name of the board.
        board: &'a str,
        /// Most neurons of an exact network whose couplings it draws; the one in its flash may be larger.
        capacity: u32,
        /// Most neurons of a compact network that its buffers hold; 0 where it has none.
        compact_capacity: u32,
        /// The Gaussian couplings in its flash.
        flash: Option<FlashImage>,
        /// The signs in its flash.
        flash_signs: Option<FlashSigns>,
        /// Frames refused since it started.
        refused_frames: u32,
        /// Generation of the state in its flash, if there is one.
        stored: Option<u32>,
    },
    /// A command was carried out.
    Done {
        /// Steps done since the start of the network.
        step: u64,
        /// Whether the plastic couplings change.
        plasticity: Plasticity,
    },
    /// A network under way.
    Telemetry(Telemetry<'a>),
    /// Bytes of x, little-endian.
    State {
        /// Bytes before these.
        offset: u32,
        /// Bytes in all.
        total: u32,
        /// At most [`MAX_CHUNK`](super::MAX_CHUNK) bytes.
        bytes: &'a [u8],
    },
    /// Digests.
    Digest {
        /// Steps done.
        step: u64,
        /// Digest of x and A now.
        digest: u64,
        /// Digest of the states that entered the chain, see [`Telemetry::chain`].
        chain: u64,
    },
    /// Bytes of a snapshot.
    Snapshot {
        /// Bytes before these.
        offset: u32,
        /// Bytes in all.
        total: u32,
        /// At most [`MAX_CHUNK`](super::MAX_CHUNK) bytes.
        bytes: &'a [u8],
    },
    /// A command, or a frame that was none, was refused; nothing changed.
    Refused(Refusal<'a>),
    /// A state was kept in flash.
    Stored {
        /// States kept since the flash was empty.
        generation: u32,
        /// Bytes kept.
        bytes: u32,
    },
    /// A state from flash was taken up.
    Recalled {
        /// Its generation, see [`Stored`](Self::Stored).
        generation: u32,
        /// Bytes kept.
        bytes: u32,
        /// Steps done since the start of the network.
        step: u64,
        /// The network.
        setup: Setup,
        /// What the flash has in place of a newer state, if it is not the last one that was kept.
        lost: Option<Lost>,
    },
    /// How the steps keep time.
    Timing(Timing),
    /// What the readout makes of the rates.
    Read {
        /// Steps done.
        step: u64,
        /// Bits of the outputs, as `f32`, little-endian; at most [`MAX_OUTPUTS`](super::MAX_OUTPUTS) of them. The cue that
        /// is recalled is the [`strongest`](crate::strongest()). Of a [`StoredSensor`](crate::StoredSensor) what that reads.
        outputs: &'a [u8],
    },
    /// A sample has driven the network.
    Felt {
        /// Steps done since the event began.
        step: u64,
        /// Nanoseconds from the sample to the end of its steps, by the board's cycle counter.
        nanoseconds: u32,
    },
    /// An event was written, or not.
    Written {
        /// Steps done since the event began.
        step: u64,
        /// Whether the network is frozen and has stopped. Otherwise it runs again.
        held: bool,
        /// Freezes that it took.
        freezes: u32,
        /// Steps from the last freeze until it had stopped; 0 where it did not.
        steps_to_stop: u32,
    },
}

/// How the steps of a network keep time, since its start or the last [`Command::Pace`].
///
/// With a period, a step that ends in time is followed by the next at its beginning; one that does not, by the next at
/// the first beginning still to come: whatever happens, the periods that passed are the steps and the misses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Microseconds from the beginning of a step to that of the next; 0: as fast as possible.
    pub period: u32,
    /// Deadline misses: periods that passed without a step of their own, because one before took too long.
    pub missed: u32,
    /// Telemetry dropped because the console was still busy with what came before. Without a period the steps wait
    /// for the console instead.
    pub dropped: u32,
    /// Nanoseconds that the last step took, by the board's cycle counter.
    pub last_step: u32,
    /// Nanoseconds that the longest step took.
    pub longest_step: u32,
}

/// A network under way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telemetry<'a> {
    /// Steps done.
    pub step: u64,
    /// Whether the plastic couplings change.
    pub plasticity: Plasticity,
    /// Root mean square of dx/dt in the last step.
    pub rms_speed: f32,
    /// Largest magnitude of dx/dt in the last step.
    pub max_speed: f32,
    /// Cosine between the rates now and those at the last freeze; 0 before the first.
    pub overlap: f32,
    /// Digest of x and A now.
    pub digest: u64,
    /// FNV-1a over the digests of the states that [`Command::Step`] had enter the chain, since the start or the last
    /// restore: two chains that agree passed through the same states.
    pub chain: u64,
    /// `127 phi` of the first [`SHOWN_NEURONS`](super::SHOWN_NEURONS) neurons, rounded toward zero, as the bits of an `i8`; to look at.
    pub activity: &'a [u8],
    /// How the steps keep time.
    pub timing: Timing,
}

/// Why a board refused a command.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Refusal<'a> {
    /// Not a frame, or one with a wrong checksum.
    BadFrame,
    /// There is no network yet.
    NotConfigured,
    /// A parameter out of its range.
    Parameter {
        /// Its name.
        name: &'a str,
        /// Its value.
        value: f32,
    },
    /// More neurons than the board has room for in a network of this kind, or none.
    Neurons {
        /// Neurons asked for.
        n: u32,
        /// Most neurons that fit.
        capacity: u32,
    },
    /// The couplings in flash are of another size, gain or seed, or there are none of this kind.
    FlashImage,
    /// A transfer function that this firmware lacks.
    Transfer(TransferId),
    /// The state would leave the finite numbers.
    Diverged {
        /// First neuron concerned.
        neuron: u32,
        /// Steps done before.
        step: u64,
    },
    /// An offset beyond the end, or out of order.
    Offset {
        /// The offset.
        offset: u32,
        /// Bytes in all, or the offset expected.
        bound: u32,
    },
    /// A snapshot that does not fit this network.
    Snapshot(SnapshotError),
    /// Not on this board.
    Unsupported,
    /// The flash holds no state, or did not take one.
    Storage(StorageError),
    /// A command with the number of the command before; [`Command::Hello`] alone may repeat it.
    Repeated,
    /// A period that the board's timer, or its watchdog, does not allow.
    Period {
        /// Microseconds asked for.
        period: u32,
        /// Longest period, in microseconds.
        longest: u32,
    },
    /// The firmware carries no readout, or one of other couplings.
    Readout,
    /// The firmware carries nothing that was trained for a sensor and this very network.
    Sensor,
    /// No event has begun, or it is over.
    Event,
}
