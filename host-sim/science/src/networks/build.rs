//! From a description to a network that runs.

use freezable_chaos::{Biased, CompactNetwork, Network as Running, PanelNetwork, Purpose, Start, Transfer};

use super::compact::CompactStorage;
use super::couplings::{Couplings, signed_coupling};
use super::description::Network;
use super::double::{Reference, ReferenceParameters};
use super::driven::Driven;
use super::ensemble::Ensemble;
use super::execution::Rows;
use super::heap::HeapStorage;
use super::input::Current;
use super::kernel::Rule;
use super::kinds::{InitialState, Model};
use super::origin::Origin;
use super::rules::{Plan, ReferenceRule, RuleStorage, RuleSynapses};
use super::simulation::Simulation;
use crate::estimators::Precision;
use crate::{Refusal, Stopped};

/// What the networks of an ensemble come from. An [`Ensemble`] builds those that it describes; networks of one's own, with
/// another rule of plasticity say, come from an implementation of one's own.
pub trait Source: Sync {
    /// Builds and starts the network of that index, and hands it to the body.
    fn with(
        &self,
        index: u32,
        body: &mut dyn FnMut(&mut dyn Simulation) -> Result<(), Stopped>,
    ) -> Result<(), Stopped>;
}

/// What is done with a network.
type Body<'a> = &'a mut dyn FnMut(&mut dyn Simulation) -> Result<(), Stopped>;

impl Source for Ensemble {
    fn with(&self, index: u32, body: Body<'_>) -> Result<(), Stopped> {
        let transfer = self.network.transfer.kernel();
        match &self.network.bias {
            Some(bias) => {
                self.with_transfer(index, Biased::new(transfer, bias.values(), self.network.n)?, body)
            }
            None => self.with_transfer(index, transfer, body),
        }
    }
}

impl Ensemble {
    fn with_transfer(&self, index: u32, transfer: impl Transfer, body: Body<'_>) -> Result<(), Stopped> {
        let network = &self.network;
        match (network.model, network.plan()) {
            (Model::Compact, _) => self.with_compact(index, transfer, body),
            (Model::Exact, Some(plan)) => self.with_rule(index, plan, transfer, body),
            (Model::Exact, None) => self.with_exact(index, transfer, body),
        }
    }

    fn with_compact(&self, index: u32, transfer: impl Transfer, body: Body<'_>) -> Result<(), Stopped> {
        let mut storage = compact_storage(&self.network, index, Rows::of(self))?;
        let network = compact_network(&self.network, index, &mut storage, transfer)?;
        self.start_and(index, network, body)
    }

    fn with_exact(&self, index: u32, transfer: impl Transfer, body: Body<'_>) -> Result<(), Stopped> {
        let mut storage = HeapStorage::new(self.network.n, Rows::of(self));
        let network = exact_network(&self.network, index, &mut storage, transfer)?;
        self.start_and(index, network, body)
    }

    fn with_rule(
        &self,
        index: u32,
        plan: Plan,
        transfer: impl Transfer,
        body: Body<'_>,
    ) -> Result<(), Stopped> {
        let network = &self.network;
        let synapses = RuleSynapses::new(plan, couplings_of(network, index));
        let mut storage = RuleStorage::new(network.n);
        self.start_and(
            index,
            storage.network(network.dynamics, synapses, transfer)?,
            body,
        )
    }

    fn start_and<C: Rule, T: Transfer>(
        &self,
        index: u32,
        mut running: Running<'_, C, T>,
        body: Body<'_>,
    ) -> Result<(), Stopped> {
        let mut states = self.network.generator(index, Purpose::State);
        running.start(self.start.into(), &mut states);
        self.begin(&mut running)?;
        match (self.network.precision, &self.origin) {
            (Precision::F32, _) => self.drive(index, &mut running, body),
            (Precision::F64, Some(Origin::Snapshot(_))) => {
                let words = "is not that of a snapshot, which is of the kernel";
                Err(Refusal::because("precision", "f64", words).into())
            }
            (Precision::F64, origin) => {
                let start = origin.as_ref().map_or(self.start, |_| InitialState::Small);
                let mut reference = reference_of(&self.network, start, &running)?;
                self.drive(index, &mut reference, body)
            }
        }
    }

    /// Goes to the state of one's own that the networks begin from, if there is one.
    fn begin<C: Rule, T: Transfer>(&self, network: &mut Running<'_, C, T>) -> Result<(), Stopped> {
        match &self.origin {
            None => Ok(()),
            Some(Origin::State(x)) => Ok(network.start_from(x.values())?),
            Some(Origin::Snapshot(snapshot)) => network
                .restore(&snapshot.0)
                .map_err(|error| Refusal::because("snapshot", "", format!("is refused: {error}")).into()),
        }
    }

