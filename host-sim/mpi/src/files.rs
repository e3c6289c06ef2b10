//! Files that are whole or not there, also when a program is killed while it writes.

use std::fs::{File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use crate::failure::Failure;

/// Writes beside and renames.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || {
        let mut file = beside(path)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        // that the name lasts too
        File::open(folder(path))?.sync_all()
    };
    write().map_err(|error: io::Error| Failure::file(path, error))
}

/// Refuses what [`write_whole`] could not write.
pub fn check_writable(path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(Failure::file(path, "is a folder, not a file"));
    }
    // It is deleted at once.
    beside(path).map(drop).map_err(|error| Failure::file(path, error))
}

fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let permissions = Permissions::from_mode(0o666);
    Builder::new().permissions(permissions).tempfile_in(folder(path))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
