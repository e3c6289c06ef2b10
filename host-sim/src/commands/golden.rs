//! `host-sim golden`: records the digests along a trajectory of one's own network, for `verify --golden` and for firmware of
//! one's own.

pub(super) mod described;
pub(super) mod stated;

use std::path::{Path, PathBuf};

use clap::Args;
use science::estimators::Precision;
use science::golden::{Golden, NOT_RECORDED, Trajectory};
use science::{Bound, Refusal, Stopped};
use serde::Serialize;

use crate::failure::Failure;
use crate::machine::available_memory;
use crate::options::NetworkOptions;
use crate::output::{Provenance, ResultObject, write_atomically};

/// Options of `golden`: the network, and how long it runs.
#[derive(Args, Clone, Debug)]
#[command(
    mut_arg("out", |out| out.help("TOML file to write; the files of one's own that it names belong beside it").required(true)),
    mut_arg("replace", |replace| replace.help("Write over a file that is there")),
    mut_arg("networks", |networks| networks.default_value("1").hide(true)),
    mut_arg("precision", |precision| precision.hide(true)),
    mut_arg("burn_in", |burn_in| burn_in.hide(true)),
    mut_arg("duration", |duration| duration.hide(true)),
    mut_arg("threads", |threads| threads.hide(true)),
    mut_arg("seed_tangent", |seed| seed.hide(true)),
    mut_arg("from", |from| from.hide(true))
)]
pub struct GoldenOptions {
    #[command(flatten)]
    network: NetworkOptions,
    /// Steps of the trajectory; its digests are after 1, 2, 4, ... steps, at the freeze, the release and the end
    #[arg(long, default_value_t = 1024)]
    steps: u64,
    /// Steps after which it is frozen; if not given, half of them
    #[arg(long)]
    freeze_at: Option<u64>,
    /// Steps after which it is released; if not given, three quarters of them
    #[arg(long)]
    release_at: Option<u64>,
}

#[derive(Serialize)]
struct Summary {
    file: PathBuf,
    couplings_digest: String,
    digests: usize,
}

/// Runs the command.
pub fn execute(options: GoldenOptions) -> Result<(), Failure> {
    let network = &options.network;
    network.results.only_whole("a golden")?;
    let out = network.results.out.clone().unwrap_or_default();
    if out.exists() && !network.results.replace {
        return Err(Failure::Usage(format!(
            "--out {} is there already: --replace writes over it",
            out.display()
        )));
    }
    let golden = record(&options)?;
    write_atomically(&out, golden.text().as_bytes())?;
    report(network, &golden, &out)
}

/// Refuses what no golden has.
fn check(network: &NetworkOptions) -> Result<(), Failure> {
    let usual = NetworkOptions::default();
    if network.networks != 1 {
        let words = "is not 1: a golden is of one network";
        return Err(Refusal::because("networks", network.networks, words).into());
    }
    if network.precision != Precision::F32 {
        let words = "is of the reference simulator: digests are of the kernel's state, in single precision";
        return Err(Refusal::because("precision", "f64", words).into());
    }
    for (name, given, usual) in [
        ("burn_in", network.burn_in, usual.burn_in),
        ("duration", network.duration, usual.duration),
    ] {
        if given != usual {
            let words = "is not of a golden, which begins at its start and has --steps";
            return Err(Refusal::because(name, given, words).into());
        }
    }
    match &network.own.from {
        Some(from) => {
            let words = "is not of a golden, which begins at a start that follows from its parameters";
            Err(Refusal::because("from", from.display(), words).into())
        }
        None => Ok(()),
    }
}

fn record(options: &GoldenOptions) -> Result<Golden, Failure> {
    check(&options.network)?;
    let trajectory = Trajectory {
        steps: options.steps,
        freeze: options.freeze_at.unwrap_or(options.steps / 2),
        release: options.release_at.unwrap_or(options.steps / 4 * 3),
    };
    let asked = options.network.clone().check()?.ensemble;
    let network = &options.network;
    let names = |option: &str| {
        let name = described::path_of(network, option)?.file_name()?;
        let transposed = option == "couplings_file" && network.own.couplings.couplings_transposed;
        Some((name.to_string_lossy().into_owned(), transposed))
    };
    let rule = described::embedded(network)?;
    let golden = Golden::recorded(&asked, &names, rule, trajectory, available_memory(), &());
    Ok(golden.map_err(|stopped| match stopped {
        Stopped::Refused(refusal) if refusal.bound == Bound::Other(NOT_RECORDED.into()) => {
            refusal.reason("`host-sim golden --help` lists those").into()
        }
        other => other,
    })?)
}

fn report(network: &NetworkOptions, golden: &Golden, out: &Path) -> Result<(), Failure> {
    let summary = Summary {
        file: out.to_owned(),
        couplings_digest: golden.network.couplings_digest.clone(),
        digests: golden.digests.len(),
    };
    if network.results.json {
        let ensemble = network.clone().check()?.ensemble;
        let provenance = Provenance::collect(ensemble.network.seeds);
        return Ok(ResultObject {
            kind: "golden",
            params: ensemble,
            summary,
            provenance,
        }
        .print()?);
    }
    let arrays = golden.rule.iter().flat_map(|rule| rule.arrays.keys());
    let files = golden.files.values().map(|file| &file.name);
    let names: Vec<&str> = files.chain(arrays).map(String::as_str).collect();
    let mut rows = vec![
        ("file", out.display().to_string()),
        ("digest of J", summary.couplings_digest),
        ("digests", summary.digests.to_string()),
    ];
    if !names.is_empty() {
        rows.push(("belong beside it", names.join(", ")));
    }
    super::table::print("golden", &rows)
}

#[cfg(test)]
mod tests;
