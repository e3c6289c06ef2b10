//! What several integration tests share: networks on the heap, and the contract's arithmetic written plainly.

#![allow(dead_code, reason = "each test binary uses its own part")]

use freezable_chaos::{
    ByteSink, Compact, CompactNetwork, DenseCouplings, Dynamics, Exact, ExactNetwork, Fnv1a, Generator,
    HashedSigns, HistoryRule, HistorySynapses, Lanes, Neurons, PackedSynapses, PanelCouplings, PanelNetwork,
    PanelSynapses, Panels, Params, Plasticity, Purpose, SignCouplings, Signs, Simd, Start, SumBuffers,
    Transfer, couplings_len, history_len, panel_couplings_len, panel_merged_len, panel_synapses_len,
    signs_len, synapses_len, wide_len,
};

/// Strongly chaotic: a differing bit shows soon.
pub const PARAMS: Params = Params {
    g: 3.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};

/// Samples of the recommended precision.
pub fn rule(samples: u32, spacing: u32) -> HistoryRule {
    HistoryRule {
        samples,
        spacing,
        levels: 127,
    }
}

/// Storage of an exact network on the heap.
pub struct Storage {
    pub dynamics: Dynamics,
    couplings: Vec<f32>,
    neurons: [Vec<f32>; 3],
    synapses: Vec<f32>,
}

impl Storage {
    pub fn new(n: usize, params: Params, seed: u64) -> Self {
        let dynamics = params.validate(n).expect("the test's parameters are in range");
        let mut couplings = vec![0.0; couplings_len(n)];
        let mut generator = Generator::new(seed, 0, Purpose::Couplings);
        DenseCouplings::seed(&mut couplings, &dynamics, &mut generator).expect("the buffer has the length");
        let neurons = [vec![0.0; n], vec![0.0; n], vec![0.0; n]];
        Self {
            dynamics,
            couplings,
            neurons,
            synapses: vec![0.0; synapses_len(n)],
        }
    }

    pub fn network<T: Transfer>(&mut self, transfer: T) -> ExactNetwork<'_, T> {
        let couplings = DenseCouplings::from_image(&self.couplings, &self.dynamics).expect("same length");
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity).expect("same lengths");
        let synapses = PackedSynapses::new(&mut self.synapses, self.dynamics.n()).expect("same length");
        let exact = Exact::new(couplings, synapses).expect("same size");
        ExactNetwork::new(self.dynamics, transfer, neurons, exact).expect("parts fit")
    }

    /// The parts of a network with other couplings.
    pub fn parts<'a>(&'a mut self, couplings: DenseCouplings<'a>) -> (Neurons<'a>, Exact<'a>) {
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity).expect("same lengths");
        let synapses = PackedSynapses::new(&mut self.synapses, self.dynamics.n()).expect("same length");
        (neurons, Exact::new(couplings, synapses).expect("same size"))
    }
}

/// Storage of the same network in panels.
pub struct PanelStorage {
    dynamics: Dynamics,
    couplings: Vec<Lanes>,
    neurons: [Vec<f32>; 3],
    synapses: Vec<Lanes>,
    merged: Vec<Lanes>,
}

impl PanelStorage {
    pub fn new(n: usize, params: Params, seed: u64) -> Self {
        let dynamics = params.validate(n).expect("the test's parameters are in range");
        let mut couplings = vec![Lanes::ZERO; panel_couplings_len(n)];
        let mut generator = Generator::new(seed, 0, Purpose::Couplings);
        PanelCouplings::seed(&mut couplings, &dynamics, &mut generator).expect("the buffer has the length");
        Self {
            dynamics,
            couplings,
            neurons: [vec![0.0; n], vec![0.0; n], vec![0.0; n]],
            synapses: vec![Lanes::ZERO; panel_synapses_len(n)],
            merged: vec![Lanes::ZERO; panel_merged_len(n)],
        }
    }

    pub fn panels(&mut self, simd: Simd) -> (Neurons<'_>, Panels<'_>) {
        let (neurons, panels, _) = self.parts(simd);
        (neurons, panels)
    }

    fn parts(&mut self, simd: Simd) -> (Neurons<'_>, Panels<'_>, &mut [Lanes]) {
        let couplings = PanelCouplings::from_slice(&self.couplings, &self.dynamics).expect("same length");
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity).expect("same lengths");
        let synapses = PanelSynapses::new(&mut self.synapses, self.dynamics.n()).expect("same length");
        let panels = Panels::with_simd(couplings, synapses, simd).expect("same size");
        (neurons, panels, &mut self.merged)
    }

    pub fn network<T: Transfer>(&mut self, transfer: T, simd: Simd) -> PanelNetwork<'_, T> {
        let dynamics = self.dynamics;
        let (neurons, panels) = self.panels(simd);
        PanelNetwork::new(dynamics, transfer, neurons, panels).expect("parts fit")
    }

    /// The parts of a network with a buffer in which J and A are merged while frozen.
    pub fn merging(&mut self, simd: Simd) -> (Neurons<'_>, Panels<'_>) {
        let (neurons, panels, merged) = self.parts(simd);
        let panels = panels.with_merge_buffer(merged);
        (neurons, panels.expect("the buffer has the length"))
    }

    pub fn merging_network<T: Transfer>(&mut self, transfer: T, simd: Simd) -> PanelNetwork<'_, T> {
        let dynamics = self.dynamics;
        let (neurons, panels) = self.merging(simd);
        PanelNetwork::new(dynamics, transfer, neurons, panels).expect("parts fit")
    }
}

/// The generator of initial states of a seed.
pub fn state_generator(seed: u64) -> Generator {
    Generator::new(seed, 0, Purpose::State)
}

