//! Runs the phases of the exact network's step, each between marks that the emulator's plugin looks for.
//!
//! `cargo xtask cycles` builds this, runs it on QEMU's mps2-an386, and reads two streams that belong together
//! line by line: the labels printed here, and the counts of the plugin. The last lines are digests of long runs,
//! which must not depend on how the inner loops are written.
#![no_std]
#![no_main]

mod window;

use core::hint::black_box;
use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, entry, exception};
use freezable_chaos::transfer::LibmTanh;
use freezable_chaos::{
    Connectivity, Dynamics, Exact, GaussianCouplings, Generator, Network, Neurons, PackedSynapses, Params,
    Purpose, Start, Tanh, Transfer, couplings_len, merged_len, synapses_len,
};
use semihosting::{println, process};

use crate::window::counted;

/// Neurons that the static storage holds.
const CAPACITY: usize = 128;
/// Sizes counted.
const COUNTED: [usize; 4] = [32, 64, 96, 128];
/// Sizes of the long runs.
const DIGESTED: [usize; 6] = [1, 3, 17, 64, 127, 128];
/// Steps of a counted window: branches of the transfer function depend on the state.
const STEPS: usize = 64;
/// Steps before the first window: the activity is by then that of the attractor.
const SETTLE: usize = 200;
/// Steps of a long run, with the plasticity running.
const LONG: usize = 4096;
/// Steps of a long run after the freeze.
const FROZEN: usize = 256;

/// The parameters of the goldens.
const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};

/// Everything that the networks of this program live in, one after the other.
struct Storage {
    couplings: [f32; couplings_len(CAPACITY)],
    synapses: [f32; synapses_len(CAPACITY)],
    merged: [f32; merged_len(CAPACITY)],
    neurons: [[f32; CAPACITY]; 3],
}

impl Storage {
    const fn new() -> Self {
        Self {
            couplings: [0.0; couplings_len(CAPACITY)],
            synapses: [0.0; synapses_len(CAPACITY)],
            merged: [0.0; merged_len(CAPACITY)],
            neurons: [[0.0; CAPACITY]; 3],
        }
    }
}

/// The parts of a network of `n` neurons; the first `n` values of each slice of neurons.
struct Parts<'a> {
    dynamics: Dynamics,
    connectivity: Exact<'a>,
    neurons: [&'a mut [f32]; 3],
}

fn parts(storage: &mut Storage, n: usize, with_buffer: bool) -> Option<Parts<'_>> {
    let dynamics = PARAMS.validate(n).ok()?;
    let mut randomness = Generator::new(1, 0, Purpose::Couplings);
    let couplings = GaussianCouplings::seed(&mut storage.couplings, &dynamics, &mut randomness).ok()?;
    let synapses = PackedSynapses::new(&mut storage.synapses, n).ok()?;
    let mut connectivity = Exact::new(couplings, synapses).ok()?;
    if with_buffer {
        connectivity = connectivity.with_merge_buffer(&mut storage.merged).ok()?;
    }
    let neurons = storage
        .neurons
        .each_mut()
        .map(|values| values.get_mut(..n).unwrap_or_default());
    Some(Parts {
        dynamics,
        connectivity,
        neurons,
    })
}

fn network<T: Transfer>(parts: Parts<'_>, transfer: T) -> Option<Network<'_, Exact<'_>, T>> {
    let [x, phi, velocity] = parts.neurons;
    let neurons = Neurons::new(x, phi, velocity).ok()?;
    let mut network = Network::new(parts.dynamics, transfer, neurons, parts.connectivity).ok()?;
    network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
    Some(network)
}

/// Counts `STEPS` calls of `work`, and says what they were.
#[inline(always)]
fn phase(n: usize, transfer: &str, name: &str, mut work: impl FnMut()) {
    println!("window {n} {transfer} {name} {STEPS}");
    counted(|| {
        for _ in 0..STEPS {
            work();
        }
    });
}

/// Whole steps, running and frozen, and the transfer function over a state of the attractor.
#[inline(never)]
fn steps<T: Transfer + Copy>(
    storage: &mut Storage,
    n: usize,
    transfer: T,
    name: &str,
    with_buffer: bool,
) -> Option<()> {
    let mut network = network(parts(storage, n, with_buffer)?, transfer)?;
    for _ in 0..SETTLE {
        network.step().ok()?;
    }
    if !with_buffer {
        let mut rates = [0.0; CAPACITY];
        let rates = rates.get_mut(..n)?;
        phase(n, name, "transfer", || {
            black_box(&transfer).apply(black_box(network.state()), black_box(&mut *rates));
        });
        phase(n, name, "running", || {
            black_box(black_box(&mut network).step().is_ok());
        });
    }
    network.freeze();
    phase(
        n,
        name,
        if with_buffer { "frozen-merged" } else { "frozen" },
        || {
            black_box(black_box(&mut network).step().is_ok());
        },
    );
    Some(())
}

/// The two passes over the couplings, by themselves.
#[inline(never)]
fn passes(storage: &mut Storage, n: usize) -> Option<()> {
    let Parts {
        dynamics,
        mut connectivity,
        neurons: [x, phi, drive],
    } = parts(storage, n, false)?;
    // x and phi still hold the state of the network before
    Tanh.apply(x, phi);
    phase(n, "-", "drive", || {
        connectivity.drive(black_box(&dynamics), black_box(&*phi), black_box(&mut *drive));
    });
    phase(n, "-", "learn", || {
        connectivity.learn(black_box(&dynamics), black_box(&*phi));
    });
    phase(n, "-", "drive-and-learn", || {
        connectivity.drive_and_learn(black_box(&dynamics), black_box(&*phi), black_box(&mut *drive));
    });
    Some(())
}

/// A long run: digests on the way, at powers of two, and after the freeze.
#[inline(never)]
fn digests(storage: &mut Storage, n: usize, with_buffer: bool) -> Option<()> {
    let mut network = network(parts(storage, n, with_buffer)?, Tanh)?;
    for step in 1..=LONG {
        network.step().ok()?;
        if step.is_power_of_two() {
            println!("digest {n} {step} {:016x}", network.digest());
        }
    }
    network.freeze();
    for _ in 0..FROZEN {
        network.step().ok()?;
    }
    println!("digest {n} frozen {with_buffer} {:016x}", network.digest());
    network.release();
    for _ in 0..FROZEN {
        network.step().ok()?;
    }
    println!("digest {n} released {with_buffer} {:016x}", network.digest());
    Some(())
}

fn all(storage: &mut Storage) -> Option<()> {
    for n in COUNTED {
        for with_buffer in [false, true] {
            steps(storage, n, Tanh, "own", with_buffer)?;
            steps(storage, n, LibmTanh, "libm", with_buffer)?;
        }
        passes(storage, n)?;
    }
    for n in DIGESTED {
        digests(storage, n, false)?;
        digests(storage, n, true)?;
    }
    Some(())
}

#[entry]
fn main() -> ! {
    // The entry macro makes this static, and hands it out once.
    static mut STORAGE: Storage = Storage::new();
    process::exit(if all(STORAGE).is_some() { 0 } else { 1 })
}

#[panic_handler]
fn panic(information: &PanicInfo<'_>) -> ! {
    println!("{information}");
    process::exit(101)
}

#[exception]
#[allow(
    unsafe_code,
    reason = "cortex-m-rt wants its fault handlers marked unsafe, and copies this attribute to code without any"
)]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    println!("hard fault at {:#010x}", frame.pc());
    process::exit(102)
}