    /// Hands a network that was started to the body, with the external input if there is one.
    fn drive(&self, index: u32, simulation: &mut dyn Simulation, body: Body<'_>) -> Result<(), Stopped> {
        if self.input.is_none() {
            return body(simulation);
        }
        let network = &self.network;
        let noise = network.generator(index, Purpose::Input);
        let current = Current::new(&self.input, network.n, network.dt, noise);
        body(&mut Driven::new(simulation, current))
    }
}

/// Memory of the compact network of that index, its signs in it if they are stored.
pub(super) fn compact_storage(network: &Network, index: u32, rows: Rows) -> Result<CompactStorage, Stopped> {
    let storage = CompactStorage::new(network.n, network.history_rule()).with_rows(rows);
    if network.couplings == Couplings::Hashed {
        return Ok(storage);
    }
    storage.store(&network.signs(index))
}

/// The compact network of that index, at rest.
pub(super) fn compact_network<'a, T: Transfer>(
    network: &Network,
    index: u32,
    storage: &'a mut CompactStorage,
    transfer: T,
) -> Result<CompactNetwork<'a, T>, Stopped> {
    let (rule, signs) = (network.history_rule(), network.signs(index));
    storage.network(network.dynamics, &signs, rule, transfer)
}

/// The exact network of that index, at rest.
pub(super) fn exact_network<'a, T: Transfer>(
    network: &Network,
    index: u32,
    storage: &'a mut HeapStorage,
    transfer: T,
) -> Result<PanelNetwork<'a, T>, Stopped> {
    if network.couplings == Couplings::Gaussian {
        // The kernel's own drawing, which knows the gain.
        let mut couplings = network.generator(index, Purpose::Couplings);
        return storage.network(network.dynamics, &mut couplings, transfer);
    }
    storage.network_of(network.dynamics, couplings_of(network, index), transfer)
}

/// The couplings of the exact network of that index, asked for in row-major order.
fn couplings_of(network: &Network, index: u32) -> Box<dyn FnMut(usize, usize) -> f32 + '_> {
    use freezable_chaos::random::Randomness;
    let dynamics = &network.dynamics;
    match &network.couplings {
        Couplings::Matrix(matrix) => Box::new(|i, j| matrix.get(i, j)),
        Couplings::Signs | Couplings::Hashed => {
            let signs = network.signs(index);
            Box::new(move |i, j| signed_coupling(dynamics, signs.is_positive(i, j)))
        }
        Couplings::Gaussian => {
            let (scale, mut couplings) = (
                dynamics.coupling_scale(),
                network.generator(index, Purpose::Couplings),
            );
            Box::new(move |_, _| scale * couplings.gaussian())
        }
    }
}

/// Builds and starts the network of that index, and gives what the body makes of it.
pub fn with_simulation<R>(
    source: &(impl Source + ?Sized),
    index: u32,
    body: impl FnOnce(&mut dyn Simulation) -> Result<R, Stopped>,
) -> Result<R, Stopped> {
    let (mut body, mut made) = (Some(body), None);
    source.with(index, &mut |simulation| {
        if let Some(body) = body.take() {
            made = Some(body(simulation)?);
        }
        Ok(())
    })?;
    made.ok_or_else(|| Stopped::Failed(format!("the source gave no network {index}")))
}

/// The reference simulator with the couplings and the initial state of a kernel network.
pub fn reference_of(
    description: &Network,
    start: InitialState,
    network: &dyn Simulation,
) -> Result<Reference, Stopped> {
    let (j, a) = network.couplings();
    let mut x = Vec::new();
    network.copy_state(&mut x);
    let mut reference = reference_at(description, 0, [j, a], x.clone())?;
    reference.begin(&x, Start::from(start) == Start::Large);
    Ok(reference)
}

/// The reference simulator of a description in a state, after so many steps of the plasticity: J and A, N x N each,
/// row-major, and x.
pub(crate) fn reference_at(
    description: &Network,
    clock: u32,
    [j, a]: [Vec<f64>; 2],
    x: Vec<f64>,
) -> Result<Reference, Stopped> {
    let failed = |error: super::double::ReferenceError| Stopped::Failed(error.to_string());
    let parameters = ReferenceParameters {
        k: description.k.into(),
        p: description.p.into(),
        dt: description.dt.into(),
    };
    let mut reference = Reference::new(parameters, description.transfer, j, a, x).map_err(failed)?;
    if let Some(bias) = &description.bias {
        let biases = bias.values().iter().map(|&bias| bias.into()).collect();
        reference = reference.with_biases(biases).map_err(failed)?;
    }
    Ok(match description.plan() {
        Some(plan) => reference.with_rule(ReferenceRule::new(plan).after(clock)),
        None => reference,
    })
}
