//! The rows of one rank as a network of the kernel: the step, freezing and releasing are the kernel's own, and the drive asks
//! the other ranks for their rates.

use std::cell::Cell;
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use freezable_chaos::connectivity::SAMPLES_LIMIT;
use freezable_chaos::random::Randomness;
use freezable_chaos::{
    BuildError, CompactRows, Connectivity, Dynamics, Generator, Network, Neurons, Purpose, SignRows,
    SizeError, SnapshotError, Tanh, history_len, wide_len,
};

use crate::failure::Failure;
use crate::ranks::{Lengths, Ranks};
use crate::settings::{self, Couplings};

/// The rows of this rank, as the kernel steps them.
pub type Share<'a> = Network<'a, SharedRows<'a>, Tanh>;

/// Heap storage of the rows of a rank.
#[derive(Debug)]
pub struct Memory {
    /// Empty where the signs are hashed.
    signs: Vec<u64>,
    neurons: [Vec<f32>; 3],
    history: Vec<i8>,
    sums: Vec<i32>,
    wide: Vec<i64>,
    /// The rates of all neurons.
    rates: Vec<f32>,
}

impl Memory {
    /// Room for that many rows.
    pub fn new(of: &settings::Network, couplings: Couplings, rows: usize) -> Self {
        let signs = match couplings {
            Couplings::Signs => SignRows::len(of.n, rows),
            Couplings::Hashed => 0,
        };
        Self {
            signs: vec![0; signs],
            neurons: [vec![0.0; rows], vec![0.0; rows], vec![0.0; rows]],
            history: vec![0; history_len(rows, of.history_samples)],
            sums: vec![0; rows],
            wide: vec![0; if wide_len(of.n) == 0 { 0 } else { rows }],
            rates: vec![0.0; of.n],
        }
    }

    /// Its bytes, with those of messages: what steps need.
    pub fn bytes(of: &settings::Network, couplings: Couplings, rows: usize) -> u64 {
        let signs = match couplings {
            Couplings::Signs => SignRows::len(of.n, rows) * size_of::<u64>(),
            Couplings::Hashed => 0,
        };
        let row = 3 * size_of::<f32>() + of.history_samples as usize + size_of::<i32>() + size_of::<i64>();
        (signs + rows * row + of.n * (size_of::<f32>() + 2 * 3)) as u64
    }

    /// Most bytes of a whole run: at a checkpoint a rank holds the rates at the freeze and its rows three times, and the first
    /// one at the end the whole state twice.
    pub fn bytes_of_run(of: &settings::Network, couplings: Couplings, rows: usize, is_first: bool) -> u64 {
        let state = size_of::<f32>() + of.history_samples as usize;
        let whole = if is_first { 2 * of.n * state } else { 0 };
        let kept = rows * (size_of::<f32>() + 3 * state) + whole;
        Self::bytes(of, couplings, rows) + kept as u64
    }

    /// The rows at rest.
    pub fn share<'a>(
        &'a mut self,
        of: &settings::Network,
        couplings: Couplings,
        threads: usize,
        ranks: &'a Ranks,
    ) -> Result<Share<'a>, Failure> {
        let (dynamics, hashed, rule) = (of.dynamics()?, of.signs()?, of.rule()?);
        let range = ranks.rows(of.n, ranks.rank())?;
        let count = range.len();
        let signs = match couplings {
            Couplings::Signs => SignRows::store(&mut self.signs, &hashed, range)?,
            Couplings::Hashed => SignRows::hashed(&hashed, range)?,
        };
        let rows = CompactRows::new(
            &dynamics,
            rule,
            signs,
            &mut self.history,
            &mut self.sums,
            &mut self.wide,
        )?;
        let rows = if threads > 1 { rows.share_rows() } else { rows };
        let all: Vec<_> = (0..ranks.size())
            .map(|rank| ranks.rows(of.n, rank))
            .collect::<Result<_, _>>()?;
        let lengths = Lengths::new(all.iter().map(|range| rows.message_len(range.len())))?;
        let shared = SharedRows {
            message: vec![0; rows.message_len(count)],
            messages: vec![0; lengths.total()],
            lengths,
            splits: all.iter().map(ExactSizeIterator::len).collect(),
            rates: &mut self.rates,
            rows,
            ranks,
            failed: None,
            spent: Cell::default(),
        };
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity)?;
        Ok(Network::new(of.dynamics_of(count)?, Tanh, neurons, shared)?)
    }
}

/// Starts the rows of a rank from the state that the whole network would start from.
pub fn start(share: &mut Share<'_>, of: &settings::Network) {
    let mut randomness = Generator::new(of.state_seed(), 0, Purpose::State);
    for _ in 0..share.connectivity().rows.rows().start {
        randomness.gaussian();
    }
    share.start(of.start.into(), &mut randomness);
}

