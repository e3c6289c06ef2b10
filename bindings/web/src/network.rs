//! One network of either kind, together with the memory that it borrows.

use std::rc::Rc;

use freezable_chaos::Purpose;
use self_cell::{MutBorrow, self_cell};

use crate::advance::Advance;
use crate::failure::Outcome;
use crate::setup::Setup;
use crate::storage::{Couplings, Memory};

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
