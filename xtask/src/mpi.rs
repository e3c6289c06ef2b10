//! `host-sim-mpi` and `--shard mpi` under a real MPI on one machine: the bits of one process at 1, 2 and 3 ranks, what is refused,
//! how steps scale, and runs that were cut short.

mod checkpoints;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::runner::Outcome;
use crate::{debian, host, paths, process, slurm};

const PACKAGES: [&str; 3] = ["libopenmpi-dev", "openmpi-bin", "libclang-dev"];
/// The network whose bits are compared; no number of ranks divides it.
const NETWORK: &str = "--n 151 --g 3 --seed 5";
const TIMES: &str = "--burn-in 2 --duration 5";
/// Frozen and released too: 2,000 steps.
const COURSE: &str = "--burn-in 10 --duration 30 --frozen 40 --released 20";
/// Seconds after which a job is ended, as one whose ranks wait for each other.
const LONGEST: &str = "240";

/// Builds, and runs everything.
pub fn check() -> Result<Outcome> {
    if !is_there() {
        if !debian::can_install() {
            return Ok(Outcome::Skipped(format!(
                "there is no MPI with libclang; on Debian: `sudo apt-get install {}`",
                PACKAGES.join(" ")
            )));
        }
        debian::install(&PACKAGES)?;
    }
    host::build_host_sim()?;
    for act in [
        "build --release --locked",
        "clippy --release --locked -- --deny warnings",
    ] {
        let mut cargo = process::cargo(&paths::mpi());
        cargo.env("CARGO_TARGET_DIR", paths::target_of(&paths::mpi()));
        process::run(cargo.args(act.split(' ')))?;
    }
    let folder = paths::target().join("mpi");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    snapshots(&folder)?;
    let whole = summary(&mut ranks(1, &format!("{NETWORK} {COURSE} --json")))?;
    let split = summary(&mut ranks(
        3,
        &format!("{NETWORK} {COURSE} --couplings hashed --json"),
    ))?;
    ensure!(split == whole, "3 ranks have {split}, and one has {whole}");
    refusals(&folder)?;
    scale()?;
    checkpoints::killed(&folder.join("killed"), &whole)?;
    checkpoints::changed(&folder.join("changed"))?;
    ensemble(&folder)?;
    println!(
        "1, 2 and 3 ranks have the bits of one process; sets outlived ranks that were killed in three phases"
    );
    Ok(Outcome::Passed)
}

/// A compiler of MPI programs, a launcher, and what reads its header.
fn is_there() -> bool {
    let compilers = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let has_libclang = compilers
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("llvm-"))
        .filter_map(|entry| fs::read_dir(entry.path().join("lib")).ok())
        .flat_map(|files| files.flatten())
        .any(|file| file.file_name().to_string_lossy().starts_with("libclang"));
    process::exists("mpicc") && process::exists("mpirun") && has_libclang
}

/// `mpirun`, of more ranks than processors if need be, and not for ever.
fn mpirun(count: usize) -> Command {
    let mut command = Command::new("timeout");
    // As root, and so that a rank that waits lets the others on.
    command.args([
        "--kill-after=10",
        LONGEST,
        "mpirun",
        "--allow-run-as-root",
        "--oversubscribe",
        "--mca",
        "mpi_yield_when_idle",
        "1",
    ]);
    command
        .args(["-n", &count.to_string()])
        .current_dir(paths::root());
    command
}

/// `host-sim-mpi` on that many ranks.
fn program(count: usize, words: &str) -> Command {
    let mut command = mpirun(count);
    command.arg(paths::target_of(&paths::mpi()).join("release/host-sim-mpi"));
    command.args(words.split(' '));
    command
}

/// `host-sim-mpi run` on that many ranks.
fn ranks(count: usize, options: &str) -> Command {
    program(count, &format!("run {options}"))
}

/// What a run prints, without what depends on the number of ranks.
fn summary(command: &mut Command) -> Result<Value> {
    let text = process::output(command)?;
    let object: Value = serde_json::from_str(&text).with_context(|| format!("reading {text}"))?;
    ensure!(object["summary"]["digest"].is_string(), "no digest in {text}");
    Ok(object["summary"].clone())
}

