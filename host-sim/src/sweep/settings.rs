//! What to sweep, read from a TOML file. Every error names the key, the value, the bound and the line.

mod file;

use std::path::Path;

use science::measure::phase::PhaseMap;
use toml::Spanned;

use self::file::{File, Reader};
use crate::failure::Failure;
use crate::options::{RuleFile, read_biases};

/// Reads a file.
pub fn read(path: &Path) -> Result<PhaseMap, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::Device(format!("cannot read {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse_in(text.as_str(), &path.display().to_string(), Some(folder))
}

/// Reads a text that names no files; `name` is that of its own in errors.
pub fn parse(text: &str, name: &str) -> Result<PhaseMap, Failure> {
    parse_in(text, name, None)
}

fn parse_in(text: &str, name: &str, folder: Option<&Path>) -> Result<PhaseMap, Failure> {
    let reader = Reader { text, name, folder };
    let file: File = reader.read()?;
    let (g, k) = (reader.axis("g", &file.g)?, reader.axis("k", &file.k)?);
    let usual = PhaseMap::new(g, k, *file.p.as_ref(), *file.n.as_ref());
    let asked = PhaseMap {
        model: file.model.unwrap_or(usual.model),
        dt: or(&file.dt, usual.dt),
        transfer: file.transfer.unwrap_or(usual.transfer),
        bias: reader.read_named("bias", &file.bias, read_biases)?,
        rule: reader.read_named("rule", &file.rule, |path| Ok(RuleFile::read(path)?.rule))?,
        seed: file.seed.unwrap_or(usual.seed),
        networks: or(&file.networks, usual.networks),
        burn_in: or(&file.burn_in, usual.burn_in),
        duration: or(&file.duration, usual.duration),
        trials: or(&file.trials, usual.trials),
        exponent_duration: or(&file.exponent_duration, usual.exponent_duration),
        exponent_tolerance: or(&file.exponent_tolerance, usual.exponent_tolerance),
        boundaries: or(&file.boundaries, usual.boundaries),
        boundary_g: match &file.boundary_g {
            Some(gains) => reader.axis("boundary_g", gains)?,
            None => usual.boundary_g.clone(),
        },
        ..usual
    };
    asked.check().map_err(|refusal| reader.refusal(&file, &refusal))
}

fn or<T: Copy>(value: &Option<Spanned<T>>, usual: T) -> T {
    value.as_ref().map_or(usual, |value| *value.as_ref())
}
