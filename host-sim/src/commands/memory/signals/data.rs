//! Recordings from a file of arrays.

use std::path::Path;

use science::signals::Recordings;
use serde_json::Value;

use crate::failure::Failure;
use crate::output::ArrayFile;

/// Reads the recordings and a line that says where they are from.
pub(super) fn read(path: &Path) -> Result<(Recordings, String), Failure> {
    let mut file = ArrayFile::open(path)?;
    let stated = file.made_with()?.map(|(_, stated)| stated).unwrap_or_default();
    let (shape, samples) = file.read_finite::<f32>("signals", &["trial", "time", "channel"])?;
    let (_, labels) = file.read::<u64>("labels", &["trial"])?;
    let (_, groups) = file.read::<u64>("groups", &["trial"])?;
    let (targets_shape, targets) = file.read_finite::<f64>("targets", &["trial", "target"])?;
    let names = names(&stated, targets_shape[1]);
    let shape = [shape[0], shape[1], shape[2]];
    let recordings = Recordings::new(samples, shape, (labels, groups), (targets, names))
        .map_err(|refusal| Failure::Usage(format!("--data {}: {refusal}", path.display())))?;
    let source = stated
        .get("source")
        .and_then(Value::as_str)
        .and_then(|text| text.split(',').next());
    let unnamed = || {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    Ok((recordings, source.map_or_else(unnamed, str::to_owned)))
}

/// The names of the quantities that the file states, or their numbers.
fn names(stated: &Value, count: usize) -> Vec<String> {
    let name = |name: &Value| name.as_str().map(str::to_owned);
    let stated = stated.get("targets").and_then(Value::as_array);
    let given: Option<Vec<String>> = stated.and_then(|names| names.iter().map(name).collect());
    given
        .filter(|names| names.len() == count)
        .unwrap_or_else(|| (0..count).map(|number| format!("target {number}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Arrays;

    #[test]
    fn a_file_is_read_and_one_that_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.npz");
        let write = |labels: Vec<u64>| {
            let mut arrays = Arrays::new();
            arrays.f32("signals", &[4, 2, 1], vec![0.5; 8]).unwrap();
            arrays.u64("labels", &[labels.len()], labels).unwrap();
            arrays.u64("groups", &[4], vec![1, 1, 2, 2]).unwrap();
            arrays.f64("targets", &[4, 1], vec![1.0, 2.0, 3.0, 4.0]).unwrap();
            arrays.write(&path).unwrap();
        };
        write(vec![0, 1, 0, 1]);
        let (recordings, source) = read(&path).unwrap();
        assert_eq!(
            (recordings.trials(), recordings.names),
            (4, vec!["target 0".to_owned()])
        );
        assert_eq!(source, "data.npz");
        write(vec![0, 1, 0]);
        assert!(
            read(&path)
                .unwrap_err()
                .to_string()
                .contains("along the axis trial")
        );
        write(vec![0, 0, 0, 0]);
        assert!(
            read(&path)
                .unwrap_err()
                .to_string()
                .contains("labels 1 is outside its bounds")
        );
        assert_eq!(names(&serde_json::json!({"targets": ["a", "b"]}), 2), ["a", "b"]);
    }
}
