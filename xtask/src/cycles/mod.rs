//! Counts the instructions of both networks' steps in the emulator, phase by phase, and models its cycles.
//!
//! `benches/mcu` runs the phases on QEMU's boards; a plugin counts every instruction executed, by address, and every
//! branch taken; the cycle table of the core turns the counts into cycles. Nothing here was timed on hardware. The
//! same run counts the step written in C, and checks that hand-written and portable inner loops, and all cores, give
//! the same bits.

mod costs;
mod counter;
mod decode;
mod firmware;
mod fit;
mod float;
mod instruction;
mod model;
mod peers;
mod report;
mod rows;
mod step;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::thread;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use self::counter::Digest;
use self::firmware::Program;
use self::rows::Row;
use crate::committed::{File, Group, Table};
use crate::cpu::Cpu;

use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{emulator, paths, process};

/// What was counted on a core.
pub struct Core {
    cpu: Cpu,
    compiler: String,
    rows: Vec<Row>,
    /// Of the compact network, stored or hashed couplings in place of a transfer function.
    compact: Vec<Row>,
    digests: Vec<Digest>,
}

/// The peers written in C on a Cortex-M4F, or why they are missing.
pub type PeerRows = Result<Counted, String>;

/// What was counted of the peers.
pub struct Counted {
    compiler: String,
    rows: Vec<Row>,
}

/// The committed instruction counts.
fn table() -> File {
    File {
        path: paths::cycles().join("instructions.toml"),
        head: "# Instructions executed per step, counted in the emulator, median over the steps, by core: inner loops, neurons,\n\
               # transfer function, phase. `cargo xtask cycles` fails when one grows by more than 1%;\n\
               # `cargo xtask cycles --renew` writes the table anew.\n",
        tolerance: 0.01,
        renewal: "cargo xtask cycles --renew",
    }
}

/// Counts, prints, and compares with the committed table, or writes that anew.
pub fn cycles(as_json: bool, renew: bool) -> Result<Outcome> {
    let (cores, peers) = count(&Cpu::ALL)?;
    if as_json {
        println!("{:#}", report::document(&cores, &peers));
    } else {
        report::print(&cores, &peers);
    }
    let count = same_digests(&cores)?;
    eprintln!("{count} digests are equal on all cores, with hand-written and with portable loops");
    let counted: Table = cores.iter().map(Core::committed).collect();
    if renew {
        table().renew(&counted)?;
        step::renew(&cores)?;
    } else if let Outcome::Skipped(reason) = table().check(&counted)? {
        return Ok(Outcome::Skipped(reason));
    } else {
        step::check(&cores)?;
    }
    Ok(match peers {
        Ok(_) => Outcome::Passed,
        Err(reason) => Outcome::Skipped(format!("the step in C was not counted: {reason}")),
    })
}

/// The kernel's step beside the one written in C, both counted on a Cortex-M4F; as a document too.
pub struct BesidePeers {
    kernel: Core,
    peers: PeerRows,
}

impl BesidePeers {
    /// Counts.
    pub fn count() -> Result<Self> {
        let (cores, peers) = count(&[Cpu::M4f])?;
        let kernel = cores.into_iter().next().context("no core was counted")?;
        Ok(Self { kernel, peers })
    }

    /// Prints how many times the kernel's cycles the peers need.
    pub fn print(&self) {
        report::print_peers(&self.kernel, &self.peers);
    }

    /// The same for programs.
    pub fn document(&self) -> Value {
        report::peers_document(&self.kernel, &self.peers)
    }
}

/// Builds for one core after the other, and runs the emulators side by side.
fn count(cpus: &[Cpu]) -> Result<(Vec<Core>, PeerRows)> {
    emulator::ensure()?;
    let plugin = counter::plugin()?;
    let peers = peers::compile()?;
    let peers = match &peers {
        Ok(peers) => Ok((peers, firmware::build(Cpu::M4f, Program::Peers(peers))?)),
        Err(reason) => Err(reason.clone()),
    };
    let elves = cpus
        .iter()
        .map(|&cpu| {
            let exact = firmware::build(cpu, Program::Phases)?;
            Ok((cpu, exact, firmware::build(cpu, Program::Compact)?))
        })
        .collect::<Result<Vec<_>>>()?;
    thread::scope(|scope| {
        let cores: Vec<_> = elves
            .iter()
            .map(|(cpu, exact, compact)| {
                scope.spawn(|| {
                    let exact = counter::run(*cpu, exact, &plugin)?;
                    Core::new(*cpu, exact, counter::run(*cpu, compact, &plugin)?)
                })
            })
            .collect();
        let peers =
            peers.map(|(peers, elf)| Counted::new(&peers.compiler, counter::run(Cpu::M4f, &elf, &plugin)));
        let cores = cores.into_iter().map(|core| match core.join() {
            Ok(core) => core,
            Err(_) => bail!("counting panicked"),
        });
        let cores = cores.collect::<Result<Vec<_>>>()?;
        Ok((
            cores,
            peers.map_or_else(|reason| Ok(Err(reason)), |rows| rows.map(Ok))?,
        ))
    })
}

