//! Builds the firmware of the emulated board.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cpu::Cpu;
use crate::toolchain::Toolchain;
use crate::{paths, process};

/// The package of the emulated board, and the name of its binary.
pub const PACKAGE: &str = "freezable-mps2";

/// Builds the firmware and returns the path of its ELF file.
pub fn build(cpu: Cpu) -> Result<PathBuf> {
    let toolchain = Toolchain::find(cpu.target())?;
    let (mut cargo, target_directory) = toolchain.cargo("build", cpu.target(), &paths::firmware());
    process::run(cargo.args(["--release", "--package", PACKAGE]))
        .with_context(|| format!("cannot build the firmware for {}", cpu.target()))?;
    let built = target_directory.join(cpu.target()).join("release").join(PACKAGE);
    // one place for what is built last, whichever toolchain built it
    let elf = elf(cpu);
    fs::copy(&built, &elf)
        .with_context(|| format!("cannot copy {} to {}", built.display(), elf.display()))?;
    Ok(elf)
}

/// Where [`build`] leaves the ELF file.
pub fn elf(cpu: Cpu) -> PathBuf {
    paths::target_of(&paths::firmware()).join(format!("{PACKAGE}-{}.elf", cpu.name()))
}
