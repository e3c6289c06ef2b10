//! What to sweep, read from a TOML file. Every error names the key, the value, the bound and the line.

mod file;

use std::path::Path;

use freezable_chaos::{NEURON_LIMIT, ParameterError, Params};
use science::estimators::activity::SEGMENT;
use science::measure::phase::PhaseMap;
use science::networks::{InitialState, Model, TransferFunction};

use self::file::{File, Reader};
use crate::failure::Failure;
use crate::options::{RuleFile, read_biases};

/// Most values on an axis.
const MOST_VALUES: usize = 1000;
/// Longest time.
const LONGEST: f64 = 1e9;

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
    let settings = PhaseMap {
        g: reader.axis("g", &file.g, MOST_VALUES)?,
        k: reader.axis("k", &file.k, MOST_VALUES)?,
        p: *file.p.as_ref(),
        model: file.model.unwrap_or(Model::Exact),
        n: reader.within("n", &file.n, 2, NEURON_LIMIT)?,
        // The theory's paths are sampled at this step: far smaller ones take more memory than there is.
        dt: reader.or("dt", &file.dt, 0.05, 1e-3, 1.0)?,
        transfer: file.transfer.unwrap_or(TransferFunction::Tanh),
        bias: reader.read_named("bias", &file.bias, read_biases)?,
        rule: reader.read_named("rule", &file.rule, |path| Ok(RuleFile::read(path)?.rule))?,
        seed: file.seed.unwrap_or(1),
        networks: reader.or("networks", &file.networks, 4, 1, 10_000)?,
        burn_in: reader.or("burn_in", &file.burn_in, 200.0, 0.0, LONGEST)?,
        duration: reader.or("duration", &file.duration, 1000.0, SEGMENT, LONGEST)?,
        trials: reader.or("trials", &file.trials, 10, 1, 10_000)?,
        exponent_duration: reader.or(
            "exponent_duration",
            &file.exponent_duration,
            1000.0,
            2.0 * SEGMENT,
            LONGEST,
        )?,
        exponent_tolerance: reader.or("exponent_tolerance", &file.exponent_tolerance, 0.003, 0.0, 1.0)?,
        boundaries: file.boundaries.unwrap_or(true),
        boundary_g: match &file.boundary_g {
            Some(gains) => reader.axis("boundary_g", gains, MOST_VALUES)?,
            None => Vec::new(),
        },
    };
    for &g in &settings.g {
        check(&settings, g, settings.k[0]).map_err(|error| reader.parameter(&file, &error))?;
    }
    for &k in &settings.k {
        check(&settings, settings.g[0], k).map_err(|error| reader.parameter(&file, &error))?;
    }
    // What no machine finishes is refused here too.
    settings.ensemble(settings.g[0], settings.k[0], InitialState::Small)?;
    Ok(settings)
}

fn check(settings: &PhaseMap, g: f32, k: f32) -> Result<(), ParameterError> {
    let (p, dt) = (settings.p, settings.dt);
    Params { g, k, p, dt }.validate(settings.n).map(|_| ())
}
