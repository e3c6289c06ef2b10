//! The committed table of instruction counts: a test that fails on growth.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::paths;
use crate::runner::Outcome;

/// Instructions of a core by row name, and what compiled them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Core {
    /// What the compiler calls itself: another one's counts are not compared.
    pub compiler: String,
    /// Median per step.
    pub instructions: BTreeMap<String, u64>,
}

/// By the name of the core.
pub type Table = BTreeMap<String, Core>;

/// Growth beyond this share fails.
const TOLERANCE: f64 = 0.01;

/// Head of the file.
const HEAD: &str = "# Instructions executed per step, counted in the emulator, median over the steps, by core: inner loops, neurons,\n\
                    # transfer function, phase. `cargo xtask cycles` fails when one grows by more than 1%;\n\
                    # `cargo xtask cycles --renew` writes the table anew.\n\n";

fn path() -> PathBuf {
    paths::cycles().join("instructions.toml")
}

/// Writes the table anew.
pub fn renew(counted: &Table) -> Result<()> {
    let text = format!("{HEAD}{}", toml::to_string(counted)?);
    fs::write(path(), text).with_context(|| format!("cannot write {}", path().display()))
}

/// Compares with the committed table. Another compiler's counts are no one's fault: they are not compared.
pub fn check(counted: &Table) -> Result<Outcome> {
    let text = fs::read_to_string(path()).with_context(|| format!("cannot read {}", path().display()))?;
    compare(&text, counted)
}

fn compare(text: &str, counted: &Table) -> Result<Outcome> {
    let committed: Table = toml::from_str(text).context("the table of instruction counts is damaged")?;
    let (mut offenders, mut skipped) = (Vec::new(), Vec::new());
    for (name, core) in counted {
        match committed.get(name) {
            Some(expected) if expected.compiler == core.compiler => {
                let differences = differences(&expected.instructions, &core.instructions);
                offenders.extend(differences.map(|difference| format!("{name} {difference}")));
            }
            Some(expected) => skipped.push(format!(
                "the instruction counts of {name} are those of {}, this is {}",
                expected.compiler, core.compiler
            )),
            None => offenders.push(format!("{name}: not in the table")),
        }
    }
    let gone = committed.keys().filter(|name| !counted.contains_key(*name));
    offenders.extend(gone.map(|name| format!("{name}: in the table, but not counted")));
    if !offenders.is_empty() {
        bail!(
            "instruction counts differ from {}; after a deliberate change, `cargo xtask cycles --renew`:\n  {}",
            path().display(),
            offenders.join("\n  ")
        );
    }
    Ok(if skipped.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Skipped(skipped.join("; "))
    })
}

/// Rows that grew, came or went.
fn differences(
    committed: &BTreeMap<String, u64>,
    counted: &BTreeMap<String, u64>,
) -> impl Iterator<Item = String> {
    let changed = counted
        .iter()
        .filter_map(|(name, &count)| match committed.get(name) {
            Some(&expected) if count as f64 > expected as f64 * (1.0 + TOLERANCE) => {
                Some(format!("{name}: {count} instructions, {expected} in the table"))
            }
            Some(_) => None,
            None => Some(format!("{name}: not in the table")),
        });
    let gone = committed.keys().filter(|name| !counted.contains_key(*name));
    changed.chain(gone.map(|name| format!("{name}: in the table, but not counted")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "[m3]\ncompiler = \"one\"\n[m3.instructions]\n\"portable 32 - drive\" = 1000\n";

    fn counted(compiler: &str, count: u64) -> Table {
        let core = Core {
            compiler: compiler.to_owned(),
            instructions: BTreeMap::from([("portable 32 - drive".to_owned(), count)]),
        };
        Table::from([("m3".to_owned(), core)])
    }

    #[test]
    fn growth_beyond_one_percent_fails() {
        assert_eq!(compare(TABLE, &counted("one", 1010)).unwrap(), Outcome::Passed);
        assert_eq!(compare(TABLE, &counted("one", 500)).unwrap(), Outcome::Passed);
        let message = compare(TABLE, &counted("one", 1011)).unwrap_err().to_string();
        assert!(
            message.contains("m3 portable 32 - drive: 1011 instructions, 1000 in the table"),
            "{message}"
        );
    }

    #[test]
    fn rows_and_cores_that_come_or_go_fail() {
        assert!(compare(TABLE, &Table::new()).is_err());
        let mut more = counted("one", 1000);
        more.insert("m7".to_owned(), more["m3"].clone());
        assert!(compare(TABLE, &more).is_err());
        let mut more = counted("one", 1000);
        let rows = &mut more.get_mut("m3").unwrap().instructions;
        rows.insert("portable 64 - drive".to_owned(), 1);
        assert!(compare(TABLE, &more).is_err());
        more.get_mut("m3").unwrap().instructions.clear();
        assert!(compare(TABLE, &more).is_err());
    }

    #[test]
    fn another_compiler_is_skipped_with_its_reason() {
        let Outcome::Skipped(reason) = compare(TABLE, &counted("two", 9999)).unwrap() else {
            panic!("compared");
        };
        assert!(reason.contains("one") && reason.contains("two"));
    }
}
