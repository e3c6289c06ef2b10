//! Goldens: digests of the whole state along fixed trajectories, which every target must reproduce bit for bit.

mod described;
mod own;
mod verification;

pub use described::{Contents, FILES, NOT_RECORDED};
pub use own::{Described, Driven, EmbeddedRule, Golden, NamedFile, Trajectory};
pub use verification::{Verification, cost_of_cases};

use freezable_chaos::{
    AnyTransfer, ByteSink, CONTRACT_VERSION, Connectivity, Fnv1a, Generator, HashedSigns, HistoryRule,
    Network, Params, Purpose, Start, TransferId,
};
use serde::{Deserialize, Serialize};

use crate::networks::Model;
use crate::networks::{CompactStorage, HeapStorage, Rows};
use crate::{Refusal, Stopped};

/// The committed file of a kind of network, part of this program so that `verify` works anywhere.
pub fn committed(model: Model) -> &'static str {
    match model {
        Model::Exact => include_str!("../golden/exact.toml"),
        Model::Compact => include_str!("../golden/compact.toml"),
    }
}

/// A file of goldens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenFile {
    /// Kind of network.
    pub model: Model,
    /// Version of the arithmetic contract that the digests hold for.
    pub contract: u16,
    /// The trajectories.
    pub case: Vec<Case>,
}

/// One trajectory at g = 3, k = 2, p = 2.5, dt = 0.05 from the small start: a freeze, a release, and the digests. The
/// compact network has its recommended history, and the hashed signs of the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Number of neurons.
    pub n: usize,
    /// Transfer function, as [`TransferId`].
    pub transfer: u8,
    /// Seed of everything.
    pub seed: u64,
    /// Freezes after that many steps.
    pub freeze: u64,
    /// Releases after that many steps.
    pub release: u64,
    /// Digest of x and A in hexadecimal after 1, 2, 4, ... steps and at the freeze and the release.
    pub digests: Vec<Checkpoint>,
}

/// The digest after a number of steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u64,
    /// Digest of x and A, sixteen hexadecimal digits.
    pub digest: String,
}

impl Checkpoint {
    /// A checkpoint of that digest.
    pub fn new(step: u64, digest: u64) -> Self {
        Self {
            step,
            digest: format!("{digest:016x}"),
        }
    }
}

impl GoldenFile {
    /// The goldens of a kind of network that this program was built with.
    pub fn of(model: Model) -> Result<Self, Stopped> {
        Self::parse(committed(model))
    }

    /// Those of both kinds.
    pub fn all() -> Result<[Self; 2], Stopped> {
        Ok([Self::of(Model::Exact)?, Self::of(Model::Compact)?])
    }

    /// Reads a file of goldens; refuses one of another contract version.
    pub fn parse(text: &str) -> Result<Self, Stopped> {
        let file: Self = toml::from_str(text)
            .map_err(|error| Refusal::because("goldens", "", format!("cannot be read: {error}")))?;
        if file.contract != CONTRACT_VERSION {
            let words = format!("is not the kernel's contract version, {CONTRACT_VERSION}");
            return Err(Refusal::because("contract", file.contract, words).into());
        }
        Ok(file)
    }
}

/// What a trajectory is run on: this machine's kernel, an emulated or a real board.
pub trait Target {
    /// How it fails.
    type Error;
    /// Does so many steps.
    fn steps(&mut self, count: u64) -> Result<(), Self::Error>;
    /// Halts the plasticity.
    fn freeze(&mut self) -> Result<(), Self::Error>;
    /// Lets the plasticity run.
    fn release(&mut self) -> Result<(), Self::Error>;
    /// Digest of x and A.
    fn digest(&mut self) -> Result<u64, Self::Error>;

    /// Follows a trajectory that was started, over these steps, to the freeze and the release after their digests.
    fn follow(
        &mut self,
        steps: impl IntoIterator<Item = u64>,
        freeze: u64,
        release: u64,
    ) -> Result<Vec<Checkpoint>, Self::Error> {
        let mut done = 0;
        let mut found = Vec::new();
        for step in steps {
            self.steps(step - done)?;
            done = step;
            found.push(Checkpoint::new(done, self.digest()?));
            if done == freeze {
                self.freeze()?;
            }
            if done == release {
                self.release()?;
            }
        }
        Ok(found)
    }
}

/// A target that builds and starts the networks of the committed goldens.
pub trait Builder: Target {
    /// Builds and starts the network of a case.
    fn start(&mut self, model: Model, case: &Case) -> Result<(), Self::Error>;
}

