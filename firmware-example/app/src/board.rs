//! What the application asks of a board.

use embedded_hal::digital::{InputPin, OutputPin};
use embedded_storage::nor_flash::NorFlash;

/// A board: a button, an indicator, a console, a clock and flash for stored states.
pub trait Board {
    /// The pin of the button; high while it is pressed.
    type Button: InputPin;
    /// The pin of the indicator; high while the synapses are frozen.
    type Indicator: OutputPin;
    /// The flash for stored states.
    type Flash: NorFlash;

    /// Name of the board, for the host.
    const NAME: &'static str;
    /// Counts of [`cycles`](Self::cycles) in a second.
    const CLOCK: u32;

    /// The button's pin.
    fn button(&mut self) -> &mut Self::Button;

    /// The indicator's pin.
    fn indicator(&mut self) -> &mut Self::Indicator;

    /// The flash for stored states, from its offset 0 to its capacity: nothing else lies there, and a new firmware
    /// leaves it alone. A board that offers part of a larger flash wraps it and adds the offset.
    fn flash(&mut self) -> &mut Self::Flash;

    /// The next byte from the console, if one has arrived.
    fn read(&mut self) -> Option<u8>;

    /// Hands the console a byte; `false` when it has no room now.
    fn write(&mut self, byte: u8) -> bool;

    /// Clock cycles since some moment, modulo 2^32.
    fn cycles(&self) -> u32;

    /// Presses the button as a finger would, for longer than [`SETTLE_TIME`](Self::SETTLE_TIME), and lets it go.
    /// Only an emulated board can; `false` elsewhere.
    fn press_button(&mut self) -> bool {
        false
    }

    /// For how many cycles a button must read the same before it counts: contacts bounce for a few milliseconds.
    const SETTLE_TIME: u32 = Self::CLOCK / 200;
}
