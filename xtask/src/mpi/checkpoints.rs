//! Runs that are cut short, and those that go on from the set that they left.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{COURSE, NETWORK, failure, ranks, summary};
use crate::process;

/// For a checkpoint to appear.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often the manifest is looked at.
const POLL: Duration = Duration::from_millis(2);
/// Steps of the course in which a rank is killed, and the number of ranks: while it is measured, frozen, and released.
const PHASES: [(Range<u64>, usize); 3] = [(250..750, 3), (850..1550, 2), (1610..1990, 3)];

/// A rank is killed in each phase, and another number of ranks goes on to what an undisturbed run has, after what cannot go on was
/// refused. Once it is finished, it stays as it is.
pub fn killed(out: &Path, whole: &Value) -> Result<()> {
    let options = format!("{NETWORK} {COURSE} --json --out {}", out.display());
    fs::create_dir_all(out)?;
    let own = out.join("part-of-mine.csv");
    fs::write(&own, "a file of the user's")?;
    for (phase, count) in PHASES {
        // after every step: slow enough to be killed within a phase
        let job = start(count, &format!("{options} --checkpoint-every 1"))?;
        kill_a_rank(job, out, &phase)?;
    }
    refused(out, &options)?;

    // Seeds and spacing that are given are those that were taken: 0.4 p / dt is 20.
    let same = format!("{options} --seed-network 5 --seed-state 5 --history-spacing 20");
    let resumed = summary(&mut ranks(1, &same))?;
    ensure!(resumed == *whole, "it went on to {resumed}, not to {whole}");
    let written = fs::read(out.join("mpi-run.json"))?;
    let again = summary(&mut ranks(2, &options))?;
    ensure!(again == *whole, "once finished, it has {again}, not {whole}");
    ensure!(
        fs::read(out.join("mpi-run.json"))? == written,
        "the result was written again"
    );
    ensure!(own.exists(), "a file that is no part of the set was deleted");
    Ok(())
}

/// A job whose manifest another one changes ends, and says so.
pub fn changed(out: &Path) -> Result<()> {
    let options = format!("{NETWORK} --duration 1e6 --out {}", out.display());
    let manifest = out.join("checkpoint.json");
    let other = thread::spawn(move || -> Result<()> {
        let begin = Instant::now();
        while !manifest.exists() {
            ensure!(begin.elapsed() < PATIENCE, "no checkpoint");
            thread::sleep(POLL);
        }
        // One that comes between the job's look and its renaming is overwritten.
        for _ in 0..5 {
            fs::write(&manifest, "of another job")?;
            thread::sleep(20 * POLL);
        }
        Ok(())
    });
    let words = failure(&mut ranks(2, &format!("{options} --checkpoint-every 5")), 3)?;
    ensure!(words.contains("another job has changed it"), "{words}");
    match other.join() {
        Ok(done) => done,
        Err(_) => anyhow::bail!("the other job panicked"),
    }
}

fn start(count: usize, options: &str) -> Result<Child> {
    let mut job = ranks(count, options);
    job.stdout(Stdio::null()).spawn().context("cannot start mpirun")
}

/// Kills the last rank while the set that holds is of one of these steps.
fn kill_a_rank(mut job: Child, out: &Path, steps: &Range<u64>) -> Result<()> {
    let begin = Instant::now();
    while read(out).is_none_or(|manifest| manifest["steps"].as_u64() < Some(steps.start)) {
        ensure!(begin.elapsed() < PATIENCE, "no checkpoint in {}", out.display());
        ensure!(job.try_wait()?.is_none(), "it ended before step {}", steps.start);
        thread::sleep(POLL);
    }
    let mpirun = last_child(job.id())?;
    let rank = last_child(mpirun)?.to_string();
    process::run(Command::new("kill").args(["-KILL", &rank]))?;
    let status = job.wait()?;
    ensure!(!status.success(), "mpirun did not see that a rank was killed");
    let left = read(out).context("the set is gone")?["steps"].as_u64();
    ensure!(
        left.is_some_and(|left| steps.contains(&left)),
        "it was killed after a set of step {left:?}, not in {steps:?}"
    );
    Ok(())
}

fn last_child(of: u32) -> Result<u32> {
    let path = format!("/proc/{of}/task/{of}/children");
    let children = fs::read_to_string(&path).with_context(|| format!("reading {path}"))?;
    let last = children.split_whitespace().last();
    let number = last.and_then(|number| number.parse().ok());
    number.with_context(|| format!("{path} has no child"))
}

/// The manifest of the set that holds.
fn read(out: &Path) -> Option<Value> {
    serde_json::from_slice(&fs::read(out.join("checkpoint.json")).ok()?).ok()
}

/// Other settings, and a torn part.
fn refused(out: &Path, options: &str) -> Result<()> {
    let words = failure(&mut ranks(2, &format!("{options} --k 1")), 2)?;
    ensure!(words.contains("is of --k 2.0"), "other settings: {words}");
    let part = last_part(out)?;
    let bytes = fs::read(&part)?;
    let mut torn = bytes.clone();
    torn[60] ^= 1;
    fs::write(&part, torn)?;
    let words = failure(&mut ranks(3, options), 3)?;
    ensure!(words.contains("its bytes are not those"), "a torn part: {words}");
    Ok(fs::write(&part, bytes)?)
}

/// The part of the last rank in the set that holds.
fn last_part(out: &Path) -> Result<PathBuf> {
    let manifest = read(out).context("no manifest")?;
    let parts = manifest["parts"].as_array().context("a list of parts")?;
    ensure!(parts.len() == 3, "three ranks left {} parts", parts.len());
    let last = parts.last().and_then(|part| part["file"].as_str());
    Ok(out.join(last.context("a name")?))
}
