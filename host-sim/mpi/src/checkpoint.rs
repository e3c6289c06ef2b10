//! Checkpoints: each rank writes its part, and the first rank the manifest that makes one set of them, last.
//!
//! Everything is written beside and renamed. Until the new manifest is there the former one holds, and so do its parts: a rank
//! that dies on the way leaves the former set. A set may be taken up by another number of ranks.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use freezable_chaos::CONTRACT_VERSION;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::files;
use crate::ranks::Ranks;
use crate::settings::{Network, Settings};
use crate::share::Share;
use crate::state::{Rows, checksum};
use crate::statistics::{Kept, Standing, Totals};

const MANIFEST: &str = "checkpoint.json";
/// How the names of parts begin.
const PART: &str = "part-";

/// One consistent set.
#[derive(Debug, Deserialize, Serialize)]
struct Manifest {
    contract: u16,
    settings: Value,
    steps: u64,
    totals: Kept,
    /// How it stood at the end of the freeze,
    frozen: Option<Standing>,
    /// and at the end of the release.
    released: Option<Standing>,
    /// Whether the parts also have the rates at the freeze.
    has_remembered: bool,
    parts: Vec<Part>,
}

/// Rows of one rank: their snapshot, then the rates at the freeze if there was one.
#[derive(Debug, Deserialize, Serialize)]
struct Part {
    file: String,
    first: usize,
    rows: usize,
    checksum: u32,
}

/// What a run has beside the state of the network.
#[derive(Debug, Default)]
pub struct Course {
    /// Sums for the averages.
    pub totals: Totals,
    /// Rates of these rows at the freeze.
    pub remembered: Option<Vec<f32>>,
    /// How it stood at the end of the freeze.
    pub frozen: Option<Standing>,
    /// How it stood at the end of the release.
    pub released: Option<Standing>,
}

/// The folder of a run's checkpoints.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    settings: Value,
    /// The manifest that the first rank has read or written last; empty before there is one.
    held: RefCell<Vec<u8>>,
}

