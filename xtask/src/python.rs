//! Checks that numpy reads the arrays that the host program writes.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

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

/// Runs a short simulation and loads its `.npz` files with numpy.
pub fn numpy_loads_arrays() -> Result<Outcome> {
    let python = match python_with(&["numpy"])? {
        Ok(python) => python,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    let arrays = paths::target().join("numpy-check");
    if arrays.exists() {
        fs::remove_dir_all(&arrays).with_context(|| format!("cannot empty {}", arrays.display()))?;
    }
    host::build_host_sim()?;
    process::run(host::host_sim(&RUN).arg("--out").arg(&arrays))?;
    process::run(Command::new(&python).args(["-c", SCRIPT]).arg(&arrays))?;
    Ok(Outcome::Passed)
}

/// A Python that has these packages: one of a virtual environment in the build folder, where they are installed if
/// need be. Where that cannot be made, the reason.
pub fn python_with(packages: &[&str]) -> Result<Result<PathBuf, String>> {
    if !process::exists(PYTHON) {
        return Ok(Err(format!("there is no {PYTHON} on the search path")));
    }
    let environment = paths::target().join("venv");
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = environment.join(folder).join("python");
    let imports = format!("import {}", packages.join(", "));
    let has_them = || {
        let mut check = Command::new(&python);
        check.args(["-c", &imports]).stderr(Stdio::null());
        python.exists() && check.status().is_ok_and(|status| status.success())
    };
    if !has_them() {
        let mut create = Command::new(PYTHON);
        let mut install = Command::new(&python);
        let made = process::run(create.args(["-m", "venv"]).arg(&environment))
            .and_then(|()| process::run(install.args(["-m", "pip", "install", "--quiet"]).args(packages)));
        if let Err(error) = made {
            return Ok(Err(format!(
                "no virtual environment with {}: {error:#}",
                packages.join(", ")
            )));
        }
    }
    Ok(Ok(python))
}
