//! The compact network alone, on a microcontroller with 36 KiB of RAM: 1024 neurons, 1,048,576 plastic synapses.
//!
//! Two programs, `stored` with the signs of J in 128 KiB of flash and `hashed` without any, run [`scenario`] and print
//! what it reports, then how much stack they used, over semihosting:
//!
//! ```text
//! qemu-system-arm -machine mps2-an386 -display none -monitor none -serial null \
//!     -semihosting-config enable=on,target=native -kernel stored
//! ```
//!
//! `cargo xtask test --only "compact network on the board"` builds and runs them, compares every line with the host's and
//! adds up the RAM.
#![no_std]

pub mod scenario;
#[expect(unsafe_code, reason = "the stack is reached by its address")]
mod stack;

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use freezable_chaos::{Dynamics, Signs};
use semihosting::{println, process};

use crate::scenario::{Failure, Memory};

/// Runs the scenario, prints what it reports and the stack used, and leaves the emulator.
#[inline(always)]
pub fn run(memory: &'static mut Memory, signs: impl FnOnce(&Dynamics) -> Option<Signs<'static>>) -> ! {
    let outcome = scenario::dynamics()
        .and_then(|dynamics| signs(&dynamics).ok_or(Failure::Build))
        .and_then(|signs| scenario::run(memory, signs, |reading| println!("{reading}")));
    if let Err(failure) = &outcome {
        println!("{failure}");
    }
    println!("stack {}", stack::used());
    process::exit(if outcome.is_ok() { 0 } else { 1 })
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    println!("panic");
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