/// One step, which all ranks make together. A rank that cannot ends the job by itself: to agree would take as long again as the
/// gathering, in every step, for failures that tanh does not have.
pub fn step(share: &mut Share<'_>) -> Result<(), Failure> {
    let first = share.connectivity().rows().start;
    let done = share.step();
    if let Some(error) = share.connectivity().failed {
        return Err(error.into());
    }
    done.map_err(|diverged| {
        Failure::Check(format!(
            "neuron {} diverged in step {}",
            first + diverged.neuron,
            diverged.step
        ))
    })
}

/// Where the time of steps went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// Writing messages, reading them, and the sums: what this rank computes.
    pub computing: Duration,
    /// The same by the processor's clock, of the thread that calls.
    pub processor: Duration,
    /// Gathering, and waiting for slower ranks.
    pub gathering: Duration,
}

/// The rows of one rank of the compact network, and the way to the others.
pub struct SharedRows<'a> {
    rows: CompactRows<'a>,
    rates: &'a mut [f32],
    ranks: &'a Ranks,
    lengths: Lengths,
    /// Rows of each rank.
    splits: Vec<usize>,
    message: Vec<u8>,
    messages: Vec<u8>,
    /// Why the drive of the last step is none: the kernel's step does not ask.
    failed: Option<SizeError>,
    spent: Cell<Spent>,
}

impl SharedRows<'_> {
    /// Which rows these are.
    pub fn rows(&self) -> std::ops::Range<usize> {
        self.rows.rows()
    }

    /// Bytes that each rank has after a step's gathering.
    pub fn gathered_bytes(&self) -> usize {
        self.messages.len()
    }

    /// Where the time of all steps so far went.
    pub fn spent(&self) -> Spent {
        self.spent.get()
    }

    fn exchange_and_add(&mut self, phi: &[f32], drive: &mut [f32]) -> Result<(), SizeError> {
        let (begin, busy) = (Instant::now(), ThreadTime::now());
        self.rows.write_message(phi, &mut self.message)?;
        let (written, writing) = (Instant::now(), busy.elapsed());
        self.ranks
            .gather_all(&self.message, &mut self.messages, &self.lengths);
        let (gathered, busy) = (Instant::now(), ThreadTime::now());
        let (mut rest, mut products) = (&mut *self.rates, [0; SAMPLES_LIMIT as usize]);
        for (rank, &rows) in self.splits.iter().enumerate() {
            let (rates, later) = rest.split_at_mut(rows);
            let message = &self.messages[self.lengths.of(rank)];
            self.rows.read_message(message, rates, &mut products)?;
            rest = later;
        }
        self.rows.drive(self.rates, &products, drive)?;
        let mut spent = self.spent.get();
        spent.gathering += gathered - written;
        spent.computing += (written - begin) + gathered.elapsed();
        spent.processor += writing + busy.elapsed();
        self.spent.set(spent);
        Ok(())
    }
}

/// `dynamics` is that of a network of these rows alone, which the neurons' step takes; the couplings have that of the whole.
impl Connectivity for SharedRows<'_> {
    const MODEL: u8 = 130;

    fn check(&self, dynamics: &Dynamics) -> Result<(), BuildError> {
        let (expected, found) = (self.rows.rows().len(), dynamics.n());
        if expected == found {
            return Ok(());
        }
        Err(BuildError::Size(SizeError {
            what: "the rows of a rank",
            expected,
            found,
        }))
    }

    fn rate_limit(&self) -> f32 {
        1.0
    }

    fn clear(&mut self) {
        self.rows.clear();
    }

    fn imprint(&mut self, _dynamics: &Dynamics, phi: &[f32]) {
        self.rows.imprint(phi);
    }

    fn drive(&mut self, _dynamics: &Dynamics, phi: &[f32], drive: &mut [f32]) {
        self.failed = self.exchange_and_add(phi, drive).err();
    }

    fn learn(&mut self, _dynamics: &Dynamics, phi: &[f32]) {
        self.rows.learn(phi);
    }

    /// As in the compact network; where another rank's rate is beyond 1, that rank stops the job.
    fn drive_is_bounded(&self, phi: &[f32]) -> bool {
        phi.iter().all(|rate| rate.abs() <= 1.0)
    }

    /// Of nothing: the checkpoint's manifest says what the couplings are.
    fn couplings_digest(&self) -> u64 {
        0
    }

    fn plastic_len(&self) -> usize {
        self.rows.plastic_len()
    }

    fn write_plastic(&self, offset: usize, piece: &mut [u8]) {
        self.rows.write_plastic(offset, piece);
    }

    fn phase(&self) -> u32 {
        self.rows.history().phase()
    }

    fn check_plastic(&self, phase: u32, offset: usize, piece: &[u8]) -> Result<(), SnapshotError> {
        self.rows.check_plastic(phase, offset, piece)
    }

    fn read_plastic(&mut self, phase: u32, offset: usize, piece: &[u8]) {
        self.rows.read_plastic(phase, offset, piece);
    }
}
