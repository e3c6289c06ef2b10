//! Finds a toolchain that builds for the microcontroller.
//!
//! In this order: the target's core library in rustup's toolchain; `rustup target add`; Debian's compiler, which
//! builds the core library itself from its source package. `FREEZABLE_TOOLCHAIN=rustup` or `=debian` forces one.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{debian, paths, process};

/// The variable that forces a choice.
const CHOICE: &str = "FREEZABLE_TOOLCHAIN";
/// Time limit of `rustup target add`: without a network it would try for long.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);
/// Debian's compiler, its cargo, the source of the core library, and a linker for Arm.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_LINKER: &str = "ld.lld";
const DEBIAN_WASM_LINKER: &str = "wasm-ld";
/// Where Debian's source package puts the core library, below the compiler's sysroot.
const DEBIAN_CORE_SOURCE: &str = "lib/rustlib/src/rust/library/core/Cargo.toml";

/// A toolchain that builds for a microcontroller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// The one that runs this program, with the target's core library.
    Rustup,
    /// Debian's, which builds the core library first.
    Debian,
}

impl Toolchain {
    /// Finds or installs a toolchain for a target.
    pub fn find(target: &str) -> Result<Self> {
        let choice = env::var(CHOICE).unwrap_or_default();
        let mut reasons = Vec::new();
        if !matches!(choice.as_str(), "" | "rustup" | "debian") {
            bail!("{CHOICE} = {choice} is neither rustup nor debian");
        }
        if choice != "debian" {
            match rustup(target) {
                Ok(()) => return Ok(Self::Rustup),
                Err(error) => reasons.push(format!("{error:#}")),
            }
        }
        if choice != "rustup" {
            match debian() {
                Ok(()) => return Ok(Self::Debian),
                Err(error) => reasons.push(format!("{error:#}")),
            }
        }
        bail!(
            "no toolchain builds for {target}: {}; run `rustup target add {target}`, or on Debian `sudo apt-get \
             install {}`",
            reasons.join("; "),
            DEBIAN_PACKAGES.join(" "),
        )
    }

    /// What the compiler calls itself.
    pub fn version(self) -> Result<String> {
        let rustc = match self {
            Self::Rustup => env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
            Self::Debian => DEBIAN_RUSTC.into(),
        };
        let mut rustc = Command::new(rustc);
        rustc.arg("--version").current_dir(paths::root());
        if self == Self::Debian {
            rustc.env_remove("LD_LIBRARY_PATH");
        }
        process::output(&mut rustc)
    }

    /// `cargo VERB --locked` for the target, in a workspace directory, and the directory of its build.
    pub fn cargo(self, verb: &str, target: &str, directory: &Path) -> (Command, PathBuf) {
        self.cargo_into(verb, target, directory, &paths::target_of(directory))
    }

    /// The same, built elsewhere.
    pub fn cargo_into(
        self,
        verb: &str,
        target: &str,
        directory: &Path,
        target_directory: &Path,
    ) -> (Command, PathBuf) {
        let target_directory = match self {
            Self::Rustup => target_directory.to_path_buf(),
            // a folder of its own, or two compilers would undo each other's work
            Self::Debian => target_directory.join("debian"),
        };
        let mut command = match self {
            Self::Rustup => process::cargo(directory),
            Self::Debian => Command::new(DEBIAN_CARGO),
        };
        command
            .current_dir(directory)
            .args([verb, "--locked", "--target", target, "--target-dir"]);
        command.arg(&target_directory);
        if self == Self::Debian {
            let variable = target.to_uppercase().replace(['-', '.'], "_");
            let linker = if target.starts_with("wasm") {
                DEBIAN_WASM_LINKER
            } else {
                DEBIAN_LINKER
            };
            command
                .args(["-Z", "build-std=core"])
                .env("RUSTC", DEBIAN_RUSTC)
                .env("RUSTC_BOOTSTRAP", "1")
                .env(format!("CARGO_TARGET_{variable}_LINKER"), linker)
                // the cargo that runs this program points these at its own toolchain
                .env_remove("LD_LIBRARY_PATH")
                .env_remove("RUSTUP_TOOLCHAIN");
        }
        (command, target_directory)
    }
}

/// Succeeds when rustup's toolchain has, or gets, the target's core library.
pub fn rustup(target: &str) -> Result<()> {
    if has_core(target)? {
        return Ok(());
    }
    if !process::exists("rustup") {
        bail!("this toolchain has no core library for {target}, and there is no rustup to add it");
    }
    let _others = process::wait_for_others("install")?;
    process::run_within(
        Command::new("rustup")
            .args(["target", "add", target])
            .current_dir(paths::root()),
        RUSTUP_LIMIT,
    )?;
    if !has_core(target)? {
        bail!("`rustup target add {target}` left no core library in the active toolchain");
    }
    Ok(())
}

/// Whether the active toolchain has the target's core library.
fn has_core(target: &str) -> Result<bool> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let sysroot = process::output(
        Command::new(rustc)
            .args(["--print", "sysroot"])
            .current_dir(paths::root()),
    )?;
    let libraries = Path::new(&sysroot)
        .join("lib")
        .join("rustlib")
        .join(target)
        .join("lib");
    let Ok(entries) = fs::read_dir(&libraries) else {
        return Ok(false);
    };
    Ok(entries
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-")))
}

/// Succeeds when Debian's toolchain is there, or can be installed.
fn debian() -> Result<()> {
    if debian_is_complete() {
        return Ok(());
    }
    if !debian::can_install() {
        bail!("Debian's packages can only be installed by root on Debian");
    }
    debian::install(&DEBIAN_PACKAGES)?;
    if !debian_is_complete() {
        bail!(
            "Debian packages {} left no working toolchain",
            DEBIAN_PACKAGES.join(" ")
        );
    }
    Ok(())
}

fn debian_is_complete() -> bool {
    debian_sysroot().is_ok_and(|sysroot| sysroot.join(DEBIAN_CORE_SOURCE).exists())
        && Path::new(DEBIAN_CARGO).exists()
        && process::exists(DEBIAN_LINKER)
}

fn debian_sysroot() -> Result<PathBuf> {
    if !Path::new(DEBIAN_RUSTC).exists() {
        bail!("there is no {DEBIAN_RUSTC}");
    }
    let mut rustc = Command::new(DEBIAN_RUSTC);
    rustc.args(["--print", "sysroot"]).env_remove("LD_LIBRARY_PATH");
    process::output(&mut rustc)
        .map(PathBuf::from)
        .context("Debian's compiler does not start")
}
