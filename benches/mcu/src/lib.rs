//! What the bench firmware's programs share: networks in static storage, and windows that are measured.
//!
//! `cargo xtask cycles` builds `phases` and `peers`, runs them on emulated boards, and reads two streams that belong
//! together line by line: the labels printed here, and the counts of the emulator's plugin.
//!
//! On a board with a Cortex-M3 or higher, the processor's own counter measures in place of the plugin, with a debug
//! probe that answers semihosting, and the board's memory map (a `memory.x`) in a file:
//!
//! ```text
//! MEMORY_X=/path/of/memory.x cargo build --release --target thumbv7em-none-eabihf --features cycle-counter
//! ```
#![no_std]

mod measure;
pub mod networks;

use core::panic::PanicInfo;

use cortex_m_rt::{ExceptionFrame, exception};
use semihosting::{println, process};

pub use measure::{Label, STEPS, measure};

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