impl Case {
    /// Parameters of every case: far in the chaotic phase, so that a difference of one bit grows to order one
    /// within some 80 time units.
    pub const PARAMS: Params = Params {
        g: 3.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    };

    /// Steps of the trajectory.
    pub fn steps(&self) -> u64 {
        self.digests.last().map_or(0, |checkpoint| checkpoint.step)
    }

    /// Steps of all checkpoints of a trajectory of `steps`: the powers of two, the freeze and the release.
    pub fn checkpoints(steps: u64, freeze: u64, release: u64) -> Vec<u64> {
        let powers = std::iter::successors(Some(1), |step| Some(2 * step)).take_while(|&step| step <= steps);
        let mut all: Vec<u64> = powers.chain([freeze, release, steps]).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Runs the trajectory on a target.
    pub fn run<T: Builder>(&self, model: Model, target: &mut T) -> Result<Vec<Checkpoint>, T::Error> {
        target.start(model, self)?;
        let steps = self.digests.iter().map(|checkpoint| checkpoint.step);
        target.follow(steps, self.freeze, self.release)
    }

    /// The first checkpoint at which a trajectory differs from the committed one, in words.
    pub fn first_difference(&self, found: &[Checkpoint]) -> Option<String> {
        if found.len() != self.digests.len() {
            return Some(format!(
                "N = {}: {} digests instead of {}",
                self.n,
                found.len(),
                self.digests.len()
            ));
        }
        let (expected, found) = differing(&self.digests, found)?;
        Some(format!(
            "N = {}, transfer {}: at step {} the digest is {} instead of {}",
            self.n, self.transfer, expected.step, found.digest, expected.digest
        ))
    }

    /// The trajectory on this machine's kernel.
    pub fn run_here(&self, model: Model) -> Result<Vec<Checkpoint>, Stopped> {
        let dynamics = Self::PARAMS.validate(self.n)?;
        let transfer = AnyTransfer::from_id(TransferId(self.transfer))
            .ok_or_else(|| Refusal::because("transfer", self.transfer, "does not exist"))?;
        match model {
            Model::Exact => {
                let mut storage = HeapStorage::new(self.n, Rows::OneThread);
                let mut couplings = Generator::new(self.seed, 0, Purpose::Couplings);
                self.run_network(model, storage.network(dynamics, &mut couplings, transfer)?)
            }
            Model::Compact => {
                let rule = HistoryRule::recommended(&Self::PARAMS);
                let signs = HashedSigns::new(&dynamics, self.seed, 0);
                let mut storage = CompactStorage::new(self.n, rule).store(&signs)?;
                self.run_network(model, storage.network(dynamics, &signs, rule, transfer)?)
            }
        }
    }

    /// The trajectory of a network of this machine's.
    pub fn run_network<C: Connectivity>(
        &self,
        model: Model,
        network: Network<'_, C, AnyTransfer>,
    ) -> Result<Vec<Checkpoint>, Stopped> {
        self.run(model, &mut Here(network))
    }
}

/// A network of this machine's as a target.
struct Here<'a, C>(Network<'a, C, AnyTransfer>);

impl<C: Connectivity> Builder for Here<'_, C> {
    fn start(&mut self, _model: Model, case: &Case) -> Result<(), Stopped> {
        let mut states = Generator::new(case.seed, 0, Purpose::State);
        self.0.start(Start::Small, &mut states);
        Ok(())
    }
}

impl<C: Connectivity> Target for Here<'_, C> {
    type Error = Stopped;

    fn steps(&mut self, count: u64) -> Result<(), Stopped> {
        (0..count).try_for_each(|_| Ok(self.0.step()?))
    }

    fn freeze(&mut self) -> Result<(), Stopped> {
        self.0.freeze();
        Ok(())
    }

    fn release(&mut self) -> Result<(), Stopped> {
        self.0.release();
        Ok(())
    }

    fn digest(&mut self) -> Result<u64, Stopped> {
        Ok(self.0.digest())
    }
}

/// The first checkpoints of two trajectories that differ.
fn differing<'a>(
    expected: &'a [Checkpoint],
    found: &'a [Checkpoint],
) -> Option<(&'a Checkpoint, &'a Checkpoint)> {
    expected
        .iter()
        .zip(found)
        .find(|(expected, found)| expected != found)
}

/// FNV-1a of some bytes.
pub fn digest_of(bytes: &[u8]) -> u64 {
    let mut digest = Fnv1a::new();
    digest.put(bytes);
    digest.digest()
}
