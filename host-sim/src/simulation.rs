//! One network under simulation: the kernel, or the `f64` reference, behind one interface.

mod compact;
pub mod edit;
mod hold;
mod kernel;
mod reference;

pub use compact::{CompactStorage, History};
pub use hold::{Held, hold};
pub use reference::reference_of;

use freezable_chaos::random::Randomness;
use freezable_chaos::{
    Dynamics, Generator, Lanes, Network, Neurons, PanelCouplings, PanelNetwork, PanelSynapses, Panels,
    Purpose, Transfer, panel_couplings_len, panel_merged_len, panel_synapses_len,
};

use crate::configuration::{Configuration, Couplings, Model, Precision, StartOption};
use crate::estimators;
use crate::failure::Failure;
use crate::reference::Reference;

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
    /// One step with an external input, one value per neuron.
    fn step_with_input(&mut self, input: &[f32]) -> Result<(), Failure>;
    /// Halts the plasticity.
    fn freeze(&mut self);
    /// Lets the plasticity run.
    fn release(&mut self);
    /// The rates phi(x) of all neurons, in place of what the vector holds.
    fn copy_rates(&self, rates: &mut Vec<f32>);
    /// The states x of all neurons, in place of what the vector holds.
    fn copy_state(&self, state: &mut Vec<f64>);
    /// The rates phi(x) and the slopes phi'(x) of all neurons, in place of what the vectors hold.
    fn copy_rates_and_slopes(&self, rates: &mut Vec<f64>, slopes: &mut Vec<f64>);
    /// The quenched couplings J and the plastic ones A: N x N each, row-major.
    fn couplings(&self) -> (Vec<f64>, Vec<f64>);
    /// The history in place of A; of the compact network only.
    fn history(&self) -> Option<History>;
    /// Digest of the quenched couplings, as snapshots have it; of the kernel's networks only.
    fn couplings_digest(&self) -> Option<u64>;
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
    merged: Vec<Lanes>,
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
            couplings: vec![Lanes::ZERO; panel_couplings_len(n)],
            neurons: [vec![0.0; n], vec![0.0; n], vec![0.0; n]],
            synapses: vec![Lanes::ZERO; panel_synapses_len(n)],
            merged: vec![Lanes::ZERO; panel_merged_len(n)],
            rows,
        }
    }

    /// Bytes of the storage for `n` neurons.
    pub fn bytes(n: usize) -> u64 {
        let couplings = panel_couplings_len(n) + panel_synapses_len(n) + panel_merged_len(n);
        (couplings * size_of::<Lanes>() + 3 * n * size_of::<f32>()) as u64
    }

    /// A network at rest with Gaussian couplings drawn from a generator.
    pub fn network<T: Transfer>(
        &mut self,
        dynamics: Dynamics,
        randomness: &mut impl Randomness,
        transfer: T,
    ) -> Result<PanelNetwork<'_, T>, Failure> {
        let scale = dynamics.coupling_scale();
        self.network_of(dynamics, |_, _| scale * randomness.gaussian(), transfer)
    }

    /// A network at rest with couplings `J_ij = coupling(i, j)`, asked for in row-major order.
    pub fn network_of<T: Transfer>(
        &mut self,
        dynamics: Dynamics,
        coupling: impl FnMut(usize, usize) -> f32,
        transfer: T,
    ) -> Result<PanelNetwork<'_, T>, Failure> {
        let couplings = PanelCouplings::from_fn(&mut self.couplings, &dynamics, coupling)?;
        let [x, phi, velocity] = &mut self.neurons;
        let synapses = PanelSynapses::new(&mut self.synapses, dynamics.n())?;
        let neurons = Neurons::new(x, phi, velocity)?;
        let panels = Panels::new(couplings, synapses)?.with_merge_buffer(&mut self.merged)?;
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
    let mut states = configuration.generator(index, Purpose::State);
    with_start(configuration, index, configuration.start, &mut states, body)
}

/// The same from another start than the configuration's, drawn from a generator.
pub fn with_start<R>(
    configuration: &Configuration,
    index: u32,
    start: StartOption,
    states: &mut Generator,
    body: impl FnOnce(&mut dyn Simulation) -> Result<R, Failure>,
) -> Result<R, Failure> {
    if configuration.model == Model::Compact {
        let (rule, signs) = (configuration.history_rule(), configuration.signs(index));
        let mut storage = CompactStorage::new(configuration.n, rule).with_rows(configuration.rows());
        if configuration.couplings != Couplings::Hashed {
            storage = storage.store(&signs)?;
        }
        let (dynamics, transfer) = (configuration.dynamics, configuration.kernel_transfer());
        let mut network = storage.network(dynamics, &signs, rule, transfer)?;
        network.start(start.into(), states);
        return body(&mut network);
    }
    let mut storage = HeapStorage::new(configuration.n, configuration.rows());
    let (dynamics, transfer) = (configuration.dynamics, configuration.kernel_transfer());
    let mut network = if configuration.couplings == Couplings::Gaussian {
        let mut couplings = configuration.generator(index, Purpose::Couplings);
        storage.network(dynamics, &mut couplings, transfer)?
    } else {
        let signs = configuration.signs(index);
        storage.network_of(
            dynamics,
            |i, j| signed_coupling(&dynamics, signs.is_positive(i, j)),
            transfer,
        )?
    };
    network.start(start.into(), states);
    match configuration.precision {
        Precision::F32 => body(&mut network),
        Precision::F64 => body(&mut reference_of(configuration, start, &network)?),
    }
}

/// `+-g / sqrt N`.
fn signed_coupling(dynamics: &Dynamics, is_positive: Option<bool>) -> f32 {
    match is_positive {
        Some(true) => dynamics.coupling_scale(),
        Some(false) => -dynamics.coupling_scale(),
        None => f32::NAN,
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
