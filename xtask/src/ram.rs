//! Runs the compact network of 1024 neurons by itself on the emulated boards: what it reports must be the host's to the
//! last bit, and all its RAM (variables of the linked file, and the stack as measured) must fit [`RAM_LIMIT`].

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, ensure};

use self::scenario::{Memory, Phase, Reading};
use crate::audit::elf::{self, Memories};
use crate::cpu::Cpu;
use crate::toolchain::Toolchain;
use crate::{emulator, paths, process};

/// The board's own source: host and board run the same scenario.
#[path = "../../firmware-example/compact/src/scenario.rs"]
mod scenario;

/// Package of the programs.
pub const PACKAGE: &str = "freezable-compact";
/// RAM that the network may take, stack included: 36 KiB.
const RAM_LIMIT: u64 = 36 * 1024;
/// Flash that the signs of J take: a bit for each of 1024 x 1024.
const SIGNS_FLASH: u64 = 128 * 1024;

/// What must hold, stated before anything is measured.
mod threshold {
    /// Root mean square of dx/dt of a network that is not at rest.
    pub const MOVING: f32 = 1e-3;
    /// The same of one that stands still.
    pub const STANDING: f32 = 1e-4;
    /// Cosine to the stored state at the end of the hold.
    pub const HELD: f32 = 0.95;
}

/// The programs, and whether they have the signs of J in flash.
const PROGRAMS: [(&str, bool); 2] = [("stored", true), ("hashed", false)];

/// Builds, runs and weighs every program on every board.
pub fn check() -> Result<()> {
    emulator::ensure()?;
    let (expected, readings) = on_this_machine()?;
    check_readings(&readings)?;
    let mut table = String::from(
        "cpu  signs   flash bytes  .data + .bss  stack    RAM  bound  lines equal to the host's\n",
    );
    for cpu in Cpu::BOARDS {
        for (program, lines, memories, stack) in run_all(cpu)? {
            ensure!(
                lines == expected,
                "{program} on {}: the board's lines differ from the host's:\n{}",
                cpu.name(),
                first_difference(&lines, &expected)
            );
            let ram = memories.ram + stack;
            table.push_str(&format!(
                "{:3}  {program}  {:11}  {:12}  {stack:5}  {ram:5}  {RAM_LIMIT}  {:4}\n",
                cpu.name(),
                memories.flash,
                memories.ram,
                lines.len()
            ));
            ensure!(
                ram <= RAM_LIMIT,
                "{program} on {} takes {ram} bytes of RAM, bound {RAM_LIMIT}:\n{table}",
                cpu.name()
            );
        }
    }
    println!("Compact network, N = 1024, alone on the emulated board\n{table}");
    for reading in &readings {
        if let Reading::End(phase, speed, cosine) = reading {
            println!(
                "{phase:?}: at the end rms speed {speed:.2e}, cosine to the state at the freeze {cosine:.4}"
            );
        }
    }
    Ok(())
}

/// The scenario on this machine: its lines, and what they say.
fn on_this_machine() -> Result<(Vec<String>, Vec<Reading>)> {
    let failed = |failure| anyhow::anyhow!("on this machine the scenario {failure}");
    let signs = scenario::hashed_signs(&scenario::dynamics().map_err(failed)?);
    let mut readings = Vec::new();
    scenario::run(&mut Memory::zero(), signs.into(), |reading| {
        readings.push(reading)
    })
    .map_err(failed)?;
    Ok((readings.iter().map(Reading::to_string).collect(), readings))
}

/// It wandered, stood still and remembered, and wandered again.
fn check_readings(readings: &[Reading]) -> Result<()> {
    let end = |wanted| {
        let found = readings.iter().find_map(|reading| match reading {
            Reading::End(phase, speed, cosine) if *phase == wanted => Some((*speed, *cosine)),
            _ => None,
        });
        found.with_context(|| format!("nothing was reported of the phase {wanted:?}"))
    };
    let (chaotic, (frozen, held), released) =
        (end(Phase::Chaotic)?, end(Phase::Frozen)?, end(Phase::Released)?);
    ensure!(
        chaotic.0 > threshold::MOVING,
        "before the freeze the network is at rest"
    );
    ensure!(
        frozen < threshold::STANDING,
        "frozen, its rms speed is {frozen:e}"
    );
    ensure!(
        held > threshold::HELD,
        "frozen, its cosine to the stored state is {held}"
    );
    ensure!(
        released.0 > threshold::MOVING,
        "released, the network stays at rest"
    );
    ensure!(released.1 < held, "released, the network keeps the stored state");
    Ok(())
}

