//! Devices of the STM32F446 as the application wants them: a console on USART 2, microseconds and an alarm by timer 5,
//! and the flash for stored states.
#![no_std]

mod flash;

pub use flash::StoredStates;

use embedded_hal_nb::serial::{Read, Write};
use freezable_cortex_m::{Console, Port, sleep_unless};
use stm32f4xx_hal::nb;
use stm32f4xx_hal::pac::{Interrupt, TIM5, USART2, interrupt};
use stm32f4xx_hal::rcc::{Enable, Rcc, Reset};
use stm32f4xx_hal::serial::{Rx, RxListen, Serial, Tx, TxListen};

/// The line to the host.
pub static CONSOLE: Console<Uart> = Console::new();

/// The interrupts of these devices.
pub const INTERRUPTS: [Interrupt; 2] = [Interrupt::USART2, Interrupt::TIM5];

/// USART 2.
pub struct Uart {
    sender: Tx<USART2>,
    receiver: Rx<USART2>,
}

impl Uart {
    /// Has it interrupt for every byte received.
    pub fn new(serial: Serial<USART2>) -> Self {
        let (sender, mut receiver) = serial.split();
        receiver.listen();
        Self { sender, receiver }
    }
}

impl Port for Uart {
    fn receive(&mut self) -> Option<u8> {
        loop {
            match Read::read(&mut self.receiver) {
                Ok(byte) => return Some(byte),
                Err(nb::Error::WouldBlock) => return None,
                // reading cleared it
                Err(nb::Error::Other(_)) => {}
            }
        }
    }

    fn transmit(&mut self, byte: u8) -> bool {
        Write::write(&mut self.sender, byte).is_ok()
    }

    fn interrupt_when_free(&mut self, wanted: bool) {
        if wanted {
            self.sender.listen();
        } else {
            self.sender.unlisten();
        }
    }
}

/// Timer 5: microseconds, and an alarm that ends a sleep.
pub struct Ticker(TIM5);

impl Ticker {
    /// Counts in a second.
    pub const CLOCK: u32 = 1_000_000;

    /// Starts the timer, 32 bits wide.
    pub fn new(timer: TIM5, rcc: &mut Rcc) -> Self {
        TIM5::enable(rcc);
        TIM5::reset(rcc);
        let divider = rcc.clocks.timclk1().raw() / Self::CLOCK;
        timer.psc().write(|w| w.psc().set((divider - 1) as u16));
        // the divider counts from the next update on
        timer.egr().write(|w| w.ug().set_bit());
        timer.dier().write(|w| w.cc1ie().set_bit());
        timer.cr1().write(|w| w.cen().set_bit());
        Self(timer)
    }

    /// Microseconds since the start, modulo 2^32.
    pub fn ticks(&self) -> u32 {
        self.0.cnt().read().bits()
    }

    /// Sleeps until then, or until an interrupt.
    pub fn sleep(&self, until: u32) {
        self.0.ccr1().write(|w| w.ccr().set(until));
        sleep_unless(|| CONSOLE.has_byte() || until.wrapping_sub(self.ticks()).cast_signed() <= 0);
    }
}

#[interrupt]
fn USART2() {
    CONSOLE.serve();
}

/// The alarm has done its work by interrupting.
#[interrupt]
#[allow(
    unsafe_code,
    reason = "the timer belongs to the application; the macro copies this to code without any"
)]
fn TIM5() {
    // SAFETY: the application never touches this flag, and zeros alone clear
    unsafe { (*TIM5::ptr()).sr().write(|w| w.cc1if().clear_bit()) };
}
