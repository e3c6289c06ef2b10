//! Coverage-guided fuzzing of what takes bytes from outside, with libFuzzer on the stable compiler.
//!
//! Each target starts from its committed corpus and runs for a bounded time; what it finds on the way stays in
//! `out/fuzz/`. An input that breaks a target is kept there too, and `--reproduce` runs it again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde::Deserialize;

use crate::debian::missing;
use crate::runner::{Outcome, processor_time};
use crate::{paths, process};

/// libFuzzer is C++. The compiler, and Debian's package of it.
const COMPILER: [&str; 2] = ["c++", "g++"];
/// Counters of every edge, and the operands of comparisons, for libFuzzer to look at.
const FLAGS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// Seconds that a single input may take.
const SLOWEST: u32 = 20;

/// What to fuzz, and how.
#[derive(Args)]
pub struct Options {
    /// Only this target
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 10, value_name = "SECONDS")]
    seconds: u32,
    /// Runs the target on this one input instead
    #[arg(long, value_name = "FILE", requires = "target")]
    reproduce: Option<PathBuf>,
    /// Writes the committed corpus anew from what was found so far: the fewest inputs that reach as much
    #[arg(long, conflicts_with = "reproduce")]
    renew_corpus: bool,
}

impl Options {
    /// The bounded run of every target that CI does.
    pub fn bounded(seconds: u32) -> Self {
        Self {
            target: None,
            seconds,
            reproduce: None,
            renew_corpus: false,
        }
    }
}

/// What became of one target.
struct Row {
    target: String,
    executions: u64,
    edges: u64,
    /// Of the processor, which on a busy machine are fewer than those of a clock.
    processor_seconds: u64,
    /// The input that broke it.
    crash: Option<PathBuf>,
}

/// Builds the targets and runs them.
pub fn fuzz(options: &Options) -> Result<Outcome> {
    let mut targets = targets()?;
    if let Some(name) = &options.target {
        let names = targets.join(", ");
        targets.retain(|target| target == name);
        ensure!(!targets.is_empty(), "--target {name} is none of {names}");
    }
    ensure!(options.seconds > 0, "--seconds 0 is below its bound 1");
    if let Some(reason) = missing(COMPILER) {
        return Ok(Outcome::Skipped(reason));
    }
    let programs = build()?;
    if let (Some(input), [target]) = (&options.reproduce, &*targets) {
        ensure!(
            input.is_file(),
            "--reproduce {}: there is no such file",
            input.display()
        );
        process::run(Command::new(programs.join(target)).arg(input))?;
        return Ok(Outcome::Passed);
    }
    if options.renew_corpus {
        for target in &targets {
            renew_corpus(&programs, target)?;
        }
        return Ok(Outcome::Passed);
    }
    let rows = targets
        .iter()
        .map(|target| run(&programs, target, options.seconds));
    let rows = rows.collect::<Result<Vec<Row>>>()?;
    print!("{}", table(&rows));
    let broken: Vec<&Row> = rows.iter().filter(|row| row.crash.is_some()).collect();
    if broken.is_empty() {
        return Ok(Outcome::Passed);
    }
    for Row { target, crash, .. } in &broken {
        let input = crash.as_deref().unwrap_or(Path::new("")).display();
        println!("to reproduce: cargo xtask fuzz --target {target} --reproduce {input}");
    }
    bail!("{} of {} targets are broken", broken.len(), rows.len());
}

/// The targets, which are the binaries of the package.
fn targets() -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Manifest {
        bin: Vec<Binary>,
    }
    #[derive(Deserialize)]
    struct Binary {
        name: String,
    }
    let path = paths::fuzz().join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let manifest: Manifest = toml::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    Ok(manifest.bin.into_iter().map(|binary| binary.name).collect())
}

/// Builds every target; returns the folder of the programs.
fn build() -> Result<PathBuf> {
    let target_directory = paths::target_of(&paths::fuzz());
    // For a named target only that is built with counters, and not what runs while building.
    let host = host()?;
    let mut cargo = process::cargo(&paths::fuzz());
    cargo
        .args(["build", "--locked", "--target", &host, "--target-dir"])
        .arg(&target_directory)
        .env("RUSTFLAGS", FLAGS.join(" "));
    process::run(&mut cargo)?;
    Ok(target_directory.join(host).join("debug"))
}

