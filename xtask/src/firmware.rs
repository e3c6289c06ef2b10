//! Builds the firmware of the boards.

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
    build_package(PACKAGE, cpu.target(), &format!("{PACKAGE}-{}", cpu.name()))
}

/// Builds a package for a target and leaves its ELF file under a name of its own, in one place whichever toolchain built
/// it.
pub fn build_package(package: &str, target: &str, name: &str) -> Result<PathBuf> {
    let toolchain = Toolchain::find(target)?;
    let (mut cargo, target_directory) = toolchain.cargo("build", target, &paths::firmware());
    process::run(cargo.args(["--release", "--package", package]))
        .with_context(|| format!("cannot build {package} for {target}"))?;
    let built = target_directory.join(target).join("release").join(package);
    let elf = paths::target_of(&paths::firmware()).join(format!("{name}.elf"));
    fs::copy(&built, &elf)
        .with_context(|| format!("cannot copy {} to {}", built.display(), elf.display()))?;
    Ok(elf)
}