impl Folder {
    /// That folder, of a run of these settings.
    pub fn new(path: &Path, settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            path: path.to_owned(),
            settings: settings.deciding()?,
            held: RefCell::default(),
        })
    }

    /// Where the manifest is.
    fn manifest(&self) -> PathBuf {
        self.path.join(MANIFEST)
    }

    /// Writes a set, by all ranks together.
    pub fn write(
        &self,
        share: &Share<'_>,
        course: &Course,
        of: &Network,
        ranks: &Ranks,
    ) -> Result<(), Failure> {
        let (rank, size) = (ranks.rank(), ranks.size());
        // Parts of one name have the same bytes, whichever job writes them.
        let run = checksum(format!("{CONTRACT_VERSION} {}", self.settings).as_bytes());
        let name = |rank: usize| format!("{PART}{run:08x}-{}-{rank}-of-{size}", share.steps());
        let written = self.write_part(share, course, &name(rank));
        let checksums = ranks.words_of_each(ranks.agree(written)?.to_le_bytes());
        let totals = course.totals.keep(ranks)?;
        let parts = checksums.into_iter().enumerate().map(|(rank, bytes)| {
            let rows = ranks.rows(of.n, rank)?;
            Ok(Part {
                file: name(rank),
                first: rows.start,
                rows: rows.len(),
                checksum: u32::from_le_bytes(bytes),
            })
        });
        let manifest = Manifest {
            contract: CONTRACT_VERSION,
            settings: self.settings.clone(),
            steps: share.steps(),
            totals,
            frozen: course.frozen,
            released: course.released,
            has_remembered: course.remembered.is_some(),
            parts: parts.collect::<Result<_, Failure>>()?,
        };
        let done = if ranks.is_first() {
            self.publish(&manifest)
        } else {
            Ok(())
        };
        ranks.agree(done)
    }

    fn write_part(&self, share: &Share<'_>, course: &Course, name: &str) -> Result<u32, Failure> {
        let mut bytes = Rows::of(share)?.bytes();
        let remembered = course.remembered.iter().flatten();
        bytes.extend(remembered.flat_map(|rate| rate.to_le_bytes()));
        files::write_whole(&self.path.join(name), &bytes)?;
        Ok(checksum(&bytes))
    }

    /// Makes the set the one that holds, and lets the parts of the former go. Refuses to replace the set of another job.
    fn publish(&self, manifest: &Manifest) -> Result<(), Failure> {
        let path = self.manifest();
        let former = self.read_manifest()?;
        if former != *self.held.borrow() {
            let words =
                "another job has changed it since this one read or wrote it: this one stops, and leaves it";
            return Err(Failure::file(&path, words));
        }
        let text = serde_json::to_vec_pretty(manifest).map_err(|error| Failure::file(&path, error))?;
        files::write_whole(&path, &text)?;
        self.held.replace(text);
        let former = serde_json::from_slice(&former).map_or(Vec::new(), |former: Manifest| former.parts);
        for part in former {
            let stays = manifest.parts.iter().any(|other| other.file == part.file);
            if let (false, Some(path)) = (stays, self.path_of(&part)) {
                // One that stays is only in the way.
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }

    /// The bytes of the manifest; none if there is none.
    fn read_manifest(&self) -> Result<Vec<u8>, Failure> {
        let path = self.manifest();
        match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|error| Failure::file(&path, error)),
        }
    }

    /// Where a part is: in this folder, under a name of parts.
    fn path_of(&self, part: &Part) -> Option<PathBuf> {
        let is_name = Path::new(&part.file).file_name() == Some(OsStr::new(&part.file));
        (is_name && part.file.starts_with(PART)).then(|| self.path.join(&part.file))
    }

    /// Takes up the set that is there, if one is; refuses one of other settings or another contract, and torn parts.
    pub fn resume(
        &self,
        share: &mut Share<'_>,
        of: &Network,
        ranks: &Ranks,
    ) -> Result<Option<Course>, Failure> {
        let found = if ranks.is_first() {
            self.read_manifest()
        } else {
            Ok(Vec::new())
        };
        let bytes = ranks.broadcast(ranks.agree(found)?);
        if bytes.is_empty() {
            return Ok(None);
        }
        self.held.replace(bytes.clone());
        ranks.agree(self.take(&bytes, share, of, ranks)).map(Some)
    }

    fn take(
        &self,
        bytes: &[u8],
        share: &mut Share<'_>,
        of: &Network,
        ranks: &Ranks,
    ) -> Result<Course, Failure> {
        let path = self.manifest();
        let manifest: Manifest =
            serde_json::from_slice(bytes).map_err(|error| Failure::file(&path, error))?;
        self.check(&manifest)?;
        let own = ranks.rows(of.n, ranks.rank())?;
        let (mut rows, mut remembered) = (Rows::of(share)?, vec![0.0; own.len()]);
        let mut found = 0;
        for part in &manifest.parts {
            let (first, end) = (own.start.max(part.first), own.end.min(part.first + part.rows));
            if first >= end {
                continue;
            }
            let (snapshot, rates) = self.read_part(part, share, &manifest)?;
            let (to, from) = (
                first - own.start..end - own.start,
                first - part.first..end - part.first,
            );
            rows.take(to.clone(), &snapshot, from.clone());
            if manifest.has_remembered {
                remembered[to].copy_from_slice(&rates[from]);
            }
            found += end - first;
        }
        if found != own.len() {
            return Err(Failure::file(&path, "rows are missing in it"));
        }
        share.restore(&rows.bytes())?;
        if share.steps() != manifest.steps {
            return Err(Failure::file(&path, "its parts are of another step"));
        }
        let totals = Totals::resume(&manifest.totals, ranks);
        Ok(Course {
            totals: totals.ok_or_else(|| Failure::file(&path, "its sums are no numbers"))?,
            remembered: manifest.has_remembered.then_some(remembered),
            frozen: manifest.frozen,
            released: manifest.released,
        })
    }

    /// Refuses another contract, and other settings by the name of the first.
    fn check(&self, manifest: &Manifest) -> Result<(), Failure> {
        let path = self.manifest();
        if manifest.contract != CONTRACT_VERSION {
            let words = format!(
                "is of version {} of the arithmetic, and this is {CONTRACT_VERSION}",
                manifest.contract
            );
            return Err(Failure::file(&path, words));
        }
        let empty = serde_json::Map::new();
        let (own, other) = (&self.settings, &manifest.settings);
        let keys = own.as_object().unwrap_or(&empty).keys();
        for key in keys.chain(other.as_object().unwrap_or(&empty).keys()) {
            if own.get(key) != other.get(key) {
                let value = |settings: &Value| settings.get(key).map_or("none".to_owned(), Value::to_string);
                let option = key.replace('_', "-");
                return Err(Failure::Usage(format!(
                    "{} is of --{option} {}, and this run of {}: take another --out",
                    path.display(),
                    value(other),
                    value(own)
                )));
            }
        }
        Ok(())
    }

    fn read_part(&self, part: &Part, share: &Share<'_>, of: &Manifest) -> Result<(Rows, Vec<f32>), Failure> {
        let path = self.path_of(part).ok_or_else(|| {
            let words = format!("{:?} is no name of a part", part.file);
            Failure::file(&self.manifest(), words)
        })?;
        let mut bytes = fs::read(&path).map_err(|error| Failure::file(&path, error))?;
        if checksum(&bytes) != part.checksum {
            return Err(Failure::file(&path, "its bytes are not those that were written"));
        }
        let torn = || Failure::file(&path, "it is no part of this run");
        let rates = if of.has_remembered { 4 * part.rows } else { 0 };
        let rates = bytes.split_off(bytes.len().checked_sub(rates).ok_or_else(torn)?);
        let rates = rates
            .as_chunks()
            .0
            .iter()
            .copied()
            .map(f32::from_le_bytes)
            .collect();
        let rows = Rows::read(&bytes, part.rows).filter(|rows| rows.has_form_of(share));
        Ok((rows.ok_or_else(torn)?, rates))
    }
}
