//! The goldens on models of real chips: `tests/chips` as it would be flashed, start-up, memories and serial line included.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::audit::elf;
use crate::debian::missing;
use crate::emulated::{Emulated, Machine};
use crate::runner::Outcome;
use crate::targets::{NODE, expected};
use crate::toolchain::Toolchain;
use crate::{debian, emulator, goldens, paths, process};

/// What installs the RP2040's emulator, and Debian's package of it.
const NPM: [&str; 2] = ["npm", "npm"];
/// Digests of both networks of 1 and 3 neurons and of the exact one of 17: some 15 s in the emulator of the RP2040.
const SHORT: usize = 60;
/// The last line of the program.
const DONE: &str = "done";

/// A chip.
#[derive(Clone, Copy, Debug)]
pub struct Chip {
    /// Its name, that of its memory map.
    pub name: &'static str,
    target: &'static str,
    /// QEMU's machines that have it; none for the RP2040.
    machines: &'static [Machine],
    /// Neurons of its largest network.
    largest: u32,
    has_compact: bool,
}

/// QEMU's machines of these chips.
pub const NETDUINO: Machine = arm("netduinoplus2");
const DISCOVERY: Machine = arm("stm32vldiscovery");
/// BBC micro:bit v1.
pub const MICROBIT: Machine = arm("microbit");
/// HiFive1, second revision.
pub const HIFIVE: Machine = Machine {
    program: emulator::RISC_V[0],
    name: "sifive_e,revb=true",
    button: None,
};

const fn arm(name: &'static str) -> Machine {
    Machine {
        program: emulator::PROGRAM,
        name,
        button: None,
    }
}

/// All of them.
pub const CHIPS: [Chip; 5] = [
    Chip::new("stm32f405", "thumbv7em-none-eabihf", &[NETDUINO], 128).with_compact(),
    Chip::new("stm32f100", "thumbv7m-none-eabi", &[DISCOVERY], 17),
    Chip::new("nrf51822", "thumbv6m-none-eabi", &[MICROBIT], 64),
    Chip::new("fe310", "riscv32imac-unknown-none-elf", &[HIFIVE], 64),
    RP2040,
];

/// The one that QEMU does not have.
pub const RP2040: Chip = Chip::new("rp2040", "thumbv6m-none-eabi", &[], 64).with_compact();

impl Chip {
    const fn new(
        name: &'static str,
        target: &'static str,
        machines: &'static [Machine],
        largest: u32,
    ) -> Self {
        Self {
            name,
            target,
            machines,
            largest,
            has_compact: false,
        }
    }

    const fn with_compact(mut self) -> Self {
        self.has_compact = true;
        self
    }

    /// Builds the program and gives the path of its ELF file.
    pub fn build(&self) -> Result<PathBuf> {
        let (mut cargo, directory) =
            Toolchain::find(self.target)?.cargo("build", self.target, &paths::chips());
        process::run(cargo.arg("--release").env("CHIP", self.name))?;
        let built = directory.join(self.target).join("release/golden-chips");
        // chips share targets
        let elf = paths::target_of(&paths::chips()).join(format!("{}.elf", self.name));
        fs::copy(&built, &elf).with_context(|| format!("cannot copy {}", built.display()))?;
        Ok(elf)
    }

    /// Compares the digests that the chip prints: all of them, but for the RP2040, whose emulator is slow.
    pub fn check(self) -> Result<Outcome> {
        self.compare_first(if self.machines.is_empty() {
            SHORT
        } else {
            usize::MAX
        })
    }

    /// Compares so many digests, in the order of running.
    pub fn compare_first(self, count: usize) -> Result<Outcome> {
        let is_rp2040 = self.machines.is_empty();
        if is_rp2040 {
            if let Some(reason) = missing(NODE).or_else(|| missing(NPM)) {
                return Ok(Outcome::Skipped(reason));
            }
        } else if self
            .machines
            .iter()
            .all(|machine| machine.program == emulator::PROGRAM)
        {
            emulator::ensure()?;
        } else if let Some(reason) = missing(emulator::RISC_V) {
            return Ok(Outcome::Skipped(reason));
        }
        let elf = self.build()?;
        let memories = elf::memories(&fs::read(&elf)?)?;
        println!(
            "{}: {} bytes of flash, {} of RAM",
            self.name, memories.flash, memories.ram
        );
        let mut expected = expected(self.largest, self.has_compact)?;
        expected.truncate(count);
        for &machine in self.machines {
            self.compare(machine.name, &printed(machine, &elf)?, &expected)?;
        }
        if is_rp2040 {
            self.compare("rp2040js", &printed_by_rp2040(&elf, expected.len())?, &expected)?;
        }
        Ok(Outcome::Passed)
    }

    fn compare(&self, machine: &str, lines: &[String], expected: &[String]) -> Result<()> {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        goldens::compare(&format!("{} ({machine})", self.name), &lines, expected)
    }
}

/// What the program prints on a machine of QEMU.
fn printed(machine: Machine, elf: &Path) -> Result<Vec<String>> {
    let mut chip = Emulated::start(machine, elf, &[])?;
    let mut lines = Vec::new();
    loop {
        let line = chip.line()?;
        if line == DONE {
            return Ok(lines);
        }
        lines.push(line);
    }
}

/// The first lines that the program prints on the RP2040, whose emulator npm has: installed as package-lock.json says.
fn printed_by_rp2040(elf: &Path, count: usize) -> Result<Vec<String>> {
    let folder = paths::target_of(&paths::chips()).join("node");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(paths::chips().join(file), folder.join(file))
            .with_context(|| format!("cannot copy {file}"))?;
    }
    let mut npm = Command::new(NPM[0]);
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    process::run_within(npm.stdout(Stdio::inherit()), debian::LIMIT)?;
    let mut node = Command::new(NODE[0]);
    node.arg(paths::chips().join("rp2040.mjs")).arg(&folder).arg(elf);
    eprintln!("$ {}", process::line(&node));
    let mut child = node.stdout(Stdio::piped()).spawn().context("cannot start node")?;
    let output = child.stdout.take().context("node has no output")?;
    let lines = BufReader::new(output).lines().map_while(Result::ok);
    let lines: Vec<String> = lines.take_while(|line| line != DONE).take(count).collect();
    // it may still run
    let _ = child.kill();
    child.wait()?;
    ensure!(!lines.is_empty(), "the RP2040 prints nothing");
    Ok(lines)
}
