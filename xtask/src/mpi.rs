//! `host-sim-mpi` and `--shard mpi` under a real MPI on one machine: the bits of one process at 1, 2 and 3 ranks, a rank that is
//! killed, another that fails, and the runs that go on from what they left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
/// For a checkpoint to appear, and for a job to end.
const PATIENCE: Duration = Duration::from_secs(120);

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
    for count in [2, 3] {
        let split = summary(&mut ranks(
            count,
            &format!("{NETWORK} {COURSE} --couplings hashed --json"),
        ))?;
        ensure!(split == whole, "{count} ranks have {split}, and one has {whole}");
    }
    killed_rank(&folder.join("killed"), &whole)?;
    ensemble(&folder)?;
    println!("1, 2 and 3 ranks have the bits of one process; a set outlived the rank that was killed");
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

/// `mpirun`, of more ranks than processors if need be.
fn mpirun(count: usize) -> Command {
    let mut command = Command::new("mpirun");
    // As root, and so that a rank that waits lets the others on.
    command.args([
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

/// `host-sim-mpi run` on that many ranks.
fn ranks(count: usize, options: &str) -> Command {
    let mut command = mpirun(count);
    command.arg(paths::target_of(&paths::mpi()).join("release/host-sim-mpi"));
    command.arg("run").args(options.split(' '));
    command
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
    for (count, couplings) in [
        (1, "signs"),
        (1, "hashed"),
        (2, "signs"),
        (2, "hashed"),
        (3, "signs"),
        (3, "hashed"),
    ] {
        let path = folder.join(format!("{count}-{couplings}.state"));
        let mut run = ranks(
            count,
            &format!("{NETWORK} {TIMES} --couplings {couplings} --save"),
        );
        process::run(run.arg(&path).stdout(Stdio::null()))?;
        ensure!(
            fs::read(&path)? == expected,
            "{} is not the state of one process",
            path.display()
        );
    }
    Ok(())
}

/// One of three ranks is killed; two go on from the set that they left, after what cannot go on was refused.
fn killed_rank(out: &Path, whole: &Value) -> Result<()> {
    let options = format!("{NETWORK} {COURSE} --json --out {}", out.display());
    let mut job = ranks(3, &format!("{options} --checkpoint-every 5"))
        .stdout(Stdio::null())
        .spawn()
        .context("cannot start mpirun")?;
    let begin = Instant::now();
    while !out.join("checkpoint.json").exists() {
        ensure!(begin.elapsed() < PATIENCE, "no checkpoint in {}", out.display());
        ensure!(job.try_wait()?.is_none(), "it ended before it left a checkpoint");
        thread::sleep(Duration::from_millis(2));
    }
    let children = format!("/proc/{0}/task/{0}/children", job.id());
    let children = fs::read_to_string(&children).with_context(|| format!("reading {children}"))?;
    let last = children
        .split_whitespace()
        .last()
        .context("mpirun has no ranks")?;
    process::run(Command::new("kill").args(["-KILL", last]))?;
    ensure!(
        !job.wait()?.success(),
        "mpirun did not see that a rank was killed"
    );

    let mut other = ranks(2, &format!("{options} --k 1"));
    let words = failure(&mut other, 2)?;
    ensure!(words.contains("is of --k 2.0"), "other settings: {words}");
    let part = largest_part(out)?;
    let bytes = fs::read(&part)?;
    let mut torn = bytes.clone();
    torn[60] ^= 1;
    fs::write(&part, torn)?;
    let words = failure(&mut ranks(3, &options), 3)?;
    ensure!(words.contains("its bytes are not those"), "a torn part: {words}");
    fs::write(&part, bytes)?;

    let resumed = summary(&mut ranks(2, &options))?;
    ensure!(resumed == *whole, "it went on to {resumed}, not to {whole}");
    Ok(())
}

/// The part of the last rank in the set that holds.
fn largest_part(out: &Path) -> Result<PathBuf> {
    let manifest: Value = serde_json::from_slice(&fs::read(out.join("checkpoint.json"))?)?;
    let parts = manifest["parts"].as_array().context("a list of parts")?;
    ensure!(parts.len() == 3, "three ranks left {} parts", parts.len());
    let name = parts
        .last()
        .and_then(|part| part["file"].as_str())
        .context("a name")?;
    Ok(out.join(name))
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