fn rows(cpu: Cpu, run: &counter::Run) -> Result<Vec<Row>> {
    run.windows.iter().map(|windows| Row::new(cpu, windows)).collect()
}

impl Counted {
    fn new(compiler: &str, run: Result<counter::Run>) -> Result<Self> {
        Ok(Self {
            compiler: compiler.to_owned(),
            rows: rows(Cpu::M4f, &run?)?,
        })
    }
}

impl Core {
    fn new(cpu: Cpu, exact: counter::Run, compact: counter::Run) -> Result<Self> {
        let compact_rows = rows(cpu, &compact)?;
        let mut rows = rows(cpu, &exact)?;
        if cpu != Cpu::M7 {
            // bounds do not subtract
            rows.extend(rows::neuron_updates(&rows));
        }
        let digests = [exact.digests, compact.digests];
        ensure!(
            digests.iter().all(|digests| !digests.is_empty()),
            "the bench firmware printed no digest"
        );
        Ok(Self {
            cpu,
            compiler: Toolchain::find(cpu.target())?.version()?,
            rows,
            compact: compact_rows,
            digests: digests.concat(),
        })
    }

    /// What is compared with the committed table.
    fn committed(&self) -> (String, Group) {
        let compact = self
            .compact
            .iter()
            .map(|row| (format!("compact {}", row.name()), row));
        let rows = self.rows.iter().map(|row| (row.name(), row)).chain(compact);
        let instructions = rows.map(|(name, row)| (name, row.instructions.median));
        let group = Group {
            compiler: self.compiler.clone(),
            counts: BTreeMap::from([("instructions".to_owned(), instructions.collect())]),
        };
        (self.cpu.name().to_owned(), group)
    }
}

/// Number of moments whose digests were compared; fails where two differ.
fn same_digests(cores: &[Core]) -> Result<usize> {
    let mut first: BTreeMap<&str, (&str, &Digest)> = BTreeMap::new();
    for core in cores {
        for digest in &core.digests {
            let name = core.cpu.title();
            let &mut (other_name, other) = first.entry(&digest.moment).or_insert((name, digest));
            ensure!(
                other.digest == digest.digest,
                "the digests at {} differ: {} on a {other_name} with {} loops, {} on a {name} with {} loops",
                digest.moment,
                other.digest,
                other.loops,
                digest.digest,
                digest.loops
            );
        }
    }
    Ok(first.len())
}

/// Hand-written loops and their twins in safe Rust, side by side on the emulated board: every bit.
pub fn twins_agree() -> Result<Outcome> {
    emulator::ensure()?;
    let elf = firmware::build(Cpu::M4f, Program::Twins)?;
    process::run(&mut counter::emulate(Cpu::M4f, &elf))?;
    Ok(Outcome::Passed)
}

/// A cycle counter that stands still, as the emulator's does, has to be refused.
pub fn refuses_a_counter_that_stands_still() -> Result<Outcome> {
    const REFUSAL: &str = "refused: the cycle counter stands still";
    emulator::ensure()?;
    let elf = firmware::build(Cpu::M4f, Program::PhasesByCycleCounter)?;
    let output = counter::emulate(Cpu::M4f, &elf)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start the emulator")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.code() == Some(3) && text.contains(REFUSAL),
        "the bench firmware ended with {} and said `{}`",
        output.status,
        text.trim_end()
    );
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(cpu: Cpu, loops: &str, digest: &str) -> Core {
        Core {
            cpu,
            compiler: String::new(),
            rows: Vec::new(),
            compact: Vec::new(),
            digests: vec![Digest {
                loops: loops.to_owned(),
                moment: "17 256".to_owned(),
                digest: digest.to_owned(),
            }],
        }
    }

    #[test]
    fn a_digest_that_differs_is_named() {
        let same = [
            core(Cpu::M4f, "hand-written", "01"),
            core(Cpu::M3, "portable", "01"),
        ];
        assert_eq!(same_digests(&same).unwrap(), 1);
        let other = [
            core(Cpu::M4f, "hand-written", "01"),
            core(Cpu::M3, "portable", "02"),
        ];
        assert_eq!(
            same_digests(&other).unwrap_err().to_string(),
            "the digests at 17 256 differ: 01 on a Cortex-M4F with hand-written loops, 02 on a Cortex-M3 with portable loops"
        );
    }
}