/// The last state is that of `host-sim run`, to the byte.
fn snapshots(folder: &Path) -> Result<()> {
    let one = folder.join("one.state");
    let options = format!("run --model compact --networks 1 --threads 1 {NETWORK} {TIMES} --save");
    let words: Vec<&str> = options.split(' ').collect();
    process::run(host::host_sim(&words).arg(&one).stdout(Stdio::null()))?;
    let expected = fs::read(&one)?;
    for (count, couplings, threads) in [
        (1, "signs", 1),
        (1, "hashed", 2),
        (2, "signs", 2),
        (2, "hashed", 1),
        (3, "signs", 1),
        (3, "hashed", 1),
    ] {
        let path = folder.join(format!("{count}-{couplings}.state"));
        let options = format!("{NETWORK} {TIMES} --couplings {couplings} --threads {threads} --save");
        let mut run = ranks(count, &options);
        process::run(run.arg(&path).stdout(Stdio::null()))?;
        ensure!(
            fs::read(&path)? == expected,
            "{} is not the state of one process",
            path.display()
        );
    }
    Ok(())
}

/// What cannot be done is refused before anything is computed: the times are those of years.
fn refusals(folder: &Path) -> Result<()> {
    let long = format!("{NETWORK} --duration 1e9");
    let (nowhere, file) = (folder.join("nowhere/last.state"), folder.join("one.state/out"));
    let words = failure(&mut ranks(2, &format!("{long} --save {}", nowhere.display())), 3)?;
    ensure!(words.contains("nowhere"), "no folder for --save: {words}");
    let words = failure(&mut ranks(2, &format!("{long} --out {}", file.display())), 3)?;
    ensure!(words.contains("one.state"), "no folder for --out: {words}");
    for command in ["run --n 1048576 --duration 1e9", "scale --sizes 64,1048576"] {
        let words = failure(&mut limited(&program(2, command)), 2)?;
        let names_all = ["1048576", "--couplings signs", " bytes, above the "];
        ensure!(
            names_all.iter().all(|name| words.contains(name)),
            "{command}: {words}"
        );
    }
    Ok(())
}

/// With 4 GB of address space for each process.
fn limited(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 4000000; exec \"$@\"", "sh"]);
    limited.arg(command.get_program()).args(command.get_args());
    limited
}

/// Every size with every number of ranks, and a prediction.
fn scale() -> Result<()> {
    let options = "--sizes 64,151 --rounds 1 --seconds 0.05 --predict-n 1000 --cores 4,8 --json";
    let text = process::output(&mut program(2, &format!("scale {options}")))?;
    let object: Value = serde_json::from_str(&text).with_context(|| format!("reading {text}"))?;
    let numbers = |list: &str, name: &str| -> Vec<u64> {
        let entries = object[list].as_array().into_iter().flatten();
        entries.filter_map(|entry| entry[name].as_u64()).collect()
    };
    ensure!(numbers("measured", "n") == [64, 64, 151, 151], "sizes of {text}");
    ensure!(numbers("measured", "ranks") == [1, 2, 1, 2], "ranks of {text}");
    ensure!(numbers("predicted", "rows") == [250, 125], "rows of {text}");
    let entries = object["measured"].as_array().into_iter().flatten();
    let mut steps = entries.map(|entry| entry["step"].as_f64());
    ensure!(
        steps.all(|step| step.is_some_and(|step| step > 0.0)),
        "times of {text}"
    );
    Ok(())
}

/// The one line of a job that fails with that code.
fn failure(command: &mut Command, code: i32) -> Result<String> {
    let output = command.output()?;
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.code() == Some(code), "{}: {words}", output.status);
    let mut lines = words
        .lines()
        .filter(|line| line.starts_with("host-sim-mpi: rank"));
    let line = lines.next().with_context(|| format!("no message: {words}"))?;
    ensure!(lines.next().is_none(), "more than one message: {words}");
    Ok(line.to_owned())
}

/// Each rank a share of the networks; the merged files are those of one process.
fn ensemble(folder: &Path) -> Result<()> {
    let measurement = "freeze --n 40 --networks 5 --trials 1 --burn-in 10 --duration 20 --threads 1";
    let words: Vec<&str> = measurement.split(' ').collect();
    let (whole, shared) = (folder.join("whole"), folder.join("shared"));
    process::run(
        host::host_sim(&words)
            .arg("--out")
            .arg(&whole)
            .stdout(Stdio::null()),
    )?;
    let mut shares = mpirun(2);
    shares
        .arg(paths::host_sim())
        .args(&words)
        .arg("--out")
        .arg(&shared);
    process::run(shares.args(["--shard", "mpi"]))?;
    process::run(
        host::host_sim(&words)
            .arg("--out")
            .arg(&shared)
            .arg("--merge")
            .stdout(Stdio::null()),
    )?;
    slurm::compare(&whole, &shared)
}
