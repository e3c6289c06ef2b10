//! From a host's wish to a network: everything is checked before the present network is given up.

use freezable_chaos::frames::{CouplingSource, FlashImage, FlashSigns, Refusal, Setup};
use freezable_chaos::{
    AnyTransfer, BuildError, Compact, CompactNetwork, Connectivity, DenseCouplings, Dynamics, Exact,
    ExactNetwork, Generator, HashedSigns, HistoryRule, HistorySynapses, Network, Neurons, PackedSynapses,
    ParameterError, Purpose, SignCouplings, Signs, SizeError, SumBuffers,
};

use crate::image::Images;
use crate::memory::{Networks, Room};

/// A setup that passed every check.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    setup: Setup,
    kind: Kind,
    dynamics: Dynamics,
    transfer: AnyTransfer,
}

/// Kind of network.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Exact,
    Compact(HistoryRule),
}

/// A network that has just started.
pub enum Built<'a> {
    /// Gaussian couplings, full A.
    Exact(ExactNetwork<'a, AnyTransfer>),
    /// Signs, and the history of the rates.
    Compact(CompactNetwork<'a, AnyTransfer>),
}

impl Plan {
    /// Checks a setup against the kernel's bounds and the board's room, flash images and transfer functions.
    pub fn check(setup: Setup, room: &Room) -> Result<Self, Refusal<'static>> {
        let (kind, capacity) = match (setup.model, setup.couplings) {
            (Exact::MODEL, CouplingSource::Flash) => (Kind::Exact, room.exact),
            (Exact::MODEL, CouplingSource::Seeded) => (Kind::Exact, room.drawn),
            (Compact::MODEL, _) => (
                Kind::Compact(HistoryRule::recommended(&setup.params)),
                room.compact,
            ),
            _ => return Err(Refusal::Unsupported),
        };
        let too_many = Refusal::Neurons {
            n: setup.n,
            capacity: capacity as u32,
        };
        let refused = |error| match error {
            ParameterError::NotFinite { parameter, value }
            | ParameterError::BelowMinimum { parameter, value, .. }
            | ParameterError::NotPositive { parameter, value }
            | ParameterError::AboveMaximum { parameter, value, .. } => Refusal::Parameter {
                name: parameter,
                value,
            },
            ParameterError::Whole { parameter, value, .. } => Refusal::Parameter {
                name: parameter,
                value: value as f32,
            },
            _ => too_many,
        };
        let n = usize::try_from(setup.n)
            .ok()
            .filter(|n| (1..=capacity).contains(n))
            .ok_or(too_many)?;
        let dynamics = setup.params.validate(n).map_err(refused)?;
        if let Kind::Compact(rule) = kind {
            rule.validate().map_err(refused)?;
        }
        let transfer = AnyTransfer::from_id(setup.transfer).ok_or(Refusal::Transfer(setup.transfer))?;
        if setup.couplings == CouplingSource::Flash && !kind.is_in_flash(&setup, &room.images) {
            return Err(Refusal::FlashImage);
        }
        Ok(Self {
            setup,
            kind,
            dynamics,
            transfer,
        })
    }

    /// What was checked.
    pub fn setup(&self) -> Setup {
        self.setup
    }

    /// Builds and starts the network, in memory of its own.
    pub fn build<'a>(
        &self,
        networks: &'a mut Networks<'_>,
        images: &Images,
    ) -> Result<Built<'a>, BuildError> {
        let Networks {
            neurons,
            synapses,
            couplings,
            tables,
            sums,
            history,
        } = networks;
        let n = self.dynamics.n();
        let [x, phi, velocity] = neurons.each_mut().map(|values| first(values, n));
        let neurons = Neurons::new(x, phi, velocity)?;
        Ok(match self.kind {
            Kind::Exact => {
                let couplings = self.dense_couplings(couplings, images)?;
                let exact = Exact::new(couplings, PackedSynapses::new(synapses, n)?)?;
                let network = Network::new(self.dynamics, self.transfer, neurons, exact)?;
                Built::Exact(self.started(network))
            }
            Kind::Compact(rule) => {
                let history = HistorySynapses::new(history, &self.dynamics, rule)?;
                let buffers = SumBuffers::new(tables, first(sums, n), &mut [], &self.dynamics)?;
                let compact = Compact::new(self.signs(images)?, history, buffers)?;
                let network = Network::new(self.dynamics, self.transfer, neurons, compact)?;
                Built::Compact(self.started(network))
            }
        })
    }

    fn dense_couplings<'a>(
        &self,
        buffer: &'a mut [f32],
        images: &Images,
    ) -> Result<DenseCouplings<'a>, BuildError> {
        Ok(match self.setup.couplings {
            CouplingSource::Flash => {
                let (_, couplings) = images.couplings.ok_or(NOT_IN_FLASH)?;
                DenseCouplings::from_image(couplings, &self.dynamics)?
            }
            CouplingSource::Seeded => {
                let (seed, network) = (self.setup.seed_network, self.setup.network);
                let mut generator = Generator::new(seed, network, Purpose::Couplings);
                DenseCouplings::seed(buffer, &self.dynamics, &mut generator)?
            }
        })
    }

    fn signs(&self, images: &Images) -> Result<Signs<'static>, BuildError> {
        Ok(match self.setup.couplings {
            CouplingSource::Flash => {
                let (_, signs) = images.signs.ok_or(NOT_IN_FLASH)?;
                SignCouplings::from_image(signs, &self.dynamics)?.into()
            }
            CouplingSource::Seeded => {
                HashedSigns::new(&self.dynamics, self.setup.seed_network, self.setup.network).into()
            }
        })
    }

    fn started<'a, C: Connectivity>(
        &self,
        mut network: Network<'a, C, AnyTransfer>,
    ) -> Network<'a, C, AnyTransfer> {
        let mut generator = Generator::new(self.setup.seed_state, self.setup.network, Purpose::State);
        network.start(self.setup.start, &mut generator);
        network
    }
}

impl Kind {
    /// Whether the couplings that a setup names are those in flash. Signs serve any gain.
    fn is_in_flash(self, setup: &Setup, images: &Images) -> bool {
        match self {
            Self::Exact => {
                let wanted = FlashImage {
                    n: setup.n,
                    g: setup.params.g,
                    seed: setup.seed_network,
                    network: setup.network,
                };
                images.couplings.is_some_and(|(image, _)| image == wanted)
            }
            Self::Compact(_) => {
                let wanted = FlashSigns {
                    n: setup.n,
                    seed: setup.seed_network,
                    network: setup.network,
                };
                images.signs.is_some_and(|(image, _)| image == wanted)
            }
        }
    }
}

/// The check of a setup refuses it before.
const NOT_IN_FLASH: SizeError = SizeError {
    what: "the couplings in flash",
    expected: 1,
    found: 0,
};

/// The first values of a buffer; all of one that is too short, which is refused by its length.
fn first<V>(buffer: &mut [V], n: usize) -> &mut [V] {
    let n = buffer.len().min(n);
    buffer.get_mut(..n).unwrap_or_default()
}
