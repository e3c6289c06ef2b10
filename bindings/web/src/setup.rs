//! What a user chooses of a network.

use freezable_chaos::{
    AnyTransfer, Compact, Connectivity, Dynamics, Exact, Generator, HashedSigns, HistoryRule, Params,
    Purpose, Start, TransferId,
};

use crate::failure::{Failure, Outcome};
use wasm_bindgen::prelude::wasm_bindgen;

/// Most neurons of an exact network in a page: 512, whose plastic step takes some 0.1 ms.
pub const MOST_EXACT: u32 = 512;
/// Most neurons of a compact network in a page.
pub const MOST_COMPACT: u32 = 2048;

/// A network to build: fields named and numbered as in the kernel's frames and snapshots, defaults as in `host-sim`.
#[wasm_bindgen]
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Kind of network: 1 exact, 2 compact with its recommended history.
    pub model: u8,
    /// Number of neurons.
    pub n: u32,
    /// Gain.
    pub g: f32,
    /// Strength of the plasticity.
    pub k: f32,
    /// Time constant of the synapses, in units of the neuronal time constant.
    pub p: f32,
    /// Step of the Euler map.
    pub dt: f32,
    /// Transfer function: 0 the kernel's own tanh, 2 erf(sqrt(pi)/2 x).
    pub transfer: u8,
    /// Seed of the quenched couplings.
    pub seed_network: u64,
    /// Seed of the initial state.
    pub seed_state: u64,
    /// Index of the network under these seeds.
    pub network: u32,
    /// Whether it starts from x = 3 z with A = (k/N) phi phi^T, instead of x = 0.1 z with A = 0.
    pub large_start: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            model: Exact::MODEL,
            n: 200,
            g: 2.0,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
            transfer: TransferId::TANH.0,
            seed_network: 1,
            seed_state: 1,
            network: 0,
            large_start: false,
        }
    }
}

#[wasm_bindgen]
impl Setup {
    /// The defaults.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Setup {
    /// The parameters, not yet checked.
    pub fn params(&self) -> Params {
        let &Self { g, k, p, dt, .. } = self;
        Params { g, k, p, dt }
    }

    /// Whether it is a compact network; refuses a kind that is neither.
    pub fn is_compact(&self) -> Outcome<bool> {
        match self.model {
            Exact::MODEL => Ok(false),
            Compact::MODEL => Ok(true),
            other => Err(Failure(format!(
                "model = {other} is neither 1 (exact) nor 2 (compact)"
            ))),
        }
    }

    /// Checks every bound.
    pub fn dynamics(&self) -> Outcome<Dynamics> {
        let (kind, most) = if self.is_compact()? {
            ("a compact", MOST_COMPACT)
        } else {
            ("an exact", MOST_EXACT)
        };
        if self.n > most {
            return Err(Failure(format!(
                "n = {} is above the bound {most} of {kind} network in a page",
                self.n
            )));
        }
        Ok(self.params().validate(self.n as usize)?)
    }

    /// The transfer function.
    pub fn transfer(&self) -> Outcome<AnyTransfer> {
        AnyTransfer::from_id(TransferId(self.transfer)).ok_or_else(|| {
            Failure(format!(
                "transfer = {} is not one of 0 (tanh) and 2 (erf)",
                self.transfer
            ))
        })
    }

    /// How it starts.
    pub fn start(&self) -> Start {
        if self.large_start {
            Start::Large
        } else {
            Start::Small
        }
    }

    /// The generator of its couplings or of its initial state.
    pub fn generator(&self, purpose: Purpose) -> Generator {
        let seed = match purpose {
            Purpose::Couplings => self.seed_network,
            _ => self.seed_state,
        };
        Generator::new(seed, self.network, purpose)
    }

    /// The signs of its couplings, if it is compact.
    pub fn signs(&self, dynamics: &Dynamics) -> HashedSigns {
        HashedSigns::new(dynamics, self.seed_network, self.network)
    }

    /// The sampling of its history, if it is compact.
    pub fn history_rule(&self) -> HistoryRule {
        HistoryRule::recommended(&self.params())
    }
}