/// This machine's target.
fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = process::output(Command::new(rustc).arg("-vV").current_dir(paths::root()))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// Where a target keeps what it finds.
fn folder(target: &str) -> Result<PathBuf> {
    let folder = paths::root().join("out").join("fuzz").join(target);
    let found = folder.join("corpus");
    fs::create_dir_all(&found).with_context(|| format!("making {}", found.display()))?;
    Ok(folder)
}

fn committed_corpus(target: &str) -> PathBuf {
    paths::fuzz().join("corpus").join(target)
}

/// Runs one target for some seconds.
fn run(programs: &Path, target: &str, seconds: u32) -> Result<Row> {
    let folder = folder(target)?;
    let mut fuzzer = Command::new(programs.join(target));
    fuzzer
        .arg(folder.join("corpus"))
        .arg(committed_corpus(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={SLOWEST}"))
        .arg(format!("-artifact_prefix={}/", folder.display()))
        .arg("-print_final_stats=1");
    eprintln!("$ {}", process::line(&fuzzer));
    let before = processor_time();
    let output = fuzzer
        .stdout(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", process::line(&fuzzer)))?;
    let log = String::from_utf8_lossy(&output.stderr);
    let row = Row {
        target: target.to_owned(),
        executions: number_after(&log, "stat::number_of_executed_units:").unwrap_or(0),
        edges: number_after(&log, " cov:").unwrap_or(0),
        processor_seconds: processor_time().saturating_sub(before).as_secs(),
        crash: log
            .lines()
            .find_map(|line| line.split_once("Test unit written to "))
            .map(|(_, path)| PathBuf::from(path.trim())),
    };
    if !output.status.success() {
        eprintln!("{log}");
        ensure!(
            row.crash.is_some(),
            "`{}` failed ({}) and left no input behind",
            process::line(&fuzzer),
            output.status
        );
    } else {
        ensure!(row.executions > 0, "{target} ran no input:\n{log}");
    }
    Ok(row)
}

/// The number behind the last occurrence of a label.
fn number_after(log: &str, label: &str) -> Option<u64> {
    log.rsplit_once(label)?.1.split_whitespace().next()?.parse().ok()
}

/// The fewest inputs, of those committed and those found, that reach as much as all.
fn renew_corpus(programs: &Path, target: &str) -> Result<()> {
    let (found, committed) = (folder(target)?.join("corpus"), committed_corpus(target));
    let new = committed.with_extension("new");
    fs::create_dir_all(&new).with_context(|| format!("making {}", new.display()))?;
    let mut fuzzer = Command::new(programs.join(target));
    // what is reached counts, not how often: a corpus of tens of kilobytes
    fuzzer.args(["-set_cover_merge=1", "-use_counters=0"]).arg(&new);
    process::run(fuzzer.arg(&committed).arg(&found).stdout(Stdio::null()))?;
    fs::remove_dir_all(&committed).with_context(|| format!("removing {}", committed.display()))?;
    fs::rename(&new, &committed).with_context(|| format!("renaming {}", new.display()))
}

/// A table in Markdown.
fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| target | executions | edges reached | processor seconds | crashes |\n|---|---|---|---|---|\n",
    );
    for row in rows {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            row.target,
            row.executions,
            row.edges,
            row.processor_seconds,
            u8::from(row.crash.is_some())
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_corpus() {
        let targets = targets().unwrap();
        assert!(!targets.is_empty());
        for target in targets {
            let corpus = committed_corpus(&target);
            let count = fs::read_dir(&corpus).map_or(0, Iterator::count);
            assert!(count > 0, "{} is empty", corpus.display());
        }
    }

    #[test]
    fn figures_are_read_from_the_end_of_the_log() {
        let log = "#2 INITED cov: 7 ft: 9\n#9 DONE cov: 12 ft: 20\nstat::number_of_executed_units: 12345\n";
        assert_eq!(number_after(log, "stat::number_of_executed_units:"), Some(12_345));
        assert_eq!(number_after(log, " cov:"), Some(12));
        assert_eq!(number_after("", " cov:"), None);
    }
}
