//! Ten million steps of both networks on a microcontroller in the emulator: a line for each cycle.
#![no_std]
#![no_main]
#![allow(missing_docs, reason = "what the entry attributes expand to")]
#![expect(unsafe_code, reason = "a static without the atomics that a Cortex-M0+ lacks")]

use golden_targets::Memory;
use golden_targets::endurance::run;
use semihosting::{println, process};

static mut MEMORY: Memory = Memory::new();

#[cfg_attr(target_arch = "arm", cortex_m_rt::entry)]
#[cfg_attr(target_arch = "riscv32", riscv_rt::entry)]
fn main() -> ! {
    // SAFETY: the start-up code calls this once, and there are no interrupts.
    let memory = unsafe { &mut *(&raw mut MEMORY) };
    match run(memory, |model, cycle, digest| {
        println!("{model} {cycle} {digest:016x}")
    }) {
        Ok(()) => process::exit(0),
        Err(failure) => println!("{failure:?}"),
    }
    process::exit(1)
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    println!("{info}");
    process::exit(101)
}
