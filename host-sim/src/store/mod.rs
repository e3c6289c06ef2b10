//! The folder that `--out` names: it holds the results of one run, which appear there together or not at all, and until
//! then the parts that are done.
//!
//! Shards of one run share the folder: each adds its parts, and the run that merges them finds all of them there.
//!
//! What a result is of stands in its `NAME.json`, which appears last. A folder that holds another run's is refused; so is
//! one that another process is at work in, by a lock of the operating system on the folder itself, which ends with the
//! process however that ends.

mod parts;
mod plan;
mod shard;

pub use parts::Parts;
pub use plan::{Code, Plan};
pub use shard::Shard;

use std::error::Error;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use science::measure::Keep;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::files::remove_leftovers;
use crate::output::{OutputError, reader};

/// Parts and finished files of a run until it is complete, below the folder for its results.
const UNFINISHED: &str = ".unfinished";

/// The folder for the results of one run; nothing is kept without one.
#[derive(Debug)]
pub struct Store {
    folder: Option<Folder>,
}

/// What of a run is computed here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Work {
    /// What is not there yet.
    #[default]
    Whole,
    /// Of that, a share; other programs do the others at the same time.
    Share(Shard),
    /// Nothing: shards have done it.
    Merge,
}

impl Work {
    /// As the options `--shard` and `--merge` say.
    pub fn of(shard: Option<Shard>, merge: bool) -> Self {
        match (shard, merge) {
            (Some(shard), _) => Self::Share(shard),
            (None, true) => Self::Merge,
            (None, false) => Self::Whole,
        }
    }

    /// Whether the item at this position is computed here, if it is not there yet.
    pub fn has(self, position: usize) -> bool {
        match self {
            Self::Whole => true,
            Self::Share(shard) => shard.has(position),
            Self::Merge => false,
        }
    }
}

#[derive(Debug)]
struct Folder {
    out: PathBuf,
    parts: Parts,
    work: Work,
    /// Locks the folder as long as it is open.
    _lock: File,
}

impl Store {
    /// Opens the folder for results, if there is to be one. Refuses one that holds another run, done or begun, unless
    /// that may be replaced; and one that another process is at work in, unless both compute shares.
    pub fn open(out: Option<&Path>, plan: Plan, may_replace: bool, work: Work) -> Result<Self, Failure> {
        let Some(out) = out else {
            return Ok(Self { folder: None });
        };
        fs::create_dir_all(out).map_err(OutputError::at(out))?;
        let lock = lock(out, work)?;
        let unfinished = out.join(UNFINISHED);
        if !may_replace && let Some((file, found)) = other_results(out, &plan) {
            return Err(Failure::Usage(format!(
                "{} is of {}: take another --out, or give --replace",
                file.display(),
                plan.difference(&found)
            )));
        }
        if work != Work::Whole && merged(out, &plan).is_some() {
            let words = format!("{} holds the merged results already", out.display());
            return Err(Failure::NoResult(words));
        }
        let parts = Parts::begin(&unfinished, plan, may_replace)?;
        Ok(Self {
            folder: Some(Folder {
                out: out.to_owned(),
                parts,
                work,
                _lock: lock,
            }),
        })
    }

    /// Where to write what is not yet a result and may be large; empty. `None` without a folder.
    pub fn scratch(&self) -> Result<Option<PathBuf>, Failure> {
        self.empty("scratch")
    }

    /// Where to write results to; they appear in the folder with [`publish`](Self::publish). `None` without a folder.
    pub fn staging(&self) -> Result<Option<PathBuf>, Failure> {
        self.empty("results")
    }

    fn empty(&self, name: &str) -> Result<Option<PathBuf>, Failure> {
        let Some(Folder { out, .. }) = &self.folder else {
            return Ok(None);
        };
        let folder = out.join(UNFINISHED).join(name);
        remove(&folder)?;
        fs::create_dir_all(&folder).map_err(OutputError::at(&folder))?;
        Ok(Some(folder))
    }

    /// Puts all results into their places, the JSON object last, in place of all that an earlier run left; then deletes
    /// the parts. Cut short, the same command does it again.
    pub fn publish(self) -> Result<(), Failure> {
        let Some(Folder { out, parts, .. }) = &self.folder else {
            return Ok(());
        };
        let staging = out.join(UNFINISHED).join("results");
        let is_seal = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
        let mut files = entries(&staging)?;
        files.sort_by_key(is_seal);
        // A reader must not find arrays of this run beside the object of another: that goes first.
        for old in results(out) {
            remove_file(&old.path)?;
        }
        for old in entries(out)?
            .into_iter()
            .filter(|path| reader::parameters(path).is_some())
        {
            remove_file(&old)?;
        }
        for file in files {
            let place = out.join(file.file_name().unwrap_or_default());
            fs::rename(&file, &place).map_err(OutputError::at(&place))?;
        }
        parts.remove();
        // What was being written when an earlier process was killed: nobody else is at work here.
        remove_leftovers(out);
        Ok(())
    }
}

impl Keep for Store {
    fn get(&self, part: &str) -> Option<Vec<u8>> {
        self.folder.as_ref()?.parts.get(part)
    }

    fn put(&self, part: &str, bytes: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        match &self.folder {
            Some(folder) => folder.parts.put(part, bytes),
            None => Ok(()),
        }
    }

    fn is_here(&self, index: u32) -> bool {
        let work = self.folder.as_ref().map_or(Work::Whole, |folder| folder.work);
        work.has(index as usize)
    }
}

