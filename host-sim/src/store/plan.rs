//! What the files of a folder are of: the command, its parameters, and the code that ran.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;

use freezable_chaos::CONTRACT_VERSION;
use science::golden::digest_of;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;
use crate::output::OutputError;
use crate::output::files::unique_number;
use crate::output::json::value_of;

/// The code that computed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// Version of the arithmetic.
    pub contract: u16,
    /// Version of the program.
    pub version: String,
    /// Commit that it was built from; with a digest of the changes where the sources had been changed since.
    pub revision: String,
}

impl Code {
    /// This program's.
    pub fn own() -> Self {
        Self {
            contract: CONTRACT_VERSION,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            revision: env!("HOST_SIM_GIT_REVISION").to_owned(),
        }
    }
}

/// What is computed into a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The command.
    pub kind: String,
    /// Its parameters, as its result states them.
    pub parameters: Value,
    /// The code that computes.
    pub code: Code,
}

impl Plan {
    /// A plan that this program carries out.
    pub fn new(kind: &str, parameters: &impl Serialize) -> Result<Self, OutputError> {
        Ok(Self {
            kind: kind.to_owned(),
            parameters: value_of(parameters)?,
            code: Code::own(),
        })
    }

    /// Tells plans apart: what every part of it is marked with.
    pub fn key(&self) -> u64 {
        digest_of(self.to_string().as_bytes())
    }

    /// Whether the results of both are the same, whatever the code.
    pub fn is_same_run(&self, other: &Self) -> bool {
        (&self.kind, &self.parameters) == (&other.kind, &other.parameters)
    }

    /// In what another plan differs: "a sweep with another n, trials".
    pub fn difference(&self, found: &Self) -> String {
        if self.kind != found.kind {
            return format!("`{}`, and this is `{}`", found.kind, self.kind);
        }
        let keys = self.parameters.as_object().into_iter().flatten();
        let other: Vec<&str> = keys
            .filter(|(key, value)| found.parameters.get(key.as_str()) != Some(*value))
            .map(|(key, _)| key.as_str())
            .collect();
        if other.is_empty() {
            let (theirs, own) = (&found.code, &self.code);
            return format!(
                "`{}` by program {} at {}, and this is {} at {}",
                self.kind, theirs.version, theirs.revision, own.version, own.revision
            );
        }
        format!("`{}` with another {}", self.kind, other.join(", "))
    }

    /// Reads the plan of a folder; `None` where there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, Failure> {
        match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::Device(format!("cannot read {}: {error}", path.display()))),
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                Failure::Usage(format!(
                    "{} is empty or torn ({error}): remove it, and what lies beside it and is of this run is taken up",
                    path.display()
                ))
            }),
        }
    }

    /// Writes the plan where there is none yet, and tells which one is there now: of several programs that begin at the
    /// same time, on several machines too, one wins.
    pub fn claim(&self, path: &Path) -> Result<Self, Failure> {
        let unique = format!(".plan.json.{}-{}.tmp", std::process::id(), unique_number());
        let own = path.with_file_name(unique);
        let written = File::create(&own).and_then(|mut file| {
            file.write_all(self.to_string().as_bytes())
                .and_then(|()| file.sync_all())
        });
        // A link is made or refused as a whole, on network file systems too.
        let linked = written.and_then(|()| fs::hard_link(&own, path));
        let _ = fs::remove_file(&own);
        match linked {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(OutputError::at(path)(error).into())
            }
            _ => Self::read(path)?
                .ok_or_else(|| Failure::Device(format!("{} vanished while it was written", path.display()))),
        }
    }
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| std::fmt::Error)?)
    }
}
