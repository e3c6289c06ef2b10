//! The board's devices that interrupt.

use embedded_hal_nb::serial::{Read, Write};
use freezable_cortex_m::{Console, Port, sleep_unless};
use stm32f4xx_hal::nb;
use stm32f4xx_hal::pac::{self, NVIC, TIM5, USART2, interrupt};
use stm32f4xx_hal::rcc::{Enable, Rcc, Reset};
use stm32f4xx_hal::serial::{Rx, RxListen, Serial, Tx, TxListen};

/// The line to the debug probe, which is the serial port of the USB cable.
pub static CONSOLE: Console<Uart> = Console::new();

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

/// Lets the interrupts of these devices through.
#[expect(
    unsafe_code,
    reason = "an interrupt let through could break a critical section"
)]
pub fn enable_interrupts() {
    for interrupt in [pac::Interrupt::USART2, pac::Interrupt::TIM5] {
        // SAFETY: nothing here counts on masked interrupts
        unsafe { NVIC::unmask(interrupt) };
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
