//! The program `host-sim`, built once with the optimisation of the tests.

#![allow(dead_code, reason = "each test binary uses its own part")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The program with arguments separated by single spaces.
pub fn host_sim(arguments: &str) -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(PROGRAM.get_or_init(build));
    command.args(arguments.split(' '));
    command
}

/// The JSON that a command prints; panics with its messages when it fails.
pub fn result(arguments: &str) -> Value {
    let output = host_sim(&format!("{arguments} --json"))
        .output()
        .expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "host-sim {arguments}: {message}");
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

/// The summary in the JSON that a command prints.
pub fn summary(arguments: &str) -> Value {
    result(arguments)["summary"].take()
}

/// Mean and standard error of an average in a summary; the error of a single value is not a number.
pub fn average(value: &Value) -> (f64, f64) {
    let mean = value["mean"]
        .as_f64()
        .unwrap_or_else(|| panic!("mean of {value}"));
    (mean, value["sem"].as_f64().unwrap_or(f64::NAN))
}

/// Cargo builds no program of another package for a test; up to date, this takes a fraction of a second.
fn build() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    // target/<profile>/deps/<test>
    let profile_folder = test
        .ancestors()
        .nth(2)
        .expect("cargo puts tests three folders deep");
    let target = profile_folder.parent().unwrap_or(Path::new("."));
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "host-sim",
            "--target-dir",
        ])
        .arg(target);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    assert!(
        cargo
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .expect("cargo runs")
            .success()
    );
    profile_folder.join("host-sim")
}
