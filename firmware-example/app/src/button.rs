//! Tells one press of the button from the bouncing of its contacts.

/// Watches the level of a button's pin.
#[derive(Debug, Default)]
pub struct Debouncer {
    pressed: bool,
    /// When the pin first read otherwise than `pressed`, since when it always did.
    changed: Option<u32>,
}

impl Debouncer {
    /// A button that is not pressed.
    pub const fn new() -> Self {
        Self {
            pressed: false,
            changed: None,
        }
    }

    /// Takes a reading; `true` once for each press, when the pin has been high for `settle` cycles.
    pub fn update(&mut self, is_high: bool, now: u32, settle: u32) -> bool {
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
    pub fn is_busy(&self) -> bool {
        self.pressed || self.changed.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::Debouncer;

    /// Presses seen in readings taken one cycle apart.
    fn presses(levels: &str, settle: u32, start: u32) -> usize {
        let mut debouncer = Debouncer::new();
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
