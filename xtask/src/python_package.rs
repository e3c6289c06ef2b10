//! The Python package: built as a wheel, installed into an environment of its own, and tested there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::runner::Outcome;
use crate::{debian, paths, process};

const PYTHON: [&str; 2] = ["python3", "python3"];
/// Debian's package of the modules that make an environment.
const VENV: &str = "python3-venv";
/// The tools, and what the tests need, each in its version.
const REQUIREMENTS: &str = "tests/requirements.txt";
/// What a step is timed beside.
const RIVALS: &str = "bench/requirements.txt";

/// Builds, installs and tests the package.
pub fn check() -> Result<Outcome> {
    if let Some(reason) = missing() {
        return Ok(Outcome::Skipped(reason));
    }
    let environment = Environment::make()?;
    environment.install(&environment.wheel()?)?;
    let mut tests = environment.run("pytest");
    tests.args(["-q", "-p", "no:cacheprovider"]);
    if paths::host_sim().exists() {
        tests.env("FREEZABLE_HOST_SIM", paths::host_sim());
    }
    process::run(&mut tests)?;
    environment.documentation()?;
    environment.source_distribution()?;
    Ok(Outcome::Passed)
}

/// Builds and installs the package, and times a step beside others'.
pub fn speed() -> Result<Outcome> {
    if let Some(reason) = missing() {
        return Ok(Outcome::Skipped(reason));
    }
    let environment = Environment::make()?;
    environment.install(&environment.wheel()?)?;
    process::run(
        environment
            .run("pip")
            .args(["install", "--quiet", "--requirement", RIVALS]),
    )?;
    let mut python = Command::new(environment.binaries.join("python"));
    process::run(python.arg("bench/speed.py").current_dir(paths::python()))?;
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
    /// Makes it in the build folder, unless it is there with these requirements.
    fn make() -> Result<Self> {
        let folder = paths::target_of(&paths::python()).join("environment");
        let binaries = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let environment = Self { binaries };
        let (wanted, stamp) = (
            paths::python().join(REQUIREMENTS),
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

    /// A module of the environment's Python, run in the package's folder.
    fn run(&self, module: &str) -> Command {
        let mut command = Command::new(self.binaries.join("python"));
        command.args(["-m", module]).current_dir(paths::python());
        command
    }

    /// Builds the wheel and gives its path.
    fn wheel(&self) -> Result<PathBuf> {
        let target = paths::target_of(&paths::python());
        let wheels = target.join("wheels");
        // maturin leaves those of other versions
        if wheels.exists() {
            fs::remove_dir_all(&wheels).with_context(|| format!("cannot empty {}", wheels.display()))?;
        }
        let mut maturin = self.run("maturin");
        maturin.args(["build", "--locked", "--release", "--interpreter"]);
        maturin.arg(self.binaries.join("python"));
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

    /// Makes the source distribution, and sees that cargo finds all of it with the lock file in it.
    fn source_distribution(&self) -> Result<()> {
        let folder = paths::target_of(&paths::python()).join("source");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        let mut make = Command::new(self.binaries.join("python"));
        make.arg(paths::python().join("tool/source_distribution.py"));
        let archive = process::output(make.arg(&folder))?;
        let mut unpack = self.run("tarfile");
        process::run(unpack.args(["--extract", &archive]).arg(&folder))?;
        let unpacked = archive.strip_suffix(".tar.gz").unwrap_or(&archive);
        let mut cargo = process::cargo(&Path::new(unpacked).join("bindings/python"));
        cargo.args(["metadata", "--locked", "--format-version", "1"]);
        let all = process::output(&mut cargo)?;
        // what the library compiles in from outside of its sources
        let golden = Path::new(unpacked).join("host-sim/science/golden/exact.toml");
        ensure!(
            all.contains("host-sim/science") && golden.is_file(),
            "{archive} lacks a part that the package is built from"
        );
        Ok(())
    }

    fn install(&self, wheel: &Path) -> Result<()> {
        let mut pip = self.run("pip");
        process::run(
            pip.args(["install", "--quiet", "--force-reinstall", "--no-deps"])
                .arg(wheel),
        )
    }
}
