//! Runs the bench firmware in the emulator, with the plugin that counts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use object::{File, Object, ObjectSection};

use super::model::Executed;
use crate::cpu::Cpu;
use crate::{debian, paths, process};

/// The plugin's source: it is compiled where it is needed.
const PLUGIN: &str = include_str!("plugin.c");

/// Stretches of the firmware's run that do the same.
#[derive(Debug)]
pub struct Windows {
    /// Who did the work.
    pub loops: String,
    /// Number of neurons.
    pub n: usize,
    /// Transfer function, or `-` where none is involved.
    pub transfer: String,
    /// What ran.
    pub phase: String,
    /// What was executed in each step, by address.
    pub steps: Vec<Vec<Executed>>,
}

/// The digest of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Who did the work.
    pub loops: String,
    /// Number of neurons, and the moment of the run.
    pub moment: String,
    /// The digest.
    pub digest: String,
}

/// What one run of the firmware gave.
#[derive(Debug)]
pub struct Run {
    /// The windows, in the order of running.
    pub windows: Vec<Windows>,
    /// Digests of longer runs.
    pub digests: Vec<Digest>,
}

/// Runs the firmware with the plugin.
pub fn run(cpu: Cpu, firmware: &Path, plugin: &Path) -> Result<Run> {
    let counts = firmware.with_extension("counts");
    let mut qemu = emulate(cpu, firmware);
    qemu.arg("-plugin")
        .arg(format!("{},out={}", plugin.display(), counts.display()));
    eprintln!("$ {}", process::line(&qemu));
    let labels =
        process::output(&mut qemu).context("the emulator needs to have been built with TCG plugins")?;
    let text = fs::read_to_string(&counts).with_context(|| format!("cannot read {}", counts.display()))?;
    let elf = fs::read(firmware).with_context(|| format!("cannot read {}", firmware.display()))?;
    parse(&labels, &text, &Text::read(&elf)?)
}

/// The emulated board, with the firmware on it.
pub fn emulate(cpu: Cpu, firmware: &Path) -> Command {
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args(["-machine", cpu.machine()])
        .args(["-display", "none", "-monitor", "none", "-serial", "null"])
        .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(firmware);
    qemu
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
pub fn plugin() -> Result<PathBuf> {
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
            ["window", loops, n, transfer, phase, steps] => {
                let steps: usize = steps.parse()?;
                run.windows.push(Windows {
                    loops: (*loops).to_owned(),
                    n: n.parse()?,
                    transfer: (*transfer).to_owned(),
                    phase: (*phase).to_owned(),
                    steps: (0..steps)
                        .map(|_| window(counted.next(), text).with_context(|| format!("at `{line}`")))
                        .collect::<Result<_>>()?,
                });
            }
            ["digest", loops, n, moment, digest] => run.digests.push(Digest {
                loops: (*loops).to_owned(),
                moment: format!("{n} {moment}"),
                digest: (*digest).to_owned(),
            }),
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

fn window(counts: Option<&str>, text: &Text<'_>) -> Result<Vec<Executed>> {
    let counts = counts.context("the plugin counted fewer windows than the firmware names")?;
    counts.lines().map(|line| executed(line, text)).collect()
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
        let labels = "window portable 32 own drive 1\nwindow C 64 - learn 2\ndigest portable 3 16 00ff";
        let text = Text {
            start: 0x100,
            bytes: &[0x00, 0xbf, 0x20, 0xee, 0x81, 0x0a],
        };
        let counts = "window\n100 4 0\nwindow\n102 7 1\nwindow\n100 1 0\n";
        let run = parse(labels, counts, &text).unwrap();
        assert_eq!(run.windows[0].steps[0][0].opcode, 0xbf00);
        assert_eq!(run.windows[1].steps[0][0].opcode, 0xee20_0a81);
        assert_eq!((run.windows[1].n, run.windows[1].steps.len()), (64, 2));
        assert_eq!(
            (run.digests[0].moment.as_str(), run.digests[0].digest.as_str()),
            ("3 16", "00ff")
        );
        assert!(parse(labels, "window\n", &text).is_err(), "a window is missing");
        assert!(
            parse(labels, &counts.replace("102", "106"), &text).is_err(),
            "no such code"
        );
        assert!(
            parse(labels, &format!("{counts}window\n"), &text).is_err(),
            "one too many"
        );
        assert!(parse("panicked", "", &text).is_err());
    }
}
