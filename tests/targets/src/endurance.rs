//! Ten million steps of both networks with N = 32: a thousand cues, each written, held frozen, and released.

use freezable_chaos::{
    BuildError, CompactBuffers, Connectivity, Cue, Diverged, ExactBuffers, Fnv1a, GaussianCouplings,
    Generator, HashedSigns, HistoryRule, Network, Params, Purpose, Start, StepError, Tanh, couplings_len,
    synapses_len,
};

const N: usize = 32;
const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;
/// Cues, each followed by a freeze and a release.
pub const CYCLES: u32 = 1000;
/// Steps of a cycle: driven by its cue, running freely up to its freeze, frozen up to its end.
const DRIVEN: u32 = 200;
const FREEZE: u32 = 5_000;
const END: u32 = 10_000;
/// Without a cue, a network of this size would come to rest for good.
const STRENGTH: f32 = 2.0;

/// What the networks live in.
pub struct Memory {
    exact: ExactBuffers<N, { synapses_len(N) }>,
    couplings: [f32; couplings_len(N)],
    compact: CompactBuffers<N>,
}

impl Memory {
    /// All zero.
    #[allow(
        clippy::new_without_default,
        reason = "a default by value would invite 20 KB onto a stack; no lint where this is a private module"
    )]
    pub const fn new() -> Self {
        Self {
            exact: ExactBuffers::new(),
            couplings: [0.0; couplings_len(N)],
            compact: CompactBuffers::new(),
        }
    }
}

/// Why it did not come to its end.
#[derive(Debug)]
#[allow(
    dead_code,
    reason = "printed for a person, by some of the programs that share this file"
)]
pub enum Failure {
    /// The buffers are not what they should be.
    Build(BuildError),
    /// A step was refused.
    Step(StepError),
    /// The plastic couplings changed in this cycle, though frozen.
    Frozen(u32),
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Self::Build(error)
    }
}

impl From<Diverged> for Failure {
    fn from(error: Diverged) -> Self {
        Self::Step(StepError::Diverged(error))
    }
}

/// Both networks, one after the other; looks at the digest of x and A at the end of every cycle.
pub fn run(memory: &mut Memory, mut look: impl FnMut(&str, u32, u64)) -> Result<(), Failure> {
    let dynamics = PARAMS.validate(N).map_err(BuildError::Parameter)?;
    let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
    let couplings = GaussianCouplings::seed(&mut memory.couplings, &dynamics, &mut generator)
        .map_err(BuildError::Size)?;
    let exact = memory.exact.network(dynamics, couplings, Tanh)?;
    live(exact, |cycle, digest| look("exact", cycle, digest))?;

    let signs = HashedSigns::new(&dynamics, SEED, 0);
    let compact = memory
        .compact
        .network(dynamics, signs, HistoryRule::recommended(&PARAMS), Tanh)?;
    live(compact, |cycle, digest| look("compact", cycle, digest))
}

fn live<C: Connectivity>(
    mut network: Network<'_, C, Tanh>,
    mut look: impl FnMut(u32, u64),
) -> Result<(), Failure> {
    network.start(Start::Small, &mut Generator::new(SEED, 0, Purpose::State));
    let mut input = [0.0; N];
    for cycle in 0..CYCLES {
        let cue = Cue {
            seed: SEED,
            index: cycle,
            strength: STRENGTH,
        };
        cue.write(&mut input);
        for _ in 0..DRIVEN {
            network.step_with_input(&input).map_err(Failure::Step)?;
        }
        for _ in DRIVEN..FREEZE {
            network.step()?;
        }
        network.freeze();
        let held = plastic_digest(&network);
        for _ in FREEZE..END {
            network.step()?;
        }
        if plastic_digest(&network) != held {
            return Err(Failure::Frozen(cycle));
        }
        look(cycle, network.digest());
        network.release();
    }
    Ok(())
}

fn plastic_digest<C: Connectivity>(network: &Network<'_, C, Tanh>) -> u64 {
    let mut digest = Fnv1a::new();
    network.connectivity().write_plastic(&mut digest);
    digest.digest()
}
