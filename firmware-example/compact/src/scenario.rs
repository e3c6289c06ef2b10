//! What the compact network does: it wanders, is frozen, holds, is released. Host and board run this same code, and what
//! they report must agree to the last bit.

use core::fmt;

use freezable_chaos::arithmetic::square_root;
use freezable_chaos::{
    BuildError, CompactBuffers, CompactNetwork, Diverged, Dynamics, Generator, HashedSigns, HistoryRule,
    Params, Purpose, Signs, Start, Tanh,
};

/// Neurons: 1,048,576 plastic synapses.
pub const NEURONS: usize = 1024;
/// In the freezable phase.
const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
/// Seed of the signs, and index of the network under it: those of the application's flash image.
pub const SIGNS: (u64, u32) = (1, 0);
/// Seed of the initial state.
const STATE_SEED: u64 = 1;
/// Steps until the freeze, of the hold, and after the release: 100, 100 and 50 time units.
const PHASES: [u64; 3] = [2000, 2000, 1000];

/// All that the network and this scenario keep.
pub struct Memory {
    buffers: CompactBuffers<NEURONS>,
    /// The rates at the freeze, times [`UNIT`]: a byte each, as the history has them.
    stored: [i8; NEURONS],
}

/// The rate of 1 as it is stored.
const UNIT: f32 = 127.0;

impl Memory {
    /// All zero, for a static.
    pub const fn zero() -> Self {
        Self {
            buffers: CompactBuffers::new(),
            stored: [0; NEURONS],
        }
    }
}

/// Something to compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// Digest of the whole state after so many steps.
    Digest(u64, u64),
    /// Root mean square of dx/dt, and cosine to the rates at the freeze, at the end of a phase.
    End(Phase, f32, f32),
}

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It wanders, before the freeze.
    Chaotic,
    /// Its synapses stand still.
    Frozen,
    /// It wanders again.
    Released,
}

impl fmt::Display for Reading {
    /// Floats as their bits: decimal digits would cost a kilobyte of stack.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(step, digest) => write!(f, "digest {step} {digest:016x}"),
            Self::End(phase, speed, cosine) => {
                let name = match phase {
                    Phase::Chaotic => "chaotic",
                    Phase::Frozen => "frozen",
                    Phase::Released => "released",
                };
                write!(f, "{name} {:08x} {:08x}", speed.to_bits(), cosine.to_bits())
            }
        }
    }
}

/// Why the scenario ended early.
#[derive(Clone, Copy, Debug)]
pub enum Failure {
    /// The parts of the network do not fit each other.
    Build,
    /// The state would leave the finite numbers.
    Diverged(Diverged),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build => f.write_str("failed: the parts of the network do not fit each other"),
            Self::Diverged(diverged) => write!(f, "failed: {diverged}"),
        }
    }
}

impl From<BuildError> for Failure {
    fn from(_: BuildError) -> Self {
        Self::Build
    }
}

/// Size and parameters.
pub fn dynamics() -> Result<Dynamics, Failure> {
    PARAMS.validate(NEURONS).map_err(|_| Failure::Build)
}

/// The signs of J, stored nowhere.
pub fn hashed_signs(dynamics: &Dynamics) -> HashedSigns {
    let (seed, network) = SIGNS;
    HashedSigns::new(dynamics, seed, network)
}

/// Runs the scenario with these signs.
pub fn run<'a>(
    memory: &'a mut Memory,
    signs: Signs<'a>,
    mut report: impl FnMut(Reading),
) -> Result<(), Failure> {
    let rule = HistoryRule::recommended(&PARAMS);
    let mut network = memory.buffers.network(dynamics()?, signs, rule, Tanh)?;
    network.start(Start::Small, &mut Generator::new(STATE_SEED, 0, Purpose::State));
    for (phase, steps) in [Phase::Chaotic, Phase::Frozen, Phase::Released]
        .into_iter()
        .zip(PHASES)
    {
        match phase {
            Phase::Chaotic => {}
            Phase::Frozen => network.freeze(),
            Phase::Released => network.release(),
        }
        for step in 1..=steps {
            network.step().map_err(Failure::Diverged)?;
            if step.is_power_of_two() || step == steps {
                report(Reading::Digest(network.steps(), network.digest()));
            }
        }
        if phase == Phase::Chaotic {
            for (stored, rate) in memory.stored.iter_mut().zip(network.rates()) {
                *stored = (rate * UNIT) as i8;
            }
        }
        let speed = network.speed().map_or(0.0, |speed| speed.rms);
        report(Reading::End(phase, speed, cosine(&network, &memory.stored)));
    }
    Ok(())
}

/// Cosine between the rates and stored ones.
fn cosine(network: &CompactNetwork<'_>, stored: &[i8]) -> f32 {
    let (mut dot, mut rates, mut norm) = (0.0, 0.0, 0.0);
    for (&rate, &stored) in network.rates().iter().zip(stored) {
        let stored = f32::from(stored);
        dot += rate * stored;
        rates += rate * rate;
        norm += stored * stored;
    }
    dot / (square_root(rates) * square_root(norm))
}
