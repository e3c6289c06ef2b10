//! Builds the firmware of the boards.

use std::fs;
use std::path::{Path, PathBuf};

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

/// Builds the firmware with a trained readout in its flash and returns the path of its ELF file.
pub fn build_with_readout(cpu: Cpu, readout: &Path) -> Result<PathBuf> {
    let name = format!("{PACKAGE}-{}-readout", cpu.name());
    build_as(PACKAGE, cpu.target(), &name, Some(readout))
}

/// Builds a package for a target and leaves its ELF file under a name of its own, in one place whichever toolchain built
/// it.
pub fn build_package(package: &str, target: &str, name: &str) -> Result<PathBuf> {
    build_as(package, target, name, None)
}

fn build_as(package: &str, target: &str, name: &str, readout: Option<&Path>) -> Result<PathBuf> {
    let toolchain = Toolchain::find(target)?;
    let (mut cargo, target_directory) = toolchain.cargo("build", target, &paths::firmware());
    match readout {
        Some(path) => cargo.env("FREEZABLE_READOUT", path),
        // What is measured and tested is the firmware without one.
        None => cargo.env_remove("FREEZABLE_READOUT"),
    };
    process::run(cargo.args(["--release", "--package", package]))
        .with_context(|| format!("cannot build {package} for {target}"))?;
    let built = target_directory.join(target).join("release").join(package);
    let elf = paths::target_of(&paths::firmware()).join(format!("{name}.elf"));
    fs::copy(&built, &elf)
        .with_context(|| format!("cannot copy {} to {}", built.display(), elf.display()))?;
    Ok(elf)
}
