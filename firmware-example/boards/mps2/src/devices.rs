//! The board's devices behind the traits that the application knows.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use freezable_app::WATCHDOG_SECONDS;

use crate::registers::{
    ALARM_CONTROL, ALARM_INTERRUPT, ALARM_RELOAD, ALARM_VALUE, BUTTONS, INTERRUPTS_ENABLE, INTERRUPTS_FORGET,
    LEDS, SLEEP_ENDS, TIMER_CONTROL, TIMER_RELOAD, TIMER_VALUE, UART_CONTROL, UART_DATA, UART_DIVIDER,
    UART_INTERRUPTS, UART_STATE, WATCHDOG_CONTROL, WATCHDOG_FEED, WATCHDOG_LOAD,
};

/// Clock of the processor and of its devices, in hertz.
pub const CLOCK: u32 = 25_000_000;
/// Line speed of the console, in bits per second. QEMU moves bytes at once whatever is set.
const LINE_SPEED: u32 = 115_200;

/// UART 0, polled.
pub struct Uart(());

impl Uart {
    /// Sets the line speed and enables both directions, and the interrupts that end a [`sleep`].
    pub fn new() -> Self {
        UART_DIVIDER.write(CLOCK / LINE_SPEED);
        UART_CONTROL.write(0b1111);
        Self(())
    }

    /// The byte received, if there is one.
    pub fn read(&mut self) -> Option<u8> {
        (UART_STATE.read() & 0b10 != 0).then(|| UART_DATA.read().to_le_bytes()[0])
    }

    /// Hands over a byte; `false` when the transmitter has no room now.
    pub fn write(&mut self, byte: u8) -> bool {
        let has_room = UART_STATE.read() & 0b01 == 0;
        if has_room {
            UART_DATA.write(u32::from(byte));
        }
        has_room
    }
}

/// Timer 0 as a free-running counter of clock cycles.
#[derive(Clone, Copy)]
pub struct Timer(());

impl Timer {
    /// Starts the counter.
    pub fn new() -> Self {
        TIMER_RELOAD.write(u32::MAX);
        TIMER_VALUE.write(u32::MAX);
        TIMER_CONTROL.write(1);
        Self(())
    }

    /// Clock cycles since the start, modulo 2^32.
    pub fn cycles(self) -> u32 {
        u32::MAX - TIMER_VALUE.read()
    }
}

/// Sleeps until the timer has counted so far, or the UART has a byte or room for one.
///
/// Interrupts are masked all the time: a pending one ends the sleep, and no handler runs.
pub fn sleep(timer: Timer, until: u32) {
    let wait = until.wrapping_sub(timer.cycles());
    let has_byte = UART_STATE.read() & 0b10 != 0;
    if has_byte || wait.cast_signed() <= 0 {
        return;
    }
    ALARM_RELOAD.write(u32::MAX);
    ALARM_VALUE.write(wait);
    ALARM_CONTROL.write(0b1001);
    INTERRUPTS_ENABLE.write(SLEEP_ENDS);
    cortex_m::asm::wfi();
    ALARM_CONTROL.write(0);
    ALARM_INTERRUPT.write(1);
    UART_INTERRUPTS.write(0b11);
    INTERRUPTS_FORGET.write(SLEEP_ENDS);
}

/// Starts the watchdog: its interrupt, which nothing masks, comes when it was not fed in time.
pub fn start_watchdog() {
    WATCHDOG_LOAD.write(WATCHDOG_SECONDS * CLOCK);
    WATCHDOG_CONTROL.write(0b11);
}

/// Has the watchdog count anew.
pub fn feed_watchdog() {
    WATCHDOG_FEED.write(1);
}

/// User button 0, or the press that a command stands in for: QEMU has no button to push.
pub struct Button {
    timer: Timer,
    /// When the emulated press began and for how long it lasts, in clock cycles.
    press: Option<(u32, u32)>,
}

impl Button {
    /// A button that nobody presses.
    pub fn new(timer: Timer) -> Self {
        Self { timer, press: None }
    }

    /// Holds the emulated button down for a number of clock cycles from now on.
    pub fn press(&mut self, duration: u32) {
        self.press = Some((self.timer.cycles(), duration));
    }
}

impl ErrorType for Button {
    type Error = Infallible;
}

impl InputPin for Button {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        let timer = self.timer;
        // forgotten once over, or the counter would come round to it
        self.press = self
            .press
            .filter(|(start, duration)| timer.cycles().wrapping_sub(*start) < *duration);
        Ok(self.press.is_some() || BUTTONS.read() & 1 != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|is_high| !is_high)
    }
}

/// User LED 0.
pub struct Indicator(());

impl Indicator {
    /// The LED, off.
    pub fn new() -> Self {
        LEDS.write(0);
        Self(())
    }
}

impl ErrorType for Indicator {
    type Error = Infallible;
}

impl OutputPin for Indicator {
    fn set_low(&mut self) -> Result<(), Infallible> {
        LEDS.write(LEDS.read() & !1);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        LEDS.write(LEDS.read() | 1);
        Ok(())
    }
}
