//! Builds the firmware of the boards.

use std::env;
use std::ffi::OsStr;
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
    build_as(
        PACKAGE,
        cpu.target(),
        &name,
        &[],
        [("FREEZABLE_READOUT", readout.as_os_str())],
    )
}

/// Builds the firmware with what was trained for sensors in its flash and returns the path of its ELF file.
pub fn build_with_sensors(cpu: Cpu, sensors: &[PathBuf]) -> Result<PathBuf> {
    let name = format!("{PACKAGE}-{}-sensor", cpu.name());
    let paths =
        env::join_paths(sensors).context("a path of a trained sensor has a separator of paths in it")?;
    let features = ["--features", "sensor"];
    build_as(
        PACKAGE,
        cpu.target(),
        &name,
        &features,
        [("FREEZABLE_SENSOR", paths.as_os_str())],
    )
}

/// Builds a package for a target and leaves its ELF file under a name of its own, in one place whichever toolchain built
/// it.
pub fn build_package(package: &str, target: &str, name: &str) -> Result<PathBuf> {
    build_as(package, target, name, &[], [])
}

fn build_as<'a>(
    package: &str,
    target: &str,
    name: &str,
    options: &[&str],
    carried: impl IntoIterator<Item = (&'a str, &'a OsStr)>,
) -> Result<PathBuf> {
    let toolchain = Toolchain::find(target)?;
    let (mut cargo, target_directory) = toolchain.cargo("build", target, &paths::firmware());
    // What is measured and tested is the firmware without any.
    cargo
        .env_remove("FREEZABLE_READOUT")
        .env_remove("FREEZABLE_SENSOR");
    cargo.envs(carried).args(options);
    process::run(cargo.args(["--release", "--package", package]))
        .with_context(|| format!("cannot build {package} for {target}"))?;
    let built = target_directory.join(target).join("release").join(package);
    let elf = paths::target_of(&paths::firmware()).join(format!("{name}.elf"));
    fs::copy(&built, &elf)
        .with_context(|| format!("cannot copy {} to {}", built.display(), elf.display()))?;
    Ok(elf)
}
