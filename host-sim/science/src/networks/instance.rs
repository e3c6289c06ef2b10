//! One network of a description together with the memory that it borrows: a value that can be kept, moved and sent to
//! another thread.

use std::fmt;

use freezable_chaos::{AnyTransfer, Network as Running, Plasticity, Purpose};
use self_cell::{MutBorrow, self_cell};

use super::build::{compact_network, compact_storage, exact_network};
use super::compact::CompactStorage;
use super::description::Network;
use super::execution::Rows;
use super::heap::HeapStorage;
use super::kernel::Rule;
use super::kinds::{InitialState, Model};
use super::simulation::{Saved, Simulation};
use crate::estimators::Precision;
use crate::{Refusal, Stopped};

/// A network of the kernel's: what it tells beyond any [`Simulation`].
pub trait KernelNetwork: Simulation + Send {
    /// Starts anew from the states x with A = 0: plasticity running, no step done.
    fn start_from(&mut self, x: &[f32]) -> Result<(), Stopped>;
    /// The states x.
    fn state(&self) -> &[f32];
    /// The rates phi(x).
    fn rates(&self) -> &[f32];
    /// Steps since the start, those before a snapshot was taken among them.
    fn steps(&self) -> u64;
    /// Whether the plasticity runs.
    fn plasticity(&self) -> Plasticity;
    /// Digest of x and A, as goldens have it.
    fn state_digest(&self) -> u64;
}

impl<C: Rule + Send> KernelNetwork for Running<'_, C, AnyTransfer> {
    fn start_from(&mut self, x: &[f32]) -> Result<(), Stopped> {
        if let Some(at) = x.iter().position(|x| !x.is_finite()) {
            let words = format!("of neuron {at} is not a finite number");
            return Err(Refusal::because("x0", x[at], words).into());
        }
        if x.len() != self.n() {
            let words = format!("values are not one for each of {} neurons", self.n());
            return Err(Refusal::because("x0", x.len(), words).into());
        }
        Running::start_from(self, x).map_err(|error| Stopped::Failed(error.to_string()))
    }

    fn state(&self) -> &[f32] {
        Running::state(self)
    }

    fn rates(&self) -> &[f32] {
        Running::rates(self)
    }

    fn steps(&self) -> u64 {
        Running::steps(self)
    }

    fn plasticity(&self) -> Plasticity {
        Running::plasticity(self)
    }

    fn state_digest(&self) -> u64 {
        Running::digest(self)
    }
}

/// The memory of a network.
enum Storage {
    Exact(HeapStorage),
    Compact(CompactStorage),
}

type Borrowing<'a> = Box<dyn KernelNetwork + 'a>;

self_cell!(
    struct Cell {
        owner: MutBorrow<Storage>,
        #[not_covariant]
        dependent: Borrowing,
    }
);

/// A network that runs, and its memory.
pub struct Instance {
    description: Network,
    cell: Cell,
}

impl Instance {
    /// Builds the network of that index and starts it; whose rows are shared as told.
    ///
    /// # Errors
    ///
    /// Refuses double precision, which is that of the reference simulator, and what the kernel refuses.
    pub fn new(description: Network, index: u32, start: InitialState, rows: Rows) -> Result<Self, Stopped> {
        if description.precision == Precision::F64 {
            let words = "is of the reference simulator, which is no network of the kernel";
            return Err(Refusal::because("precision", "f64", words).into());
        }
        description.is_kernels_own()?;
        let transfer = description.transfer.kernel();
        let storage = match description.model {
            Model::Exact => Storage::Exact(HeapStorage::new(description.n, rows)),
            Model::Compact => Storage::Compact(compact_storage(&description, index, rows)?),
        };
        let cell = Cell::try_new(MutBorrow::new(storage), |storage| {
            let mut network: Borrowing<'_> = match storage.borrow_mut() {
                Storage::Exact(storage) => Box::new(exact_network(&description, index, storage, transfer)?),
                Storage::Compact(storage) => {
                    Box::new(compact_network(&description, index, storage, transfer)?)
                }
            };
            network.start(start, &mut description.generator(index, Purpose::State));
            Ok::<_, Stopped>(network)
        })?;
        Ok(Self { description, cell })
    }

    /// What the network is made of.
    pub fn description(&self) -> &Network {
        &self.description
    }

    /// Looks at the network.
    pub fn look<R>(&self, look: impl FnOnce(&dyn KernelNetwork) -> R) -> R {
        self.cell.with_dependent(|_, network| look(&**network))
    }

    /// Works on the network.
    pub fn work<R>(&mut self, work: impl FnOnce(&mut dyn KernelNetwork) -> R) -> R {
        self.cell.with_dependent_mut(|_, network| work(&mut **network))
    }

    /// The kernel's snapshot of the present state.
    pub fn snapshot(&self) -> Result<Vec<u8>, Stopped> {
        match self.look(|network| network.save())? {
            Saved::Snapshot(bytes) => Ok(bytes),
            _ => Err(Stopped::Failed(
                "only networks of the kernel have snapshots".into(),
            )),
        }
    }

    /// Takes the state of a snapshot; refuses one of another network, and stays as it was.
    pub fn restore(&mut self, bytes: Vec<u8>) -> Result<(), Stopped> {
        self.work(|network| network.load(&Saved::Snapshot(bytes)))
    }
}

