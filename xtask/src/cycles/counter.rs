//! Runs the bench firmware in the emulator, with the plugin that counts.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use object::{File, Object, ObjectSection};

use super::model::Executed;
use crate::cpu::Cpu;
use crate::toolchain::Toolchain;
use crate::{debian, emulator, paths, process};

/// The bench firmware's binary.
const BINARY: &str = "freezable-cycles";
/// The plugin's source: it is compiled where it is needed.
const PLUGIN: &str = include_str!("plugin.c");

/// Which inner loops the firmware is built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loops {
    /// The hand-written ones, where the kernel has them.
    HandWritten,
    /// Safe Rust alone.
    Portable,
}

impl Loops {
    /// Both.
    pub const ALL: [Self; 2] = [Self::HandWritten, Self::Portable];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::HandWritten => "hand-written",
            Self::Portable => "portable",
        }
    }
}

/// A counted stretch of the firmware's run.
#[derive(Debug)]
pub struct Window {
    /// Number of neurons.
    pub n: usize,
    /// Transfer function, or `-` where none is involved.
    pub transfer: String,
    /// What ran.
    pub phase: String,
    /// How often it ran.
    pub steps: u64,
    /// What was executed, by address.
    pub executed: Vec<Executed>,
}

/// What one run of the firmware gave.
#[derive(Debug)]
pub struct Run {
    /// The windows, in the order of running.
    pub windows: Vec<Window>,
    /// Digests of long runs: size, moment and digest.
    pub digests: Vec<String>,
}

/// Builds the firmware and the plugin, and runs them.
pub fn run(loops: Loops) -> Result<Run> {
    emulator::ensure()?;
    let (plugin, firmware) = (plugin()?, firmware(loops)?);
    let counts = plugin.with_file_name(format!("counts-{}.txt", loops.name()));
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args([
        "-machine",
        "mps2-an386",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "null",
    ])
    .args(["-semihosting-config", "enable=on,target=native", "-plugin"])
    .arg(format!("{},out={}", plugin.display(), counts.display()))
    .arg("-kernel")
    .arg(&firmware);
    eprintln!("$ {}", process::line(&qemu));
    let labels =
        process::output(&mut qemu).context("the emulator needs to have been built with TCG plugins")?;
    let counts = fs::read_to_string(&counts).with_context(|| format!("cannot read {}", counts.display()))?;
    let elf = fs::read(&firmware).with_context(|| format!("cannot read {}", firmware.display()))?;
    parse(&labels, &counts, &Text::read(&elf)?)
}

/// The firmware's executable section.
struct Text<'a> {
    start: u64,
    bytes: &'a [u8],
}

impl<'a> Text<'a> {
    fn read(elf: &'a [u8]) -> Result<Self> {
        let file = File::parse(elf)?;
        let section = file
            .section_by_name(".text")
            .context("the bench firmware has no .text")?;
        Ok(Self {
            start: section.address(),
            bytes: section.data()?,
        })
    }

    /// The opcode at an address; a wide one has its first halfword in front.
    fn opcode(&self, address: u64) -> Result<u32> {
        let half = |address: u64| {
            let offset = address
                .checked_sub(self.start)
                .and_then(|offset| usize::try_from(offset).ok());
            let bytes = offset.and_then(|offset| self.bytes.get(offset..)?.first_chunk::<2>());
            let half = bytes.map(|&bytes| u32::from(u16::from_le_bytes(bytes)));
            half.with_context(|| format!("there is no code at {address:#x}"))
        };
        let first = half(address)?;
        // 11101, 11110 and 11111 start an instruction of two halfwords
        Ok(if first >> 11 >= 0b11101 {
            first << 16 | half(address + 2)?
        } else {
            first
        })
    }
}

