//! Real recordings for `host-sim memory signals`: fetched from a Python package when they are asked for, never committed.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::runner::Outcome;
use crate::{paths, process, python};

const SCRIPT: &str = include_str!("recordings.py");

/// Fetches the package, checks its digest and writes the windows of its recordings into a file.
pub fn recordings(file: &Path) -> Result<Outcome> {
    let python = match python::python_with(&["numpy"])? {
        Ok(python) => python,
        Err(reason) => return Ok(Outcome::Skipped(reason)),
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let packages = paths::target().join("recordings");
    process::run(Command::new(python).args(["-c", SCRIPT]).arg(packages).arg(file))?;
    Ok(Outcome::Passed)
}
