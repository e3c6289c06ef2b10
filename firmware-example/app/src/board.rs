//! What the application asks of a board.

use embedded_hal::digital::{InputPin, OutputPin};
use embedded_storage::nor_flash::NorFlash;

use crate::image::Images;

/// A board: a button, an indicator, a console, two clocks and flash for stored states; where it has them, a second
/// button, a display, sleep and a watchdog.
pub trait Board {
    /// The pin of a button; high while it is pressed.
    type Button: InputPin;
    /// The pin of the indicator; high while the synapses are frozen.
    type Indicator: OutputPin;
    /// The flash for stored states.
    type Flash: NorFlash;

    /// Name of the board, for the host.
    const NAME: &'static str;
    /// Counts of [`ticks`](Self::ticks) in a second: whole ones in a microsecond.
    const TICKS: u32;
    /// Counts of [`cycles`](Self::cycles) in a second.
    const CLOCK: u32;
    /// The quenched couplings that the firmware carries in flash.
    const IMAGES: Images = Images::ALL;
    /// For how many ticks a button must read the same before it counts: contacts bounce for a few milliseconds.
    const SETTLE_TIME: u32 = Self::TICKS / 200;

    /// The button's pin. It freezes; where there is no second one it releases too, by turns.
    fn button(&mut self) -> &mut Self::Button;

    /// The pin of a second button, which releases.
    fn second_button(&mut self) -> Option<&mut Self::Button> {
        None
    }

    /// The indicator's pin.
    fn indicator(&mut self) -> &mut Self::Indicator;

    /// Shows rates of neurons, from -1 to 1, on a display; called some thirty times a second while steps are done.
    fn show(&mut self, _rates: &[f32]) {}

    /// The flash for stored states, from its offset 0 to its capacity: nothing else lies there, and a new firmware
    /// leaves it alone. A board that offers part of a larger flash wraps it and adds the offset.
    fn flash(&mut self) -> &mut Self::Flash;

    /// The next byte from the console, if one has arrived. A board whose receiver holds few bytes has an interrupt
    /// keep what arrives while a step is done.
    fn read(&mut self) -> Option<u8>;

    /// Hands the console a byte; `false` when it has no room now.
    fn write(&mut self, byte: u8) -> bool;

    /// A timer's count since some moment, modulo 2^32; it goes on while the processor sleeps.
    fn ticks(&self) -> u32;

    /// Clock cycles since some moment, modulo 2^32: the time of a step. They may stand still while the processor sleeps.
    fn cycles(&self) -> u32;

    /// Sleeps until [`ticks`](Self::ticks) gets there, a byte arrives, or the console has room again. It may return
    /// earlier, and does at once on a board that cannot sleep.
    fn sleep(&mut self, _until: u32) {}

    /// Starts a watchdog that resets the board when it is not fed for [`WATCHDOG_SECONDS`] or somewhat longer; also called
    /// when it runs.
    fn start_watchdog(&mut self) {}

    /// Feeds the watchdog, if it was started.
    fn feed_watchdog(&mut self) {}

    /// What was trained for sensors and lies in flash, each the bytes of a [`StoredSensor`](freezable_chaos::StoredSensor).
    #[cfg(feature = "sensor")]
    fn sensors(&self) -> &'static [&'static [u8]] {
        crate::sensor::SENSORS
    }

    /// Presses the button as a finger would, for longer than [`SETTLE_TIME`](Self::SETTLE_TIME), and lets it go.
    /// Only an emulated board can; `false` elsewhere.
    fn press_button(&mut self) -> bool {
        false
    }
}

/// How long a watchdog waits: longer than a board takes to erase and write a stored state. Most can wait that long, not
/// all much longer.
pub const WATCHDOG_SECONDS: u32 = 8;
