//! Checks that numpy reads the arrays that the host program writes.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::runner::Outcome;
use crate::{host, paths, process};

const PYTHON: &str = "python3";
/// A short run: only the files matter.
const RUN: [&str; 7] = ["run", "--n", "16", "--burn-in", "10", "--duration", "200"];
/// Loads every array of every file and counts them.
const SCRIPT: &str = "
import glob, sys, numpy
files = glob.glob(sys.argv[1] + '/**/*.npz', recursive=True)
assert files, 'no .npz file in ' + sys.argv[1]
for file in files:
    with numpy.load(file) as arrays:
        assert arrays.files, file + ' holds no array'
        for name in arrays.files:
            print(file, name, arrays[name].dtype, arrays[name].shape)
";

/// Runs a short simulation and loads its `.npz` files with numpy, in a virtual environment of the build folder.
pub fn numpy_loads_arrays() -> Result<Outcome> {
    if !process::exists(PYTHON) {
        return Ok(Outcome::Skipped(format!(
            "there is no {PYTHON} on the search path"
        )));
    }
    let environment = paths::target().join("venv");
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = environment.join(folder).join("python");
    let has_numpy = || {
        Command::new(&python)
            .args(["-c", "import numpy"])
            .status()
            .is_ok_and(|status| status.success())
    };
    if !python.exists() || !has_numpy() {
        process::run(
            Command::new(PYTHON)
                .args(["-m", "venv", "--clear"])
                .arg(&environment),
        )
        .context("cannot make a Python virtual environment")?;
        process::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "numpy"]))?;
    }
    let arrays = paths::target().join("numpy-check");
    if arrays.exists() {
        fs::remove_dir_all(&arrays).with_context(|| format!("cannot empty {}", arrays.display()))?;
    }
    process::run(host::host_sim(&RUN).arg("--out").arg(&arrays))?;
    process::run(Command::new(&python).args(["-c", SCRIPT]).arg(&arrays))?;
    Ok(Outcome::Passed)
}
