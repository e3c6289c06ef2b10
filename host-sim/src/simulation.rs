//! One network under simulation: the kernel, or the `f64` reference, behind one interface.

use freezable_chaos::random::Randomness;
use freezable_chaos::{
    AnyTransfer, Lanes, Network, Neurons, PanelCouplings, PanelNetwork, PanelSynapses, Panels, Purpose,
    Start, Transfer, panels_len,
};

use crate::configuration::{Configuration, Precision, TransferFunction};
use crate::estimators;
use crate::failure::Failure;
use crate::reference::{Reference, ReferenceParameters, ReferenceTransfer};

/// How fast the neurons move: `dx/dt` in the last step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed {
    /// Root mean square over the neurons.
    pub rms: f64,
    /// Largest magnitude.
    pub max: f64,
}

/// A state to come back to.
#[derive(Clone, Debug)]
pub enum Saved {
    /// A snapshot of the kernel.
    Snapshot(Vec<u8>),
    /// The whole reference simulator.
    Reference(Box<Reference>),
}

/// A network that can be advanced, frozen, released and looked at.
pub trait Simulation {
    /// One step of the map.
    fn step(&mut self) -> Result<(), Failure>;
    /// Halts the plasticity.
    fn freeze(&mut self);
    /// Lets the plasticity run.
    fn release(&mut self);
    /// The rates phi(x) of all neurons, in place of what the vector holds.
    fn copy_rates(&self, rates: &mut Vec<f32>);
    /// The rates phi(x) and the slopes phi'(x) of all neurons, in place of what the vectors hold.
    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>);
    /// The quenched couplings J and the plastic ones A: N x N each, row-major.
    fn couplings(&self) -> (Vec<f64>, Vec<f64>);
    /// Speed in the last step; not a number before the first.
    fn speed(&self) -> Speed;
    /// Arithmetic, as the estimators name it.
    fn precision(&self) -> estimators::Precision;
    /// Keeps the whole state.
    fn save(&self) -> Result<Saved, Failure>;
    /// Goes back to a state kept from this network.
    fn load(&mut self, saved: &Saved) -> Result<(), Failure>;
    /// Jacobian of the neurons with the synapses held, `-I + (J + A) D` with `D = diag(phi'(x))`: N x N, row-major.
    fn frozen_jacobian(&self) -> Vec<f64>;
}

/// Heap storage of one exact network in panels; the kernel borrows it.
#[derive(Debug)]
pub struct HeapStorage {
    couplings: Vec<Lanes>,
    neurons: [Vec<f32>; 3],
    synapses: Vec<Lanes>,
    rows: Rows,
}

/// Who works on the rows of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// The thread that steps it: right where several networks run side by side.
    OneThread,
    /// All threads of rayon's present pool, if the network is large enough to gain by it. The bits are the same.
    AllThreads,
}

impl HeapStorage {
    /// Room for `n` neurons.
    pub fn new(n: usize, rows: Rows) -> Self {
        Self {
            couplings: vec![Lanes::ZERO; panels_len(n)],
            neurons: [vec![0.0; n], vec![0.0; n], vec![0.0; n]],
            synapses: vec![Lanes::ZERO; panels_len(n)],
            rows,
        }
    }

    /// Bytes of the storage for `n` neurons.
    pub fn bytes(n: usize) -> u64 {
        (2 * panels_len(n) * size_of::<Lanes>() + 3 * n * size_of::<f32>()) as u64
    }

    /// A network at rest with couplings drawn from a generator.
    pub fn network<T: Transfer>(
        &mut self,
        dynamics: freezable_chaos::Dynamics,
        randomness: &mut impl Randomness,
        transfer: T,
    ) -> Result<PanelNetwork<'_, T>, Failure> {
        let couplings = PanelCouplings::seed(&mut self.couplings, &dynamics, randomness)?;
        let [x, phi, velocity] = &mut self.neurons;
        let synapses = PanelSynapses::new(&mut self.synapses, dynamics.n())?;
        let neurons = Neurons::new(x, phi, velocity)?;
        let panels = Panels::new(couplings, synapses)?;
        let panels = match self.rows {
            Rows::OneThread => panels,
            Rows::AllThreads => panels.share_rows(),
        };
        Ok(Network::new(dynamics, transfer, neurons, panels)?)
    }
}

/// Builds and starts the network of that index, and hands it to the body.
pub fn with_simulation<R>(
    configuration: &Configuration,
    index: u32,
    body: impl FnOnce(&mut dyn Simulation) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let mut storage = HeapStorage::new(configuration.n, configuration.rows());
    let mut couplings = configuration.generator(index, Purpose::Couplings);
    let transfer = configuration.kernel_transfer();
    let mut network = storage.network(configuration.dynamics, &mut couplings, transfer)?;
    network.start(
        configuration.start.into(),
        &mut configuration.generator(index, Purpose::State),
    );
    match configuration.precision {
        Precision::F32 => body(&mut network),
        Precision::F64 => body(&mut reference_of(configuration, &network)?),
    }
}

/// The reference simulator with the couplings and the initial state of a kernel network.
pub fn reference_of(
    configuration: &Configuration,
    network: &PanelNetwork<'_, AnyTransfer>,
) -> Result<Reference, Failure> {
    let n = network.n();
    let couplings = network.connectivity().couplings();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let j = pairs
        .map(|(i, j)| f64::from(couplings.get(i, j).unwrap_or(f32::NAN)))
        .collect();
    let x: Vec<f64> = network.state().iter().map(|&x| x.into()).collect();
    let transfer = match configuration.transfer {
        TransferFunction::Tanh => ReferenceTransfer::Tanh,
        TransferFunction::Erf => ReferenceTransfer::Erf,
    };
    let a = match configuration.start.into() {
        Start::Small => vec![0.0; n * n],
        Start::Large => Reference::imprint(configuration.k.into(), transfer, &x),
    };
    let parameters = ReferenceParameters {
        k: configuration.k.into(),
        p: configuration.p.into(),
        dt: configuration.dt.into(),
    };
    Reference::new(parameters, transfer, j, a, x).map_err(|error| Failure::Usage(error.to_string()))
}

