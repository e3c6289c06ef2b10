//! Finished points on disk, one file each, so that a sweep that was killed goes on, and shards come together.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use freezable_chaos::CONTRACT_VERSION;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Boundaries, Point, Settings, boundaries, point};
use crate::failure::Failure;
use crate::output::files::remove_leftovers;
use crate::output::{OutputError, write_atomically};

/// A part of a sweep that is computed, and kept, by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// The point at this gain and strength.
    Point(f32, f32),
    /// The boundaries of the theory at this gain.
    Boundaries(f32),
}

impl Item {
    /// All items of a sweep: the points gain by gain, then the boundaries.
    pub fn all(settings: &Settings) -> Vec<Self> {
        let row = |&g: &f32| settings.k.iter().map(move |&k| Self::Point(g, k));
        let points = settings.g.iter().flat_map(row);
        let gains: &[f32] = if settings.boundaries { &settings.g } else { &[] };
        points.chain(gains.iter().map(|&g| Self::Boundaries(g))).collect()
    }

    /// Progress that it reports, in steps of a network without tangent vector.
    pub fn cost(self, settings: &Settings) -> u64 {
        match self {
            Self::Point(..) => point::cost(settings),
            Self::Boundaries(g) => boundaries::cost(settings, g),
        }
    }

    fn file(self) -> String {
        match self {
            Self::Point(g, k) => format!("point-g{g}-k{k}.json"),
            Self::Boundaries(g) => format!("boundaries-g{g}.json"),
        }
    }
}

/// A share of a sweep, for one of several jobs: "2/8" is the second of eight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `count`.
    index: usize,
    count: usize,
}

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 1, count: 1 };

    /// Whether the item at this position belongs to it.
    pub fn has(self, position: usize) -> bool {
        position % self.count == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let numbers = parts.and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)));
        match numbers {
            Some((index, count)) if (1..=count).contains(&index) => Ok(Self { index, count }),
            _ => Err("it is not I/COUNT with I from 1 to COUNT".to_owned()),
        }
    }
}

/// What the parts in a folder are parts of.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Plan {
    /// Settings in their JSON form.
    settings: Value,
    /// Version of the arithmetic, of the program, and the commit that it was built from.
    code: (u16, String, String),
}

/// Where the parts of a sweep are kept.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    plan: Plan,
}

impl Folder {
    /// Opens the folder `points` below `out` to add parts, which it must not hold of other settings or another program.
    pub fn open(out: &Path, settings: &Settings) -> Result<Self, Failure> {
        let path = out.join("points");
        let plan = Plan {
            settings: serde_json::to_value(settings).map_err(OutputError::from)?,
            code: (
                CONTRACT_VERSION,
                env!("CARGO_PKG_VERSION").to_owned(),
                env!("HOST_SIM_GIT_REVISION").to_owned(),
            ),
        };
        let file = path.join("plan.json");
        match read::<Plan>(&file)? {
            Some(found) => {
                refuse_other_settings(&found, &plan, &path)?;
                if found.code != plan.code {
                    return Err(Failure::Usage(format!(
                        "{} holds points of program {} at {}, and this is {} at {}: take another --out, or remove it",
                        path.display(),
                        found.code.1,
                        found.code.2,
                        plan.code.1,
                        plan.code.2
                    )));
                }
            }
            None => {
                let bytes = serde_json::to_vec_pretty(&plan).map_err(OutputError::from)?;
                write_atomically(&file, &bytes)?;
            }
        }
        Ok(Self { path, plan })
    }

    /// Opens a folder to read only, whichever commit its parts were computed at.
    pub fn open_finished(out: &Path, settings: &Settings) -> Result<Self, Failure> {
        let path = out.join("points");
        let settings = serde_json::to_value(settings).map_err(OutputError::from)?;
        let found: Plan = read(&path.join("plan.json"))?
            .ok_or_else(|| Failure::Usage(format!("{} holds no points", path.display())))?;
        let asked = Plan {
            settings,
            code: found.code.clone(),
        };
        refuse_other_settings(&found, &asked, &path)?;
        Ok(Self { path, plan: asked })
    }

    /// The commit that the parts were computed at.
    pub fn revision(&self) -> &str {
        &self.plan.code.2
    }

    /// A finished point. A file that was torn by a failing machine counts as none.
    pub fn point(&self, g: f32, k: f32) -> Option<Point> {
        self.part(Item::Point(g, k))
            .filter(|point: &Point| (point.g, point.k) == (g, k))
    }

    /// Finished boundaries.
    pub fn boundaries(&self, g: f32) -> Option<Boundaries> {
        self.part(Item::Boundaries(g))
            .filter(|boundaries: &Boundaries| boundaries.g == g)
    }

    /// Whether an item is finished.
    pub fn has(&self, item: Item) -> bool {
        match item {
            Item::Point(g, k) => self.point(g, k).is_some(),
            Item::Boundaries(g) => self.boundaries(g).is_some(),
        }
    }

    fn part<T: DeserializeOwned>(&self, item: Item) -> Option<T> {
        let bytes = fs::read(self.path.join(item.file())).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Deletes what was being written, here and beside the points, when a program was killed. For a finished sweep:
    /// nothing is being written then.
    pub fn tidy(&self) {
        for folder in [Some(&*self.path), self.path.parent()].into_iter().flatten() {
            remove_leftovers(folder);
        }
    }

    /// Keeps a point.
    pub fn keep_point(&self, point: &Point) -> Result<(), Failure> {
        self.keep(Item::Point(point.g, point.k), point)
    }

    /// Keeps boundaries.
    pub fn keep_boundaries(&self, boundaries: &Boundaries) -> Result<(), Failure> {
        self.keep(Item::Boundaries(boundaries.g), boundaries)
    }

    fn keep(&self, item: Item, part: &impl Serialize) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(part).map_err(OutputError::from)?;
        Ok(write_atomically(&self.path.join(item.file()), &bytes)?)
    }
}

/// A file's value; `None` without a file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    let cannot = |reason: String| Failure::Device(format!("cannot read {}: {reason}", path.display()));
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| cannot(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot(error.to_string())),
    }
}

fn refuse_other_settings(found: &Plan, asked: &Plan, path: &Path) -> Result<(), Failure> {
    if found.settings == asked.settings {
        return Ok(());
    }
    let keys = asked.settings.as_object().into_iter().flatten();
    let other: Vec<&str> = keys
        .filter(|(key, value)| found.settings.get(key.as_str()) != Some(*value))
        .map(|(key, _)| key.as_str())
        .collect();
    Err(Failure::Usage(format!(
        "{} holds points of a sweep with another {}: take another --out, or remove it",
        path.display(),
        other.join(", ")
    )))
}