/// Name, lines, memories and bytes of stack of each program.
type Ran = (&'static str, Vec<String>, Memories, u64);

/// Builds the programs and returns the names and paths of their ELF files, and whether they have the signs in flash.
pub fn build(cpu: Cpu) -> Result<[(&'static str, PathBuf, bool); PROGRAMS.len()]> {
    let toolchain = Toolchain::find(cpu.target())?;
    let (mut cargo, directory) = toolchain.cargo("build", cpu.target(), &paths::firmware());
    process::run(cargo.args(["--release", "--package", PACKAGE]))
        .with_context(|| format!("cannot build {PACKAGE} for {}", cpu.target()))?;
    let directory = directory.join(cpu.target()).join("release");
    Ok(PROGRAMS.map(|(program, is_stored)| (program, directory.join(program), is_stored)))
}

fn run_all(cpu: Cpu) -> Result<Vec<Ran>> {
    let programs = build(cpu)?;
    thread::scope(|scope| {
        let threads =
            programs.map(|(program, elf, is_stored)| scope.spawn(move || run(cpu, &elf, program, is_stored)));
        let join = |thread: thread::ScopedJoinHandle<'_, Result<Ran>>| match thread.join() {
            Ok(ran) => ran,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(join).collect()
    })
}

fn run(cpu: Cpu, path: &Path, program: &'static str, is_stored: bool) -> Result<Ran> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let memories =
        elf::memories(&bytes).with_context(|| format!("cannot make sense of {}", path.display()))?;
    ensure!(
        (memories.flash > SIGNS_FLASH) == is_stored,
        "{program} takes {} bytes of flash; the signs of J alone are {SIGNS_FLASH}",
        memories.flash
    );
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args(["-machine", cpu.machine(), "-display", "none", "-monitor", "none"])
        .args([
            "-serial",
            "null",
            "-semihosting-config",
            "enable=on,target=native",
            "-kernel",
        ])
        .arg(path);
    eprintln!("$ {}", process::line(&qemu));
    let output = process::output(&mut qemu)?;
    let mut lines: Vec<String> = output.lines().map(str::to_owned).collect();
    let stack = lines.pop().unwrap_or_default();
    let stack = stack
        .strip_prefix("stack ")
        .and_then(|bytes| bytes.parse().ok())
        .with_context(|| format!("{program}: the last line is `{stack}` and not the measured stack"))?;
    Ok((program, lines, memories, stack))
}

fn first_difference(lines: &[String], expected: &[String]) -> String {
    let differing = lines
        .iter()
        .zip(expected)
        .find(|(line, expected)| line != expected);
    match differing {
        Some((line, expected)) => format!("  board: {line}\n  host:  {expected}"),
        None => format!("  {} lines instead of {}", lines.len(), expected.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_does_not_do_what_it_should_is_refused() {
        let end = |phase, speed, cosine| Reading::End(phase, speed, cosine);
        let good = [
            end(Phase::Chaotic, 0.2, 1.0),
            end(Phase::Frozen, 1e-6, 0.99),
            end(Phase::Released, 0.2, 0.3),
        ];
        assert!(check_readings(&good).is_ok());
        for bad in [
            end(Phase::Chaotic, 1e-6, 1.0),
            end(Phase::Frozen, 0.2, 0.99),
            end(Phase::Frozen, 1e-6, 0.5),
            end(Phase::Released, 1e-6, 0.3),
            end(Phase::Released, 0.2, 1.0),
        ] {
            let Reading::End(phase, ..) = bad else {
                unreachable!()
            };
            let readings = good.map(|reading| match reading {
                Reading::End(other, ..) if other == phase => bad,
                other => other,
            });
            assert!(check_readings(&readings).is_err(), "{bad:?}");
        }
        assert!(check_readings(&good[..2]).is_err());
    }

    #[test]
    fn the_first_differing_line_is_named() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let named = first_difference(
            &lines("digest 1 aa\ndigest 2 bb"),
            &lines("digest 1 aa\ndigest 2 cc"),
        );
        assert_eq!(named, "  board: digest 2 bb\n  host:  digest 2 cc");
        assert_eq!(
            first_difference(&lines("a"), &lines("a\nb")),
            "  1 lines instead of 2"
        );
    }
}
