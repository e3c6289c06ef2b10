//! Devices of the nRF52833 as the application wants them: a console on UART 0, microseconds and an alarm by timer 1, the
//! watchdog, and the flash for stored states. A board says on which pins.
#![no_std]

use freezable_app::WATCHDOG_SECONDS;
use freezable_cortex_m::{Console, Port, sleep_unless, stored_region};
use nrf52833_hal::gpio::{Floating, Input, Output, Pin, PushPull};
use nrf52833_hal::nvmc::Nvmc;
use nrf52833_hal::pac::{Interrupt, NVMC, TIMER1, UART0, WDT, interrupt};
use nrf52833_hal::wdt::{Watchdog, WatchdogHandle, count, handles};

/// The line to the host.
pub static CONSOLE: Console<Uart> = Console::new();

/// The interrupts of these devices.
pub const INTERRUPTS: [Interrupt; 2] = [Interrupt::UARTE0_UART0, Interrupt::TIMER1];

/// UART 0 without DMA: its receiver holds six bytes.
pub struct Uart {
    registers: UART0,
    is_sending: bool,
}

impl Uart {
    /// Sends and receives on these pins, at 115,200 bit/s.
    #[expect(unsafe_code, reason = "pins are given to the registers by their numbers")]
    pub fn new(registers: UART0, sender: &Pin<Output<PushPull>>, receiver: &Pin<Input<Floating>>) -> Self {
        // SAFETY: numbers of pins
        registers
            .psel
            .txd
            .write(|w| unsafe { w.bits(sender.psel_bits()) });
        registers
            .psel
            .rxd
            .write(|w| unsafe { w.bits(receiver.psel_bits()) });
        registers.baudrate.write(|w| w.baudrate().baud115200());
        registers.enable.write(|w| w.enable().enabled());
        registers.intenset.write(|w| w.rxdrdy().set().txdrdy().set());
        registers.tasks_starttx.write(|w| w.tasks_starttx().set_bit());
        registers.tasks_startrx.write(|w| w.tasks_startrx().set_bit());
        Self {
            registers,
            is_sending: false,
        }
    }
}

impl Port for Uart {
    fn receive(&mut self) -> Option<u8> {
        let event = &self.registers.events_rxdrdy;
        let has_byte = event.read().events_rxdrdy().bit_is_set();
        has_byte.then(|| {
            event.reset();
            self.registers.rxd.read().rxd().bits()
        })
    }

    fn transmit(&mut self, byte: u8) -> bool {
        let event = &self.registers.events_txdrdy;
        if event.read().events_txdrdy().bit_is_set() {
            event.reset();
            self.is_sending = false;
        }
        let has_room = !self.is_sending;
        if has_room {
            self.is_sending = true;
            self.registers.txd.write(|w| w.txd().variant(byte));
        }
        has_room
    }

    fn interrupt_when_free(&mut self, wanted: bool) {
        // the event of the last byte would interrupt for ever
        if wanted {
            self.registers.intenset.write(|w| w.txdrdy().set());
        } else {
            self.registers.intenclr.write(|w| w.txdrdy().clear());
        }
    }
}

/// Timer 1: microseconds, and an alarm that ends a sleep.
pub struct Ticker(TIMER1);

impl Ticker {
    /// Counts in a second.
    pub const CLOCK: u32 = 1_000_000;

    /// Starts the timer: 16 MHz by 2^4, 32 bits.
    pub fn new(timer: TIMER1) -> Self {
        timer.prescaler.write(|w| w.prescaler().variant(4));
        timer.bitmode.write(|w| w.bitmode()._32bit());
        timer.intenset.write(|w| w.compare0().set());
        timer.tasks_start.write(|w| w.tasks_start().set_bit());
        Self(timer)
    }

    /// Microseconds since the start, modulo 2^32.
    pub fn ticks(&self) -> u32 {
        self.0.tasks_capture[1].write(|w| w.tasks_capture().set_bit());
        self.0.cc[1].read().bits()
    }

    /// Sleeps until then, or until an interrupt.
    pub fn sleep(&self, until: u32) {
        self.0.cc[0].write(|w| w.cc().variant(until));
        sleep_unless(|| CONSOLE.has_byte() || until.wrapping_sub(self.ticks()).cast_signed() <= 0);
    }
}

/// The watchdog, which nothing but a power cut, or its own reset, ends once it was started.
pub enum Dog {
    /// It was not started yet.
    Asleep(Option<WDT>),
    /// It runs, and is fed through this.
    Awake(WatchdogHandle<handles::Hdl0>),
}

impl Dog {
    /// Ticks of its clock in a second.
    const CLOCK: u32 = 32_768;

    /// One that may run since before a reset.
    pub fn find(device: WDT) -> Self {
        match Watchdog::try_new(device) {
            Ok(asleep) => Self::Asleep(Some(asleep.release())),
            Err(running) => match Watchdog::try_recover::<count::One>(running) {
                Ok(parts) => Self::Awake(parts.handles.0),
                Err(foreign) => Self::Asleep(Some(foreign)),
            },
        }
    }

    /// Starts it, if it does not run.
    pub fn start(&mut self) {
        if let Self::Asleep(device) = self
            && let Some(Ok(mut watchdog)) = device.take().map(Watchdog::try_new)
        {
            watchdog.set_lfosc_ticks(WATCHDOG_SECONDS * Self::CLOCK);
            *self = Self::Awake(watchdog.activate::<count::One>().handles.0);
        }
    }

    /// Feeds it, if it runs.
    pub fn feed(&mut self) {
        if let Self::Awake(handle) = self {
            handle.pet();
        }
    }
}

/// The flash for stored states, written by the flash controller.
#[expect(unsafe_code, reason = "the memory map knows where it lies")]
pub fn stored_states(controller: NVMC) -> Nvmc<NVMC> {
    let region = stored_region();
    let start = core::ptr::with_exposed_provenance_mut(region.start);
    // SAFETY: once, for there is one controller; the linker gives this region to nothing, and every bit pattern is a byte
    let bytes = unsafe { core::slice::from_raw_parts_mut(start, region.end - region.start) };
    Nvmc::new(controller, bytes)
}

#[interrupt]
fn UARTE0_UART0() {
    CONSOLE.serve();
}

/// The alarm has done its work by interrupting.
#[interrupt]
#[allow(
    unsafe_code,
    reason = "the timer belongs to the application; the macro copies this to code without any"
)]
fn TIMER1() {
    // SAFETY: the application never touches this event
    unsafe { (*TIMER1::ptr()).events_compare[0].reset() };
}
