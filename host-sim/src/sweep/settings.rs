//! What to sweep, read from a TOML file. Every error names the key, the value, the bound and the line.

mod file;

use std::path::Path;

use freezable_chaos::NEURON_LIMIT;
use serde::Serialize;

use self::file::{File, Reader};
use crate::configuration::{Configuration, Model, NetworkOptions, StartOption, TransferFunction};
use crate::estimators::activity::SEGMENT;
use crate::failure::Failure;
use crate::reference::ReferenceTransfer;

/// Checked settings of a sweep. Their JSON form is what tells whether two sweeps are the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// Gains, ascending.
    pub g: Vec<f32>,
    /// Strengths of the plasticity, ascending.
    pub k: Vec<f32>,
    /// Time constant of the synapses.
    pub p: f32,
    /// Kind of network, with its default couplings and history.
    pub model: Model,
    /// Number of neurons.
    pub n: usize,
    /// Step of the Euler map.
    pub dt: f32,
    /// Transfer function.
    pub transfer: TransferFunction,
    /// Seed of everything.
    pub seed: u64,
    /// Networks from each start.
    pub networks: u32,
    /// Time before anything is measured.
    pub burn_in: f64,
    /// Time over which activity is watched and networks are frozen.
    pub duration: f64,
    /// Freezes of each network, evenly spread over the duration.
    pub trials: u32,
    /// Longest time over which the exponent is measured, after the duration.
    pub exponent_duration: f64,
    /// After half of that, a split-half error below this in three looks one after the other ends it; 0 goes on.
    pub exponent_tolerance: f64,
    /// Whether to compute the boundaries of the mean-field theory.
    pub boundaries: bool,
}

/// Most values on an axis.
const MOST_VALUES: usize = 1000;
/// Longest time.
const LONGEST: f64 = 1e9;

impl Settings {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Device(format!("cannot read {}: {error}", path.display())))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// Reads a text; `name` is that of the file in errors.
    pub fn parse(text: &str, name: &str) -> Result<Self, Failure> {
        let reader = Reader { text, name };
        let file: File = reader.read()?;
        let settings = Self {
            g: reader.axis("g", &file.g, MOST_VALUES)?,
            k: reader.axis("k", &file.k, MOST_VALUES)?,
            p: *file.p.as_ref(),
            model: file.model.unwrap_or(Model::Exact),
            n: reader.within("n", &file.n, 2, NEURON_LIMIT)?,
            // The theory's paths are sampled at this step: far smaller ones take more memory than there is.
            dt: reader.or("dt", &file.dt, 0.05, 1e-3, 1.0)?,
            transfer: file.transfer.unwrap_or(TransferFunction::Tanh),
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
        };
        for &g in &settings.g {
            settings
                .parameters(g, settings.k[0])
                .map_err(|error| reader.parameter(&file, &error))?;
        }
        for &k in &settings.k {
            settings
                .parameters(settings.g[0], k)
                .map_err(|error| reader.parameter(&file, &error))?;
        }
        // What no machine finishes is refused here too.
        settings.configuration(settings.g[0], settings.k[0], StartOption::Small)?;
        Ok(settings)
    }

    fn parameters(&self, g: f32, k: f32) -> Result<(), freezable_chaos::ParameterError> {
        let (p, dt) = (self.p, self.dt);
        freezable_chaos::Params { g, k, p, dt }
            .validate(self.n)
            .map(|_| ())
    }

    /// The networks of one point, from one kind of start.
    pub fn configuration(&self, g: f32, k: f32, start: StartOption) -> Result<Configuration, Failure> {
        NetworkOptions {
            model: self.model,
            n: self.n,
            g,
            k,
            p: self.p,
            dt: self.dt,
            transfer: self.transfer,
            seed: self.seed,
            // Several at a time whatever their number: a thread never shares the rows of its network.
            networks: 2 * self.networks,
            start,
            burn_in: self.burn_in,
            duration: self.duration,
            ..NetworkOptions::default()
        }
        .check()
    }

    /// Refuses networks that do not fit into the memory that is free, of which so many are simulated at a time.
    pub fn check_memory(&self, threads: usize) -> Result<(), Failure> {
        let mut configuration = self.configuration(self.g[0], self.k[0], StartOption::Small)?;
        // Points run side by side: there may be more networks at a time than one point has.
        (configuration.threads, configuration.networks) = (threads, threads as u32);
        // J, A and the tangent vector in double precision: of each neuron 2.5 N numbers of 8 bytes; samples are of 4.
        configuration.check_memory(5 * self.n as u64)
    }

    /// Steps of a run without those for its exponent.
    pub(super) fn steps(&self) -> u64 {
        let dt = f64::from(self.dt);
        (self.burn_in / dt).round() as u64 + crate::estimators::steps_in(self.duration, dt)
    }

    /// The transfer function in double precision.
    pub(super) fn reference_transfer(&self) -> ReferenceTransfer {
        match self.transfer {
            TransferFunction::Tanh => ReferenceTransfer::Tanh,
            TransferFunction::Erf => ReferenceTransfer::Erf,
        }
    }
}
