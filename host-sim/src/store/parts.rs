//! Parts of what is computed, each in a file of its own that carries a checksum and what it is part of.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use science::measure::Keep;

use super::plan::Plan;
use crate::failure::Failure;
use crate::output::files::remove_leftovers;
use crate::output::{OutputError, write_atomically};

/// Begins every part.
const MAGIC: &[u8; 8] = b"fcpart1\n";
const CRC_32: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
const EXTENSION: &str = "part";

/// A folder of parts, all of one plan. Several programs may write into it at the same time.
#[derive(Clone, Debug)]
pub struct Parts {
    folder: PathBuf,
    plan: Plan,
}

impl Parts {
    /// Opens a folder to add parts, which it must not hold of another plan or other code.
    fn open(folder: &Path, plan: Plan) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(OutputError::at(folder))?;
        let found = plan.claim(&folder.join("plan.json"))?;
        if found != plan {
            return Err(refused(folder, &plan.difference(&found)));
        }
        let parts = Self {
            folder: folder.to_owned(),
            plan,
        };
        if let Some(other) = parts.first_of_another_plan() {
            return Err(Failure::Usage(format!(
                "{} is part of something else: take another --out, or give --replace",
                other.display()
            )));
        }
        Ok(parts)
    }

    /// Opens a folder to add parts; where it may be replaced, parts of anything else are deleted first.
    pub fn begin(folder: &Path, plan: Plan, may_replace: bool) -> Result<Self, Failure> {
        if may_replace && !matches!(Plan::read(&folder.join("plan.json")), Ok(Some(found)) if found == plan) {
            match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(OutputError::at(folder)(error).into());
                }
                _ => {}
            }
        }
        Self::open(folder, plan)
    }

    /// Opens a folder to read only, by whatever code its parts were computed.
    pub fn open_finished(folder: &Path, plan: Plan) -> Result<Self, Failure> {
        let found = Plan::read(&folder.join("plan.json"))?.ok_or_else(|| {
            Failure::Usage(format!(
                "{} holds no points with a plan: the same command without --merge takes up what is there",
                folder.display()
            ))
        })?;
        if !found.is_same_run(&plan) {
            return Err(refused(folder, &plan.difference(&found)));
        }
        Ok(Self {
            folder: folder.to_owned(),
            plan: found,
        })
    }

    /// What the parts are of.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    fn path(&self, part: &str) -> PathBuf {
        // Not `with_extension`: names have dots.
        self.folder.join(format!("{part}.{EXTENSION}"))
    }

    /// A whole part that carries another mark.
    fn first_of_another_plan(&self) -> Option<PathBuf> {
        let entries = fs::read_dir(&self.folder).ok()?.flatten();
        let parts = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        let mut parts: Vec<PathBuf> = parts.collect();
        parts.sort();
        let is_other = |path: &PathBuf| {
            let bytes = fs::read(path).ok();
            bytes
                .and_then(|bytes| Some(open(&bytes)?.0 != self.plan.key()))
                .unwrap_or(false)
        };
        parts.into_iter().find(is_other)
    }

    /// Deletes what was being written when a program was killed. Only where nothing is being written any more.
    pub fn tidy(&self) {
        remove_leftovers(&self.folder);
    }

    /// Deletes all. That something stays is no failure: it costs room, and is taken up by the next such run.
    pub fn remove(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn refused(folder: &Path, difference: &str) -> Failure {
    Failure::Usage(format!(
        "{} holds what is done of {difference}: take another --out, or give --replace to begin anew",
        folder.display()
    ))
}

/// Mark and contents of a part that is whole.
fn open(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (body, checksum) = bytes.split_last_chunk::<4>()?;
    if CRC_32.checksum(body) != u32::from_le_bytes(*checksum) {
        return None;
    }
    let (key, contents) = body.strip_prefix(MAGIC)?.split_first_chunk::<8>()?;
    Some((u64::from_le_bytes(*key), contents))
}

impl Keep for Parts {
    fn get(&self, part: &str) -> Option<Vec<u8>> {
        let bytes = fs::read(self.path(part)).ok()?;
        let (key, contents) = open(&bytes)?;
        (key == self.plan.key()).then(|| contents.to_owned())
    }

    fn put(&self, part: &str, contents: &[u8]) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.plan.key().to_le_bytes());
        bytes.extend(contents);
        bytes.extend(CRC_32.checksum(&bytes).to_le_bytes());
        Ok(write_atomically(&self.path(part), &bytes).map_err(Failure::from)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(n: u32) -> Plan {
        Plan::new("run", &serde_json::json!({ "n": n, "g": 2.0 })).unwrap()
    }

    #[test]
    fn parts_come_back_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let parts = Parts::open(folder.path(), plan(1)).unwrap();
        parts.put("network-00001", b"contents").unwrap();
        assert_eq!(parts.get("network-00001").unwrap(), b"contents");
        assert_eq!(parts.get("network-00002"), None);
        let path = folder.path().join("network-00001.part");
        let bytes = fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            assert_eq!(parts.get("network-00001"), None, "{length} bytes");
        }
        for at in 0..bytes.len() {
            let mut spoilt = bytes.clone();
            spoilt[at] ^= 4;
            fs::write(&path, spoilt).unwrap();
            assert_eq!(parts.get("network-00001"), None, "byte {at}");
        }
    }

    #[test]
    fn a_folder_of_something_else_is_refused_with_or_without_its_plan() {
        let folder = tempfile::tempdir().unwrap();
        Parts::open(folder.path(), plan(1))
            .unwrap()
            .put("one", b"1")
            .unwrap();
        let refused = Parts::open(folder.path(), plan(2)).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("`run` with another n: take another --out"),
            "{refused}"
        );
        fs::remove_file(folder.path().join("plan.json")).unwrap();
        let refused = Parts::open(folder.path(), plan(2)).unwrap_err();
        assert!(
            refused.to_string().contains("one.part is part of something else"),
            "{refused}"
        );
        // The plan that was refused is not that of the folder now.
        fs::remove_file(folder.path().join("plan.json")).unwrap();
        let parts = Parts::open(folder.path(), plan(1)).unwrap();
        assert_eq!(parts.get("one").unwrap(), b"1");
    }

    #[test]
    fn a_torn_plan_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        Parts::open(folder.path(), plan(1)).unwrap();
        for torn in ["", "{\"kind\": \"ru"] {
            fs::write(folder.path().join("plan.json"), torn).unwrap();
            let refused = Parts::open(folder.path(), plan(1)).unwrap_err();
            assert_eq!(refused.exit_code(), 2);
            assert!(refused.to_string().contains("remove it"), "{refused}");
        }
    }

    #[test]
    fn parts_of_other_code_are_refused_to_add_to_and_may_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut old = plan(1);
        old.code.revision = "older".to_owned();
        Parts::open(folder.path(), old).unwrap().put("one", b"1").unwrap();
        let refused = Parts::open(folder.path(), plan(1)).unwrap_err();
        assert!(refused.to_string().contains("at older, and this is"), "{refused}");
        let parts = Parts::open_finished(folder.path(), plan(1)).unwrap();
        assert_eq!(parts.get("one").unwrap(), b"1");
        assert_eq!(parts.plan().code.revision, "older");
    }
}
