//! The compact network on this machine beside a dense product by BLAS, and beside a plain read of its bits.

mod memory;
mod report;
mod storage;

pub use report::print;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use freezable_chaos::{HashedSigns, InstructionSet, SignCouplings, Signs, Simd, signs_len};
use serde::{Deserialize, Serialize};

use self::storage::{PARAMS, Storage};
use super::host::ONE_THREAD;
use crate::{paths, process, python};

/// Neurons whose dense matrix in single precision still fits: 1 GiB.
pub const DENSE: usize = 16_384;
/// Neurons of a network of ten billion synapses.
pub const LARGE: usize = 100_352;
/// Neurons of a network of a hundred billion.
pub const LARGEST: usize = 316_228;
/// Turns of the programs, of which each one's fastest counts. BLAS allocates its matrix anew in each.
const BLAS_TURNS: usize = 3;
const TURNS: usize = 7;
/// What the figures are.
const TIMED: &str = "timed in one run, the programs in turns: of all turns the fastest; memory: peak resident set of \
                     the whole program (VmHWM)";

/// What is timed.
type Work<'a> = Box<dyn FnMut() -> Result<()> + 'a>;

/// All figures of this part.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    command: &'static str,
    figures_are: &'static str,
    /// Of the kernel's rows, unless they name others.
    best_instructions: String,
    /// Other work on the machine, as Linux tells it: processes that wanted to run in the last minute.
    load_before: Option<f64>,
    load_after: Option<f64>,
    rows: Vec<Row>,
    memory: Vec<Memory>,
    /// Of all networks at [`LARGE`], after as many steps.
    digest: Option<String>,
    skipped: Vec<String>,
}

/// The fastest time of a program.
#[derive(Clone, Debug, Serialize)]
struct Row {
    what: &'static str,
    couplings: &'static str,
    instructions: String,
    threads: usize,
    n: usize,
    seconds: f64,
    /// N^2 over the time, in billions; for the plain read, bits.
    billions_per_second: f64,
}

/// Peak resident memory.
#[derive(Clone, Debug, Serialize)]
struct Memory {
    couplings: &'static str,
    n: usize,
    megabytes: f64,
}

/// What `benches/peers/product.py` prints.
#[derive(Debug, Deserialize)]
struct Product {
    seconds: f64,
}

/// A program that takes turns with others.
struct Contestant<'a> {
    row: Row,
    work: Work<'a>,
}

impl Row {
    fn new(what: &'static str, couplings: &'static str, n: usize) -> Self {
        Self {
            what,
            couplings,
            instructions: String::new(),
            threads: 1,
            n,
            seconds: f64::INFINITY,
            billions_per_second: 0.0,
        }
    }

    fn with(mut self, simd: Simd, threads: usize) -> Self {
        self.instructions = format!("{:?}", simd.instruction_set());
        self.threads = threads;
        self
    }

    fn add(&mut self, seconds: f64) {
        self.seconds = self.seconds.min(seconds);
        self.billions_per_second = (self.n * self.n) as f64 / self.seconds / 1e9;
    }
}

/// Measures all sizes.
pub fn measure() -> Result<Figures> {
    let python = match python::python_with(&["numpy", "scipy"])? {
        Ok(python) => python,
        Err(reason) => bail!("BLAS through scipy is the peer: {reason}"),
    };
    let mut figures = Figures {
        command: "cargo xtask compare",
        figures_are: TIMED,
        best_instructions: format!("{:?}", Simd::detect().instruction_set()),
        load_before: load(),
        load_after: None,
        rows: Vec::new(),
        memory: Vec::new(),
        digest: None,
        skipped: Vec::new(),
    };
    figures.beside_dense(&python)?;
    figures.hashed_alone(LARGE, 1)?;
    figures.large()?;
    figures.hashed_alone(LARGEST, 2)?;
    figures.load_after = load();
    Ok(figures)
}

impl Figures {
    /// Every instruction set beside the dense product.
    fn beside_dense(&mut self, python: &Path) -> Result<()> {
        let hashed = HashedSigns::new(&PARAMS.validate(DENSE)?, 1, 0);
        let mut words = vec![0; signs_len(DENSE)];
        let stored = SignCouplings::store(&mut words, &hashed)?;
        let sets: Vec<Simd> = InstructionSet::ALL.into_iter().filter_map(Simd::with).collect();
        let mut storages = (0..=sets.len())
            .map(|_| Storage::new(DENSE))
            .collect::<Result<Vec<_>>>()?;
        let (for_hashed, for_stored) = storages.split_first_mut().context("no storage")?;
        let best = Simd::detect();
        let mut contestants = vec![Contestant {
            row: Row::new("drive", "hashed", DENSE).with(best, 1),
            work: for_hashed.drive(hashed.into(), best)?,
        }];
        for (storage, &simd) in for_stored.iter_mut().zip(&sets) {
            contestants.push(Contestant {
                row: Row::new("drive", "stored", DENSE).with(simd, 1),
                work: storage.drive(stored.into(), simd)?,
            });
        }
        let reason = memory::too_little_for(1500.0);
        let mut product = Row::new("sgemv", "dense", DENSE);
        for turn in 1..=BLAS_TURNS {
            eprintln!("compact network, N = {DENSE}, turn {turn} of {BLAS_TURNS}");
            if reason.is_none() {
                product.add(dense_product(python)?);
            }
            race(&mut contestants)?;
        }
        match reason {
            None => self.rows.push(product),
            Some(reason) => self.skipped.push(format!("sgemv at N = {DENSE}: {reason}")),
        }
        self.rows.extend(contestants.into_iter().map(|one| one.row));
        Ok(())
    }

