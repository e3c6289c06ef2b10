//! The object that every command prints and writes: `{"kind", "params", "summary", "provenance"}`.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{OutputError, Provenance, write_atomically};

/// Result of one command. A number that is not finite becomes `null`, which is JSON's only word for it; but an exponent of
/// -infinity, which is a result, becomes the string "-inf", see [`extended`](science::estimators::extended).
#[derive(Clone, Debug, Serialize)]
pub struct ResultObject<P, S> {
    /// The command: "run", "freeze", "lyapunov", ...
    pub kind: &'static str,
    /// The parameters in force, given or default.
    pub params: P,
    /// What was found; averages are [`MeanSem`](science::estimators::MeanSem).
    pub summary: S,
    /// Where the result comes from.
    pub provenance: Provenance,
}

/// A value as it stands in a JSON text, single precision in its own digits: 0.05, where serde's own conversion would make
/// it 0.05000000074505806.
pub fn value_of(value: &impl Serialize) -> Result<serde_json::Value, OutputError> {
    Ok(serde_json::from_str(&serde_json::to_string(value)?)?)
}

impl<P: Serialize, S: Serialize> ResultObject<P, S> {
    /// The object as indented JSON that ends in a newline.
    pub fn to_json(&self) -> Result<String, OutputError> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// Writes the object to a file, atomically.
    pub fn write(&self, path: &Path) -> Result<(), OutputError> {
        write_atomically(path, self.to_json()?.as_bytes())
    }

    /// Prints the object on standard output. A reader that has gone away (`| head`) is not an error.
    pub fn print(&self) -> Result<(), OutputError> {
        let mut stdout = io::stdout().lock();
        match stdout
            .write_all(self.to_json()?.as_bytes())
            .and_then(|()| stdout.flush())
        {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(OutputError::at(Path::new("standard output"))(error))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Seeds;
    use science::estimators::MeanSem;

    #[derive(Serialize)]
    struct Params {
        n: usize,
        g: f64,
    }

    #[derive(Serialize)]
    struct Summary {
        c_phi_0: Option<MeanSem>,
        half_width: f64,
    }

    #[test]
    fn has_four_members_in_order() {
        let object = ResultObject {
            kind: "run",
            params: Params { n: 256, g: 2.0 },
            summary: Summary {
                c_phi_0: MeanSem::of([0.5, 1.5]),
                half_width: f64::NAN,
            },
            provenance: Provenance::collect(Seeds::all(7)),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        object.write(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let positions = ["\"kind\"", "\"params\"", "\"summary\"", "\"provenance\""].map(|key| text.find(key));
        assert!(
            positions.iter().all(Option::is_some) && positions.is_sorted(),
            "{text}"
        );
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["params"]["n"], 256);
        assert_eq!(value["summary"]["c_phi_0"]["sem"], 0.5);
        assert!(value["summary"]["half_width"].is_null());
        assert_eq!(value["provenance"]["seeds"]["state"], 7);
    }
}
