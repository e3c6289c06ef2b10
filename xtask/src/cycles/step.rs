//! The committed model of a whole step, `a N^2 + b N + c` cycles: what `host-sim budget` computes steps per second from.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use super::Core;
use super::fit::parabola;
use super::rows::Row;
use crate::cpu::Cpu;
use crate::paths;

/// By the name of the core, then of the representation: a, b and c.
type Model = BTreeMap<String, BTreeMap<String, [f64; 3]>>;

/// Cores whose cycles are modelled from their own tables; the others have bounds or another core's.
const CORES: [Cpu; 3] = [Cpu::M4f, Cpu::M3, Cpu::M0plus];
/// A larger difference to the committed model fails.
const TOLERANCE: f64 = 0.01;

const HEAD: &str = "# Modelled cycles of a step with running plasticity, own tanh included: a N^2 + b N + c, by core and representation.\n\
                    # Written by `cargo xtask cycles --renew`; `host-sim budget` computes steps per second from it.\n\n";

fn path() -> PathBuf {
    paths::cycles().join("steps.toml")
}

/// Fits the model.
fn model(cores: &[Core]) -> Model {
    let modelled = cores.iter().filter(|core| CORES.contains(&core.cpu));
    modelled
        .map(|core| {
            let loops = |rows: &[Row]| {
                let has = |name: &str| rows.iter().any(|row| row.loops == name);
                if has("hand-written") {
                    "hand-written"
                } else {
                    "portable"
                }
            };
            let fit = |rows: &[Row], transfer: &str| {
                let best = loops(rows);
                let points = rows
                    .iter()
                    .filter(|row| row.loops == best && row.transfer == transfer && row.phase == "running");
                let points: Vec<_> = points
                    .map(|row| (row.n as f64, row.cycles.median as f64))
                    .collect();
                parabola(&points).map(|coefficient| (coefficient * 1e4).round() / 1e4)
            };
            let representations = [
                ("exact", fit(&core.rows, "own")),
                ("compact-stored", fit(&core.compact, "stored")),
                ("compact-hashed", fit(&core.compact, "hashed")),
            ];
            let representations = representations.map(|(name, fit)| (name.to_owned(), fit));
            (core.cpu.name().to_owned(), representations.into())
        })
        .collect()
}

/// Writes the model anew.
pub fn renew(cores: &[Core]) -> Result<()> {
    let text = format!("{HEAD}{}", toml::to_string(&model(cores))?);
    fs::write(path(), text).with_context(|| format!("cannot write {}", path().display()))
}

/// Compares with the committed model, at a size in the middle of those counted.
pub fn check(cores: &[Core]) -> Result<()> {
    const N: f64 = 128.0;
    let text = fs::read_to_string(path()).with_context(|| format!("cannot read {}", path().display()))?;
    let committed: Model = toml::from_str(&text).context("the model of the steps is damaged")?;
    let cycles = |[a, b, c]: [f64; 3]| a * N * N + b * N + c;
    for (core, representations) in model(cores) {
        for (name, found) in representations {
            let expected = committed.get(&core).and_then(|core| core.get(&name));
            ensure!(
                expected.is_some_and(|&expected| (cycles(expected) / cycles(found) - 1.0).abs() <= TOLERANCE),
                "{core} {name}: {found:?} is not {expected:?} in {}; `cargo xtask cycles --renew`",
                path().display()
            );
        }
    }
    Ok(())
}