    /// Ten billion synapses: products, steps, threads, and the plain read.
    fn large(&mut self) -> Result<()> {
        if let Some(reason) = memory::too_little_for(1700.0) {
            self.skipped
                .push(format!("stored signs at N = {LARGE}: {reason}"));
            return Ok(());
        }
        eprintln!("compact network, N = {LARGE}");
        let hashed = HashedSigns::new(&PARAMS.validate(LARGE)?, 1, 0);
        let best = Simd::detect();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
        let can_measure = memory::reset_peak().is_some();
        let mut words = vec![0; signs_len(LARGE)];
        let stored = SignCouplings::store(&mut words, &hashed)?;
        let mut storages = (0..6).map(|_| Storage::new(LARGE)).collect::<Result<Vec<_>>>()?;
        let [stored_drive, hashed_drive, networks @ ..] = storages.as_mut_slice() else {
            bail!("no storage");
        };
        let mut networks = networks
            .iter_mut()
            .enumerate()
            .map(|(place, storage)| {
                let signs: Signs<'_> = if place < 2 {
                    stored.into()
                } else {
                    hashed.clone().into()
                };
                storage.network(signs, best, place % 2 == 1)
            })
            .collect::<Result<Vec<_>>>()?;
        let mut contestants = vec![
            Contestant {
                row: Row::new("plain read", "stored", LARGE),
                work: Box::new(|| {
                    black_box(sum(black_box(stored.image())));
                    Ok(())
                }),
            },
            Contestant {
                row: Row::new("drive", "stored", LARGE).with(best, 1),
                work: stored_drive.drive(stored.into(), best)?,
            },
            Contestant {
                row: Row::new("drive", "hashed", LARGE).with(best, 1),
                work: hashed_drive.drive(hashed.clone().into(), best)?,
            },
        ];
        for (place, network) in networks.iter_mut().enumerate() {
            let threads = 1 + place % 2;
            let couplings = if place < 2 { "stored" } else { "hashed" };
            let pool = &pool;
            contestants.push(Contestant {
                row: Row::new("step", couplings, LARGE).with(best, threads),
                work: if threads == 2 {
                    Box::new(move || Ok(pool.install(|| network.step())?))
                } else {
                    Box::new(|| Ok(network.step()?))
                },
            });
        }
        race(&mut contestants)?;
        if can_measure && let Some(megabytes) = memory::peak() {
            self.memory.push(Memory {
                couplings: "stored",
                n: LARGE,
                megabytes,
            });
        }
        self.rows.extend(contestants.into_iter().map(|one| one.row));
        let digests: Vec<_> = networks.iter().map(|network| network.digest()).collect();
        ensure!(
            digests.iter().all(|digest| Some(digest) == digests.first()),
            "stored and hashed couplings on one and two threads must have the same bits: {digests:x?}"
        );
        self.digest = digests.first().map(|digest| format!("{digest:016x}"));
        Ok(())
    }

    /// A network without couplings in memory: how much it takes, and a few steps.
    fn hashed_alone(&mut self, n: usize, steps: usize) -> Result<()> {
        eprintln!("compact network, N = {n}, hashed");
        let can_measure = memory::reset_peak().is_some();
        let hashed = HashedSigns::new(&PARAMS.validate(n)?, 1, 0);
        let (mut storage, best) = (Storage::new(n)?, Simd::detect());
        let mut network = storage.network(hashed.into(), best, false)?;
        let mut row = Row::new("step", "hashed", n).with(best, 1);
        for _ in 0..steps {
            let start = Instant::now();
            network.step()?;
            row.add(start.elapsed().as_secs_f64());
        }
        if n != LARGE {
            self.rows.push(row);
        }
        if can_measure && let Some(megabytes) = memory::peak() {
            self.memory.push(Memory {
                couplings: "hashed",
                n,
                megabytes,
            });
        }
        Ok(())
    }
}

/// Lets all run once without the clock, and then in turns.
fn race(contestants: &mut [Contestant<'_>]) -> Result<()> {
    for turn in 0..=TURNS {
        for Contestant { row, work } in &mut *contestants {
            let start = Instant::now();
            work()?;
            if turn > 0 {
                row.add(start.elapsed().as_secs_f64());
            }
        }
    }
    Ok(())
}

/// Seconds of a dense product on one thread.
fn dense_product(python: &Path) -> Result<f64> {
    let mut peer = Command::new(python);
    peer.arg(paths::root().join("benches/peers/product.py"));
    peer.args([DENSE, TURNS].map(|number| number.to_string()));
    peer.envs(ONE_THREAD.map(|variable| (variable, "1")));
    let output = process::output(&mut peer)?;
    let product: Product = serde_json::from_str(&output).context("benches/peers/product.py")?;
    Ok(product.seconds)
}

/// Reads all words and does next to nothing with them, in vectors.
fn sum(words: &[u64]) -> u64 {
    let (blocks, tail) = words.as_chunks::<32>();
    let mut lanes = [0_u64; 32];
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block) {
            *lane = lane.wrapping_add(*word);
        }
    }
    lanes
        .iter()
        .chain(tail)
        .fold(0, |sum, &word| sum.wrapping_add(word))
}

fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
