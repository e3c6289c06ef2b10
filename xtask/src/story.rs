//! The story of a user who comes with a network of their own, outside the repository: couplings, initial state and input from
//! numpy, a golden of it, firmware that has the golden compiled in, and the same couplings in every kind of measurement.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::cpu::Cpu;
use crate::debian::missing;
use crate::goldens::{self, Checkpoint};
use crate::python::python_with;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{emulator, firmware, host, paths, process, starter};

/// What the story's network is made of, and how strong its plasticity is.
const NETWORK: &str = "--couplings-file J.npy --start-file x0.npy --k 1.5";
const INPUT: &str = "--input-file series.npy --input-weights weights.npy --input-every 0.2";
/// Targets and the emulated boards that are told a golden's firmware.
const BOARDS: [(&str, &str, &[&str]); 2] = [
    (
        "thumbv7em-none-eabihf",
        emulator::PROGRAM,
        &["-machine", "mps2-an386"],
    ),
    (
        "riscv32imac-unknown-none-elf",
        emulator::RISC_V[0],
        &["-machine", "virt", "-bios", "none"],
    ),
];
/// Numbers of measurements that must be there.
const MEASURED: [(&str, &str); 4] = [
    ("freeze", "freeze_success"),
    ("freeze", "cosine"),
    ("lyapunov", "lyapunov_max"),
    ("jacobian", "rightmost_joint"),
];

/// A golden, as far as it matters here.
#[derive(Deserialize)]
struct Golden {
    network: Network,
    digests: Vec<Checkpoint>,
}

#[derive(Deserialize)]
struct Network {
    couplings_digest: String,
}

/// Tells the story.
pub fn check() -> Result<Outcome> {
    let python = match python_with(&["numpy"])? {
        Ok(python) => python,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    if let Some(reason) = missing(emulator::RISC_V) {
        return Ok(Outcome::Skipped(reason));
    }
    emulator::ensure()?;
    host::build_host_sim()?;
    let folder = env::temp_dir().join(format!("freezable-story-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let told = tell(&python, &folder);
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    told.map(|()| Outcome::Passed)
}

fn tell(python: &Path, folder: &Path) -> Result<()> {
    let scripts = paths::root().join("tests/story");
    process::run(Command::new(python).arg(scripts.join("make.py")).arg(folder))?;
    let host_sim = |line: &str| {
        let mut command = Command::new(paths::host_sim());
        command.args(line.split_whitespace()).current_dir(folder);
        command
    };

    // Double precision, by another program.
    let run = format!(
        "run {NETWORK} {INPUT} --networks 1 --burn-in 0 --duration 12 --record x --every 0.05 --out run"
    );
    process::run(&mut host_sim(&run))?;
    let mut compare = Command::new(python);
    process::run(
        compare
            .arg(scripts.join("compare.py"))
            .arg(folder)
            .arg(folder.join("run/record-0.npz")),
    )?;

    // The same bits everywhere.
    process::run(&mut host_sim(&format!(
        "golden {NETWORK} {INPUT} --out mine.toml"
    )))?;
    process::run(&mut host_sim("verify --golden mine.toml --n 96 --k 1.5"))?;
    refused(
        &mut host_sim("verify --golden mine.toml --k 1.6"),
        "--k 1.6 is not the golden's, 1.5",
    )?;
    let golden: Golden = toml::from_str(&fs::read_to_string(folder.join("mine.toml"))?)?;
    on_boards(folder, &golden)?;
    seeded_on_the_projects_firmware(host_sim)?;

    // The same couplings in measurements.
    for (command, number) in MEASURED {
        let line = format!("{command} {NETWORK} --networks 1 --burn-in 50 --duration 100 --json");
        let result: Value = serde_json::from_str(&process::output(&mut host_sim(&line))?)?;
        let digest = &result["params"]["couplings"]["matrix"];
        ensure!(
            digest == golden.network.couplings_digest.as_str(),
            "{command}: of J {digest}"
        );
        let mean = &result["summary"][number]["mean"];
        ensure!(
            mean.as_f64().is_some_and(f64::is_finite),
            "{command}: {number} is {mean}"
        );
        println!("{command}: {number} {mean}");
    }
    Ok(())
}

/// Firmware with the golden compiled in; others than its couplings and parameters are not compiled.
fn on_boards(folder: &Path, golden: &Golden) -> Result<()> {
    let copy = starter::copied(starter::GOLDEN, folder)?;
    let expected = golden
        .digests
        .iter()
        .map(|at| format!("{} {}", at.step, at.digest));
    let expected: Vec<String> = expected.collect();
    for (target, emulator, machine) in BOARDS {
        let (mut cargo, elf) = build(&copy, target, folder)?;
        process::run(&mut cargo)?;
        let mut qemu = Command::new(emulator);
        qemu.args(machine)
            .args(["-display", "none", "-monitor", "none", "-serial", "null"])
            .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
            .arg(elf);
        let printed = process::output(&mut qemu)?;
        goldens::compare(target, &printed.lines().collect::<Vec<_>>(), &expected)?;
    }

    let target = BOARDS[0].0;
    let main = copy.join("src/main.rs");
    let text = fs::read_to_string(&main)?;
    let other = text.replace(
        "golden::check(golden::N, golden::PARAMS)",
        "golden::check(golden::N, Params { k: 1.6, ..golden::PARAMS })",
    );
    ensure!(other != text, "the starter does not check its parameters");
    fs::write(&main, other)?;
    refused(&mut build(&copy, target, folder)?.0, "k is not the golden's")?;
    fs::write(&main, text)?;
    let couplings = folder.join("J.npy");
    let bytes = fs::read(&couplings)?;
    let mut changed = bytes.clone();
    // the exponent of the last number
    *changed.iter_mut().nth_back(1).context("J.npy is empty")? ^= 0x10;
    fs::write(&couplings, changed)?;
    refused(&mut build(&copy, target, folder)?.0, "J.npy has the digest")?;
    fs::write(couplings, bytes)?;
    Ok(())
}

/// How the copy is built for a target, and where the program then lies.
fn build(copy: &Path, target: &str, folder: &Path) -> Result<(Command, PathBuf)> {
    let target_directory = paths::target_of(&paths::starters());
    let (mut cargo, directory) =
        Toolchain::find(target)?.cargo_into("build", target, copy, &target_directory);
    cargo.arg("--release").env("GOLDEN", folder.join("mine.toml"));
    Ok((
        cargo,
        directory.join(target).join("release").join("starter-golden"),
    ))
}

/// A network of other parameters on the project's firmware, which draws its couplings by seed, and knows no file.
fn seeded_on_the_projects_firmware(host_sim: impl Fn(&str) -> Command) -> Result<()> {
    let elf = firmware::build(Cpu::M4f)?;
    for (model, n) in [("exact", 32), ("compact", 48)] {
        let network = format!("--model {model} --n {n} --g 2.7 --k 1.2 --seed 11");
        process::run(&mut host_sim(&format!("golden {network} --out {model}.toml")))?;
        let verify = format!("verify --golden {model}.toml {network} --emulator m4f --firmware");
        process::run(host_sim(&verify).arg(&elf))?;
    }
    let mut own = host_sim("verify --golden mine.toml --emulator m4f --firmware");
    refused(own.arg(&elf), "J.npy cannot be had by the project's firmware")
}

/// Runs what must fail with these words.
fn refused(command: &mut Command, words: &str) -> Result<()> {
    eprintln!("$ {} # is refused", process::line(command));
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() || !said.contains(words) {
        bail!("`{}` does not say \"{words}\":\n{said}", process::line(command));
    }
    Ok(())
}
