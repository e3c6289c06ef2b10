//! Ten million steps of both networks with N = 32: a thousand cues, each written, held frozen, and released.

use freezable_chaos::{
    BuildError, Connectivity, Cue, DenseCouplings, Generator, HashedSigns, HistoryRule, Network, Purpose,
    Start, Tanh,
};

use crate::{Failure, Memory, PARAMS, SEED};

const N: usize = 32;
/// Cues, each followed by a freeze and a release.
pub const CYCLES: u32 = 1000;
/// Steps of a cycle: driven by its cue, running freely up to its freeze, frozen up to its end.
const DRIVEN: u32 = 200;
const FREEZE: u32 = 5_000;
const END: u32 = 10_000;
/// Without a cue, a network of this size would come to rest for good.
const STRENGTH: f32 = 2.0;

/// Both networks, one after the other; looks at the digest of x and A at the end of every cycle.
pub fn run(memory: &mut Memory, mut look: impl FnMut(&str, u32, u64)) -> Result<(), Failure> {
    let dynamics = PARAMS.validate(N).map_err(BuildError::Parameter)?;
    let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
    let couplings =
        DenseCouplings::seed(&mut memory.couplings, &dynamics, &mut generator).map_err(BuildError::Size)?;
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
        let held = network.plastic_digest();
        for _ in FREEZE..END {
            network.step()?;
        }
        if network.plastic_digest() != held {
            return Err(Failure::Frozen(cycle));
        }
        look(cycle, network.digest());
        network.release();
    }
    Ok(())
}
