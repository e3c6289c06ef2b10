//! Static storage for networks on a microcontroller.

use crate::connectivity::{Exact, GaussianCouplings, PackedSynapses, synapses_len};
use crate::error::{BuildError, SizeError};
use crate::network::{ExactNetwork, Network, Neurons};
use crate::parameters::Dynamics;
use crate::transfer::Transfer;

/// Everything that an exact network of up to `N` neurons changes while it runs: `12 N + 4 SYNAPSES` bytes.
///
/// `SYNAPSES` must be [`synapses_len`]`(N)`, which stable Rust cannot compute from `N` by itself; another value
/// does not compile. [`new`](Self::new) is `const` and all zero: a static of this type lies in `.bss`, and no
/// function ever holds one on its stack.
///
/// ```
/// use freezable_chaos::{ExactBuffers, synapses_len};
/// static BUFFERS: ExactBuffers<128, { synapses_len(128) }> = ExactBuffers::new();
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
        couplings: GaussianCouplings<'a>,
        transfer: T,
    ) -> Result<ExactNetwork<'a, T>, BuildError> {
        let n = dynamics.n();
        let too_large = SizeError {
            what: "the set of static buffers, in neurons,",
            expected: n,
            found: N,
        };
        let (Some(x), Some(phi), Some(velocity)) = (
            self.x.get_mut(..n),
            self.phi.get_mut(..n),
            self.velocity.get_mut(..n),
        ) else {
            return Err(too_large.into());
        };
        let neurons = Neurons::new(x, phi, velocity)?;
        let connectivity = Exact::new(couplings, PackedSynapses::new(&mut self.synapses, n)?)?;
        Network::new(dynamics, transfer, neurons, connectivity)
    }
}
