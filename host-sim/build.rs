//! Records what built the program, for the provenance of its results. Nothing here can fail the build: what
//! cannot be found out is recorded as "unknown".

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    let revision = git(&["rev-parse", "HEAD"]).map(|revision| {
        match changes() {
            Some(changes) if changes.is_empty() => revision,
            // Two builds of different changes must not pass as the same.
            changes => format!("{revision}-modified-{:08x}", digest(&changes.unwrap_or_default())),
        }
    });
    record("GIT_REVISION", revision);
    record(
        "RUSTC",
        env::var("RUSTC")
            .ok()
            .and_then(|rustc| output(&rustc, &["--version"])),
    );
    for (name, variable) in [
        ("TARGET", "TARGET"),
        ("PROFILE", "PROFILE"),
        ("OPT_LEVEL", "OPT_LEVEL"),
    ] {
        record(name, env::var(variable).ok());
    }
    // cargo separates the flags by 0x1f
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS")
        .map(|flags| flags.replace('\x1f', " "))
        .unwrap_or_default();
    println!("cargo::rustc-env=HOST_SIM_RUSTFLAGS={}", flags.replace('\n', " "));

    for path in [
        "build.rs",
        "Cargo.toml",
        "src",
        "figures",
        "link",
        "science",
        "../kernel/src",
    ] {
        println!("cargo::rerun-if-changed={path}");
    }
    // The log of HEAD grows with every commit and checkout.
    for file in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(&["rev-parse", "--git-path", file]).filter(|path| Path::new(path).exists()) {
            println!("cargo::rerun-if-changed={path}");
        }
    }
}

/// What differs from the last commit in the sources that the program is made of, files that git does not know yet included.
fn changes() -> Option<Vec<u8>> {
    const SOURCES: [&str; 3] = ["--", ".", "../kernel"];
    let run = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).args(SOURCES).output().ok()?;
        output.status.success().then_some(output.stdout)
    };
    let mut changes = run(&["diff", "HEAD"])?;
    let untracked = run(&["ls-files", "--others", "--exclude-standard"])?;
    for name in String::from_utf8_lossy(&untracked).lines() {
        changes.extend(name.as_bytes());
        changes.extend(std::fs::read(name).unwrap_or_default());
    }
    Some(changes)
}

/// FNV-1a.
fn digest(bytes: &[u8]) -> u32 {
    let step = |digest: u32, &byte: &u8| (digest ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    bytes.iter().fold(0x811c_9dc5, step)
}

/// Hands a value to `env!` under the name `HOST_SIM_<name>`.
fn record(name: &str, value: Option<String>) {
    println!(
        "cargo::rustc-env=HOST_SIM_{name}={}",
        value.unwrap_or_else(|| "unknown".to_owned())
    );
}

fn git(arguments: &[&str]) -> Option<String> {
    output("git", arguments)
}

/// First line of what a command prints; empty if it prints nothing, `None` if it fails.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let result = Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|result| result.status.success())?;
    let text = String::from_utf8(result.stdout).ok()?;
    Some(text.lines().next().unwrap_or_default().trim().to_owned())
}
