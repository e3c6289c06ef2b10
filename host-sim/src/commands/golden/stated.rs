//! Parameters that a user states beside a golden: it refuses others than its own by name.

use clap::Args;
use science::Refusal;
use science::golden::Golden;
use science::networks::{InitialState, Model, TransferFunction};

/// Parameters that a golden must have, if they are given.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Parameters that --golden must be of")]
pub(in crate::commands) struct Stated {
    /// Kind of network
    #[arg(long, value_enum, requires = "golden")]
    model: Option<Model>,
    /// Number of neurons
    #[arg(long, requires = "golden")]
    n: Option<usize>,
    /// Gain of the couplings
    #[arg(long, requires = "golden")]
    g: Option<f32>,
    /// Strength of the plasticity
    #[arg(long, requires = "golden")]
    k: Option<f32>,
    /// Time constant of the synapses
    #[arg(long, requires = "golden")]
    p: Option<f32>,
    /// Step of the Euler map
    #[arg(long, requires = "golden")]
    dt: Option<f32>,
    /// Transfer function
    #[arg(long, value_enum, requires = "golden")]
    transfer: Option<TransferFunction>,
    /// Initial state
    #[arg(long, value_enum, requires = "golden")]
    start: Option<InitialState>,
    /// Seed of couplings and initial state
    #[arg(long, requires = "golden")]
    seed: Option<u64>,
    /// Seed of the couplings, instead of --seed
    #[arg(long, requires = "golden")]
    seed_network: Option<u64>,
    /// Seed of the initial state, instead of --seed
    #[arg(long, requires = "golden")]
    seed_state: Option<u64>,
    /// Digest of the couplings J, sixteen hexadecimal digits
    #[arg(long, requires = "golden")]
    couplings_digest: Option<String>,
}

impl Stated {
    /// Refuses the first parameter that is not the golden's.
    pub(in crate::commands) fn check(&self, golden: &Golden) -> Result<(), Refusal> {
        let of = &golden.network;
        same("model", self.model.map(Model::name), of.model.name())?;
        same("n", self.n, of.n)?;
        same("g", self.g, of.g)?;
        same("k", self.k, of.k)?;
        same("p", self.p, of.p)?;
        same("dt", self.dt, of.dt)?;
        same(
            "transfer",
            self.transfer.map(TransferFunction::name),
            of.transfer.name(),
        )?;
        same("start", self.start.map(InitialState::name), of.start.name())?;
        same("seed_network", self.seed_network.or(self.seed), of.seed_network)?;
        same("seed_state", self.seed_state.or(self.seed), of.seed_state)?;
        same(
            "couplings_digest",
            self.couplings_digest.as_deref(),
            of.couplings_digest.as_str(),
        )
    }
}

fn same<T: PartialEq + std::fmt::Display>(
    name: &'static str,
    stated: Option<T>,
    golden: T,
) -> Result<(), Refusal> {
    match stated {
        Some(stated) if stated != golden => Err(Refusal::because(
            name,
            stated,
            format!("is not the golden's, {golden}"),
        )),
        _ => Ok(()),
    }
}
