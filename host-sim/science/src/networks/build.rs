//! From a description to a network that runs.

use freezable_chaos::{AnyTransfer, PanelNetwork, Purpose, Start, Transfer};

use super::compact::CompactStorage;
use super::couplings::{Couplings, signed_coupling};
use super::description::{Ensemble, Network};
use super::double::{Reference, ReferenceParameters};
use super::driven::Driven;
use super::execution::Rows;
use super::heap::HeapStorage;
use super::input::Current;
use super::kernel::Rule;
use super::kinds::{InitialState, Model};
use super::origin::Origin;
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

impl Source for Ensemble {
    fn with(
        &self,
        index: u32,
        body: &mut dyn FnMut(&mut dyn Simulation) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        let (network, rows) = (&self.network, Rows::of(self));
        let mut states = network.generator(index, Purpose::State);
        let (dynamics, transfer) = (network.dynamics, network.transfer.kernel());
        if network.model == Model::Compact {
            let (rule, signs) = (network.history_rule(), network.signs(index));
            let mut storage = CompactStorage::new(network.n, rule).with_rows(rows);
            if network.couplings != Couplings::Hashed {
                storage = storage.store(&signs)?;
            }
            let mut simulation = storage.network(dynamics, &signs, rule, transfer)?;
            simulation.start(self.start.into(), &mut states);
            self.begin(&mut simulation)?;
            return self.drive(index, &mut simulation, body);
        }
        let mut storage = HeapStorage::new(network.n, rows);
        let mut simulation = match &network.couplings {
            Couplings::Matrix(matrix) => storage.network_of(dynamics, |i, j| matrix.get(i, j), transfer)?,
            Couplings::Signs | Couplings::Hashed => {
                let signs = network.signs(index);
                let coupling = |i, j| signed_coupling(&dynamics, signs.is_positive(i, j));
                storage.network_of(dynamics, coupling, transfer)?
            }
            Couplings::Gaussian => {
                let mut couplings = network.generator(index, Purpose::Couplings);
                storage.network(dynamics, &mut couplings, transfer)?
            }
        };
        simulation.start(self.start.into(), &mut states);
        self.begin(&mut simulation)?;
        match (network.precision, &self.origin) {
            (Precision::F32, _) => self.drive(index, &mut simulation, body),
            (Precision::F64, Some(Origin::Snapshot(_))) => {
                let words = "is not that of a snapshot, which is of the kernel";
                Err(Refusal::because("precision", "f64", words).into())
            }
            (Precision::F64, origin) => {
                let start = origin.as_ref().map_or(self.start, |_| InitialState::Small);
                self.drive(index, &mut reference_of(network, start, &simulation)?, body)
            }
        }
    }
}

impl Ensemble {
    /// Goes to the state of one's own that the networks begin from, if there is one.
    fn begin<C: Rule, T: Transfer>(
        &self,
        network: &mut freezable_chaos::Network<'_, C, T>,
    ) -> Result<(), Stopped> {
        match &self.origin {
            None => Ok(()),
            Some(Origin::State(x)) => Ok(network.start_from(x.values())?),
            Some(Origin::Snapshot(snapshot)) => Ok(network.restore(&snapshot.0)?),
        }
    }

    /// Hands a network that was started to the body, with the external input if there is one.
    fn drive(
        &self,
        index: u32,
        simulation: &mut dyn Simulation,
        body: &mut dyn FnMut(&mut dyn Simulation) -> Result<(), Stopped>,
    ) -> Result<(), Stopped> {
        if self.input.is_none() {
            return body(simulation);
        }
        let network = &self.network;
        let noise = network.generator(index, Purpose::Input);
        let current = Current::new(&self.input, network.n, network.dt, noise);
        body(&mut Driven::new(simulation, current))
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
    network: &PanelNetwork<'_, AnyTransfer>,
) -> Result<Reference, Stopped> {
    let n = network.n();
    let couplings = network.connectivity().couplings();
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let j = pairs
        .map(|(i, j)| f64::from(couplings.get(i, j).unwrap_or(f32::NAN)))
        .collect();
    let x: Vec<f64> = network.state().iter().map(|&x| x.into()).collect();
    let k = f64::from(description.k);
    let a = match start.into() {
        Start::Small => vec![0.0; n * n],
        Start::Large => Reference::imprint(k, description.transfer, &x),
    };
    let parameters = ReferenceParameters {
        k,
        p: description.p.into(),
        dt: description.dt.into(),
    };
    Reference::new(parameters, description.transfer, j, a, x)
        .map_err(|error| Stopped::Failed(error.to_string()))
}
