//! The file of a rule of plasticity: what stands in it, and the arrays beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use science::golden::digest_of;
use science::networks::rules::{Change, Factor, Mask, PlasticityRule, Values};
use serde::Deserialize;

use super::wrong_shape;
use crate::failure::Failure;
use crate::output::npy::{self, Table};

/// A rule, and what it was read from.
pub struct RuleFile {
    /// The rule.
    pub rule: PlasticityRule,
    /// The file, as it stands.
    pub text: String,
    /// Digests of the arrays by the names that the file has for them: FNV-1a over the little-endian bits in single precision,
    /// row by row.
    pub arrays: BTreeMap<String, String>,
}

impl RuleFile {
    /// Reads a file; its arrays are beside it.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Usage(format!("--rule {}: {error}", path.display())))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::parse(text, &path.display().to_string(), folder)
    }

    /// Reads the text of a file of that name; its arrays are in the folder.
    pub fn parse(text: String, name: &str, folder: &Path) -> Result<Self, Failure> {
        let file: File = toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let message: Vec<&str> = error.message().split_whitespace().collect();
            Failure::Usage(format!("--rule {name}, line {line}: {}", message.join(" ")))
        })?;
        let mut arrays = Arrays {
            folder,
            digests: BTreeMap::new(),
        };
        let rule = PlasticityRule {
            post: file.post,
            pre: file.pre,
            k: arrays.values(file.k)?,
            p: arrays.values(file.p)?,
            plastic: arrays.mask(file.plastic)?,
            changes: file
                .change
                .into_iter()
                .map(|given| arrays.change(given))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            rule,
            text,
            arrays: arrays.digests,
        })
    }
}

/// The file as it stands.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default = "rate")]
    post: Factor,
    #[serde(default = "rate")]
    pre: Factor,
    k: Option<Given>,
    p: Option<Given>,
    plastic: Option<PathBuf>,
    #[serde(default)]
    change: Vec<ChangeGiven>,
}

fn rate() -> Factor {
    Factor::Rate
}

/// A change as it stands in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeGiven {
    at: f64,
    #[serde(default)]
    over: f64,
    k: Option<Given>,
    p: Option<Given>,
    plastic: Option<PathBuf>,
}

/// One number for all, or a file of N or N x N.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a number, or the name of a .npy file")]
enum Given {
    Scalar(f32),
    File(PathBuf),
}

/// The arrays of a rule as they are read.
struct Arrays<'a> {
    folder: &'a Path,
    digests: BTreeMap<String, String>,
}

impl Arrays<'_> {
    fn change(&mut self, given: ChangeGiven) -> Result<Change, Failure> {
        Ok(Change {
            at: given.at,
            over: given.over,
            k: self.values(given.k)?,
            p: self.values(given.p)?,
            plastic: self.mask(given.plastic)?,
        })
    }

    /// One number; N numbers, of the synapses onto each neuron; or N x N.
    fn values(&mut self, given: Option<Given>) -> Result<Option<Values>, Failure> {
        let name = match given {
            None => return Ok(None),
            Some(Given::Scalar(value)) => return Ok(Some(Values::Scalar(value))),
            Some(Given::File(name)) => name,
        };
        let (path, table) = self.table(&name)?;
        match table.shape {
            [_, 1] => Ok(Some(Values::per_neuron(table.values))),
            [rows, columns] if rows == columns => Ok(Some(Values::per_synapse(table.values))),
            _ => Err(wrong_shape("rule", &path, &table, "N or N x N")),
        }
    }

    /// N x N flags, or numbers that are 0 where a synapse is not plastic.
    fn mask(&mut self, name: Option<PathBuf>) -> Result<Option<Mask>, Failure> {
        let Some(name) = name else {
            return Ok(None);
        };
        let (path, table) = self.table(&name)?;
        match table.shape {
            [rows, columns] if rows == columns => {
                let flags = table.values.iter().map(|&value| value != 0.0);
                Ok(Some(Mask::new(flags.collect::<Vec<bool>>())))
            }
            _ => Err(wrong_shape("rule", &path, &table, "N x N")),
        }
    }

    fn table(&mut self, name: &Path) -> Result<(PathBuf, Table), Failure> {
        let path = self.folder.join(name);
        let table = npy::read("rule", &path)?;
        let bytes: Vec<u8> = table
            .values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        let digest = format!("{:016x}", digest_of(&bytes));
        self.digests.insert(name.to_string_lossy().into_owned(), digest);
        Ok((path, table))
    }
}
