//! The golden trajectories up to N = 128: a line for each checkpoint.

use core::fmt;

use freezable_chaos::{
    AnyTransfer, BuildError, CompactBuffers, Connectivity, DenseCouplings, Dynamics, ExactBuffers, Generator,
    HashedSigns, HistoryRule, Network, Purpose, Start, TransferId,
};

use crate::{CAPACITY, Failure, Memory, PARAMS, SEED};

/// Sizes with the own tanh, and the size with every transfer function.
const SIZES: [usize; 5] = [1, 3, 17, 64, 128];
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

/// The sizes and transfer functions of the trajectories up to a size, in the order of running.
pub fn cases(largest: usize) -> impl Iterator<Item = (usize, u8)> {
    let sizes = SIZES.map(|n| (n, 0));
    let others = (1..TRANSFERS).map(|transfer| (SIZE_OF_ALL, transfer));
    let cases = sizes.into_iter().chain(others);
    cases.filter(move |&(n, _)| n <= largest)
}

/// All trajectories of both networks.
pub fn run(memory: &mut Memory, mut look: impl FnMut(Checkpoint)) -> Result<(), Failure> {
    for (n, transfer) in cases(CAPACITY) {
        let dynamics = dynamics(n)?;
        let couplings = draw(&mut memory.couplings, &dynamics)?;
        exact(&mut memory.exact, dynamics, couplings, transfer, &mut look)?;
        if transfer == 0 {
            // The committed goldens of the compact network have the own tanh alone.
            compact(&mut memory.compact, dynamics, &mut look)?;
        }
    }
    Ok(())
}

/// The constants of a step for so many neurons.
pub fn dynamics(n: usize) -> Result<Dynamics, Failure> {
    Ok(PARAMS.validate(n).map_err(BuildError::Parameter)?)
}

/// The couplings of the goldens, drawn into a buffer.
pub fn draw<'a>(buffer: &'a mut [f32], dynamics: &Dynamics) -> Result<DenseCouplings<'a>, Failure> {
    let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
    Ok(DenseCouplings::seed(buffer, dynamics, &mut generator).map_err(BuildError::Size)?)
}

/// One trajectory of the exact network.
pub fn exact<const N: usize, const SYNAPSES: usize>(
    buffers: &mut ExactBuffers<N, SYNAPSES>,
    dynamics: Dynamics,
    couplings: DenseCouplings<'_>,
    transfer: u8,
    look: &mut impl FnMut(Checkpoint),
) -> Result<(), Failure> {
    let network = buffers.network(dynamics, couplings, phi(transfer)?)?;
    trajectory("exact", transfer, network, look)
}

/// One trajectory of the compact network.
pub fn compact<const N: usize>(
    buffers: &mut CompactBuffers<N>,
    dynamics: Dynamics,
    look: &mut impl FnMut(Checkpoint),
) -> Result<(), Failure> {
    let signs = HashedSigns::new(&dynamics, SEED, 0);
    let rule = HistoryRule::recommended(&PARAMS);
    trajectory(
        "compact",
        0,
        buffers.network(dynamics, signs, rule, phi(0)?)?,
        look,
    )
}

fn phi(transfer: u8) -> Result<AnyTransfer, Failure> {
    AnyTransfer::from_id(TransferId(transfer)).ok_or(Failure::Transfer)
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
