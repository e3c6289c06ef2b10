//! Networks in static storage, one after the other.

use freezable_chaos::{
    DenseCouplings, Dynamics, Exact, Generator, Network, Neurons, PackedSynapses, Params, Purpose, Start,
    Transfer, couplings_len, merged_len, synapses_len,
};

/// Neurons that the storage holds.
pub const CAPACITY: usize = 128;

/// The parameters of the goldens.
pub const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};

/// Who does the work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Loops {
    /// The hand-written inner loops.
    HandWritten,
    /// Safe Rust alone.
    Portable,
}

impl Loops {
    /// The ones that differ on this processor.
    pub const ALL: &[Self] = if cfg!(target_abi = "eabihf") {
        &[Self::HandWritten, Self::Portable]
    } else {
        &[Self::Portable]
    };

    /// Name in labels.
    pub fn name(self) -> &'static str {
        match self {
            Self::HandWritten => "hand-written",
            Self::Portable => "portable",
        }
    }
}

/// How a network is put together.
#[derive(Clone, Copy)]
pub struct Design {
    /// Number of neurons.
    pub n: usize,
    /// Who does the work.
    pub loops: Loops,
    /// Whether a buffer is lent in which J and A are merged while frozen.
    pub with_buffer: bool,
}

/// Everything that a network lives in.
pub struct Storage {
    couplings: [f32; couplings_len(CAPACITY)],
    synapses: [f32; synapses_len(CAPACITY)],
    merged: [f32; merged_len(CAPACITY)],
    neurons: [[f32; CAPACITY]; 3],
}

/// The parts of a network.
pub struct Parts<'a> {
    /// Parameters.
    pub dynamics: Dynamics,
    /// Couplings.
    pub connectivity: Exact<'a>,
    /// States, rates and velocities: one value per neuron each.
    pub neurons: [&'a mut [f32]; 3],
}

impl Storage {
    /// Storage of zeros.
    #[expect(clippy::new_without_default, reason = "a static needs a constant function")]
    pub const fn new() -> Self {
        Self {
            couplings: [0.0; couplings_len(CAPACITY)],
            synapses: [0.0; synapses_len(CAPACITY)],
            merged: [0.0; merged_len(CAPACITY)],
            neurons: [[0.0; CAPACITY]; 3],
        }
    }

    /// The parts of a network, with A = 0. The neurons' values are those of the network before.
    pub fn parts(&mut self, design: Design) -> Option<Parts<'_>> {
        let Design {
            n,
            loops,
            with_buffer,
        } = design;
        let dynamics = PARAMS.validate(n).ok()?;
        let mut randomness = Generator::new(1, 0, Purpose::Couplings);
        let couplings = DenseCouplings::seed(&mut self.couplings, &dynamics, &mut randomness).ok()?;
        let synapses = PackedSynapses::new(&mut self.synapses, n).ok()?;
        let mut connectivity = Exact::new(couplings, synapses).ok()?;
        if with_buffer {
            connectivity = connectivity.with_merge_buffer(&mut self.merged).ok()?;
        }
        if loops == Loops::Portable {
            connectivity = connectivity.with_portable_loops();
        }
        let neurons = self
            .neurons
            .each_mut()
            .map(|values| values.get_mut(..n).unwrap_or_default());
        Some(Parts {
            dynamics,
            connectivity,
            neurons,
        })
    }

    /// A network at a small random state.
    pub fn network<T: Transfer>(&mut self, design: Design, transfer: T) -> Option<Network<'_, Exact<'_>, T>> {
        let parts = self.parts(design)?;
        let [x, phi, velocity] = parts.neurons;
        let neurons = Neurons::new(x, phi, velocity).ok()?;
        let mut network = Network::new(parts.dynamics, transfer, neurons, parts.connectivity).ok()?;
        network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
        Some(network)
    }
}
