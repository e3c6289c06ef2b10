//! Mutation testing of the kernel's unit tests with cargo-mutants: what survives has to have been judged.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::runner::Outcome;
use crate::{paths, process};

/// Files whose changes are tried: what a network does, keeps and stores, without fast paths, whose twins are tested in bits.
const FILES: [&str; 12] = [
    "kernel/src/network/*.rs",
    "kernel/src/connectivity/synapses.rs",
    "kernel/src/connectivity/merged.rs",
    "kernel/src/connectivity/dense.rs",
    "kernel/src/connectivity/compact/*.rs",
    "kernel/src/storage/*.rs",
    "kernel/src/memory/*.rs",
    "kernel/src/parameters.rs",
    "kernel/src/environment.rs",
    "kernel/src/bytes.rs",
    "kernel/src/values.rs",
    "kernel/src/frames/*.rs",
];
/// One of so many is tried, the same ones every time.
const SAMPLE: &str = "0/12";
const FEATURES: &str =
    "libm,micromath,rand_core,heapless,postcard,embedded-storage,embedded-storage-async,rayon";
/// Tests of what is not changed here, which visit a large part of all floats.
const OTHERS: [&str; 5] = [
    "arithmetic::",
    "transfer::",
    "random::",
    "rounds_to_nearest_and_mirrors",
    "aligned_rates_do_not_wrap",
];
/// Changes that no unit test shows, each after a line on why.
const JUDGED: &str = include_str!("mutants/judged.txt");

/// Tries the sample; fails where one survives that was not judged.
pub fn mutants() -> Result<Outcome> {
    let version = process::cargo(&paths::root())
        .args(["mutants", "--version"])
        .output();
    if !version.is_ok_and(|output| output.status.success()) {
        let words = "there is no cargo-mutants; `cargo install --locked cargo-mutants`";
        return Ok(Outcome::Skipped(words.to_owned()));
    }
    let out = paths::root().join("out/mutants");
    fs::create_dir_all(&out).with_context(|| format!("creating {}", out.display()))?;
    let mut cargo = process::cargo(&paths::root());
    cargo.args("mutants --package freezable-chaos --no-shuffle --sharding round-robin --features".split(' '));
    cargo
        .args([FEATURES, "--shard", SAMPLE, "--timeout", "150", "--output"])
        .arg(&out);
    cargo.args(FILES.iter().flat_map(|file| ["--file", file]));
    cargo.args(["--", "--locked", "--lib", "--"]);
    cargo.args(OTHERS.iter().flat_map(|name| ["--skip", name]));
    let status = run(cargo.env("PROPTEST_CASES", "32"))?;
    // 2: some survived; 3: some ran for too long, which shows a change as well.
    if ![0, 2, 3].contains(&status) {
        bail!("cargo mutants ended with exit code {status}");
    }
    let missed = fs::read_to_string(out.join("mutants.out/missed.txt")).context("reading what survived")?;
    let judged: BTreeSet<&str> = JUDGED.lines().filter(|line| !line.starts_with('#')).collect();
    let new: Vec<&str> = missed
        .lines()
        .filter(|line| !judged.contains(&*place_free(line)))
        .collect();
    if !new.is_empty() {
        bail!(
            "{} changes survive that were not judged, first {}: write a test, or say why not in {}",
            new.len(),
            new[0],
            Path::new("xtask/src/mutants/judged.txt").display()
        );
    }
    Ok(Outcome::Passed)
}

fn run(command: &mut Command) -> Result<i32> {
    let status = command.status().context("starting cargo mutants")?;
    status.code().context("cargo mutants was ended by a signal")
}

/// A change without its line and column, which move with every edit.
fn place_free(change: &str) -> String {
    let mut parts = change.splitn(4, ':');
    let file = parts.next().unwrap_or_default();
    let what = parts.nth(2).unwrap_or_default();
    format!("{file}:{what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_apart_without_their_places() {
        assert_eq!(
            place_free("kernel/src/bytes.rs:74:15: replace + with - in <impl Pieces for (A, B)>::next_bytes"),
            "kernel/src/bytes.rs: replace + with - in <impl Pieces for (A, B)>::next_bytes"
        );
        for line in JUDGED.lines().filter(|line| !line.starts_with('#')) {
            let (file, _) = line.split_once(": ").expect("a file and a change");
            assert!(paths::root().join(file).exists(), "{line}");
        }
    }
}