impl Network {
    /// Refuses a rule of plasticity as data and biases, which no network has that is kept by itself.
    fn is_kernels_own(&self) -> Result<(), Refusal> {
        let words = "of one's own is for ensembles, and this is a network by itself";
        match self {
            Self { rule: Some(_), .. } => Err(Refusal::because("rule", "", words)),
            Self { bias: Some(_), .. } => Err(Refusal::because("bias", "", words)),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("description", &self.description)
            .field("steps", &self.look(|network| network.steps()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::freeze::Freeze;
    use crate::measure::measure_here;
    use crate::networks::{Couplings, Ensemble, with_simulation};
    use freezable_chaos::Params;

    const PARAMS: Params = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };

    fn instance(description: &Network) -> Instance {
        Instance::new(description.clone(), 0, InitialState::Small, Rows::OneThread).unwrap()
    }

    #[test]
    fn it_is_the_network_that_the_ensemble_describes_and_moves_to_another_thread() {
        for description in [
            Network::exact(20, PARAMS).unwrap(),
            Network::compact(32, PARAMS).unwrap(),
            Network::compact(32, PARAMS)
                .unwrap()
                .with_couplings(Couplings::Hashed)
                .unwrap(),
        ] {
            let mut expected = Vec::new();
            let ensemble = Ensemble::of(description.clone(), 1).unwrap();
            with_simulation(&ensemble, 0, |simulation| {
                (0..100).for_each(|_| simulation.step().unwrap());
                simulation.copy_rates(&mut expected);
                Ok(())
            })
            .unwrap();
            let mut instance = instance(&description);
            let found = std::thread::spawn(move || {
                instance.work(|network| (0..100).for_each(|_| network.step().unwrap()));
                instance.look(|network| network.rates().to_vec())
            });
            assert_eq!(found.join().unwrap(), expected);
        }
    }

    #[test]
    fn a_snapshot_brings_back_the_digest_and_that_of_another_network_is_refused() {
        let description = Network::exact(20, PARAMS).unwrap();
        let mut one = instance(&description);
        one.work(|network| (0..50).for_each(|_| network.step().unwrap()));
        one.work(|network| network.freeze());
        let (snapshot, digest) = (
            one.snapshot().unwrap(),
            one.look(|network| network.state_digest()),
        );
        let mut other = instance(&description);
        other.restore(snapshot.clone()).unwrap();
        other.look(|network| {
            assert_eq!((network.state_digest(), network.steps()), (digest, 50));
            assert_eq!(network.plasticity(), Plasticity::Frozen);
        });
        let mut foreign = instance(&Network::exact(21, PARAMS).unwrap());
        let before = foreign.look(|network| network.state_digest());
        assert!(foreign.restore(snapshot).is_err());
        assert_eq!(foreign.look(|network| network.state_digest()), before);
    }

    #[test]
    fn what_is_measured_of_it_leaves_it_where_it_is() {
        let description = Network::exact(20, PARAMS).unwrap();
        let mut network = instance(&description);
        network.work(|network| (0..200).for_each(|_| network.step().unwrap()));
        let before = network.snapshot().unwrap();
        let of = Ensemble::of(description, 1).unwrap().over(0.0, 20.0).unwrap();
        let trials = |trials| Freeze {
            trials,
            ..Freeze::default()
        };
        let mut measured =
            |trials: Freeze| network.work(|network| measure_here(&trials, &of, 0, network, &()));
        assert_eq!(measured(trials(1)).unwrap().summary.freeze_trials, 1);
        let refused = measured(trials(1000)).unwrap_err();
        assert!(matches!(refused, Stopped::Refused(_)), "{refused}");
        assert_eq!(network.snapshot().unwrap(), before);
    }

    #[test]
    fn states_of_ones_own_are_checked() {
        let mut network = instance(&Network::exact(3, PARAMS).unwrap());
        let mut refused = |x: &[f32]| {
            network
                .work(|network| network.start_from(x))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused(&[1.0, 2.0]),
            "x0 2 values are not one for each of 3 neurons"
        );
        assert_eq!(
            refused(&[1.0, f32::NAN, 0.0]),
            "x0 NaN of neuron 1 is not a finite number"
        );
        network
            .work(|network| network.start_from(&[0.5, -0.5, 0.25]))
            .unwrap();
        assert_eq!(
            network.look(|network| network.state().to_vec()),
            [0.5, -0.5, 0.25]
        );
    }
}
