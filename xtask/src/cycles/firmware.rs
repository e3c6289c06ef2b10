//! Builds the bench firmware for a core.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::peers::Peers;
use crate::cpu::Cpu;
use crate::toolchain::Toolchain;
use crate::{paths, process};

/// A program of the bench firmware.
#[derive(Clone, Copy)]
pub enum Program<'a> {
    /// The phases of the kernel's step.
    Phases,
    /// The same, measured by the processor's cycle counter.
    PhasesByCycleCounter,
    /// The compact network's step.
    Compact,
    /// Hand-written loops and their twins, side by side.
    Twins,
    /// The step written in C.
    Peers(&'a Peers),
}

impl Program<'_> {
    fn binary(self) -> &'static str {
        match self {
            Self::Phases | Self::PhasesByCycleCounter => "phases",
            Self::Compact => "compact",
            Self::Twins => "twins",
            Self::Peers(_) => "peers",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::PhasesByCycleCounter => "phases-by-cycle-counter",
            _ => self.binary(),
        }
    }
}

/// Builds a program and returns the path of its ELF file.
pub fn build(cpu: Cpu, program: Program<'_>) -> Result<PathBuf> {
    let toolchain = Toolchain::find(cpu.target())?;
    let (mut cargo, directory) = toolchain.cargo("build", cpu.target(), &paths::cycles());
    cargo.args(["--quiet", "--release", "--bin", program.binary()]);
    if let Some(name) = cpu.target_cpu() {
        // cores share a target, for which the workspace's own configuration names one; the last one counts
        let flags = format!(
            "target.'{}'.rustflags=[\"-C\", \"target-cpu={name}\"]",
            cpu.target()
        );
        cargo.args(["--config", &flags]);
    }
    match program {
        Program::Phases | Program::Compact | Program::Twins => {}
        Program::PhasesByCycleCounter => {
            cargo.args(["--features", "cycle-counter"]);
        }
        Program::Peers(peers) => {
            cargo.args(["--features", "peers"]).env("PEERS", &peers.objects);
        }
    }
    process::run(&mut cargo).context("cannot build the bench firmware")?;
    let built = directory
        .join(cpu.target())
        .join("release")
        .join(program.binary());
    // each in a file of its own: cores share targets
    let elf = paths::target_of(&paths::cycles()).join(format!("{}-{}.elf", program.name(), cpu.name()));
    fs::copy(&built, &elf)
        .with_context(|| format!("cannot copy {} to {}", built.display(), elf.display()))?;
    Ok(elf)
}