/// Compiles the plugin.
fn plugin() -> Result<PathBuf> {
    if !process::exists("gcc") && debian::can_install() {
        debian::install(&["gcc", "libc6-dev"])?;
    }
    let directory = paths::target_of(&paths::cycles()).join("plugin");
    fs::create_dir_all(&directory).with_context(|| format!("cannot create {}", directory.display()))?;
    let (source, library) = (directory.join("plugin.c"), directory.join("plugin.so"));
    fs::write(&source, PLUGIN).with_context(|| format!("cannot write {}", source.display()))?;
    let mut gcc = Command::new("gcc");
    gcc.args(["-O2", "-Wall", "-shared", "-fPIC", "-fvisibility=hidden", "-o"]);
    process::run(gcc.arg(&library).arg(&source)).context("cannot compile the emulator's plugin")?;
    Ok(library)
}

fn firmware(loops: Loops) -> Result<PathBuf> {
    let cpu = Cpu::M4f;
    let toolchain = Toolchain::find(cpu)?;
    let (mut cargo, directory) = toolchain.cargo("build", cpu, &paths::cycles());
    cargo.args(["--release", "--bin", BINARY]);
    if loops == Loops::Portable {
        // added to the flags of the workspace's own configuration
        let flags = format!(
            "target.{}.rustflags=[\"--cfg\", \"freezable_portable\"]",
            cpu.target()
        );
        cargo.args(["--config", &flags]);
    }
    process::run(&mut cargo).context("cannot build the bench firmware")?;
    Ok(directory.join(cpu.target()).join("release").join(BINARY))
}

/// Puts the firmware's labels and the plugin's counts together: both name the windows in the order of running.
fn parse(labels: &str, counts: &str, text: &Text<'_>) -> Result<Run> {
    let mut run = Run {
        windows: Vec::new(),
        digests: Vec::new(),
    };
    let mut counted = counts.split("window\n").skip(1);
    for line in labels.lines() {
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            ["window", n, transfer, phase, steps] => run.windows.push(Window {
                n: n.parse()?,
                transfer: (*transfer).to_owned(),
                phase: (*phase).to_owned(),
                steps: steps.parse()?,
                executed: counted
                    .next()
                    .with_context(|| format!("the plugin counted no window for `{line}`"))?
                    .lines()
                    .map(|line| executed(line, text))
                    .collect::<Result<_>>()?,
            }),
            ["digest", rest @ ..] => run.digests.push(rest.join(" ")),
            _ => bail!("the bench firmware says `{line}`"),
        }
    }
    ensure!(
        counted.next().is_none(),
        "the plugin counted more windows than the firmware names"
    );
    ensure!(!run.windows.is_empty(), "the bench firmware ran no window");
    Ok(run)
}

fn executed(line: &str, text: &Text<'_>) -> Result<Executed> {
    let words: Vec<_> = line.split(' ').collect();
    let [address, count, left] = words.as_slice() else {
        bail!("the plugin says `{line}`");
    };
    let address = u64::from_str_radix(address, 16)?;
    Ok(Executed {
        address,
        opcode: text.opcode(address)?,
        count: count.parse()?,
        left: left.parse()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Text, parse};

    #[test]
    fn labels_and_counts_are_put_together_in_order() {
        let labels = "window 32 own drive 4\nwindow 64 - learn 2\ndigest 3 16 00ff";
        let text = Text {
            start: 0x100,
            bytes: &[0x00, 0xbf, 0x20, 0xee, 0x81, 0x0a],
        };
        let run = parse(labels, "window\n100 4 0\nwindow\n102 7 1\n", &text).unwrap();
        assert_eq!(run.windows[0].executed[0].opcode, 0xbf00);
        assert_eq!(run.windows[1].executed[0].opcode, 0xee20_0a81);
        assert_eq!((run.windows[1].n, run.windows[1].steps), (64, 2));
        assert_eq!(run.digests, ["3 16 00ff"]);
        assert!(parse(labels, "window\n", &text).is_err(), "a window is missing");
        assert!(
            parse(labels, "window\n106 1 0\nwindow\n", &text).is_err(),
            "no such code"
        );
        assert!(parse("panicked", "", &text).is_err());
    }
}
