//! From a host's wish to a network: everything is checked before the present network is given up.

use freezable_chaos::frames::{CouplingSource, FlashImage, Refusal, Setup};
use freezable_chaos::{
    AnyTransfer, BuildError, Connectivity, Dynamics, Exact, ExactNetwork, GaussianCouplings, Generator, ParameterError, Purpose,
};

use crate::image::{self, CAPACITY, IMAGE};
use crate::memory::NetworkBuffers;

/// A setup that passed every check.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    setup: Setup,
    dynamics: Dynamics,
    transfer: AnyTransfer,
}

impl Plan {
    /// Checks a setup against the kernel's bounds and this firmware's size, flash image and transfer functions.
    pub fn check(setup: Setup) -> Result<Self, Refusal<'static>> {
        if setup.model != Exact::MODEL {
            return Err(Refusal::Unsupported);
        }
        let too_many = Refusal::Neurons {
            n: setup.n,
            capacity: CAPACITY as u32,
        };
        let n = usize::try_from(setup.n)
            .ok()
            .filter(|n| (1..=CAPACITY).contains(n))
            .ok_or(too_many)?;
        let dynamics = setup.params.validate(n).map_err(|error| match error {
            ParameterError::NotFinite { parameter, value }
            | ParameterError::BelowMinimum { parameter, value, .. }
            | ParameterError::NotPositive { parameter, value }
            | ParameterError::AboveMaximum { parameter, value, .. } => Refusal::Parameter {
                name: parameter,
                value,
            },
            _ => too_many,
        })?;
        let transfer = AnyTransfer::from_id(setup.transfer).ok_or(Refusal::Transfer(setup.transfer))?;
        let wanted = FlashImage {
            n: setup.n,
            g: setup.params.g,
            seed: setup.seed_network,
            network: setup.network,
        };
        if setup.couplings == CouplingSource::Flash && wanted != IMAGE {
            return Err(Refusal::FlashImage);
        }
        Ok(Self {
            setup,
            dynamics,
            transfer,
        })
    }

    /// Builds and starts the network, in memory of its own.
    pub fn build<'a>(
        &self,
        buffers: &'a mut NetworkBuffers,
        couplings: &'a mut [f32],
    ) -> Result<ExactNetwork<'a, AnyTransfer>, BuildError> {
        let Self {
            setup,
            dynamics,
            transfer,
        } = self;
        let couplings = match setup.couplings {
            CouplingSource::Flash => GaussianCouplings::from_slice(image::couplings(), dynamics)?,
            CouplingSource::Seeded => {
                let mut generator = Generator::new(setup.seed_network, setup.network, Purpose::Couplings);
                GaussianCouplings::seed(couplings, dynamics, &mut generator)?
            }
        };
        let mut network = buffers.network(*dynamics, couplings, *transfer)?;
        let mut generator = Generator::new(setup.seed_state, setup.network, Purpose::State);
        network.start(setup.start, &mut generator);
        Ok(network)
    }
}
