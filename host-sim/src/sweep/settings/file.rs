//! The TOML file as it stands, with the place of each value, and errors that say where.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use science::Refusal;
use science::measure::phase::MOST_VALUES;
use serde::Deserialize;
use toml::{Spanned, Value};

use crate::failure::Failure;
use science::networks::{Model, TransferFunction};

/// Keys of the file; those that are not there have defaults.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) g: Spanned<Value>,
    pub(super) k: Spanned<Value>,
    pub(super) p: Spanned<f32>,
    pub(super) model: Option<Model>,
    pub(super) n: Spanned<usize>,
    pub(super) dt: Option<Spanned<f32>>,
    pub(super) transfer: Option<TransferFunction>,
    pub(super) rule: Option<Spanned<PathBuf>>,
    pub(super) bias: Option<Spanned<PathBuf>>,
    pub(super) seed: Option<u64>,
    pub(super) networks: Option<Spanned<u32>>,
    pub(super) burn_in: Option<Spanned<f64>>,
    pub(super) duration: Option<Spanned<f64>>,
    pub(super) trials: Option<Spanned<u32>>,
    pub(super) exponent_duration: Option<Spanned<f64>>,
    pub(super) exponent_tolerance: Option<Spanned<f64>>,
    pub(super) boundaries: Option<Spanned<bool>>,
    pub(super) boundary_g: Option<Spanned<Value>>,
}

/// An axis given by its ends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    from: f64,
    to: f64,
    count: usize,
}

/// A text under check.
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    /// Name of the file.
    pub(super) name: &'a str,
    /// Folder of the files that it names; none where it is no file's text.
    pub(super) folder: Option<&'a Path>,
}

impl Reader<'_> {
    /// The file, if its keys and their types are right.
    pub(super) fn read(&self) -> Result<File, Failure> {
        toml::from_str(self.text).map_err(|error| {
            let message = one_line(error.message());
            match error.span() {
                // A key that is missing has no place: its span is the whole file.
                Some(span) if span.start > 0 || span.end < self.text.len() => {
                    let key = self.key_at(span.start);
                    self.refuse(span.start, &format!("{key}{message}"))
                }
                _ => Failure::Usage(format!("{}: {message}", self.name)),
            }
        })
    }

    /// What is read from a file that a key names, if it is there.
    pub(super) fn read_named<T>(
        &self,
        key: &str,
        path: &Option<Spanned<PathBuf>>,
        read: impl FnOnce(&Path) -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        let Some(path) = path else {
            return Ok(None);
        };
        let refuse = |message: &dyn Display| self.refuse(path.span().start, &format!("{key}: {message}"));
        let folder = self
            .folder
            .ok_or_else(|| refuse(&"names a file, which a text without a folder cannot"))?;
        let read = read(&folder.join(path.as_ref()));
        read.map(Some).map_err(|failure| refuse(&failure))
    }

    /// What stands before `=` on the line of a byte, with a colon.
    fn key_at(&self, byte: usize) -> String {
        let start = self.text[..byte].rfind('\n').map_or(0, |at| at + 1);
        let line = self.text[start..].lines().next().unwrap_or_default();
        line.split_once('=')
            .map(|(key, _)| format!("{}: ", key.trim()))
            .unwrap_or_default()
    }

    fn refuse(&self, byte: usize, message: &str) -> Failure {
        let line = self.text[..byte.min(self.text.len())].matches('\n').count() + 1;
        Failure::Usage(format!("{}, line {line}: {}", self.name, one_line(message)))
    }

    /// The values of an axis: a list in ascending order, or `{ from, to, count }`, evenly spaced with both ends.
    pub(super) fn axis(&self, key: &str, value: &Spanned<Value>) -> Result<Vec<f32>, Failure> {
        let refuse = |message: String| self.refuse(value.span().start, &message);
        let values = match value.as_ref() {
            Value::Array(list) => {
                let number = |entry: &Value| match entry {
                    Value::Integer(number) => Ok(*number as f32),
                    Value::Float(number) => Ok(*number as f32),
                    other => Err(refuse(format!("{key} holds {other}, which is not a number"))),
                };
                list.iter().map(number).collect::<Result<Vec<f32>, Failure>>()?
            }
            Value::Table(table) => {
                let range: Range = Value::Table(table.clone())
                    .try_into()
                    .map_err(|error: toml::de::Error| refuse(format!("{key}: {}", error.message())))?;
                spread(&range).ok_or_else(|| {
                    refuse(format!(
                        "{key} has count = {}, which is outside its bounds 1 and {MOST_VALUES}, or is 1 with two ends",
                        range.count
                    ))
                })?
            }
            other => {
                return Err(refuse(format!(
                    "{key} is {other}, not a list of numbers or {{ from, to, count }}"
                )));
            }
        };
        Ok(values)
    }

    /// A refusal, at the line of the key that it names.
    pub(super) fn refusal(&self, file: &File, refusal: &Refusal) -> Failure {
        fn place<T>(value: &Option<Spanned<T>>) -> Option<usize> {
            value.as_ref().map(|value| value.span().start)
        }
        let start = match refusal.parameter {
            "g" => Some(file.g.span().start),
            "k" => Some(file.k.span().start),
            "n" => Some(file.n.span().start),
            "dt" => place(&file.dt),
            "networks" => place(&file.networks),
            "burn_in" => place(&file.burn_in),
            "duration" => place(&file.duration),
            "trials" => place(&file.trials),
            "exponent_duration" => place(&file.exponent_duration),
            "exponent_tolerance" => place(&file.exponent_tolerance),
            "boundary_g" => place(&file.boundary_g),
            "rule" => place(&file.rule),
            "bias" => place(&file.bias),
            "boundaries" => place(&file.boundaries),
            _ => None,
        };
        let equals = if refusal.value.is_empty() { "" } else { " =" };
        let words = refusal.sentence(&format!("{}{equals}", refusal.parameter));
        self.refuse(start.unwrap_or(file.p.span().start), &words)
    }
}

/// A text of the file may have several lines, and so has what is said about it.
fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn spread(range: &Range) -> Option<Vec<f32>> {
    if range.count == 1 && range.from == range.to {
        return Some(vec![range.from as f32]);
    }
    let last = (2..=MOST_VALUES)
        .contains(&range.count)
        .then(|| range.count - 1)?;
    let value = |at: usize| range.from + (range.to - range.from) * at as f64 / last as f64;
    Some((0..=last).map(|at| value(at) as f32).collect())
}