/// Locks a folder, with other shards or alone. Where the file system has no locks, there is none.
pub fn lock(folder: &Path, work: Work) -> Result<File, Failure> {
    let opened = File::open(folder).map_err(OutputError::at(folder))?;
    let locked = match work {
        Work::Share(_) => opened.try_lock_shared(),
        Work::Whole | Work::Merge => opened.try_lock(),
    };
    match locked {
        Err(TryLockError::WouldBlock) => Err(Failure::Usage(format!(
            "--out {}: another process is at work there",
            folder.display()
        ))),
        _ => Ok(opened),
    }
}

/// A finished result in a folder.
struct Found {
    path: PathBuf,
    kind: String,
    parameters: Value,
}

/// All results in a folder.
fn results(folder: &Path) -> Vec<Found> {
    let paths = entries(folder).unwrap_or_default();
    let result = |path: PathBuf| {
        let bytes = fs::read(&path).ok()?;
        let mut object: Value = serde_json::from_slice(&bytes).ok()?;
        Some(Found {
            kind: object.get("kind")?.as_str()?.to_owned(),
            parameters: object.get_mut("params")?.take(),
            path,
        })
    };
    let is_json = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    paths.into_iter().filter(is_json).filter_map(result).collect()
}

/// The result of this run, if it is there and no parts are any more.
pub fn merged(out: &Path, plan: &Plan) -> Option<PathBuf> {
    let is_own = |found: &Found| found.kind == plan.kind && found.parameters == plan.parameters;
    let found = results(out).into_iter().find(is_own)?;
    (!out.join(UNFINISHED).exists()).then_some(found.path)
}

/// A file of another run, and what that is of; by the code, which nothing tells any more, it does not differ.
fn other_results(out: &Path, plan: &Plan) -> Option<(PathBuf, Plan)> {
    let with_code = |kind: String, parameters: Value| Plan {
        kind,
        parameters,
        code: plan.code.clone(),
    };
    let objects = results(out)
        .into_iter()
        .map(|found| (found.path, with_code(found.kind, found.parameters)));
    let arrays = entries(out).unwrap_or_default().into_iter().filter_map(|path| {
        let (kind, parameters) = reader::parameters(&path)?;
        Some((path, with_code(kind, parameters)))
    });
    objects.chain(arrays).find(|(_, found)| !found.is_same_run(plan))
}

/// Files in a folder, in the order of their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = fs::read_dir(folder).map_err(OutputError::at(folder))?;
    let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

fn remove(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(OutputError::at(folder)(error).into())
        }
        _ => Ok(()),
    }
}

fn remove_file(path: &Path) -> Result<(), Failure> {
    Ok(fs::remove_file(path).map_err(OutputError::at(path))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(serde::Serialize)]
    struct Parameters {
        n: u32,
        g: f64,
        dt: f32,
    }

    fn plan(g: f64) -> Plan {
        Plan::new("run", &Parameters { n: 3, g, dt: 0.05 }).unwrap()
    }

    /// A run that leaves one result.
    fn finish(out: &Path, plan: Plan, may_replace: bool) -> Result<(), Failure> {
        let object = json!({ "kind": plan.kind, "params": plan.parameters, "summary": {} });
        let store = Store::open(Some(out), plan, may_replace, Work::Whole)?;
        store.put("network-00000", b"done").unwrap();
        let staging = store.staging()?.unwrap();
        assert_eq!(
            results(out).len(),
            usize::from(may_replace),
            "nothing before all is there"
        );
        fs::write(staging.join("run.json"), object.to_string()).unwrap();
        fs::write(staging.join("speed.svg"), "<svg/>").unwrap();
        store.publish()
    }

    #[test]
    fn another_run_is_refused_until_it_may_be_replaced() {
        let out = tempfile::tempdir().unwrap();
        finish(out.path(), plan(1.0), false).unwrap();
        let same = Store::open(Some(out.path()), plan(1.0), false, Work::Whole);
        assert!(same.is_ok(), "the same run may be done again");
        drop(same);
        let refused = finish(out.path(), plan(2.0), false).unwrap_err();
        assert_eq!(refused.exit_code(), 2);
        assert!(
            refused
                .to_string()
                .contains("run.json is of `run` with another g"),
            "{refused}"
        );
        finish(out.path(), plan(2.0), true).unwrap();
        let names: Vec<_> = fs::read_dir(out.path())
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert_eq!(results(out.path())[0].parameters["g"], 2.0);
    }

    #[test]
    fn an_unfinished_run_of_something_else_is_refused_too() {
        let out = tempfile::tempdir().unwrap();
        let begun = Store::open(Some(out.path()), plan(1.0), false, Work::Whole).unwrap();
        begun.put("network-00000", b"done").unwrap();
        drop(begun);
        let refused = Store::open(Some(out.path()), plan(2.0), false, Work::Whole).unwrap_err();
        assert!(refused.to_string().contains("with another g"), "{refused}");
        let again = Store::open(Some(out.path()), plan(1.0), true, Work::Whole).unwrap();
        assert_eq!(
            again.get("network-00000").unwrap(),
            b"done",
            "its own parts are taken up"
        );
        drop(again);
        let replacing = Store::open(Some(out.path()), plan(2.0), true, Work::Whole).unwrap();
        assert_eq!(replacing.get("network-00000"), None);
    }

    #[test]
    fn a_second_process_is_refused_at_once() {
        let out = tempfile::tempdir().unwrap();
        let first = Store::open(Some(out.path()), plan(1.0), false, Work::Whole).unwrap();
        let second = Store::open(Some(out.path()), plan(1.0), false, Work::Whole).unwrap_err();
        assert!(
            second.to_string().contains("another process is at work"),
            "{second}"
        );
        drop(first);
        assert!(Store::open(Some(out.path()), plan(1.0), false, Work::Whole).is_ok());
    }
}
