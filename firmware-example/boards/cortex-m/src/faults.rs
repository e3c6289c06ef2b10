//! What a panic and a hard fault do.

use core::panic::PanicInfo;

use cortex_m::asm::bkpt;
use cortex_m::peripheral::{DCB, SCB};
use cortex_m_rt::{ExceptionFrame, exception};
use defmt_rtt as _;

#[panic_handler]
fn panic(information: &PanicInfo<'_>) -> ! {
    defmt::error!("{}", defmt::Display2Format(information));
    stop()
}

#[exception]
#[allow(
    unsafe_code,
    reason = "cortex-m-rt wants its fault handlers marked unsafe, and copies this attribute to code without any"
)]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!(
        "hard fault at {=u32:#010x}, called from {=u32:#010x}",
        frame.pc(),
        frame.lr()
    );
    stop()
}

/// Stops in the debugger, or resets the board where nobody looks.
fn stop() -> ! {
    if DCB::is_debugger_attached() {
        loop {
            bkpt();
        }
    }
    SCB::sys_reset()
}
