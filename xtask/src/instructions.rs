//! Counts the instructions of a step on a host: valgrind runs `benches/instructions.rs`, gungraun collects.
//!
//! Counts do not move with the machine's load, so a committed table of them is a test that fails on growth.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::runner::Outcome;
use crate::{debian, paths, process};

/// The version of gungraun in the root's Cargo.toml; its runner must be of the same.
const GUNGRAUN: &str = "0.20.0";
/// Growth beyond this share fails.
const TOLERANCE: f64 = 0.01;
/// No step of the 128 neurons takes fewer: the instruction set is not on valgrind's processor, and there was no step.
const LEAST: u64 = 128;
/// Head of the file.
const HEAD: &str = "# Instructions of one step of 128 neurons on a host, own tanh, merged while frozen, counted by valgrind.\n\
                    # `cargo xtask instructions` fails when one grows by more than 1%;\n\
                    # `cargo xtask instructions --renew` writes the table anew.\n\n";

/// Counts by row, and what they are counts of.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// As rustc names itself.
    pub compiler: String,
    /// Architecture of the machine.
    pub architecture: String,
    /// Instructions by instruction set and phase.
    pub instructions: BTreeMap<String, u64>,
}

/// Counts and compares with the committed table, or writes that anew.
pub fn instructions(as_json: bool, renew: bool) -> Result<Outcome> {
    let table = match count()? {
        Ok(table) => table,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    if as_json {
        println!("{}", serde_json::to_string_pretty(&table)?);
    } else {
        for (name, count) in &table.instructions {
            println!("{name:20} {count:8}");
        }
    }
    if renew {
        let text = format!("{HEAD}{}", toml::to_string(&table)?);
        fs::write(path(), text).with_context(|| format!("cannot write {}", path().display()))?;
        return Ok(Outcome::Passed);
    }
    compare(&committed()?, &table)
}

/// The committed table.
pub fn committed() -> Result<Table> {
    let text = fs::read_to_string(path()).with_context(|| format!("cannot read {}", path().display()))?;
    toml::from_str(&text).context("the table of instruction counts is damaged")
}

fn path() -> PathBuf {
    paths::root().join("benches").join("instructions.toml")
}

/// Runs the bench, or says why it cannot be run here.
fn count() -> Result<Result<Table, String>> {
    if !process::exists("valgrind") {
        if !debian::can_install() {
            return Ok(Err(
                "there is no valgrind on the search path; install it".to_owned()
            ));
        }
        debian::install(&["valgrind"])?;
    }
    let runner = runner()?;
    let mut bench = process::cargo(&paths::root());
    // as a test of the whole workspace: what that one compiled is not compiled again
    let arguments =
        "test --locked --release --workspace --bench instructions -- --bench --output-format=json";
    bench.args(arguments.split(' '));
    eprintln!("$ {}", process::line(&bench));
    let output = process::output(bench.env("GUNGRAUN_RUNNER", runner))?;
    let mut instructions = BTreeMap::new();
    for line in output.lines().filter(|line| line.starts_with('{')) {
        let (name, count) = row(line)?;
        if count < LEAST {
            eprintln!("skipped: {name}, which valgrind does not run");
        } else {
            instructions.insert(name, count);
        }
    }
    Ok(Ok(Table {
        compiler: process::output(Command::new("rustc").arg("--version"))?,
        architecture: std::env::consts::ARCH.to_owned(),
        instructions,
    }))
}

/// Name and count of one of gungraun's summaries.
fn row(line: &str) -> Result<(String, u64)> {
    let summary: Value = serde_json::from_str(line).context("gungraun's summary")?;
    let name = summary.get("id").and_then(Value::as_str);
    let count = summary.pointer("/profiles/0/data/total/metrics/Ir/values/new");
    match (name, count.and_then(Value::as_u64)) {
        (Some(name), Some(count)) => Ok((name.replace('_', " "), count)),
        _ => bail!("gungraun's summary lacks a name or a count: {line}"),
    }
}

/// The program that gungraun starts benches with, installed into the build folder if need be.
fn runner() -> Result<PathBuf> {
    let folder = paths::target().join("tools").join(format!("gungraun-{GUNGRAUN}"));
    let runner = folder.join("bin").join("gungraun-runner");
    if !runner.exists() {
        install(&folder)?;
    }
    Ok(runner)
}

fn install(folder: &Path) -> Result<()> {
    let mut install = process::cargo(&paths::root());
    // sooner compiled, and valgrind's time is what counts
    install.args(["install", "--locked", "--debug", "--version", GUNGRAUN, "--root"]);
    process::run(install.arg(folder).arg("gungraun-runner"))
}

/// Fails on growth. Another compiler's or architecture's counts are no one's fault: they are not compared.
fn compare(committed: &Table, counted: &Table) -> Result<Outcome> {
    let of = |table: &Table| format!("{} on {}", table.compiler, table.architecture);
    if of(committed) != of(counted) {
        return Ok(Outcome::Skipped(format!(
            "the table of instruction counts is that of {}, this is {}",
            of(committed),
            of(counted)
        )));
    }
    let mut offenders = Vec::new();
    for (name, &count) in &counted.instructions {
        match committed.instructions.get(name) {
            Some(&expected) if count as f64 > expected as f64 * (1.0 + TOLERANCE) => {
                offenders.push(format!("{name}: {count} instructions, {expected} in the table"));
            }
            Some(_) => {}
            None => offenders.push(format!("{name}: not in the table")),
        }
    }
    let rows = committed.instructions.keys();
    let gone = rows.filter(|name| !counted.instructions.contains_key(*name));
    offenders.extend(gone.map(|name| format!("{name}: in the table, but not counted")));
    if !offenders.is_empty() {
        bail!(
            "instruction counts differ from {}; after a deliberate change, `cargo xtask instructions --renew`:\n  {}",
            path().display(),
            offenders.join("\n  ")
        );
    }
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(compiler: &str, rows: &[(&str, u64)]) -> Table {
        Table {
            compiler: compiler.to_owned(),
            architecture: "x86_64".to_owned(),
            instructions: rows
                .iter()
                .map(|&(name, count)| (name.to_owned(), count))
                .collect(),
        }
    }

    #[test]
    fn growth_beyond_one_percent_fails() {
        let committed = table("one", &[("avx2 running", 1000)]);
        let result = |count| compare(&committed, &table("one", &[("avx2 running", count)]));
        assert_eq!(result(1010).unwrap(), Outcome::Passed);
        assert_eq!(result(500).unwrap(), Outcome::Passed);
        let message = result(1011).unwrap_err().to_string();
        assert!(
            message.contains("avx2 running: 1011 instructions, 1000 in the table"),
            "{message}"
        );
    }

    #[test]
    fn rows_that_come_or_go_fail() {
        let committed = table("one", &[("avx2 running", 1000)]);
        assert!(compare(&committed, &table("one", &[])).is_err());
        let more = table("one", &[("avx2 frozen", 1), ("avx2 running", 1000)]);
        assert!(compare(&committed, &more).is_err());
    }

    #[test]
    fn another_compiler_is_skipped_with_its_reason() {
        let Outcome::Skipped(reason) = compare(&table("one", &[]), &table("two", &[])).unwrap() else {
            panic!("compared");
        };
        assert!(reason.contains("one") && reason.contains("two"));
    }

    #[test]
    fn the_runner_is_of_the_version_that_the_bench_is_built_with() {
        let manifest = fs::read_to_string(paths::root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("gungraun = \"={GUNGRAUN}\"")));
    }
}
