//! The golden trajectories up to N = 64, for any target: a line for each checkpoint.
#![no_std]

pub mod endurance;

use core::fmt;

use freezable_chaos::{
    AnyTransfer, BuildError, CompactBuffers, Connectivity, Diverged, ExactBuffers, GaussianCouplings,
    Generator, HashedSigns, HistoryRule, Network, Params, Purpose, Start, TransferId, couplings_len,
    synapses_len,
};

/// The largest network here.
const CAPACITY: usize = 64;
/// Sizes with the own tanh, and the size with every transfer function.
const SIZES: [usize; 4] = [1, 3, 17, 64];
const SIZE_OF_ALL: usize = 17;
/// Transfer functions: own tanh, tanh and erf of libm, tanh of micromath.
const TRANSFERS: u8 = 4;
const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;
/// Steps after which the network is frozen, released, and done.
const FREEZE: u64 = 512;
const RELEASE: u64 = 768;
const END: u64 = 1024;

/// What the networks live in.
pub struct Memory {
    exact: ExactBuffers<CAPACITY, { synapses_len(CAPACITY) }>,
    couplings: [f32; couplings_len(CAPACITY)],
    compact: CompactBuffers<CAPACITY>,
}

impl Memory {
    /// All zero.
    #[expect(
        clippy::new_without_default,
        reason = "a default by value would invite 40 KB onto a stack"
    )]
    pub const fn new() -> Self {
        Self {
            exact: ExactBuffers::new(),
            couplings: [0.0; couplings_len(CAPACITY)],
            compact: CompactBuffers::new(),
        }
    }
}

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

/// Why there are no more checkpoints.
#[derive(Debug)]
pub enum Failure {
    /// The buffers are not what they should be.
    Build(BuildError),
    /// The state left the finite numbers.
    Diverged(Diverged),
    /// A transfer function is missing.
    Transfer,
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
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
        let couplings = GaussianCouplings::seed(&mut memory.couplings, &dynamics, &mut generator)
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
        network.step().map_err(Failure::Diverged)?;
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
