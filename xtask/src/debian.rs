//! Installs Debian packages where that is possible without asking: as root on Debian.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process;

/// Time limit of one call of apt-get, or of another installer.
pub const LIMIT: Duration = Duration::from_secs(900);

/// Whether packages can be installed: Debian or a relative, as root.
pub fn can_install() -> bool {
    Path::new("/etc/debian_version").exists()
        && process::exists("apt-get")
        && process::output(Command::new("id").arg("-u")).is_ok_and(|user| user == "0")
}

/// Installs packages. The lists of a fresh machine are empty, so they are fetched first.
pub fn install(packages: &[&str]) -> Result<()> {
    let _others = process::wait_for_others("install")?;
    process::run_within(apt_get().args(["update", "--quiet", "--quiet"]), LIMIT)
        .context("cannot fetch Debian's package lists")?;
    let arguments = [
        "install",
        "--yes",
        "--quiet",
        "--quiet",
        "--no-install-recommends",
    ];
    process::run_within(apt_get().args(arguments).args(packages), LIMIT)
        .with_context(|| format!("cannot install Debian packages {}", packages.join(" ")))
}

/// Installs a program if it can; says why it is not there, if it is not.
pub fn missing([program, package]: [&str; 2]) -> Option<String> {
    let mut failure = String::new();
    if !process::exists(program)
        && can_install()
        && let Err(error) = install(&[package])
    {
        failure = format!(" ({error:#})");
    }
    (!process::exists(program))
        .then(|| format!("there is no {program}{failure}; on Debian: `sudo apt-get install {package}`"))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // stdout is kept for results
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdout(std::io::stderr());
    command
}
