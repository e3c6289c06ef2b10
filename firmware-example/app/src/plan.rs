//! From a host's wish to a network: everything is checked before the present network is given up.

use freezable_chaos::frames::{CouplingSource, FlashImage, FlashSigns, Refusal, Setup};
use freezable_chaos::{
    AnyTransfer, BuildError, Compact, CompactNetwork, Connectivity, Dynamics, Exact, ExactNetwork,
    GaussianCouplings, Generator, HashedSigns, HistoryRule, Network, ParameterError, Purpose, SignCouplings,
    Signs,
};

use crate::image::{self, CAPACITY, COMPACT_CAPACITY, IMAGE, SIGNS_IMAGE};
use crate::memory::Networks;

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
    /// Checks a setup against the kernel's bounds and this firmware's size, flash images and transfer functions.
    pub fn check(setup: Setup) -> Result<Self, Refusal<'static>> {
        let (kind, capacity) = match setup.model {
            Exact::MODEL => (Kind::Exact, CAPACITY),
            Compact::MODEL => (
                Kind::Compact(HistoryRule::recommended(&setup.params)),
                COMPACT_CAPACITY,
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
        if setup.couplings == CouplingSource::Flash && !kind.is_in_flash(&setup) {
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
    pub fn build<'a>(&self, networks: &'a mut Networks) -> Result<Built<'a>, BuildError> {
        Ok(match self.kind {
            Kind::Exact => {
                let couplings = self.gaussian_couplings(&mut networks.couplings)?;
                let network = networks.exact.network(self.dynamics, couplings, self.transfer)?;
                Built::Exact(self.started(network))
            }
            Kind::Compact(rule) => {
                let network = networks
                    .compact
                    .network(self.dynamics, self.signs()?, rule, self.transfer)?;
                Built::Compact(self.started(network))
            }
        })
    }

    fn gaussian_couplings<'a>(&self, buffer: &'a mut [f32]) -> Result<GaussianCouplings<'a>, BuildError> {
        Ok(match self.setup.couplings {
            CouplingSource::Flash => GaussianCouplings::from_slice(image::couplings(), &self.dynamics)?,
            CouplingSource::Seeded => {
                let (seed, network) = (self.setup.seed_network, self.setup.network);
                let mut generator = Generator::new(seed, network, Purpose::Couplings);
                GaussianCouplings::seed(buffer, &self.dynamics, &mut generator)?
            }
        })
    }

    fn signs(&self) -> Result<Signs<'static>, BuildError> {
        Ok(match self.setup.couplings {
            CouplingSource::Flash => SignCouplings::from_slice(image::signs(), &self.dynamics)?.into(),
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
    fn is_in_flash(self, setup: &Setup) -> bool {
        match self {
            Self::Exact => {
                let wanted = FlashImage {
                    n: setup.n,
                    g: setup.params.g,
                    seed: setup.seed_network,
                    network: setup.network,
                };
                wanted == IMAGE
            }
            Self::Compact(_) => {
                let wanted = FlashSigns {
                    n: setup.n,
                    seed: setup.seed_network,
                    network: setup.network,
                };
                wanted == SIGNS_IMAGE
            }
        }
    }
}
