//! The starters of `firmware-example/starter`: copied out of the repository as a user would, built, and run on the models
//! of their chips. A press of the button freezes and stores, a reset recalls, another press releases; every state printed
//! must be that of the same network on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use freezable_chaos::Plasticity;

use crate::audit::elf;
use crate::chips::{HIFIVE, MICROBIT, NETDUINO};
use crate::debian::missing;
use crate::emulated::{Button, Emulated, Machine};
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::twin::{Printed, Twin};
use crate::{emulator, paths, process};

/// Lines of code that a starter's `main.rs` may have, so that it is read before it is copied.
const LINES: usize = 60;
/// States looked at in each phase.
const STATES: usize = 3;
/// States until a press of the button must have shown.
const PATIENCE: usize = 1000;

/// A starter.
#[derive(Clone, Copy, Debug)]
pub struct Starter {
    /// Its folder.
    pub name: &'static str,
    target: &'static str,
    neurons: usize,
    machine: Machine,
}

const STM32F405: Machine = Machine {
    button: Some(Button {
        device: "/machine/unattached/device[0]/syscfg",
        pin: 0,
        is_high: true,
    }),
    ..NETDUINO
};
const NRF51822: Machine = Machine {
    button: Some(Button {
        device: "/machine/nrf51",
        pin: 17,
        is_high: false,
    }),
    ..MICROBIT
};
const FE310: Machine = Machine {
    button: Some(Button {
        device: "/machine/soc",
        pin: 9,
        is_high: false,
    }),
    ..HIFIVE
};

/// All of them.
pub const STARTERS: [Starter; 5] = [
    Starter::new("bare", "thumbv7em-none-eabihf", 64, STM32F405),
    Starter::new("rtic", "thumbv7em-none-eabihf", 64, STM32F405),
    Starter::new("embassy", "thumbv7em-none-eabihf", 64, STM32F405),
    Starter::new("cortex-m0", "thumbv6m-none-eabi", 32, NRF51822),
    Starter::new("risc-v", "riscv32imac-unknown-none-elf", 32, FE310),
];

impl Starter {
    const fn new(name: &'static str, target: &'static str, neurons: usize, machine: Machine) -> Self {
        Self {
            name,
            target,
            neurons,
            machine,
        }
    }

    /// Copies it out of the repository, builds the copy or an example in it, and gives the path of the ELF file.
    pub fn build(&self, example: Option<&str>) -> Result<PathBuf> {
        let copy = env::temp_dir().join(format!("freezable-starter-{}", std::process::id()));
        let built = self
            .copy(&copy)
            .and_then(|folder| self.build_in(&folder, example));
        fs::remove_dir_all(&copy).with_context(|| format!("cannot remove {}", copy.display()))?;
        built
    }

    /// The folder, in another place, with the kernel where it is.
    fn copy(&self, parent: &Path) -> Result<PathBuf> {
        let (from, to) = (paths::starters().join(self.name), parent.join(self.name));
        copy_folder(&from, &to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        let manifest = to.join("Cargo.toml");
        let text = fs::read_to_string(&manifest)?;
        let kernel = paths::root().join("kernel").display().to_string();
        let moved = text.replace("../../../kernel", &kernel);
        ensure!(moved != text, "{}: no path to the kernel", self.name);
        fs::write(&manifest, moved)?;
        Ok(to)
    }

    fn build_in(&self, folder: &Path, example: Option<&str>) -> Result<PathBuf> {
        let target_directory = paths::target_of(&paths::starters());
        let toolchain = Toolchain::find(self.target)?;
        let (mut cargo, directory) = toolchain.cargo_into("build", self.target, folder, &target_directory);
        cargo.arg("--release");
        let built = directory.join(self.target).join("release");
        let elf = match example {
            Some(example) => {
                cargo.args(["--example", example]);
                built.join("examples").join(example)
            }
            None => built.join(format!("starter-{}", self.name)),
        };
        process::run(&mut cargo)?;
        Ok(elf)
    }

    /// Builds, weighs and runs it.
    pub fn check(self) -> Result<Outcome> {
        let main = fs::read_to_string(paths::starters().join(self.name).join("src/main.rs"))?;
        let lines = lines_of_code(&main);
        ensure!(
            lines <= LINES,
            "{}: {lines} lines of code, at most {LINES}",
            self.name
        );
        if self.machine.program == emulator::PROGRAM {
            emulator::ensure()?;
        } else if let Some(reason) = missing(emulator::RISC_V) {
            return Ok(Outcome::Skipped(reason));
        }
        let elf = self.build(None)?;
        let memories = elf::memories(&fs::read(&elf)?)?;
        let count = self.run(&elf)?;
        println!(
            "{}: {lines} lines, {} bytes of flash, {} of RAM; {count} states are the host's",
            self.name, memories.flash, memories.ram
        );
        Ok(Outcome::Passed)
    }

    /// Freezes, stores, resets, recalls and releases; gives the number of states that were compared.
    fn run(&self, elf: &Path) -> Result<usize> {
        let mut chip = Emulated::start(self.machine, elf, &[])?;
        let mut twin = Twin::new(self.neurons);
        let mut count = 0;
        let mut follow = |chip: &mut Emulated, plasticity| {
            for _ in 0..PATIENCE {
                let printed = Printed::read(&chip.line()?)?;
                twin.compare(&printed)?;
                count += 1;
                if printed.plasticity == plasticity {
                    return Ok(printed);
                }
            }
            bail!("{}: it never was {plasticity:?}", self.name)
        };
        for _ in 0..STATES {
            follow(&mut chip, Plasticity::Running)?;
        }
        chip.press(true)?;
        let stored = follow(&mut chip, Plasticity::Frozen)?;
        chip.press(false)?;
        for _ in 0..STATES {
            follow(&mut chip, Plasticity::Frozen)?;
        }
        chip.reset()?;

        let mut patience = 0..PATIENCE;
        while follow(&mut chip, Plasticity::Frozen)? != stored {
            ensure!(patience.next().is_some(), "{}: it recalls nothing", self.name);
        }
        for _ in 0..STATES {
            follow(&mut chip, Plasticity::Frozen)?;
        }
        chip.press(true)?;
        follow(&mut chip, Plasticity::Running)?;
        chip.press(false)?;
        for _ in 0..STATES {
            follow(&mut chip, Plasticity::Running)?;
        }
        Ok(count)
    }
}

/// Whether every starter is formatted, by the rules that lie beside them.
pub fn format() -> Result<Outcome> {
    for starter in STARTERS {
        process::run(process::cargo(&paths::starters().join(starter.name)).args(["fmt", "--check"]))?;
    }
    Ok(Outcome::Passed)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if !entry.file_type()?.is_dir() {
            fs::copy(entry.path(), to)?;
        } else if entry.file_name() != "target" {
            copy_folder(&entry.path(), &to)?;
        }
    }
    Ok(())
}

/// Lines that are neither empty nor a comment.
fn lines_of_code(text: &str) -> usize {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_are_no_code() {
        assert_eq!(lines_of_code("//! a\n\n  // b\nfn main() {}\n"), 1);
    }
}