impl<T: Transfer> Simulation for PanelNetwork<'_, T> {
    fn step(&mut self) -> Result<(), Failure> {
        Ok(Network::step(self)?)
    }

    fn freeze(&mut self) {
        Network::freeze(self);
    }

    fn release(&mut self) {
        Network::release(self);
    }

    fn copy_rates(&self, rates: &mut Vec<f32>) {
        rates.clear();
        rates.extend_from_slice(self.rates());
    }

    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>) {
        rates.clear();
        rates.extend(self.rates().iter().copied().map(f64::from));
        slopes.clear();
        slopes.extend(self.state().iter().map(|&x| f64::from(self.transfer().slope(x))));
    }

    fn couplings(&self) -> (Vec<f64>, Vec<f64>) {
        let connectivity = self.connectivity();
        let wide = |value: Option<f32>| f64::from(value.unwrap_or(f32::NAN));
        let pairs = || (0..self.n()).flat_map(|i| (0..self.n()).map(move |j| (i, j)));
        (
            pairs()
                .map(|(i, j)| wide(connectivity.couplings().get(i, j)))
                .collect(),
            pairs()
                .map(|(i, j)| wide(connectivity.synapses().get(i, j)))
                .collect(),
        )
    }

    fn speed(&self) -> Speed {
        let speed = Network::speed(self);
        let (rms, max) = speed.map_or((f32::NAN, f32::NAN), |speed| (speed.rms, speed.max));
        Speed {
            rms: rms.into(),
            max: max.into(),
        }
    }

    fn precision(&self) -> estimators::Precision {
        estimators::Precision::Single
    }

    fn save(&self) -> Result<Saved, Failure> {
        let mut bytes = vec![0; self.snapshot_len()];
        self.snapshot(&mut bytes)?;
        Ok(Saved::Snapshot(bytes))
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Failure> {
        match saved {
            Saved::Snapshot(bytes) => Ok(self.restore(bytes)?),
            Saved::Reference(_) => Err(Failure::Usage(
                "a state of the reference is not one of the kernel".into(),
            )),
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        let connectivity = self.connectivity();
        let coupling = |i, j| {
            let (quenched, plastic) = (
                connectivity.couplings().get(i, j),
                connectivity.synapses().get(i, j),
            );
            f64::from(quenched.unwrap_or(f32::NAN)) + f64::from(plastic.unwrap_or(f32::NAN))
        };
        let slopes: Vec<f64> = self
            .state()
            .iter()
            .map(|&x| self.transfer().slope(x).into())
            .collect();
        jacobian(coupling, &slopes)
    }
}

impl Simulation for Reference {
    fn step(&mut self) -> Result<(), Failure> {
        Reference::step(self).map_err(|error| Failure::Check(error.to_string()))
    }

    fn freeze(&mut self) {
        Reference::freeze(self);
    }

    fn release(&mut self) {
        Reference::release(self);
    }

    fn copy_rates(&self, rates: &mut Vec<f32>) {
        rates.clear();
        rates.extend(self.rates().iter().map(|&rate| rate as f32));
    }

    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>) {
        rates.clear();
        rates.extend_from_slice(self.rates());
        slopes.clear();
        slopes.extend(self.state().iter().map(|&x| self.transfer().slope(x)));
    }

    fn couplings(&self) -> (Vec<f64>, Vec<f64>) {
        (
            self.quenched_couplings().to_vec(),
            self.plastic_couplings().to_vec(),
        )
    }

    fn speed(&self) -> Speed {
        let speed = Reference::speed(self);
        let (rms, max) = speed.map_or((f64::NAN, f64::NAN), |speed| (speed.rms, speed.max));
        Speed { rms, max }
    }

    fn precision(&self) -> estimators::Precision {
        estimators::Precision::Double
    }

    fn save(&self) -> Result<Saved, Failure> {
        Ok(Saved::Reference(Box::new(self.clone())))
    }

    fn load(&mut self, saved: &Saved) -> Result<(), Failure> {
        match saved {
            Saved::Reference(state) => {
                self.clone_from(state);
                Ok(())
            }
            Saved::Snapshot(_) => Err(Failure::Usage(
                "a state of the kernel is not one of the reference".into(),
            )),
        }
    }

    fn frozen_jacobian(&self) -> Vec<f64> {
        let n = self.state().len();
        let (quenched, plastic) = (self.quenched_couplings(), self.plastic_couplings());
        let slopes: Vec<f64> = self.state().iter().map(|&x| self.transfer().slope(x)).collect();
        jacobian(|i, j| quenched[i * n + j] + plastic[i * n + j], &slopes)
    }
}

/// `-I + W D`, row-major, with `D` the diagonal of the slopes.
fn jacobian(coupling: impl Fn(usize, usize) -> f64, slopes: &[f64]) -> Vec<f64> {
    let n = slopes.len();
    let entry = |i: usize, j: usize| coupling(i, j) * slopes[j] - if i == j { 1.0 } else { 0.0 };
    (0..n)
        .flat_map(|i| (0..n).map(move |j| (i, j)))
        .map(|(i, j)| entry(i, j))
        .collect()
}
