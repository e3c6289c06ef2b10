//! Files that are either complete or absent, also when the program is killed while it writes.

use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The file system refused.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file asked for.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A value without a JSON form.
    #[error("cannot express the result as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// An array whose shape does not hold its values.
    #[error("array {name:?} has {values} values, which do not fill the shape {shape:?}")]
    Shape {
        /// Name of the array.
        name: String,
        /// Number of values.
        values: usize,
        /// The shape asked for.
        shape: Vec<usize>,
    },
    /// Two arrays of one name in a file.
    #[error("array {name:?} is already in the file")]
    Duplicate {
        /// Name of both arrays.
        name: String,
    },
}

impl OutputError {
    /// Names the file in an error of the file system.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

/// Writes `bytes` to `path`, making its folder if needed: into a temporary file beside it first, which then takes
/// its name. Readers see the old file or the new one, never a part.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    write_atomically_with(path, |file| file.write_all(bytes))
}

/// As [`write_atomically`], for contents that are produced piece by piece.
pub fn write_atomically_with<F>(path: &Path, contents: F) -> Result<(), OutputError>
where
    F: FnOnce(&mut BufWriter<File>) -> io::Result<()>,
{
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"));
    let name = name.map_err(OutputError::at(path))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(OutputError::at(folder))?;
    }
    let unique = unique_number();
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}-{unique}.tmp", std::process::id()));
    let temporary = folder.join(temporary_name);

    let result = fill(&temporary, contents).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // The first error is the one to report; a leftover does no harm.
        let _ = fs::remove_file(&temporary);
    }
    result.map_err(OutputError::at(path))
}

/// A number that no other thread, process or machine takes: processes in containers may all have the same id.
pub fn unique_number() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Deletes what was being written into a folder when a program was killed, and nothing else. Nothing may be being written.
pub fn remove_leftovers(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_str().is_some_and(is_temporary)) {
        // It only takes up room.
        let _ = fs::remove_file(entry.path());
    }
}

/// Whether a name is one of [`write_atomically_with`]'s temporary files: `.NAME.PROCESS-NUMBER.tmp`.
fn is_temporary(name: &str) -> bool {
    let inner = name.strip_prefix('.').and_then(|name| name.strip_suffix(".tmp"));
    let unique = inner.and_then(|name| name.rsplit_once('.')?.1.split_once('-'));
    unique.is_some_and(|(process, number)| process.parse::<u32>().is_ok() && number.parse::<u64>().is_ok())
}

fn fill<F>(path: &Path, contents: F) -> io::Result<()>
where
    F: FnOnce(&mut BufWriter<File>) -> io::Result<()>,
{
    let mut file = BufWriter::new(File::create(path)?);
    contents(&mut file)?;
    // Without this a power failure could leave the new name on an empty file.
    file.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_file_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/result.json");
        write_atomically(&path, b"first, and longer").unwrap();
        write_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn leftovers_go_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let kept = [
            "result.json",
            "notes.tmp",
            ".hidden.tmp",
            ".result.json.1-x.tmp",
            ".1-2.json",
        ];
        for name in kept
            .iter()
            .chain(&[".result.json.12-3.tmp", ".phase-map.png.4294967295-0.tmp"])
        {
            fs::write(folder.path().join(name), "half").unwrap();
        }
        remove_leftovers(folder.path());
        let found = fs::read_dir(folder.path()).unwrap();
        let mut found: Vec<_> = found.map(|entry| entry.unwrap().file_name()).collect();
        let mut kept = kept.map(std::ffi::OsString::from);
        found.sort();
        kept.sort();
        assert_eq!(found, kept);
        remove_leftovers(&folder.path().join("missing"));
    }

    #[test]
    fn a_failure_keeps_the_old_file_and_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.npz");
        write_atomically(&path, b"old").unwrap();
        let error = write_atomically_with(&path, |file| {
            file.write_all(b"half of the new")?;
            Err(io::Error::other("disk full"))
        })
        .unwrap_err();
        assert!(
            error.to_string().contains("result.npz") && error.to_string().contains("disk full"),
            "{error}"
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_in_the_way_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            write_atomically(folder.path(), b""),
            Err(OutputError::Write { .. })
        ));
        assert!(matches!(
            write_atomically(Path::new(".."), b""),
            Err(OutputError::Write { .. })
        ));
    }
}
