//! Trajectories of both networks whose digests are the same on any target: the goldens, and ten million steps.
#![no_std]

pub mod endurance;
pub mod goldens;

use freezable_chaos::{
    BuildError, CompactBuffers, Diverged, ExactBuffers, Params, StepError, couplings_len, synapses_len,
};

/// The largest network here.
const CAPACITY: usize = 64;
const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;

/// What the networks live in.
pub struct Memory {
    exact: ExactBuffers<CAPACITY, { synapses_len(CAPACITY) }>,
    couplings: [f32; couplings_len(CAPACITY)],
    /// Of a compact network.
    pub compact: CompactBuffers<CAPACITY>,
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

/// Why a trajectory did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// The buffers are not what they should be.
    Build(BuildError),
    /// A step was refused.
    Step(StepError),
    /// A transfer function is missing.
    Transfer,
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
