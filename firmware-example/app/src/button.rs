//! Tells one press of a button from the bouncing of its contacts.

use embedded_hal::digital::InputPin;

use crate::board::Board;

/// What a press asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// To freeze: the button, where there is a second one.
    Freeze,
    /// To release: the second button.
    Release,
    /// Either, by turns: the only button.
    Toggle,
}

/// Watches a board's buttons.
#[derive(Debug, Default)]
pub struct Buttons {
    first: Debouncer,
    second: Debouncer,
}

impl Buttons {
    /// Takes a reading of each; what a press asks for, once for each press.
    pub fn read<B: Board>(&mut self, board: &mut B) -> Option<Press> {
        let now = board.ticks();
        let second = board.second_button().map(is_pressed);
        let is_second = self.second.update(second.unwrap_or(false), now, B::SETTLE_TIME);
        if self.first.update(is_pressed(board.button()), now, B::SETTLE_TIME) {
            return Some(second.map_or(Press::Toggle, |_| Press::Freeze));
        }
        is_second.then_some(Press::Release)
    }

    /// Whether a button is down, or may be about to.
    pub fn is_busy(&self) -> bool {
        self.first.is_busy() || self.second.is_busy()
    }
}

/// A pin that cannot be read is a button that nobody presses.
fn is_pressed(pin: &mut impl InputPin) -> bool {
    pin.is_high().unwrap_or(false)
}

/// Watches the level of a button's pin.
#[derive(Debug, Default)]
struct Debouncer {
    pressed: bool,
    /// When the pin first read otherwise than `pressed`, since when it always did.
    changed: Option<u32>,
}

impl Debouncer {
    /// Takes a reading; `true` once for each press, when the pin has been high for `settle` cycles.
    fn update(&mut self, is_high: bool, now: u32, settle: u32) -> bool {
        if is_high == self.pressed {
            self.changed = None;
            return false;
        }
        let since = *self.changed.get_or_insert(now);
        if now.wrapping_sub(since) < settle {
            return false;
        }
        self.pressed = is_high;
        self.changed = None;
        is_high
    }

    /// Whether the button is down, or may be about to.
    fn is_busy(&self) -> bool {
        self.pressed || self.changed.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Debouncer;

    /// Presses seen in readings taken one cycle apart.
    fn presses(levels: &str, settle: u32, start: u32) -> usize {
        let mut debouncer = Debouncer::default();
        let readings = levels.bytes().enumerate();
        readings
            .filter(|&(index, level)| {
                debouncer.update(level == b'1', start.wrapping_add(index as u32), settle)
            })
            .count()
    }

    #[test]
    fn a_press_counts_once_when_the_pin_has_settled() {
        assert_eq!(presses("000111111111000", 4, 0), 1);
        assert_eq!(presses("0001110000", 4, 0), 0);
        assert_eq!(presses("01010110101111111", 4, 0), 1);
    }

    #[test]
    fn a_bouncing_release_is_no_second_press() {
        assert_eq!(presses("0111111110101101000000", 4, 0), 1);
        assert_eq!(presses("011111000000111111000000", 4, 0), 2);
    }

    #[test]
    fn the_clock_may_wrap() {
        assert_eq!(presses("000111111111000", 4, u32::MAX - 5), 1);
    }
}
