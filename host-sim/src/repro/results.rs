//! What the commands left behind: summaries as the values that they were written from, and arrays.

use std::path::{Path, PathBuf};

use science::measure::{
    Measurement, activity, equivalence, exponents, fixed_points, freeze, mean_field, precision, spectra,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Job;
use super::job::DATA;
use crate::commands::board;
use crate::failure::Failure;
use crate::output::npz;

/// A summary, which the results of one command state.
pub trait Stated: DeserializeOwned {
    /// The command.
    const COMMAND: &'static str;
}

macro_rules! stated {
    ($($summary:ty: $command:expr),* $(,)?) => {$(
        impl Stated for $summary {
            const COMMAND: &'static str = $command;
        }
    )*};
}
stated! {
    activity::Summary: activity::Run::NAME,
    board::Summary: "board",
    equivalence::Summary: equivalence::Equivalence::NAME,
    exponents::Summary: exponents::Lyapunov::NAME,
    fixed_points::Summary: fixed_points::FixedPoints::NAME,
    freeze::Summary: freeze::Freeze::NAME,
    mean_field::MeanFieldSummary: "mean-field",
    precision::Summary: precision::Rounding::NAME,
    spectra::Summary: spectra::Spectra::NAME,
}

/// The results of all commands.
#[derive(Debug)]
pub struct Results {
    folder: PathBuf,
}

/// The result of one command.
#[derive(Debug)]
pub struct Outcome<S> {
    /// What was found.
    pub summary: S,
    stem: PathBuf,
}

impl Results {
    /// Those in a folder of a reproduction.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join(DATA),
        }
    }

    /// The result of a command that was carried out.
    pub fn of<S: Stated>(&self, job: &Job) -> Result<Outcome<S>, Failure> {
        #[derive(Deserialize)]
        struct Written<S> {
            kind: String,
            summary: S,
        }
        let stem = self.folder.join(&job.name).join(job.kind());
        let path = stem.with_extension("json");
        let unreadable = |error: String| Failure::Device(format!("{}: {error}", path.display()));
        let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
        let Written { kind, summary } =
            serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if kind != S::COMMAND {
            return Err(unreadable(format!("is of `{kind}`, and not of `{}`", S::COMMAND)));
        }
        Ok(Outcome { summary, stem })
    }
}

impl<S> Outcome<S> {
    /// A figure of that name that the command drew, as the text of a `.svg` file and the bytes of a `.png` file.
    pub fn figure(&self, name: &str) -> Result<Option<(String, Vec<u8>)>, Failure> {
        let path = |extension: &str| self.stem.with_file_name(format!("{name}.{extension}"));
        let unreadable =
            |path: &Path, error: std::io::Error| Failure::Device(format!("{}: {error}", path.display()));
        let (svg, png) = (path("svg"), path("png"));
        if !svg.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&svg).map_err(|error| unreadable(&svg, error))?;
        let bytes = std::fs::read(&png).map_err(|error| unreadable(&png, error))?;
        Ok(Some((text, bytes)))
    }

    /// An array's shape and values.
    pub fn array(&self, name: &str) -> Result<(Vec<usize>, Vec<f64>), Failure> {
        let path = self.stem.with_extension("npz");
        npz::read_f64(&path, name).map_err(unreadable(&path, name))
    }

    /// The rows of an array of two axes.
    pub fn rows(&self, name: &str) -> Result<Vec<Vec<f64>>, Failure> {
        let (shape, values) = self.array(name)?;
        let width = shape.last().copied().unwrap_or(0).max(1);
        Ok(values.chunks(width).map(<[f64]>::to_vec).collect())
    }

    /// The rows of an array that belong to the networks that stayed active.
    pub fn alive_rows(&self, name: &str) -> Result<Vec<Vec<f64>>, Failure> {
        let rows = self.rows(name)?.into_iter().zip(self.alive()?);
        Ok(rows.filter(|(_, alive)| *alive).map(|(row, _)| row).collect())
    }

    /// Which networks stayed active.
    pub fn alive(&self) -> Result<Vec<bool>, Failure> {
        let path = self.stem.with_extension("npz");
        let (_, alive) = npz::read(&path, "alive").map_err(unreadable(&path, "alive"))?;
        Ok(alive)
    }

    /// An array of single precision: its shape and its values.
    pub fn array_f32(&self, name: &str) -> Result<(Vec<usize>, Vec<f32>), Failure> {
        let path = self.stem.with_extension("npz");
        npz::read(&path, name).map_err(unreadable(&path, name))
    }
}

fn unreadable(path: &Path, name: &str) -> impl FnOnce(std::io::Error) -> Failure {
    move |error| Failure::Device(format!("{}: {name}: {error}", path.display()))
}