/// The exact network written as the contract states it: dense matrices, one loop per sum, nothing clever.
pub struct PlainNetwork<T> {
    pub dynamics: Dynamics,
    pub x: Vec<f32>,
    pub a: Vec<f32>,
    pub j: Vec<f32>,
    pub plasticity: Plasticity,
    transfer: T,
}

impl<T: Transfer> PlainNetwork<T> {
    /// The same start as [`ExactNetwork::start`].
    pub fn start(dynamics: Dynamics, j: DenseCouplings<'_>, transfer: T, start: Start, seed: u64) -> Self {
        use freezable_chaos::random::Randomness;
        let n = dynamics.n();
        let mut generator = state_generator(seed);
        let x: Vec<f32> = (0..n).map(|_| start.scale() * generator.gaussian()).collect();
        let phi: Vec<f32> = x
            .iter()
            .enumerate()
            .map(|(i, &x)| transfer.value_of(i, x))
            .collect();
        let strength = if start == Start::Large {
            dynamics.strength()
        } else {
            0.0
        };
        let a = pairs(n)
            .map(|(i, j)| 0.0 + (strength * phi[i.min(j)]) * phi[i.max(j)])
            .collect();
        let j = pairs(n)
            .map(|(i, k)| j.get(i, k).expect("within the size"))
            .collect();
        Self {
            dynamics,
            x,
            a,
            j,
            plasticity: Plasticity::Running,
            transfer,
        }
    }

    #[expect(
        clippy::needless_range_loop,
        reason = "one index per sum, as the contract states it"
    )]
    pub fn step(&mut self, input: Option<&[f32]>) {
        let n = self.dynamics.n();
        let (d, c, dt) = (
            self.dynamics.retention(),
            self.dynamics.increment(),
            self.dynamics.params().dt,
        );
        let phi: Vec<f32> = self
            .x
            .iter()
            .enumerate()
            .map(|(i, &x)| self.transfer.value_of(i, x))
            .collect();
        for i in 0..n {
            let mut s = 0.0f32;
            for j in 0..n {
                s += (self.j[i * n + j] + self.a[i * n + j]) * phi[j];
            }
            let mut u = s - self.x[i];
            if let Some(input) = input {
                u += input[i];
            }
            self.x[i] += dt * u;
        }
        if self.plasticity == Plasticity::Running {
            for (i, j) in pairs(n) {
                let (low, high) = (i.min(j), i.max(j));
                self.a[i * n + j] = self.a[i * n + j] * d + (c * phi[low]) * phi[high];
            }
        }
    }

    /// The same digest as [`ExactNetwork::digest`].
    pub fn digest(&self) -> u64 {
        let (n, mut digest) = (self.x.len(), Fnv1a::new());
        let triangle = pairs(n).filter(|(i, j)| i <= j).map(|(i, j)| &self.a[i * n + j]);
        let values = self.x.iter().chain(triangle);
        values.for_each(|value| digest.put(&value.to_le_bytes()));
        digest.digest()
    }
}

/// Storage of a compact network on the heap.
pub struct CompactStorage {
    pub dynamics: Dynamics,
    pub rule: HistoryRule,
    pub hashed: HashedSigns,
    words: Vec<u64>,
    neurons: [Vec<f32>; 3],
    history: Vec<i8>,
    tables: Box<[[i32; 256]; 8]>,
    sums: Vec<i32>,
    wide: Vec<i64>,
}

impl CompactStorage {
    pub fn new(n: usize, params: Params, rule: HistoryRule, seed: u64) -> Self {
        let dynamics = params.validate(n).expect("the test's parameters are in range");
        let hashed = HashedSigns::new(&dynamics, seed, 0);
        let mut words = vec![0; signs_len(n)];
        SignCouplings::store(&mut words, &hashed).expect("the buffer has the length");
        Self {
            dynamics,
            rule,
            hashed,
            words,
            neurons: [vec![0.0; n], vec![0.0; n], vec![0.0; n]],
            history: vec![0; history_len(n, rule.samples)],
            tables: Box::new([[0; 256]; 8]),
            sums: vec![0; n],
            wide: vec![0; wide_len(n)],
        }
    }

    /// The couplings of the network, stored.
    pub fn stored(&self) -> SignCouplings<'_> {
        SignCouplings::from_image(&self.words, &self.dynamics).expect("same length")
    }

    pub fn compact(&mut self, is_hashed: bool, simd: Simd) -> (Neurons<'_>, Compact<'_>) {
        let signs: Signs<'_> = if is_hashed {
            self.hashed.clone().into()
        } else {
            SignCouplings::from_image(&self.words, &self.dynamics)
                .expect("same length")
                .into()
        };
        let [x, phi, velocity] = &mut self.neurons;
        let neurons = Neurons::new(x, phi, velocity).expect("same lengths");
        let history = HistorySynapses::new(&mut self.history, &self.dynamics, self.rule).expect("fits");
        let (sums, wide) = (&mut self.sums, &mut self.wide);
        let buffers = SumBuffers::new(&mut self.tables, sums, wide, &self.dynamics).expect("same lengths");
        let compact = Compact::new(signs, history, buffers).expect("same sizes");
        (neurons, compact.with_simd(simd))
    }

    pub fn network<T: Transfer>(
        &mut self,
        transfer: T,
        is_hashed: bool,
        simd: Simd,
    ) -> CompactNetwork<'_, T> {
        let dynamics = self.dynamics;
        let (neurons, compact) = self.compact(is_hashed, simd);
        CompactNetwork::new(dynamics, transfer, neurons, compact).expect("parts fit")
    }
}

fn pairs(n: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..n).flat_map(move |i| (0..n).map(move |j| (i, j)))
}
