//! The phases of the exact network's step, each in windows of its own.
//!
//! The last lines are digests of longer runs, which must depend neither on how the inner loops are written nor on
//! the processor.
#![no_std]
#![no_main]

use core::hint::black_box;

use cortex_m_rt::entry;
use freezable_chaos::transfer::{LibmTanh, PortableTanh};
use freezable_chaos::{Connectivity, Tanh, Transfer};
use freezable_cycles::networks::{CAPACITY, Design, Loops, Parts, Storage};
use freezable_cycles::{Label, measure};
use semihosting::{println, process};

/// Sizes measured; small ones where floating-point arithmetic runs in software.
const SIZES: [usize; 4] = if cfg!(target_abi = "eabihf") {
    [32, 64, 96, 128]
} else {
    [16, 32, 48, 64]
};
/// Sizes of the runs that end in a digest.
const DIGESTED: &[usize] = if cfg!(target_abi = "eabihf") {
    &[1, 3, 17, 64, 127, 128]
} else {
    &[1, 3, 17, 64]
};
/// Steps before the first window: the activity is by then that of the attractor.
const SETTLE: usize = 200;
/// Steps of a run that ends in a digest: with the plasticity running, then frozen, then released.
const RUNNING: usize = 256;
const FROZEN: usize = 64;

/// Whole steps, running and frozen, and the transfer function over a state of the attractor.
#[inline(never)]
fn steps<T: Transfer + Copy>(storage: &mut Storage, design: Design, transfer: T, name: &str) -> Option<()> {
    let Design {
        n,
        loops,
        with_buffer,
    } = design;
    let mut network = storage.network(design, transfer)?;
    for _ in 0..SETTLE {
        network.step().ok()?;
    }
    let label = |phase| Label {
        loops: loops.name(),
        n,
        transfer: name,
        phase,
    };
    if !with_buffer {
        let mut rates = [0.0; CAPACITY];
        let rates = rates.get_mut(..n)?;
        measure(label("transfer"), || {
            black_box(&transfer).apply(black_box(network.state()), black_box(&mut *rates));
        });
        measure(label("running"), || {
            black_box(black_box(&mut network).step().is_ok());
        });
    }
    network.freeze();
    let phase = if with_buffer { "frozen-merged" } else { "frozen" };
    measure(label(phase), || {
        black_box(black_box(&mut network).step().is_ok());
    });
    Some(())
}

/// The passes over the couplings, by themselves.
#[inline(never)]
fn passes(storage: &mut Storage, design: Design) -> Option<()> {
    let Parts {
        dynamics,
        mut connectivity,
        neurons: [x, phi, drive],
    } = storage.parts(design)?;
    // x still holds the state of the network before
    Tanh.apply(x, phi);
    let label = |phase| Label {
        loops: design.loops.name(),
        n: design.n,
        transfer: "-",
        phase,
    };
    measure(label("drive"), || {
        connectivity.drive(black_box(&dynamics), black_box(&*phi), black_box(&mut *drive));
    });
    measure(label("learn"), || {
        connectivity.learn(black_box(&dynamics), black_box(&*phi));
    });
    measure(label("drive-and-learn"), || {
        connectivity.drive_and_learn(black_box(&dynamics), black_box(&*phi), black_box(&mut *drive));
    });
    Some(())
}

/// A run that ends in a digest, with digests on the way.
#[inline(never)]
fn digests(storage: &mut Storage, design: Design) -> Option<()> {
    let Design {
        n,
        loops,
        with_buffer,
    } = design;
    let loops = loops.name();
    let mut network = storage.network(design, Tanh)?;
    for step in 1..=RUNNING {
        network.step().ok()?;
        if step.is_power_of_two() {
            println!("digest {loops} {n} {step} {:016x}", network.digest());
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
        println!(
            "digest {loops} {n} {moment}-{with_buffer} {:016x}",
            network.digest()
        );
    }
    Some(())
}

fn all(storage: &mut Storage) -> Option<()> {
    for &loops in Loops::ALL {
        let design = |n, with_buffer| Design {
            n,
            loops,
            with_buffer,
        };
        for n in SIZES {
            for with_buffer in [false, true] {
                match loops {
                    Loops::HandWritten => steps(storage, design(n, with_buffer), Tanh, "own")?,
                    Loops::Portable => steps(storage, design(n, with_buffer), PortableTanh, "own")?,
                }
                steps(storage, design(n, with_buffer), LibmTanh, "libm")?;
            }
            passes(storage, design(n, false))?;
        }
        for &n in DIGESTED {
            digests(storage, design(n, false))?;
            digests(storage, design(n, true))?;
        }
    }
    Some(())
}

#[entry]
fn main() -> ! {
    // The entry macro makes this static, and hands it out once.
    static mut STORAGE: Storage = Storage::new();
    process::exit(if all(STORAGE).is_some() { 0 } else { 1 })
}
