//! The committed table of instruction counts: a test that fails on growth.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::paths;
use crate::runner::Outcome;

/// Instructions by row name.
pub type Counts = BTreeMap<String, u64>;

/// Growth beyond this share fails.
const TOLERANCE: f64 = 0.01;

/// Head of the file.
const HEAD: &str = "# Instructions executed per step on a Cortex-M4F, counted in the emulator: inner loops, neurons, transfer\n\
                    # function, phase. `cargo xtask cycles` fails when one grows by more than 1%;\n\
                    # `cargo xtask cycles --renew` writes the table anew.\n";

fn path() -> PathBuf {
    paths::cycles().join("instructions.toml")
}

/// Writes the table anew.
pub fn renew(compiler: &str, counts: &Counts) -> Result<()> {
    let rows: String = counts
        .iter()
        .map(|(name, count)| format!("\"{name}\" = {count}\n"))
        .collect();
    let text = format!("{HEAD}compiler = \"{compiler}\"\n\n[instructions]\n{rows}");
    fs::write(path(), text).with_context(|| format!("cannot write {}", path().display()))
}

/// Compares with the committed table. Another compiler's counts are no one's fault: they are not compared.
pub fn check(compiler: &str, counts: &Counts) -> Result<Outcome> {
    let text = fs::read_to_string(path()).with_context(|| format!("cannot read {}", path().display()))?;
    compare(&text, compiler, counts)
}

fn compare(text: &str, compiler: &str, counts: &Counts) -> Result<Outcome> {
    let table: toml::Table = text
        .parse()
        .context("the table of instruction counts is damaged")?;
    let committed = table
        .get("compiler")
        .and_then(toml::Value::as_str)
        .unwrap_or_default();
    if committed != compiler {
        return Ok(Outcome::Skipped(format!(
            "the table of instruction counts is that of {committed}, this is {compiler}"
        )));
    }
    let rows = table
        .get("instructions")
        .and_then(toml::Value::as_table)
        .context("the table of instruction counts has no [instructions]")?;
    let mut offenders = Vec::new();
    for (name, &count) in counts {
        match rows.get(name).and_then(toml::Value::as_integer) {
            Some(expected) if count as f64 > expected as f64 * (1.0 + TOLERANCE) => {
                offenders.push(format!("{name}: {count} instructions, {expected} in the table"));
            }
            Some(_) => {}
            None => offenders.push(format!("{name}: not in the table")),
        }
    }
    let gone = rows.keys().filter(|name| !counts.contains_key(*name));
    offenders.extend(gone.map(|name| format!("{name}: in the table, but not counted")));
    if !offenders.is_empty() {
        bail!(
            "instruction counts differ from {}; after a deliberate change, `cargo xtask cycles --renew`:\n  {}",
            path().display(),
            offenders.join("\n  ")
        );
    }
    Ok(Outcome::Passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "compiler = \"one\"\n[instructions]\n\"portable 32 - drive\" = 1000\n";

    fn counted(count: u64) -> Counts {
        Counts::from([("portable 32 - drive".to_owned(), count)])
    }

    #[test]
    fn growth_beyond_one_percent_fails() {
        assert_eq!(compare(TABLE, "one", &counted(1010)).unwrap(), Outcome::Passed);
        assert_eq!(compare(TABLE, "one", &counted(500)).unwrap(), Outcome::Passed);
        let message = compare(TABLE, "one", &counted(1011)).unwrap_err().to_string();
        assert!(
            message.contains("portable 32 - drive: 1011 instructions, 1000 in the table"),
            "{message}"
        );
    }

    #[test]
    fn rows_that_come_or_go_fail() {
        assert!(compare(TABLE, "one", &Counts::new()).is_err());
        let mut more = counted(1000);
        more.insert("portable 64 - drive".to_owned(), 1);
        assert!(compare(TABLE, "one", &more).is_err());
    }

    #[test]
    fn another_compiler_is_skipped_with_its_reason() {
        let Outcome::Skipped(reason) = compare(TABLE, "two", &counted(9999)).unwrap() else {
            panic!("compared");
        };
        assert!(reason.contains("one") && reason.contains("two"));
    }
}
