//! Who looks on while a measurement runs, and may end it.

use std::ops::ControlFlow;

use crate::Stopped;

/// Sees the progress of a measurement, from several threads at a time, and may ask for its end.
pub trait Watch: Sync {
    /// So many steps more are done, of the number that the measurement's [`Cost`](crate::measure::Cost) states. Called every few
    /// hundred steps of a network; on `Break` the measurement ends as [`Stopped::Interrupted`].
    fn advanced(&self, steps: u64) -> ControlFlow<()>;

    /// Whether it ever asks for an end: where that costs something, one that never does is looked at less often.
    fn may_break(&self) -> bool {
        true
    }
}

/// Nobody looks on.
impl Watch for () {
    fn advanced(&self, _steps: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn may_break(&self) -> bool {
        false
    }
}

/// Tells the watcher, and ends where it asks for that.
pub fn advance(watch: &dyn Watch, steps: u64) -> Result<(), Stopped> {
    match watch.advanced(steps) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Stopped::Interrupted),
    }
}

/// A watcher that only may end the work, of which steps may fall away: who hands it on reports them as a whole.
pub struct Uncounted<'a>(pub &'a dyn Watch);

impl Watch for Uncounted<'_> {
    fn advanced(&self, _steps: u64) -> ControlFlow<()> {
        self.0.advanced(0)
    }

    fn may_break(&self) -> bool {
        self.0.may_break()
    }
}
