//! The goldens on every target that can be run here: Cortex-M from M0+ to M33, RISC-V, WebAssembly.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::cpu::Cpu;
use crate::debian::missing;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{emulator, goldens, paths, process};

const RISC_V: &str = "riscv32imac-unknown-none-elf";
/// With a floating-point unit.
const RISC_V_FLOAT: &str = "riscv32imafc-unknown-none-elf";
const WEB_ASSEMBLY: &str = "wasm32-unknown-unknown";
/// What runs WebAssembly, and Debian's package of it.
pub const NODE: [&str; 2] = ["node", "nodejs"];
/// The largest of the networks that these programs have, the step at which they freeze, and their steps.
const LARGEST: u32 = 64;
const FREEZE: u64 = 512;
const STEPS: u64 = 1024;

/// On a Cortex-M in the emulator.
pub fn on_cortex_m(cpu: Cpu) -> Result<Outcome> {
    compare(cpu.title(), &output_on_cortex_m(cpu, "board")?)
}

/// What a program prints on a Cortex-M in the emulator.
pub fn output_on_cortex_m(cpu: Cpu, program: &str) -> Result<String> {
    emulator::ensure()?;
    let program = build(cpu.target(), program)?;
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args(["-machine", cpu.machine()]);
    run_emulator(qemu, &program)
}

/// On a RISC-V without floating-point unit, in the emulator.
pub fn on_risc_v() -> Result<Outcome> {
    if let Some(reason) = missing(emulator::RISC_V) {
        return Ok(Outcome::Skipped(reason));
    }
    let program = build(RISC_V, "board")?;
    compare("RISC-V (rv32imac)", &run_emulator(risc_v_board(), &program)?)
}

/// In WebAssembly.
pub fn in_web_assembly() -> Result<Outcome> {
    if let Some(reason) = missing(NODE) {
        return Ok(Outcome::Skipped(reason));
    }
    let program = build(WEB_ASSEMBLY, "web-assembly.wasm")?;
    let mut node = Command::new(NODE[0]);
    node.arg(paths::targets().join("web-assembly.mjs")).arg(program);
    compare("WebAssembly", &process::output(&mut node)?)
}

/// Another arithmetic set in the control registers of a Cortex-M4F and of a RISC-V with a floating-point unit: the kernel names
/// each, and builds no network.
pub fn other_arithmetic() -> Result<Outcome> {
    let arm = [
        "as reset: the contract's, built: true",
        "FZ: flush-to-zero, built: false",
        "RMode 1: rounding upward, built: false",
        "RMode 2: rounding downward, built: false",
        "RMode 3: rounding toward zero, built: false",
    ];
    let found = output_on_cortex_m(Cpu::M4f, "environment")?;
    ensure!(found.lines().eq(arm), "the emulated Cortex-M4F says\n{found}");
    if let Some(reason) = missing(emulator::RISC_V) {
        return Ok(Outcome::Skipped(reason));
    }
    let risc_v = [
        "as reset: the contract's, built: true",
        "RTZ: rounding toward zero, built: false",
        "RDN: rounding downward, built: false",
        "RUP: rounding upward, built: false",
        "RMM: rounding of ties away from zero, built: false",
    ];
    let found = run_emulator(risc_v_board(), &build(RISC_V_FLOAT, "environment")?)?;
    ensure!(found.lines().eq(risc_v), "the emulated RISC-V says\n{found}");
    Ok(Outcome::Passed)
}

fn risc_v_board() -> Command {
    let mut qemu = Command::new(emulator::RISC_V[0]);
    qemu.args(["-machine", "virt", "-bios", "none"]);
    qemu
}

/// Builds a program and gives its path.
fn build(target: &str, program: &str) -> Result<String> {
    let (mut cargo, directory) = Toolchain::find(target)?.cargo("build", target, &paths::targets());
    let name = program.trim_end_matches(".wasm");
    process::run(cargo.args(["--release", "--bin", name]))?;
    Ok(directory
        .join(target)
        .join("release")
        .join(program)
        .display()
        .to_string())
}

fn run_emulator(mut qemu: Command, program: &str) -> Result<String> {
    qemu.args(["-display", "none", "-monitor", "none", "-serial", "null"])
        .args([
            "-semihosting-config",
            "enable=on,target=native",
            "-kernel",
            program,
        ]);
    process::output(&mut qemu)
}

/// Compares what such a program printed with the goldens.
pub fn compare(place: &str, output: &str) -> Result<Outcome> {
    let lines: Vec<&str> = output.lines().collect();
    goldens::compare(place, &lines, &expected(LARGEST, true)?)?;
    Ok(Outcome::Passed)
}

/// The lines of these programs: size by size, the exact network first.
pub fn expected(largest: u32, has_compact: bool) -> Result<Vec<String>> {
    let (exact, compact) = (goldens::of("exact")?, goldens::of("compact")?);
    let is_here = |case: &&goldens::Case| case.n <= largest && case.freeze == FREEZE;
    let mut lines = Vec::new();
    for exact in exact.iter().filter(is_here) {
        let is_alike = |case: &&goldens::Case| case.n == exact.n && case.transfer == exact.transfer;
        let compact = compact
            .iter()
            .filter(is_here)
            .find(is_alike)
            .filter(|_| has_compact);
        let pair = [("exact", Some(exact)), ("compact", compact)];
        for (model, case) in pair.into_iter().filter_map(|(model, case)| Some((model, case?))) {
            let digests = case.digests.iter().filter(|at| at.step <= STEPS);
            lines.extend(
                digests.map(|at| format!("{model} {} {} {} {}", case.n, case.transfer, at.step, at.digest)),
            );
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use golden_targets::{Memory, goldens};

    /// Built for debugging, these are the only goldens that run with overflow checks and debug assertions.
    #[test]
    fn the_goldens_hold_on_this_machine_too() {
        let mut lines = Vec::new();
        let trajectories = goldens::run(&mut Memory::new(), |checkpoint| {
            lines.push(checkpoint.to_string())
        });
        trajectories.expect("every trajectory comes to its end");
        assert_eq!(lines, super::expected(super::LARGEST, true).unwrap());
    }

    #[test]
    fn the_goldens_hold_every_line() {
        // 11 powers of two and the release; seven exact networks, four compact ones
        assert_eq!(super::expected(17, false).unwrap().len(), 12 * 6);
        assert_eq!(super::expected(64, true).unwrap().len(), 12 * (7 + 4));
    }
}
