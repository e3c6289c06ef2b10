//! Devices of the RP2350 as the application wants them: a console on UART 0, microseconds and an alarm by timer 0, and
//! the flash for stored states.
#![no_std]

mod flash;

pub use flash::StoredStates;

use freezable_cortex_m::{Console, Port, sleep_unless};
use rp235x_hal::gpio::bank0::{Gpio0, Gpio1};
use rp235x_hal::gpio::{FunctionUart, Pin, PullDown};
use rp235x_hal::pac::{self, Interrupt, TIMER0, UART0, interrupt};
use rp235x_hal::timer::{CopyableTimer0, Timer};
use rp235x_hal::uart::{Enabled, UartPeripheral};

/// The pins of the console: GP0 sends, GP1 receives.
pub type Pins = (
    Pin<Gpio0, FunctionUart, PullDown>,
    Pin<Gpio1, FunctionUart, PullDown>,
);

/// The line to the host.
pub static CONSOLE: Console<Uart> = Console::new();

/// The interrupts of these devices.
pub const INTERRUPTS: [Interrupt; 2] = [Interrupt::UART0_IRQ, Interrupt::TIMER0_IRQ_0];

/// UART 0, with queues of 32 bytes of its own.
pub struct Uart(UartPeripheral<Enabled, UART0, Pins>);

impl Uart {
    /// Has it interrupt when bytes arrive.
    pub fn new(mut uart: UartPeripheral<Enabled, UART0, Pins>) -> Self {
        uart.enable_rx_interrupt();
        Self(uart)
    }
}

impl Port for Uart {
    fn receive(&mut self) -> Option<u8> {
        let mut byte = [0];
        while self.0.uart_is_readable() {
            // an error of the line is cleared by reading
            if self.0.read_raw(&mut byte).is_ok() {
                return Some(byte[0]);
            }
        }
        None
    }

    fn transmit(&mut self, byte: u8) -> bool {
        self.0.write_raw(&[byte]).is_ok()
    }

    fn interrupt_when_free(&mut self, wanted: bool) {
        if wanted {
            self.0.enable_tx_interrupt();
        } else {
            self.0.disable_tx_interrupt();
        }
    }
}

/// Timer 0: microseconds, and an alarm that ends a sleep.
pub struct Ticker(Timer<CopyableTimer0>);

/// The first of the timer's four alarms.
const ALARM: u32 = 1;

impl Ticker {
    /// Counts in a second.
    pub const CLOCK: u32 = 1_000_000;

    /// Has the alarm interrupt.
    pub fn new(timer: Timer<CopyableTimer0>) -> Self {
        registers().inte().write(|w| w.alarm_0().set_bit());
        Self(timer)
    }

    /// Microseconds since the start, modulo 2^32.
    pub fn ticks(&self) -> u32 {
        self.0.get_counter_low()
    }

    /// Sleeps until then, or until an interrupt.
    #[expect(unsafe_code, reason = "the alarm is given as a number")]
    pub fn sleep(&self, until: u32) {
        // SAFETY: any time will do
        registers().alarm0().write(|w| unsafe { w.bits(until) });
        sleep_unless(|| CONSOLE.has_byte() || until.wrapping_sub(self.ticks()).cast_signed() <= 0);
        // SAFETY: disarms an alarm that did not come
        unsafe { registers().armed().write_with_zero(|w| w.bits(ALARM)) };
    }
}

/// The timer's registers; the HAL keeps its alarms behind a type that wants longer times.
#[expect(unsafe_code, reason = "the timer's registers are shared with the HAL")]
fn registers() -> &'static pac::timer0::RegisterBlock {
    // SAFETY: the HAL's timer reads the count, this module alone the first alarm
    unsafe { &*TIMER0::ptr() }
}

#[interrupt]
fn UART0_IRQ() {
    CONSOLE.serve();
}

/// The alarm has done its work by interrupting.
#[interrupt]
fn TIMER0_IRQ_0() {
    registers().intr().write(|w| w.alarm_0().clear_bit_by_one());
}
