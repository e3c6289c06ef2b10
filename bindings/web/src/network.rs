//! One network of either kind, together with the memory that it borrows.

use std::rc::Rc;

use freezable_chaos::{
    AnyTransfer, Connectivity, Diverged, Generator, Network as KernelNetwork, Plasticity, Purpose,
    SnapshotError, Speed, Start, StepError,
};
use self_cell::{MutBorrow, self_cell};

use crate::failure::Outcome;
use crate::setup::Setup;
use crate::storage::{Couplings, Memory};

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

impl<C: Connectivity> Advance for KernelNetwork<'_, C, AnyTransfer> {
    fn start(&mut self, start: Start, states: &mut Generator) {
        KernelNetwork::start(self, start, states);
    }

    fn step(&mut self) -> Result<(), Diverged> {
        KernelNetwork::step(self)
    }

    fn step_with_input(&mut self, input: &[f32]) -> Result<(), StepError> {
        KernelNetwork::step_with_input(self, input)
    }

    fn freeze(&mut self) {
        KernelNetwork::freeze(self);
    }

    fn release(&mut self) {
        KernelNetwork::release(self);
    }

    fn is_frozen(&self) -> bool {
        self.plasticity() == Plasticity::Frozen
    }

    fn steps(&self) -> u64 {
        KernelNetwork::steps(self)
    }

    fn state(&self) -> &[f32] {
        KernelNetwork::state(self)
    }

    fn rates(&self) -> &[f32] {
        KernelNetwork::rates(self)
    }

    fn speed(&self) -> Option<Speed> {
        KernelNetwork::speed(self)
    }

    fn overlap(&self, remembered: &[f32]) -> f32 {
        KernelNetwork::overlap(self, remembered).unwrap_or(f32::NAN)
    }

    fn digest(&self) -> u64 {
        KernelNetwork::digest(self)
    }

    fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = vec![0; self.snapshot_len()];
        KernelNetwork::snapshot(self, &mut bytes)?;
        Ok(bytes)
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        KernelNetwork::restore(self, bytes)
    }
}

struct Owner {
    couplings: Rc<Couplings>,
    memory: MutBorrow<Memory>,
}

type Running<'a> = Box<dyn Advance + 'a>;

self_cell!(
    struct Cell {
        owner: Owner,
        #[not_covariant]
        dependent: Running,
    }
);

/// A network and its memory.
pub struct Network(Cell);

impl Network {
    /// Builds a network with these couplings, and starts it.
    pub fn new(setup: &Setup, couplings: Rc<Couplings>) -> Outcome<Self> {
        let dynamics = setup.dynamics()?;
        let owner = Owner {
            couplings,
            memory: MutBorrow::new(Memory::new(setup)?),
        };
        let cell = Cell::try_new(owner, |owner| {
            owner
                .memory
                .borrow_mut()
                .network(setup, dynamics, &owner.couplings)
        })?;
        let mut network = Self(cell);
        network.with_mut(|running| running.start(setup.start(), &mut setup.generator(Purpose::State)));
        Ok(network)
    }

    /// Looks at the network.
    pub fn with<R>(&self, look: impl FnOnce(&dyn Advance) -> R) -> R {
        self.0.with_dependent(|_, running| look(&**running))
    }

    /// Works on the network.
    pub fn with_mut<R>(&mut self, work: impl FnOnce(&mut dyn Advance) -> R) -> R {
        self.0.with_dependent_mut(|_, running| work(&mut **running))
    }
}
