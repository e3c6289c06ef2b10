//! The network of a starter, on this machine: every state that the starter prints must be one of it.

use anyhow::{Context, Result, bail, ensure};
use freezable_chaos::{
    ExactBuffers, GaussianCouplings, Generator, Params, Plasticity, Purpose, Start, Tanh, couplings_len,
    synapses_len,
};

/// The largest network of a starter or of an example beside it.
const CAPACITY: usize = 128;
/// As in the starters.
const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;

/// What a starter prints of a state.
#[derive(Debug, PartialEq, Eq)]
pub struct Printed {
    /// Whether it is frozen.
    pub plasticity: Plasticity,
    /// Steps done.
    pub steps: u64,
    /// Digest of x and A.
    pub digest: u64,
}

impl Printed {
    /// Reads a line.
    pub fn read(line: &str) -> Result<Self> {
        // a reset may have cut the line before short
        let line = line.rfind(['R', 'F']).map_or(line, |start| &line[start..]);
        let unread = || format!("the starter prints `{line}`");
        let mut words = line.split(' ');
        let (Some(plasticity), Some(steps), Some(digest), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            bail!(unread());
        };
        Ok(Self {
            plasticity: match plasticity {
                "Running" => Plasticity::Running,
                "Frozen" => Plasticity::Frozen,
                _ => bail!(unread()),
            },
            steps: steps.parse().with_context(unread)?,
            digest: u64::from_str_radix(digest, 16).with_context(unread)?,
        })
    }
}

/// The same network on this machine.
pub struct Twin {
    neurons: usize,
    couplings: Vec<f32>,
    buffers: Box<ExactBuffers<CAPACITY, { synapses_len(CAPACITY) }>>,
    /// Its present state.
    state: Vec<u8>,
    /// What it stored.
    stored: Vec<u8>,
}

impl Twin {
    /// One of so many neurons.
    pub fn new(neurons: usize) -> Self {
        Self {
            neurons,
            couplings: vec![0.0; couplings_len(neurons)],
            buffers: Box::new(ExactBuffers::new()),
            state: Vec::new(),
            stored: Vec::new(),
        }
    }

    /// Brings the network to where the starter is, and compares.
    pub fn compare(&mut self, printed: &Printed) -> Result<()> {
        let dynamics = PARAMS.validate(self.neurons).map_err(refused)?;
        let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
        let couplings =
            GaussianCouplings::seed(&mut self.couplings, &dynamics, &mut generator).map_err(refused)?;
        let mut network = self.buffers.network(dynamics, couplings, Tanh).map_err(refused)?;
        if self.state.is_empty() {
            network.start(Start::Small, &mut Generator::new(SEED, 0, Purpose::State));
        } else {
            network.restore(&self.state).map_err(refused)?;
        }
        if printed.steps < network.steps() {
            // it was reset
            network.recall(&self.stored).map_err(refused)?;
        }
        while network.steps() < printed.steps {
            network.step().map_err(refused)?;
        }
        match (network.plasticity(), printed.plasticity) {
            (Plasticity::Running, Plasticity::Frozen) => {
                self.stored = vec![0; network.snapshot_len()];
                network.store(&mut self.stored).map_err(refused)?;
            }
            (Plasticity::Frozen, Plasticity::Running) => network.release(),
            _ => {}
        }
        ensure!(
            network.steps() == printed.steps && network.digest() == printed.digest,
            "the starter is in another state: {printed:?}, here {:?} {} {:#x}",
            network.plasticity(),
            network.steps(),
            network.digest()
        );
        self.state = vec![0; network.snapshot_len()];
        network.snapshot(&mut self.state).map_err(refused)?;
        Ok(())
    }
}

fn refused(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("on this machine: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_one_cut_by_a_reset_is_skipped() {
        let expected = Printed {
            plasticity: Plasticity::Frozen,
            steps: 300,
            digest: 0xff,
        };
        assert_eq!(Printed::read("Frozen 300 00000000000000ff").unwrap(), expected);
        assert_eq!(Printed::read("Frozen 12Frozen 300 ff").unwrap(), expected);
        for bad in [
            "",
            "Frozen 300",
            "Molten 300 ff",
            "Frozen x ff",
            "Frozen 300 ff 1",
        ] {
            assert!(Printed::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_state_is_refused() {
        let mut twin = Twin::new(32);
        let printed = |digest| Printed {
            plasticity: Plasticity::Running,
            steps: 100,
            digest,
        };
        let error = twin.compare(&printed(1)).unwrap_err().to_string();
        assert!(error.contains("another state"), "{error}");
        let mut twin = Twin::new(32);
        twin.compare(&printed(0x43ee_8a4e_ca39_3d3c)).unwrap();
    }
}
