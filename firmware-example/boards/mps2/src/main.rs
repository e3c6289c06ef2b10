//! The working memory on Arm's MPS2 board as QEMU emulates it: mps2-an386 (Cortex-M4F, build for
//! `thumbv7em-none-eabihf`) and mps2-an385 (Cortex-M3, build for `thumbv7m-none-eabi`).
//!
//! ```text
//! qemu-system-arm -machine mps2-an386 -icount shift=0 -display none -monitor none \
//!     -chardev socket,id=console,path=/path/of/socket -serial chardev:console \
//!     -semihosting-config enable=on,target=native -kernel freezable-mps2
//! ```
//!
//! | what | where |
//! |---|---|
//! | console, frames both ways | UART 0: a socket, as above, or `-serial stdio` |
//! | log messages | semihosting, on QEMU's stdout, encoded by defmt: pipe them into `defmt-print -e ELF` |
//! | button | user button 0, which QEMU cannot push: the command `Button` holds its pin high for a moment |
//! | indicator | user LED 0, on while the synapses are frozen |
//! | stored states | `flash.bin` in the folder that QEMU was started in, made when there is none |
//! | sleep between steps | until timer 1 or the UART interrupts; with QEMU's `-icount` it takes real time |
//! | watchdog | CMSDK watchdog, from the first rate that a host asks for |
//! | exit code | 0 after the command `Shutdown`, 101 after a panic, 102 after a hard fault, 103 when the watchdog was not fed |
#![no_std]
#![no_main]

mod devices;
mod flash;
mod registers;

use core::panic::PanicInfo;

// brings the critical section that the logger needs
use cortex_m as _;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use defmt_semihosting as _;
use freezable_app::Board;
use semihosting::process;
use static_cell::ConstStaticCell;

use crate::devices::{Button, CLOCK, Indicator, Timer, Uart, feed_watchdog, sleep, start_watchdog};
use crate::flash::Flash;

/// Exit code of the emulator after a panic: what Rust programs use.
const PANICKED: i32 = 101;
/// Exit code of the emulator after a hard fault.
const FAULTED: i32 = 102;
/// Exit code of the emulator when the watchdog was not fed.
const STARVED: i32 = 103;

type Memory = freezable_app::memory!(exact: 128, drawn: 128, compact: 1024);
static MEMORY: ConstStaticCell<Memory> = ConstStaticCell::new(Memory::new());

/// The emulated board.
struct Mps2 {
    uart: Uart,
    timer: Timer,
    button: Button,
    indicator: Indicator,
    flash: Flash,
}

impl Board for Mps2 {
    type Button = Button;
    type Indicator = Indicator;
    type Flash = Flash;

    #[cfg(target_abi = "eabihf")]
    const NAME: &'static str = "mps2-an386";
    #[cfg(not(target_abi = "eabihf"))]
    const NAME: &'static str = "mps2-an385";
    const TICKS: u32 = CLOCK;
    const CLOCK: u32 = CLOCK;

    fn button(&mut self) -> &mut Button {
        &mut self.button
    }

    fn indicator(&mut self) -> &mut Indicator {
        &mut self.indicator
    }

    fn flash(&mut self) -> &mut Flash {
        &mut self.flash
    }

    fn read(&mut self) -> Option<u8> {
        self.uart.read()
    }

    fn write(&mut self, byte: u8) -> bool {
        self.uart.write(byte)
    }

    fn ticks(&self) -> u32 {
        self.timer.cycles()
    }

    fn cycles(&self) -> u32 {
        self.timer.cycles()
    }

    fn sleep(&mut self, until: u32) {
        sleep(self.timer, until);
    }

    fn start_watchdog(&mut self) {
        start_watchdog();
    }

    fn feed_watchdog(&mut self) {
        feed_watchdog();
    }

    fn press_button(&mut self) -> bool {
        self.button.press(2 * Self::SETTLE_TIME);
        true
    }
}

#[entry]
fn main() -> ! {
    cortex_m::interrupt::disable();
    assert_float_unit_rounds_as_promised();
    let timer = Timer::new();
    let mut board = Mps2 {
        uart: Uart::new(),
        timer,
        button: Button::new(timer),
        indicator: Indicator::new(),
        flash: Flash::open(),
    };
    freezable_app::run(&mut board, MEMORY.take());
    process::exit(0)
}

/// The bits of the network are promised for round to nearest, with subnormal numbers and NaNs as IEEE 754 has them.
#[cfg(target_abi = "eabihf")]
fn assert_float_unit_rounds_as_promised() {
    let control = cortex_m::register::fpscr::read();
    assert!(control.rmode().is_nearest(), "FPSCR: rounding is not to nearest");
    assert!(!control.fz(), "FPSCR: FZ = 1 flushes subnormal numbers to zero");
    assert!(!control.dn(), "FPSCR: DN = 1 replaces NaNs");
}

/// Floating point in software has no modes.
#[cfg(not(target_abi = "eabihf"))]
fn assert_float_unit_rounds_as_promised() {}

/// The watchdog's interrupt.
#[exception]
#[allow(
    unsafe_code,
    reason = "cortex-m-rt wants its fault handlers marked unsafe, and copies this attribute to code without any"
)]
unsafe fn NonMaskableInt() {
    defmt::error!(
        "no step was completed for {=u32} s",
        freezable_app::WATCHDOG_SECONDS
    );
    process::exit(STARVED)
}

#[panic_handler]
fn panic(information: &PanicInfo<'_>) -> ! {
    defmt::error!("{}", defmt::Display2Format(information));
    process::exit(PANICKED)
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
    process::exit(FAULTED)
}
