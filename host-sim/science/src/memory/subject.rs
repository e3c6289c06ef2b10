//! The kernel's write protocol on any network under simulation.

use freezable_chaos::Writable;

use crate::Stopped;
use crate::networks::Simulation;

/// A network under simulation, to be written into.
pub struct Subject<'a> {
    /// The network.
    pub network: &'a mut dyn Simulation,
    /// Its step.
    pub dt: f32,
}

impl Writable for Subject<'_> {
    type Error = Stopped;

    fn dt(&self) -> f32 {
        self.dt
    }

    fn rest(&mut self) {
        self.network.rest();
    }

    fn step_under(&mut self, input: Option<&[f32]>) -> Result<(), Stopped> {
        self.network.step_under(input)
    }

    fn freeze(&mut self) {
        self.network.freeze();
    }

    fn release(&mut self) {
        self.network.release();
    }

    /// A network before its first step has a speed that is not a number, which is above every bound.
    fn largest_speed(&self) -> Option<f32> {
        Some(self.network.speed().max as f32)
    }
}
