//! What the commands left behind: summaries as the values that they were written from, and arrays.

use std::path::{Path, PathBuf};

use science::measure::{
    Measurement, activity, equivalence, exponents, fixed_points, freeze, mean_field, precision, spectra,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Job;
use super::job::DATA;
use crate::commands::board;
use crate::failure::Failure;
use crate::output::{ArrayFile, reader};

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
    /// The command's parameters, which its arrays have to state too.
    params: Value,
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
            params: Value,
            summary: S,
        }
        let stem = self.folder.join(&job.name).join(job.kind());
        let path = stem.with_extension("json");
        let unreadable = |error: String| Failure::Device(format!("{}: {error}", path.display()));
        let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
        let Written {
            kind,
            params,
            summary,
        } = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        if kind != S::COMMAND {
            return Err(unreadable(format!("is of `{kind}`, and not of `{}`", S::COMMAND)));
        }
        Ok(Outcome {
            summary,
            params,
            stem,
        })
    }
}

impl<S: Stated> Outcome<S> {
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

    /// The arrays of the command.
    pub fn arrays(&self) -> Result<ArrayFile, Failure> {
        let path = self.stem.with_extension("npz");
        let mut file = ArrayFile::open(&path)?;
        match file.made_with()? {
            Some((kind, params)) if kind == S::COMMAND && params == self.params => Ok(file),
            _ => {
                let words = format!(
                    "{}: is not of the parameters of the result beside it",
                    path.display()
                );
                Err(Failure::Device(words))
            }
        }
    }

    /// An axis, and an array of a row of it for each network.
    pub fn rows(&self, axis: &str, name: &str) -> Result<(Vec<f64>, Vec<Vec<f64>>), Failure> {
        let mut file = self.arrays()?;
        let (_, values) = file.read_finite(axis, &[axis])?;
        Ok((values, file.read_rows(name, ["network", axis])?))
    }

    /// The same of the networks that stayed active.
    pub fn alive_rows(&self, axis: &str, name: &str) -> Result<(Vec<f64>, Vec<Vec<f64>>), Failure> {
        let mut file = self.arrays()?;
        let (_, values) = file.read_finite(axis, &[axis])?;
        let (_, alive) = file.read::<bool>("alive", &["network"])?;
        let (shape, curves) = file.read::<f64>(name, &["network", axis])?;
        let rows = reader::rows(&curves, shape[1]).into_iter().zip(alive);
        Ok((
            values,
            rows.filter(|(_, alive)| *alive).map(|(row, _)| row).collect(),
        ))
    }
}
