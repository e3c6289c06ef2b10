//! A golden of one's own, with its files.

use std::fs;
use std::path::{Path, PathBuf};

use science::Stopped;
use science::golden::{Golden, Verification};

use super::Stated;
use crate::commands::golden::described;
use crate::failure::Failure;
use crate::machine::available_memory;

/// A golden, and where the files lie that it names.
pub(super) struct Own {
    pub(super) golden: Golden,
    folder: PathBuf,
}

impl Own {
    /// Reads a golden; refuses one of other parameters than are stated.
    pub(super) fn read(path: &Path, files: Option<&Path>, stated: &Stated) -> Result<Self, Failure> {
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::Usage(format!("--golden {}: {error}", path.display())))?;
        let golden = Golden::parse(&text).map_err(|refusal| match refusal.parameter {
            // the file's name says more than the parameter
            "golden" => Failure::Usage(refusal.sentence(&format!("--golden {}", path.display()))),
            _ => Failure::Usage(format!("--golden {}: {refusal}", path.display())),
        })?;
        stated.check(&golden)?;
        let beside = path.parent().unwrap_or(Path::new("")).to_owned();
        let folder = files.map_or(beside, Path::to_owned);
        Ok(Self { golden, folder })
    }

    /// On this machine.
    pub(super) fn here(&self) -> Result<Verification, Failure> {
        let contents = described::contents(&self.golden, &self.folder)?;
        let found = self.golden.run_with(&contents, available_memory(), &());
        let found = found.map_err(|stopped| self.with_folder(stopped))?;
        Ok(Verification::of(&self.golden, &found))
    }

    /// Names a file that is refused by its whole path.
    fn with_folder(&self, stopped: Stopped) -> Stopped {
        match stopped {
            Stopped::Refused(mut refusal) => {
                if let Some(file) = self.golden.files.get(refusal.parameter)
                    && file.name == refusal.value
                {
                    refusal.value = self.folder.join(&file.name).display().to_string();
                }
                Stopped::Refused(refusal)
            }
            other => other,
        }
    }
}
