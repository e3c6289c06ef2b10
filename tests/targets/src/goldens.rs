//! The golden trajectories up to N = 64: a line for each checkpoint.

use core::fmt;

use freezable_chaos::{
    AnyTransfer, BuildError, Connectivity, DenseCouplings, Generator, HashedSigns, HistoryRule, Network,
    Purpose, Start, TransferId,
};

use crate::{Failure, Memory, PARAMS, SEED};

/// Sizes with the own tanh, and the size with every transfer function.
const SIZES: [usize; 4] = [1, 3, 17, 64];
const SIZE_OF_ALL: usize = 17;
/// Transfer functions: own tanh, tanh and erf of libm, tanh of micromath.
const TRANSFERS: u8 = 4;
/// Steps after which the network is frozen, released, and done.
const FREEZE: u64 = 512;
const RELEASE: u64 = 768;
const END: u64 = 1024;

/// The digest of x and A after so many steps; `cargo xtask test` compares the lines of these with `tests/golden/`.
pub struct Checkpoint {
    model: &'static str,
    n: usize,
    transfer: u8,
    step: u64,
    digest: u64,
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            model,
            n,
            transfer,
            step,
            digest,
        } = self;
        write!(f, "{model} {n} {transfer} {step} {digest:016x}")
    }
}

/// All trajectories of both networks.
pub fn run(memory: &mut Memory, mut look: impl FnMut(Checkpoint)) -> Result<(), Failure> {
    let sizes = SIZES.map(|n| (n, 0));
    let others = (1..TRANSFERS).map(|transfer| (SIZE_OF_ALL, transfer));
    for (n, transfer) in sizes.into_iter().chain(others) {
        let phi = || AnyTransfer::from_id(TransferId(transfer)).ok_or(Failure::Transfer);
        let dynamics = PARAMS.validate(n).map_err(BuildError::Parameter)?;
        let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(&mut memory.couplings, &dynamics, &mut generator)
            .map_err(BuildError::Size)?;
        let network = memory.exact.network(dynamics, couplings, phi()?)?;
        trajectory("exact", transfer, network, &mut look)?;
        if transfer > 0 {
            // The committed goldens of the compact network have the own tanh alone.
            continue;
        }
        let (signs, rule) = (
            HashedSigns::new(&dynamics, SEED, 0),
            HistoryRule::recommended(&PARAMS),
        );
        let network = memory.compact.network(dynamics, signs, rule, phi()?)?;
        trajectory("compact", transfer, network, &mut look)?;
    }
    Ok(())
}

fn trajectory<C: Connectivity>(
    model: &'static str,
    transfer: u8,
    mut network: Network<'_, C, AnyTransfer>,
    look: &mut impl FnMut(Checkpoint),
) -> Result<(), Failure> {
    network.start(Start::Small, &mut Generator::new(SEED, 0, Purpose::State));
    for step in 1..=END {
        network.step()?;
        if step.is_power_of_two() || step == FREEZE || step == RELEASE {
            look(Checkpoint {
                model,
                n: network.n(),
                transfer,
                step,
                digest: network.digest(),
            });
        }
        match step {
            FREEZE => network.freeze(),
            RELEASE => network.release(),
            _ => {}
        }
    }
    Ok(())
}
