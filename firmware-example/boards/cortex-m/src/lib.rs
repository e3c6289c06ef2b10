//! What real boards with a Cortex-M have alike, for the board's own package to be short.
//!
//! The panic and the hard-fault handler are here: they log what happened for a debug probe (defmt over RTT), then stop
//! in the debugger if there is one, and else reset the board, which starts again without a network.
#![no_std]

mod console;
mod faults;
mod pins;
mod shared;

pub use console::{Console, Port};
pub use pins::ActiveLow;
pub use shared::Shared;

use core::ops::Range;

use cortex_m::Peripherals;
use cortex_m::asm::wfi;
use cortex_m::interrupt::InterruptNumber;
use cortex_m::peripheral::{DWT, NVIC};

/// Checks the floating-point unit and starts the cycle counter.
pub fn start(core: &mut Peripherals) {
    assert_float_unit_rounds_as_promised();
    core.DCB.enable_trace();
    core.DWT.enable_cycle_counter();
}

/// Lets interrupts through.
#[expect(
    unsafe_code,
    reason = "an interrupt let through could break a critical section"
)]
pub fn enable<I: InterruptNumber>(interrupts: impl IntoIterator<Item = I>) {
    for interrupt in interrupts {
        // SAFETY: nothing in these firmwares counts on masked interrupts: what handlers share is in a `Shared`
        unsafe { NVIC::unmask(interrupt) };
    }
}

/// Addresses of the flash for stored states: `_stored_start` and `_stored_end` of the board's memory map.
#[expect(unsafe_code, reason = "the linker says where it lies")]
pub fn stored_region() -> Range<usize> {
    unsafe extern "C" {
        static _stored_start: u8;
        static _stored_end: u8;
    }
    (&raw const _stored_start).expose_provenance()..(&raw const _stored_end).expose_provenance()
}

/// Clock cycles since [`start`], modulo 2^32; they stand still while the processor sleeps.
pub fn cycles() -> u32 {
    DWT::cycle_count()
}

/// Sleeps until an interrupt, unless there is a reason not to: one that came before it is asked for is not overlooked.
pub fn sleep_unless(is_over: impl FnOnce() -> bool) {
    // a pending interrupt ends the sleep though it is only served afterwards
    cortex_m::interrupt::free(|_| {
        if !is_over() {
            wfi();
        }
    });
}

/// The bits of the network are promised for round to nearest, with subnormal numbers and NaNs as IEEE 754 has them.
fn assert_float_unit_rounds_as_promised() {
    let control = cortex_m::register::fpscr::read();
    assert!(control.rmode().is_nearest(), "FPSCR: rounding is not to nearest");
    assert!(!control.fz(), "FPSCR: FZ = 1 flushes subnormal numbers to zero");
    assert!(!control.dn(), "FPSCR: DN = 1 replaces NaNs");
}
