//! What is asked of a kernel's network, whatever its couplings.

use freezable_chaos::{
    AnyTransfer, Connectivity, Diverged, Generator, Network, Plasticity, SnapshotError, Speed, Start,
    StepError,
};

/// What is asked of a kernel's network, whatever its couplings.
pub trait Advance {
    /// Starts anew from a random state.
    fn start(&mut self, start: Start, states: &mut Generator);
    /// One step.
    fn step(&mut self) -> Result<(), Diverged>;
    /// One step with an input to each neuron.
    fn step_with_input(&mut self, input: &[f32]) -> Result<(), StepError>;
    /// Halts the plasticity.
    fn freeze(&mut self);
    /// Lets the plasticity run.
    fn release(&mut self);
    /// Whether the plasticity is halted.
    fn is_frozen(&self) -> bool;
    /// Steps since the start.
    fn steps(&self) -> u64;
    /// The states x.
    fn state(&self) -> &[f32];
    /// The rates phi(x).
    fn rates(&self) -> &[f32];
    /// How fast the neurons moved in the last step, if there was one.
    fn speed(&self) -> Option<Speed>;
    /// Cosine between the present rates and remembered ones; not a number where there are none.
    fn overlap(&self, remembered: &[f32]) -> f32;
    /// Digest of x and A.
    fn digest(&self) -> u64;
    /// The whole state as bytes.
    fn snapshot(&self) -> Result<Vec<u8>, SnapshotError>;
    /// Takes the state of such bytes, or refuses them and stays as it was.
    fn restore(&mut self, bytes: &[u8]) -> Result<(), SnapshotError>;
}

impl<C: Connectivity> Advance for Network<'_, C, AnyTransfer> {
    fn start(&mut self, start: Start, states: &mut Generator) {
        Network::start(self, start, states);
    }

    fn step(&mut self) -> Result<(), Diverged> {
        Network::step(self)
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), StepError> {
        Network::step_with_input(self, input)
    }

    fn freeze(&mut self) {
        Network::freeze(self);
    }

    fn release(&mut self) {
        Network::release(self);
    }

    fn is_frozen(&self) -> bool {
        self.plasticity() == Plasticity::Frozen
    }

    fn steps(&self) -> u64 {
        Network::steps(self)
    }

    fn state(&self) -> &[f32] {
        Network::state(self)
    }

    fn rates(&self) -> &[f32] {
        Network::rates(self)
    }

    fn speed(&self) -> Option<Speed> {
        Network::speed(self)
    }

    fn overlap(&self, remembered: &[f32]) -> f32 {
        Network::overlap(self, remembered).unwrap_or(f32::NAN)
    }

    fn digest(&self) -> u64 {
        Network::digest(self)
    }

    fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = vec![0; self.snapshot_len()];
        Network::snapshot(self, &mut bytes)?;
        Ok(bytes)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        Network::restore(self, bytes)
    }
}
