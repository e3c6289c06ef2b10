//! The jobs that run the host program, and the goldens.

use std::process::Command;

use anyhow::Result;

use crate::cpu::Cpu;
use crate::{emulator, firmware, paths, process};

/// The whole demonstration: emulator, firmware and host program, then the host program's own `demo`.
pub fn demo() -> Result<()> {
    emulator::ensure()?;
    let elf = firmware::build(Cpu::M4f)?;
    build_host_sim()?;
    let mut demo = host_sim(&["demo", "--out", "out/demo", "--firmware"]);
    process::run(demo.arg(elf))
}

/// Checks the golden digests, or writes them anew.
pub fn golden(renew: bool) -> Result<()> {
    let mut cargo = process::cargo(&paths::root());
    cargo.args(["test", "--release", "--locked", "--test", "golden"]);
    if renew {
        // Only the test that writes: another compares the file with the text that the program carries.
        cargo.env("RENEW_GOLDEN", "1").args([
            "--",
            "--exact",
            "this_machine_reproduces_the_committed_digests",
        ]);
    }
    process::run(&mut cargo)
}

/// Builds the host program.
pub fn build_host_sim() -> Result<()> {
    process::run(process::cargo(&paths::root()).args([
        "build",
        "--release",
        "--locked",
        "--package",
        "host-sim",
    ]))
}

/// The host program with arguments, started in the root.
pub fn host_sim(arguments: &[&str]) -> Command {
    let mut command = Command::new(paths::host_sim());
    command.args(arguments).current_dir(paths::root());
    command
}

/// Trains a readout of eight cues, builds the firmware that carries it, and has the emulated board write, hold and read
/// every cue.
pub fn cues_on_the_board() -> Result<()> {
    emulator::ensure()?;
    build_host_sim()?;
    let network = "--model compact --n 512".split(' ');
    let train = "memory --networks 1 --trials 8 --times 3 --hold 300 --out out/cues".split(' ');
    process::run(&mut host_sim(&train.chain(network.clone()).collect::<Vec<_>>()))?;
    let readout = paths::root().join("out/cues/readout.bin");
    let elf = firmware::build_with_readout(Cpu::M4f, &readout)?;
    let device = "memory device --out out/cues/device".split(' ');
    let mut device = host_sim(&device.chain(network).collect::<Vec<_>>());
    process::run(device.arg("--readout").arg(readout).arg("--firmware").arg(elf))
}

/// Has the emulated board recompute the golden digests.
pub fn verify_emulated(cpu: Cpu) -> Result<()> {
    emulator::ensure()?;
    let elf = firmware::build(cpu)?;
    build_host_sim()?;
    let mut verify = host_sim(&["verify", "--emulator", cpu.name(), "--firmware"]);
    process::run(verify.arg(elf))
}

/// Has the emulated board keep a rate, and miss one that is too fast.
pub fn rate_emulated() -> Result<()> {
    test_with_firmware("rate")
}

/// Has the monitor talk to the emulated board through a power cut.
pub fn monitor() -> Result<()> {
    test_with_firmware("monitor")
}

/// Runs the integration tests of that name that need an emulated board and are ignored elsewhere.
fn test_with_firmware(name: &str) -> Result<()> {
    emulator::ensure()?;
    let elf = firmware::build(Cpu::M4f)?;
    let mut cargo = process::cargo(&paths::root());
    cargo.args([
        "test",
        "--release",
        "--locked",
        "--test",
        name,
        "--",
        "--ignored",
        "--nocapture",
        // rates are kept in real time
        "--test-threads=1",
    ]);
    process::run(cargo.env("FREEZABLE_FIRMWARE", elf))
}

/// Cuts the emulated board's power while it stores, and looks at what it recalls.
pub fn cut_power() -> Result<()> {
    emulator::ensure()?;
    let elf = firmware::build(Cpu::M4f)?;
    build_host_sim()?;
    process::run(host_sim(&["power-cuts", "--cuts", "20", "--firmware"]).arg(elf))
}
