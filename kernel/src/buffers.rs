//! Static storage for networks on a microcontroller.

use crate::connectivity::{
    BuildError, Compact, DenseCouplings, Exact, HistoryRule, HistorySynapses, PackedSynapses, Signs,
    SumBuffers, synapses_len, wide_len,
};
use crate::network::{CompactNetwork, ExactNetwork, Network, Neurons};
use crate::parameters::Dynamics;
use crate::transfer::Transfer;
use crate::values::SizeError;

/// Everything that an exact network of up to `N` neurons changes while it runs: `12 N + 4 SYNAPSES` bytes.
///
/// `SYNAPSES` must be [`synapses_len`]`(N)`, which stable Rust cannot compute from `N` by itself; another value
/// does not compile, and [`exact_buffers!`](crate::exact_buffers) writes it. [`new`](Self::new) is `const` and all zero: a static of this type lies in `.bss`, and no
/// function ever holds one on its stack.
///
/// ```
/// use freezable_chaos::{ExactBuffers, exact_buffers};
/// static BUFFERS: exact_buffers!(128) = ExactBuffers::new();
/// ```
///
/// ```compile_fail
/// use freezable_chaos::ExactBuffers;
/// static BUFFERS: ExactBuffers<128, 8256> = ExactBuffers::new();
/// ```
#[derive(Debug)]
pub struct ExactBuffers<const N: usize, const SYNAPSES: usize> {
    x: [f32; N],
    phi: [f32; N],
    velocity: [f32; N],
    synapses: [f32; SYNAPSES],
}

impl<const N: usize, const SYNAPSES: usize> ExactBuffers<N, SYNAPSES> {
    /// All zero.
    #[expect(
        clippy::new_without_default,
        reason = "a default by value would invite 100 KB onto a stack"
    )]
    pub const fn new() -> Self {
        const { assert!(SYNAPSES == synapses_len(N), "SYNAPSES must be synapses_len(N)") };
        Self {
            x: [0.0; N],
            phi: [0.0; N],
            velocity: [0.0; N],
            synapses: [0.0; SYNAPSES],
        }
    }

    /// A network of `dynamics.n() <= N` neurons at rest in these buffers; a larger one is refused.
    pub fn network<'a, T: Transfer>(
        &'a mut self,
        dynamics: Dynamics,
        couplings: DenseCouplings<'a>,
        transfer: T,
    ) -> Result<ExactNetwork<'a, T>, BuildError> {
        let n = dynamics.n();
        let (Some(x), Some(phi), Some(velocity)) = (
            self.x.get_mut(..n),
            self.phi.get_mut(..n),
            self.velocity.get_mut(..n),
        ) else {
            return Err(too_large(n, N).into());
        };
        let neurons = Neurons::new(x, phi, velocity)?;
        let connectivity = Exact::new(couplings, PackedSynapses::new(&mut self.synapses, n)?)?;
        Network::new(dynamics, transfer, neurons, connectivity)
    }
}

/// Everything that a compact network of up to `N` neurons and `H` samples changes while it runs, and its scratch
/// memory: `(16 + H) N + 8192` bytes. `N` is at most 2047: larger networks borrow slices.
///
/// As with [`ExactBuffers`], a static of this type lies in `.bss`.
///
/// ```
/// use freezable_chaos::{CompactBuffers, Generator, HashedSigns, HistoryRule, Params, Purpose, Start, Tanh};
/// let params = Params { g: 2.0, k: 2.0, p: 2.5, dt: 0.05 };
/// let dynamics = params.validate(256).unwrap();
/// let mut buffers = CompactBuffers::<256>::new();
/// let couplings = HashedSigns::new(&dynamics, 1, 0);
/// let mut network = buffers
///     .network(dynamics, couplings, HistoryRule::recommended(&params), Tanh)
///     .unwrap();
/// network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
/// network.step().unwrap();
/// ```
#[derive(Debug)]
pub struct CompactBuffers<const N: usize, const H: usize = 8> {
    x: [f32; N],
    phi: [f32; N],
    velocity: [f32; N],
    sums: [i32; N],
    tables: [[i32; 256]; 8],
    history: [[i8; N]; H],
}

impl<const N: usize, const H: usize> CompactBuffers<N, H> {
    /// All zero.
    #[expect(
        clippy::new_without_default,
        reason = "a default by value would invite 30 KB onto a stack"
    )]
    pub const fn new() -> Self {
        const { assert!(wide_len(N) == 0, "N must be at most 2047") };
        Self {
            x: [0.0; N],
            phi: [0.0; N],
            velocity: [0.0; N],
            sums: [0; N],
            tables: [[0; 256]; 8],
            history: [[0; N]; H],
        }
    }

    /// A network of `dynamics.n() <= N` neurons at rest in these buffers; a larger one, or a history of more than
    /// fits, is refused.
    pub fn network<'a, T: Transfer>(
        &'a mut self,
        dynamics: Dynamics,
        signs: impl Into<Signs<'a>>,
        rule: HistoryRule,
        transfer: T,
    ) -> Result<CompactNetwork<'a, T>, BuildError> {
        let n = dynamics.n();
        let (Some(x), Some(phi), Some(velocity), Some(sums)) = (
            self.x.get_mut(..n),
            self.phi.get_mut(..n),
            self.velocity.get_mut(..n),
            self.sums.get_mut(..n),
        ) else {
            return Err(too_large(n, N).into());
        };
        let neurons = Neurons::new(x, phi, velocity)?;
        let history = HistorySynapses::new(self.history.as_flattened_mut(), &dynamics, rule)?;
        let buffers = SumBuffers::new(&mut self.tables, sums, &mut [], &dynamics)?;
        let connectivity = Compact::new(signs, history, buffers)?;
        Network::new(dynamics, transfer, neurons, connectivity)
    }
}

fn too_large(needed: usize, found: usize) -> SizeError {
    SizeError {
        what: "the set of static buffers, in neurons,",
        expected: needed,
        found,
    }
}
