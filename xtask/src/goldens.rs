//! The golden digests, for programs that print them a line each.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::paths;

/// A file of goldens, as far as it matters here.
#[derive(Deserialize)]
struct Goldens {
    case: Vec<Case>,
}

/// A trajectory.
#[derive(Deserialize)]
pub struct Case {
    /// Number of neurons.
    pub n: u32,
    /// Transfer function.
    pub transfer: u8,
    /// Steps after which it is frozen.
    pub freeze: u64,
    /// Digests along it.
    pub digests: Vec<Checkpoint>,
}

/// A digest after so many steps.
#[derive(Deserialize)]
pub struct Checkpoint {
    /// Steps done.
    pub step: u64,
    /// Sixteen hexadecimal digits.
    pub digest: String,
}

/// The trajectories of a kind of network, "exact" or "compact".
pub fn of(model: &str) -> Result<Vec<Case>> {
    let path = paths::root().join(format!("tests/golden/{model}.toml"));
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let goldens: Goldens = toml::from_str(&text).with_context(|| format!("{}", path.display()))?;
    Ok(goldens.case)
}

/// Refuses printed digests that are not those expected, line by line.
pub fn compare(place: &str, digests: &[&str], expected: &[String]) -> Result<()> {
    let mut pairs = digests.iter().zip(expected);
    if let Some((line, expected)) = pairs.find(|(line, expected)| **line != expected.as_str()) {
        bail!("{place} prints `{line}`, the golden is `{expected}`");
    }
    ensure!(
        digests.len() == expected.len(),
        "{place} prints {} digests instead of {}",
        digests.len(),
        expected.len()
    );
    println!("{place}: {} digests are the goldens", digests.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_digest_and_a_missing_one_are_told() {
        let expected = ["exact 1 1 aa".to_owned(), "exact 1 2 bb".to_owned()];
        let result = |digests: &[&str]| compare("it", digests, &expected).map_err(|error| error.to_string());
        assert_eq!(result(&["exact 1 1 aa", "exact 1 2 bb"]), Ok(()));
        let error = result(&["exact 1 1 aa", "exact 1 2 cc"]).unwrap_err();
        assert!(error.contains("`exact 1 2 cc`"), "{error}");
        let error = result(&["exact 1 1 aa"]).unwrap_err();
        assert!(error.contains("1 digests instead of 2"), "{error}");
    }
}
