//! The compact network's step in windows of its own: couplings stored and hashed, running and frozen.
//!
//! The last lines are digests of longer runs, which must depend neither on how the inner loops are written, nor on
//! where the signs come from, nor on the processor.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m_rt::entry;
use freezable_chaos::{
    Compact, CompactNetwork, Connectivity, Generator, HashedSigns, HistoryRule, HistorySynapses, Network,
    Neurons, Purpose, SignCouplings, Signs, Start, SumBuffers, Tanh, history_len, signs_len,
};
use freezable_cycles::networks::{Loops, PARAMS};
use freezable_cycles::{Label, measure};
use semihosting::{println, process};

/// Sizes measured; small ones where floating-point arithmetic runs in software.
const SIZES: [usize; 4] = if cfg!(target_abi = "eabihf") {
    [128, 256, 512, 1024]
} else {
    [32, 64, 128, 256]
};
/// Sizes of the runs that end in a digest.
const DIGESTED: [usize; 6] = [1, 3, 17, 64, 127, 200];
/// An odd number of samples, which the hand-written loops take two at a time.
const ODD: HistoryRule = HistoryRule {
    samples: 5,
    spacing: 3,
    levels: 127,
};
/// Neurons that the storage holds.
const CAPACITY: usize = 1024;
/// Steps before the first window.
const SETTLE: usize = 60;
/// Steps of a run that ends in a digest: with the plasticity running, then frozen, then released.
const RUNNING: usize = 256;
const FROZEN: usize = 64;

/// Everything that a network lives in.
struct Storage {
    signs: [u64; signs_len(CAPACITY)],
    neurons: [[f32; CAPACITY]; 3],
    history: [i8; history_len(CAPACITY, 8)],
    tables: [[i32; 256]; 8],
    sums: [i32; CAPACITY],
}

/// How a network is put together.
#[derive(Clone, Copy)]
struct Design {
    n: usize,
    loops: Loops,
    is_hashed: bool,
    rule: HistoryRule,
}

impl Design {
    fn label(self, phase: &'static str) -> Label<'static> {
        Label {
            loops: self.loops.name(),
            n: self.n,
            transfer: if self.is_hashed { "hashed" } else { "stored" },
            phase,
        }
    }
}

impl Storage {
    const ZERO: Self = Self {
        signs: [0; signs_len(CAPACITY)],
        neurons: [[0.0; CAPACITY]; 3],
        history: [0; history_len(CAPACITY, 8)],
        tables: [[0; 256]; 8],
        sums: [0; CAPACITY],
    };

    fn network(&mut self, design: Design) -> Option<CompactNetwork<'_, Tanh>> {
        let n = design.n;
        let dynamics = PARAMS.validate(n).ok()?;
        let hashed = HashedSigns::new(&dynamics, 1, 0);
        let signs: Signs<'_> = if design.is_hashed {
            hashed.into()
        } else {
            SignCouplings::store(&mut self.signs, &hashed).ok()?.into()
        };
        let history = HistorySynapses::new(&mut self.history, &dynamics, design.rule).ok()?;
        let sums = self.sums.get_mut(..n)?;
        let buffers = SumBuffers::new(&mut self.tables, sums, &mut [], &dynamics).ok()?;
        let mut compact = Compact::new(signs, history, buffers).ok()?;
        if design.loops == Loops::Portable {
            compact = compact.with_portable_loops();
        }
        let [x, phi, velocity] = self
            .neurons
            .each_mut()
            .map(|values| values.get_mut(..n).unwrap_or_default());
        let neurons = Neurons::new(x, phi, velocity).ok()?;
        let mut network = Network::new(dynamics, Tanh, neurons, compact).ok()?;
        network.start(Start::Large, &mut Generator::new(1, 0, Purpose::State));
        Some(network)
    }
}

/// Whole steps, running and frozen, then the drive of a state by itself.
#[inline(never)]
fn steps(storage: &mut Storage, design: Design) -> Option<()> {
    let mut network = storage.network(design)?;
    for _ in 0..SETTLE {
        network.step().ok()?;
    }
    measure(design.label("running"), || {
        black_box(black_box(&mut network).step().is_ok());
    });
    network.freeze();
    measure(design.label("frozen"), || {
        black_box(black_box(&mut network).step().is_ok());
    });
    let dynamics = *network.dynamics();
    let (mut rates, mut drive) = ([0.0; CAPACITY], [0.0; CAPACITY]);
    let (rates, drive) = (rates.get_mut(..design.n)?, drive.get_mut(..design.n)?);
    rates.copy_from_slice(network.rates());
    let mut compact = network.into_connectivity();
    measure(design.label("matrix-vector"), || {
        compact.drive(black_box(&dynamics), black_box(&*rates), black_box(&mut *drive));
    });
    Some(())
}

/// A run that ends in a digest, with digests on the way.
#[inline(never)]
fn digests(storage: &mut Storage, design: Design) -> Option<()> {
    let (n, loops) = (design.n, design.loops.name());
    let mut network = storage.network(design)?;
    for step in 1..=RUNNING {
        network.step().ok()?;
        if step.is_power_of_two() {
            println!("digest {loops} {n} compact-{step} {:016x}", network.digest());
        }
    }
    for (moment, is_frozen) in [("frozen", true), ("released", false)] {
        if is_frozen {
            network.freeze();
        } else {
            network.release();
        }
        for _ in 0..FROZEN {
            network.step().ok()?;
        }
        println!("digest {loops} {n} compact-{moment} {:016x}", network.digest());
    }
    Some(())
}

fn all(storage: &mut Storage) -> Option<()> {
    for &loops in Loops::ALL {
        for is_hashed in [false, true] {
            let design = |n, rule| Design {
                n,
                loops,
                is_hashed,
                rule,
            };
            let recommended = HistoryRule::recommended(&PARAMS);
            for n in SIZES {
                steps(storage, design(n, recommended))?;
            }
            for (n, rule) in DIGESTED.into_iter().zip([recommended, ODD].into_iter().cycle()) {
                digests(storage, design(n, rule))?;
            }
        }
    }
    Some(())
}

#[entry]
fn main() -> ! {
    // The entry macro makes this static, and hands it out once.
    static mut STORAGE: Storage = Storage::ZERO;
    process::exit(if all(STORAGE).is_some() { 0 } else { 1 })
}
