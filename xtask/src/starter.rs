//! The starters of `firmware-example/starter`: copied out of the repository as a user would, built, and run on the models
//! of their chips. A press of the button freezes and stores, a reset recalls, another press releases; every state printed
//! must be that of the same network on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use freezable_chaos::{
    DenseCouplings, ExactBuffers, Generator, Params, Plasticity, Purpose, Start, Tanh, couplings_len,
    synapses_len,
};

use crate::audit::elf;
use crate::chips::{HIFIVE, MICROBIT, NETDUINO};
use crate::debian::missing;
use crate::emulated::{Button, Emulated, Machine};
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{emulator, paths, process};

/// The largest network of a starter or of an example beside it.
const CAPACITY: usize = 128;
/// Lines of code that a starter's `main.rs` may have, so that it is read before it is copied.
const LINES: usize = 60;
/// States looked at in each phase.
const STATES: usize = 3;
/// States until a press of the button must have shown.
const PATIENCE: usize = 1000;
/// As in the starters.
const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
const SEED: u64 = 7;

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

/// The crate that has a golden of the user's own compiled in: it is no memory to start from.
pub const GOLDEN: &str = "golden";

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
        let built = copied(self.name, &copy).and_then(|folder| self.build_in(&folder, example));
        fs::remove_dir_all(&copy).with_context(|| format!("cannot remove {}", copy.display()))?;
        built
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

/// The folder of a starter, in another place, with the kernel where it is.
pub fn copied(name: &str, parent: &Path) -> Result<PathBuf> {
    let (from, to) = (paths::starters().join(name), parent.join(name));
    copy_folder(&from, &to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    let manifest = to.join("Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let kernel = paths::root().join("kernel").display().to_string();
    let moved = text.replace("../../../kernel", &kernel);
    ensure!(moved != text, "{name}: no path to the kernel");
    fs::write(&manifest, moved)?;
    Ok(to)
}

/// Whether every starter is formatted, by the rules that lie beside them.
pub fn format() -> Result<Outcome> {
    for name in STARTERS.iter().map(|starter| starter.name).chain([GOLDEN]) {
        process::run(process::cargo(&paths::starters().join(name)).args(["fmt", "--check"]))?;
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

/// What a starter prints of a state.
#[derive(Debug, PartialEq, Eq)]
pub struct Printed {
    /// Whether it is frozen.
    pub plasticity: Plasticity,
    /// Steps done.
    pub steps: u64,
    /// Digest of x and A.
    pub digest: u64,
}

impl Printed {
    fn read(line: &str) -> Result<Self> {
        // a reset may have cut the line before short
        let line = line.rfind(['R', 'F']).map_or(line, |start| &line[start..]);
        let unread = || format!("the starter prints `{line}`");
        let mut words = line.split(' ');
        let (Some(plasticity), Some(steps), Some(digest), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            bail!(unread());
        };
        Ok(Self {
            plasticity: match plasticity {
                "Running" => Plasticity::Running,
                "Frozen" => Plasticity::Frozen,
                _ => bail!(unread()),
            },
            steps: steps.parse().with_context(unread)?,
            digest: u64::from_str_radix(digest, 16).with_context(unread)?,
        })
    }
}

/// The same network on this machine.
pub struct Twin {
    neurons: usize,
    couplings: Vec<f32>,
    buffers: Box<ExactBuffers<CAPACITY, { synapses_len(CAPACITY) }>>,
    /// Its present state.
    state: Vec<u8>,
    /// What it stored.
    stored: Vec<u8>,
}

impl Twin {
    /// One of so many neurons.
    pub fn new(neurons: usize) -> Self {
        Self {
            neurons,
            couplings: vec![0.0; couplings_len(neurons)],
            buffers: Box::new(ExactBuffers::new()),
            state: Vec::new(),
            stored: Vec::new(),
        }
    }

    /// Brings the network to where the starter is, and compares.
    pub fn compare(&mut self, printed: &Printed) -> Result<()> {
        let dynamics = PARAMS.validate(self.neurons).map_err(refused)?;
        let mut generator = Generator::new(SEED, 0, Purpose::Couplings);
        let couplings =
            DenseCouplings::seed(&mut self.couplings, &dynamics, &mut generator).map_err(refused)?;
        let mut network = self.buffers.network(dynamics, couplings, Tanh).map_err(refused)?;
        if self.state.is_empty() {
            network.start(Start::Small, &mut Generator::new(SEED, 0, Purpose::State));
        } else {
            network.restore(&self.state).map_err(refused)?;
        }
        if printed.steps < network.steps() {
            // it was reset
            network.recall(&self.stored).map_err(refused)?;
        }
        while network.steps() < printed.steps {
            network.step().map_err(refused)?;
        }
        match (network.plasticity(), printed.plasticity) {
            (Plasticity::Running, Plasticity::Frozen) => {
                self.stored = vec![0; network.snapshot_len()];
                network.store(&mut self.stored).map_err(refused)?;
            }
            (Plasticity::Frozen, Plasticity::Running) => network.release(),
            _ => {}
        }
        ensure!(
            network.steps() == printed.steps && network.digest() == printed.digest,
            "the starter is in another state: {printed:?}, here {:?} {} {:#x}",
            network.plasticity(),
            network.steps(),
            network.digest()
        );
        self.state = vec![0; network.snapshot_len()];
        network.snapshot(&mut self.state).map_err(refused)?;
        Ok(())
    }
}

fn refused(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("on this machine: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_one_cut_by_a_reset_is_skipped() {
        let expected = Printed {
            plasticity: Plasticity::Frozen,
            steps: 300,
            digest: 0xff,
        };
        assert_eq!(Printed::read("Frozen 300 00000000000000ff").unwrap(), expected);
        assert_eq!(Printed::read("Frozen 12Frozen 300 ff").unwrap(), expected);
        for bad in [
            "",
            "Frozen 300",
            "Molten 300 ff",
            "Frozen x ff",
            "Frozen 300 ff 1",
        ] {
            assert!(Printed::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn another_state_is_refused() {
        let mut twin = Twin::new(32);
        let printed = |digest| Printed {
            plasticity: Plasticity::Running,
            steps: 100,
            digest,
        };
        let error = twin.compare(&printed(1)).unwrap_err().to_string();
        assert!(error.contains("another state"), "{error}");
        let mut twin = Twin::new(32);
        twin.compare(&printed(0x43ee_8a4e_ca39_3d3c)).unwrap();
    }

    #[test]
    fn comments_and_empty_lines_are_no_code() {
        assert_eq!(lines_of_code("//! a\n\n  // b\nfn main() {}\n"), 1);
    }
}
