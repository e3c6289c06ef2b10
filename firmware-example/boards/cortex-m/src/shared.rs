//! A device that the application and an interrupt handler use.

use core::cell::RefCell;

use critical_section::Mutex;

/// A device for a static, brought when the program runs.
pub struct Shared<D>(Mutex<RefCell<Option<D>>>);

impl<D> Shared<D> {
    /// Without the device.
    #[expect(clippy::new_without_default, reason = "only a static makes sense")]
    pub const fn new() -> Self {
        Self(Mutex::new(RefCell::new(None)))
    }

    /// Brings the device.
    pub fn open(&self, device: D) {
        critical_section::with(|token| *self.0.borrow_ref_mut(token) = Some(device));
    }

    /// Uses the device with interrupts masked, if it was brought.
    pub fn with<R>(&self, act: impl FnOnce(&mut D) -> R) -> Option<R> {
        critical_section::with(|token| self.0.borrow_ref_mut(token).as_mut().map(act))
    }
}
