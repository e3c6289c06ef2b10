//! The program `host-sim`, built once with the optimisation of the tests.

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
