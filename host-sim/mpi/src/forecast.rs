//! How long a step will take, before there is one: a few rows are computed as a rank would, without the others.

use std::hint::black_box;
use std::time::Instant;

use cpu_time::ThreadTime;
use freezable_chaos::connectivity::SAMPLES_LIMIT;
use freezable_chaos::random::Randomness;
use freezable_chaos::{CompactRows, Generator, Purpose, SignRows, history_len, wide_len};

use crate::failure::Failure;
use crate::machine;
use crate::ranks::Ranks;
use crate::report::say;
use crate::settings::{Couplings, Network};
use crate::share::Memory;

/// Rows of the small trial: what a step takes whatever the number of rows.
const FEW: usize = 64;
/// Rows of the large one, for each thread.
const MANY: usize = 4096;
/// Most bytes of signs in a trial.
const MOST_BYTES: usize = 64_000_000;

/// Seconds that a rank computes in a step, against its rows.
#[derive(Clone, Copy, Debug)]
pub struct Computing {
    /// Rows of the small trial, and what they took.
    few: (usize, f64),
    /// For each row more.
    per_row: f64,
}

/// Rows of the large trial of a rank that has so many.
pub fn most_rows(of: &Network, couplings: Couplings, threads: usize, rows: usize) -> usize {
    let row_bytes = match couplings {
        Couplings::Signs => SignRows::len(of.n, 1) * size_of::<u64>(),
        Couplings::Hashed => 1,
    };
    rows.min(MANY * threads)
        .min(MOST_BYTES / row_bytes)
        .max(rows.min(FEW))
}

impl Computing {
    /// Tries both numbers of rows, each as often as asked, and takes the quickest.
    pub fn measure(
        of: &Network,
        couplings: Couplings,
        threads: usize,
        rows: usize,
        trials: u32,
    ) -> Result<Self, Failure> {
        let few = rows.min(FEW);
        let many = most_rows(of, couplings, threads, rows);
        let of_few = trial(of, couplings, threads, few, trials)?;
        if many == few {
            return Ok(Self {
                few: (few, of_few),
                per_row: of_few / few as f64,
            });
        }
        let of_many = trial(of, couplings, threads, many, trials)?;
        Ok(Self {
            few: (few, of_few),
            per_row: ((of_many - of_few) / (many - few) as f64).max(0.0),
        })
    }

    /// For that many rows.
    pub fn seconds(&self, rows: usize) -> f64 {
        let (few, of_few) = self.few;
        (of_few + self.per_row * (rows as f64 - few as f64)).max(0.0)
    }
}

/// Seconds for a step of so many rows, the least of some trials: the message of these rows, reading those of all, the sums.
///
/// Of the processor, where one thread does all: what else the machine is at does not count.
pub fn trial(
    of: &Network,
    couplings: Couplings,
    threads: usize,
    rows: usize,
    trials: u32,
) -> Result<f64, Failure> {
    let (dynamics, hashed, rule) = (of.dynamics()?, of.signs()?, of.rule()?);
    let mut words = match couplings {
        Couplings::Signs => vec![0; SignRows::len(of.n, rows)],
        Couplings::Hashed => Vec::new(),
    };
    let signs = match couplings {
        Couplings::Signs => SignRows::store(&mut words, &hashed, 0..rows)?,
        Couplings::Hashed => SignRows::hashed(&hashed, 0..rows)?,
    };
    let mut history = vec![0; history_len(rows, rule.samples)];
    let (mut sums, mut wide) = (vec![0; rows], vec![0; if wide_len(of.n) == 0 { 0 } else { rows }]);
    let share = CompactRows::new(&dynamics, rule, signs, &mut history, &mut sums, &mut wide)?;
    let mut share = if threads > 1 { share.share_rows() } else { share };
    let mut random = Generator::new(of.state_seed(), 0, Purpose::State);
    let mut rates: Vec<f32> = (0..of.n)
        .map(|_| (0.3 * random.gaussian()).clamp(-1.0, 1.0))
        .collect();
    let (mut own, mut all) = (vec![0; share.message_len(rows)], vec![0; share.message_len(of.n)]);
    let mut drive = vec![0.0; rows];
    let mut least = f64::INFINITY;
    for _ in 0..trials {
        let (begin, busy) = (Instant::now(), ThreadTime::now());
        share.write_message(&rates[..rows], &mut own)?;
        all[..own.len()].copy_from_slice(&own);
        let mut products = [0; SAMPLES_LIMIT as usize];
        share.read_message(&all, black_box(&mut rates), &mut products)?;
        share.drive(&rates, &products, &mut drive)?;
        black_box(&drive);
        let time = if threads > 1 {
            begin.elapsed()
        } else {
            busy.elapsed()
        };
        least = least.min(time.as_secs_f64());
    }
    Ok(least)
}

/// What a run will take.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    /// Seconds of a step at the slowest rank, without the gathering.
    step: f64,
    /// Bytes of the rank that has most.
    bytes: u64,
}

/// Measures, at all ranks together, and refuses what does not fit into memory.
pub fn of(
    network: &Network,
    couplings: Couplings,
    threads: usize,
    ranks: &Ranks,
) -> Result<Forecast, Failure> {
    let rows = ranks.rows(network.n, ranks.rank())?.len();
    let bytes = Memory::bytes_of_run(network, couplings, rows, ranks.is_first());
    let what = format!("--n {} with --couplings {}", network.n, couplings.name());
    ranks.agree(machine::check_memory(&what, couplings, bytes, ranks))?;
    let computing = ranks.agree(Computing::measure(network, couplings, threads, rows, 2))?;
    let [step, bytes] = ranks.largest([computing.seconds(rows), bytes as f64]);
    Ok(Forecast {
        step,
        bytes: bytes as u64,
    })
}

impl Forecast {
    /// Prints it by the first rank.
    pub fn say(&self, network: &Network, couplings: Couplings, steps: u64, ranks: &Ranks) {
        if !ranks.is_first() {
            return;
        }
        let kind = match couplings {
            Couplings::Signs => "stored",
            Couplings::Hashed => "hashed",
        };
        say(&format!(
            "N = {} on {} ranks: {:.3e} synapses, signs {kind}, at most {:.1} MB of arrays a rank; forecast: {:.2e} s a step and \
             {:.1} s for {steps} steps, on processors of its own and without the gathering",
            network.n,
            ranks.size(),
            (network.n as f64).powi(2),
            self.bytes as f64 / 1e6,
            self.step,
            self.step * steps as f64
        ));
    }
}
