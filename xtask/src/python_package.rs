//! The Python package: packed as a source distribution, built from that as a wheel, installed into an environment of its own, and
//! tested there. One build serves them all, and shows that the distribution needs no other part of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::runner::Outcome;
use crate::{debian, paths, process};

const PYTHON: [&str; 2] = ["python3", "python3"];
/// Debian's package of the modules that make an environment.
const VENV: &str = "python3-venv";
/// The tools, and what the tests need, each in its version.
const REQUIREMENTS: &str = "tests/requirements.txt";
/// What a step is timed beside.
const RIVALS: &str = "bench/requirements.txt";
/// The rival that wants an environment of its own.
const BRIAN: &str = "bench/brian.txt";
/// The project's firmware for an emulated board, and what emulates it.
const FIRMWARE: [&str; 2] = ["freezable-mps2-m4f.elf", "qemu-system-arm"];

/// Folder of the environment in the build folder.
const ENVIRONMENT: &str = "environment";

/// Builds, installs and tests the package.
pub fn check() -> Result<Outcome> {
    if let Some(reason) = missing() {
        return Ok(Outcome::Skipped(reason));
    }
    let environment = Environment::make(ENVIRONMENT, REQUIREMENTS)?;
    environment.install(&environment.wheel()?)?;
    let mut tests = environment.run("pytest");
    // with the reason of each that is skipped
    tests.args(["-q", "-rs", "-p", "no:cacheprovider"]);
    if paths::host_sim().exists() {
        tests.env("FREEZABLE_HOST_SIM", paths::host_sim());
    }
    let [image, emulator] = FIRMWARE;
    let image = paths::target_of(&paths::firmware()).join(image);
    if image.exists() && process::exists(emulator) {
        tests.env("FREEZABLE_FIRMWARE", image);
    }
    process::run(&mut tests)?;
    environment.documentation()?;
    Ok(Outcome::Passed)
}

/// Clippy of the native module. What it depends on is built in full, not checked, since the wheel needs that: of a `cargo clippy`
/// nothing could be used again.
pub fn clippy() -> Result<Outcome> {
    if let Some(reason) = missing() {
        return Ok(Outcome::Skipped(reason));
    }
    let environment = Environment::make(ENVIRONMENT, REQUIREMENTS)?;
    let mut cargo = process::cargo(&environment.source_distribution()?.join("bindings/python"));
    cargo.args(["build", "--locked", "--release", "--target-dir"]);
    cargo.arg(paths::target_of(&paths::python()));
    // what `cargo clippy` sets for the packages of a workspace
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver");
    cargo.env(
        "CLIPPY_ARGS",
        "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
    );
    // the one that it is for
    cargo.env("PYO3_PYTHON", environment.python());
    process::run(&mut cargo)?;
    Ok(Outcome::Passed)
}

/// Builds and installs the package, and times a step beside others'.
pub fn speed() -> Result<Outcome> {
    if let Some(reason) = missing() {
        return Ok(Outcome::Skipped(reason));
    }
    let environment = Environment::make(ENVIRONMENT, REQUIREMENTS)?;
    environment.install(&environment.wheel()?)?;
    process::run(
        environment
            .run("pip")
            .args(["install", "--quiet", "--requirement", RIVALS]),
    )?;
    let brian = Environment::make("brian", BRIAN)?;
    let mut python = Command::new(environment.python());
    python
        .args(["bench/speed.py", "--brian"])
        .arg(brian.python())
        .current_dir(paths::python());
    process::run(&mut python)?;
    Ok(Outcome::Passed)
}

/// Why no environment can be made here, if so.
fn missing() -> Option<String> {
    let has_modules = || {
        let mut python = Command::new(PYTHON[0]);
        python
            .args(["-c", "import ensurepip, venv"])
            .stderr(Stdio::null());
        python.status().is_ok_and(|status| status.success())
    };
    debian::missing(PYTHON).or_else(|| {
        let mut failure = String::new();
        if !has_modules()
            && debian::can_install()
            && let Err(error) = debian::install(&[VENV])
        {
            failure = format!(" ({error:#})");
        }
        (!has_modules()).then(|| {
            format!("Python makes no environments{failure}; on Debian: `sudo apt-get install {VENV}`")
        })
    })
}

/// A virtual environment with the tools.
struct Environment {
    binaries: PathBuf,
}

impl Environment {
    /// Makes it in that folder of the build folder, unless it is there with these requirements.
    fn make(name: &str, requirements: &str) -> Result<Self> {
        let folder = paths::target_of(&paths::python()).join(name);
        let binaries = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let environment = Self { binaries };
        let (wanted, stamp) = (
            paths::python().join(requirements),
            folder.join("requirements.txt"),
        );
        let text = fs::read(&wanted).with_context(|| format!("reading {}", wanted.display()))?;
        if fs::read(&stamp).is_ok_and(|made_with| made_with == text) {
            return Ok(environment);
        }
        process::run(
            Command::new(PYTHON[0])
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )?;
        let mut pip = environment.run("pip");
        process::run(pip.args(["install", "--quiet", "--requirement"]).arg(&wanted))?;
        fs::write(&stamp, text).with_context(|| format!("writing {}", stamp.display()))?;
        Ok(environment)
    }

    fn python(&self) -> PathBuf {
        self.binaries.join("python")
    }

    /// A module of the environment's Python, run in the package's folder.
    fn run(&self, module: &str) -> Command {
        let mut command = Command::new(self.python());
        command.args(["-m", module]).current_dir(paths::python());
        command
    }

    /// Builds the wheel from the source distribution, and gives its path.
    fn wheel(&self) -> Result<PathBuf> {
        let target = paths::target_of(&paths::python());
        let wheels = target.join("wheels");
        // maturin leaves those of other versions
        if wheels.exists() {
            fs::remove_dir_all(&wheels).with_context(|| format!("cannot empty {}", wheels.display()))?;
        }
        let mut maturin = self.run("maturin");
        maturin.current_dir(self.source_distribution()?);
        maturin.args(["build", "--locked", "--release", "--interpreter"]);
        maturin.arg(self.python());
        maturin.arg("--out").arg(&wheels).arg("--target-dir").arg(&target);
        process::run(&mut maturin)?;
        let mut files = fs::read_dir(&wheels)?.collect::<Result<Vec<_>, _>>()?;
        match (files.pop(), files.pop()) {
            (Some(wheel), None) => Ok(wheel.path()),
            _ => bail!("{} does not hold one wheel", wheels.display()),
        }
    }

    /// Renders the docstrings.
    fn documentation(&self) -> Result<()> {
        let folder = paths::target_of(&paths::python()).join("documentation");
        let mut pdoc = self.run("pdoc");
        process::run(
            pdoc.args(["--docformat", "numpy", "freezable_chaos", "--output-directory"])
                .arg(folder),
        )
    }

    /// Makes the source distribution, and gives the folder that it is unpacked in.
    fn source_distribution(&self) -> Result<PathBuf> {
        let mut make = Command::new(self.python());
        make.arg(paths::python().join("tool/source_distribution.py"));
        make.arg(paths::target_of(&paths::python()).join("source"));
        Ok(PathBuf::from(process::output(&mut make)?))
    }

    fn install(&self, wheel: &Path) -> Result<()> {
        let mut pip = self.run("pip");
        process::run(
            pip.args(["install", "--quiet", "--force-reinstall", "--no-deps"])
                .arg(wheel),
        )
    }
}
