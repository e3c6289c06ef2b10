//! The commands that measure and whose results the page of `repro` shows, as values: carried out in this process, or
//! written as the line that one types for them.

use std::path::Path;

use clap::Subcommand;
use serde::Serialize;

use super::attached::BoardPlace;
use super::board::{self, BoardOptions};
use super::equivalence::{self, EquivalenceOptions};
use super::fixed_points::{self, FixedPointsOptions};
use super::freeze::{self, FreezeOptions};
use super::jacobian::{self, JacobianOptions};
use super::lyapunov::{self, LyapunovOptions};
use super::mean_field::{self, MeanFieldOptions};
use super::precision::{self, PrecisionOptions};
use super::run::{self, RunOptions};
use super::sweep::{self, SweepOptions};
use super::typed;
use crate::failure::Failure;
use crate::options::ResultOptions;

/// A command that measures, with its options.
#[derive(Subcommand, Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// Simulate networks: autocorrelation, half-width, speed, activity raster
    Run(RunOptions),
    /// Freeze running networks and release them: success, cosine, release time
    Freeze(FreezeOptions),
    /// Compare compact networks with exact ones, pairwise, by the same estimators
    Equivalence(EquivalenceOptions),
    /// Lyapunov exponents of neurons and synapses together
    Lyapunov(LyapunovOptions),
    /// Eigenvalues of neurons and synapses together and of frozen networks, with their predicted edges
    Jacobian(JacobianOptions),
    /// Find and count stable fixed points of neurons and synapses together
    FixedPoints(FixedPointsOptions),
    /// Solve the mean-field theory of infinitely many neurons
    MeanField(MeanFieldOptions),
    /// Phase diagram over gain and strength of the plasticity, from a TOML file
    Sweep(SweepOptions),
    /// How fast single precision parts from double, from one state on
    Precision(PrecisionOptions),
    /// Run networks on an emulated or a real board: statistics of the trajectory that it streams
    Board(BoardOptions),
}

impl Experiment {
    /// Carries out the command.
    pub fn execute(self) -> Result<(), Failure> {
        match self {
            Self::Run(options) => run::execute(options),
            Self::Freeze(options) => freeze::execute(options),
            Self::Equivalence(options) => equivalence::execute(options),
            Self::Lyapunov(options) => lyapunov::execute(options),
            Self::Jacobian(options) => jacobian::execute(options),
            Self::FixedPoints(options) => fixed_points::execute(options),
            Self::MeanField(options) => mean_field::execute(options),
            Self::Sweep(options) => sweep::execute(options),
            Self::Precision(options) => precision::execute(options),
            Self::Board(options) => board::execute(options),
        }
    }

    /// The words that one types for it, after the program's name.
    pub fn words(&self) -> Vec<String> {
        typed::words(self)
    }

    /// How it is run, and what becomes of its results.
    pub fn results(&mut self) -> &mut ResultOptions {
        match self {
            Self::Run(RunOptions { network, .. })
            | Self::Freeze(FreezeOptions { network, .. })
            | Self::Equivalence(EquivalenceOptions { network, .. })
            | Self::Lyapunov(LyapunovOptions { network, .. })
            | Self::Jacobian(JacobianOptions { network, .. })
            | Self::FixedPoints(FixedPointsOptions { network, .. })
            | Self::Precision(PrecisionOptions { network, .. })
            | Self::Board(BoardOptions { network, .. }) => &mut network.results,
            Self::MeanField(options) => &mut options.results,
            Self::Sweep(options) => &mut options.results,
        }
    }

    /// The same as if it were typed in a folder: the files that it reads and the results are below that.
    pub fn below(mut self, folder: &Path) -> Self {
        match &mut self {
            Self::Sweep(SweepOptions { file, .. })
            | Self::Board(BoardOptions {
                place: BoardPlace {
                    firmware: Some(file), ..
                },
                ..
            }) => *file = folder.join(&file),
            _ => {}
        }
        let out = &mut self.results().out;
        *out = out.take().map(|out| folder.join(out));
        self
    }
}

macro_rules! from_options {
    ($($kind:ident $options:ident),*) => {$(
        impl From<$options> for Experiment {
            fn from(options: $options) -> Self {
                Self::$kind(options)
            }
        }
    )*};
}
from_options!(
    Run RunOptions, Freeze FreezeOptions, Equivalence EquivalenceOptions, Lyapunov LyapunovOptions,
    Jacobian JacobianOptions, FixedPoints FixedPointsOptions, MeanField MeanFieldOptions, Sweep SweepOptions,
    Precision PrecisionOptions, Board BoardOptions
);
