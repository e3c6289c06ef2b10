//! The golden trajectories on a real chip: a line by its serial port for each checkpoint, then `done`.
#![no_std]
#![no_main]
#![allow(missing_docs, reason = "what the entry attributes expand to")]
#![expect(unsafe_code, reason = "statics without atomics, and registers")]

mod line;

use core::fmt::Write;

use freezable_chaos::{DenseCouplings, Dynamics, ExactBuffers, couplings_len, synapses_len};
use golden_targets::{Failure, goldens};

use crate::line::Line;

/// The largest exact network that the chip's RAM holds, and the largest whose couplings fit there too.
const SIZES: (usize, usize) = if cfg!(chip = "stm32f405") {
    (128, 128)
} else if cfg!(chip = "rp2040") {
    (64, 64)
} else if cfg!(chip = "stm32f100") {
    (17, 17)
} else {
    (64, 17)
};
const EXACT: usize = SIZES.0;
const DRAWN: usize = SIZES.1;

/// What the networks live in.
struct Memory {
    exact: ExactBuffers<EXACT, { synapses_len(EXACT) }>,
    couplings: [f32; couplings_len(DRAWN)],
    /// Its tables alone take 8 KB.
    #[cfg(any(chip = "stm32f405", chip = "rp2040"))]
    compact: freezable_chaos::CompactBuffers<EXACT>,
}

static mut MEMORY: Memory = Memory {
    exact: ExactBuffers::new(),
    couplings: [0.0; couplings_len(DRAWN)],
    #[cfg(any(chip = "stm32f405", chip = "rp2040"))]
    compact: freezable_chaos::CompactBuffers::new(),
};

/// In flash: the couplings of 64 neurons, as build.rs drew them.
static COUPLINGS: [f32; couplings_len(64)] = include!(concat!(env!("OUT_DIR"), "/couplings.rs"));

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    // SAFETY: the start-up code calls this once, and there are no interrupts.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    let mut line = Line::new();
    let _ = match run(memory, &mut line) {
        Ok(()) => writeln!(line, "done"),
        Err(failure) => writeln!(line, "{failure:?}"),
    };
    loop {}
}

fn run(memory: &mut Memory, line: &mut Line) -> Result<(), Failure> {
    let mut look = |checkpoint: goldens::Checkpoint| {
        let _ = writeln!(line, "{checkpoint}");
    };
    for (n, transfer) in goldens::cases(EXACT) {
        let dynamics = goldens::dynamics(n)?;
        let couplings = couplings(&mut memory.couplings, &dynamics)?;
        goldens::exact(&mut memory.exact, dynamics, couplings, transfer, &mut look)?;
        #[cfg(any(chip = "stm32f405", chip = "rp2040"))]
        if transfer == 0 {
            goldens::compact(&mut memory.compact, dynamics, &mut look)?;
        }
    }
    Ok(())
}

/// From flash where they are there, else drawn.
fn couplings<'a>(buffer: &'a mut [f32], dynamics: &Dynamics) -> Result<DenseCouplings<'a>, Failure> {
    if dynamics.n() == 64 {
        return Ok(DenseCouplings::from_image(&COUPLINGS, dynamics)
            .map_err(freezable_chaos::BuildError::Couplings)?);
    }
    goldens::draw(buffer, dynamics)
}

#[panic_handler]
fn panic(information: &core::panic::PanicInfo<'_>) -> ! {
    let _ = writeln!(Line::new(), "{information}");
    loop {}
}
