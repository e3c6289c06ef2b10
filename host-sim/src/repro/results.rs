//! What the commands left behind, read back from their files.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Job;
use crate::failure::Failure;
use crate::output::npz;
use science::estimators::MeanSem;

/// The results of all commands.
#[derive(Debug)]
pub struct Results {
    folder: PathBuf,
}

/// The result of one command.
#[derive(Debug)]
pub struct Outcome {
    result: Value,
    stem: PathBuf,
}

impl Results {
    /// Those in a folder of a reproduction.
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.join("data"),
        }
    }

    /// The result of a command that was carried out.
    pub fn of(&self, job: &Job) -> Result<Outcome, Failure> {
        let stem = self.folder.join(&job.name).join(job.kind());
        let path = stem.with_extension("json");
        let unreadable = |error: String| Failure::Device(format!("{}: {error}", path.display()));
        let bytes = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
        let result = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
        Ok(Outcome { result, stem })
    }
}

impl Outcome {
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

    /// A value of the summary, by its path: "c_phi_0", "frozen/cosine".
    pub fn value(&self, path: &str) -> &Value {
        let summary = &self.result["summary"];
        summary.pointer(&format!("/{path}")).unwrap_or(&Value::Null)
    }

    /// An average of the summary; none where no network was left to average over.
    pub fn average(&self, path: &str) -> Option<MeanSem> {
        serde_json::from_value(self.value(path).clone()).ok()
    }

    /// A number of the summary.
    pub fn number(&self, path: &str) -> Option<f64> {
        self.value(path).as_f64()
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
