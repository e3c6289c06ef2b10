//! The kernel behind a C interface; `include/freezable_chaos.h` is its documentation.
//!
//! Every function checks its pointers for NULL, alignment and overlap, and lets the kernel check the rest; what it cannot check
//! stands in each function's safety section and in the header: pointers point to so many elements, and memory stays in place.
#![no_std]

mod build;
mod memory;
mod network;
mod personality;
mod place;
mod status;

use core::panic::PanicInfo;

use freezable_chaos::CONTRACT_VERSION;

pub use build::*;
pub use network::*;
pub use status::{Failure, Status};

/// Version of the arithmetic.
#[unsafe(no_mangle)]
pub extern "C" fn freezable_contract_version() -> u16 {
    CONTRACT_VERSION
}

/// The kernel never panics (`cargo xtask audit`); the language wants a handler.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
