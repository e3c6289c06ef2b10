//! Committed tables of counts that do not move with the machine's load: tests that fail on growth.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::runner::Outcome;

/// Counts of one core or target, and what compiled them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// What the compiler calls itself: another one's counts are not compared.
    pub compiler: String,
    /// By what is counted ("instructions"), then by row.
    #[serde(flatten)]
    pub counts: BTreeMap<String, BTreeMap<String, u64>>,
}

/// By the name of the core or target.
pub type Table = BTreeMap<String, Group>;

/// Where a table is, and what is said about it.
pub struct File {
    pub path: PathBuf,
    /// Comment at its head.
    pub head: &'static str,
    /// Growth beyond this share fails.
    pub tolerance: f64,
    /// The command that writes it anew.
    pub renewal: &'static str,
}

impl File {
    /// Writes the table anew.
    pub fn renew(&self, counted: &Table) -> Result<()> {
        let text = format!("{}\n{}", self.head, toml::to_string(counted)?);
        fs::write(&self.path, text).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Compares with the committed table. Another compiler's counts are no one's fault: they are not compared.
    pub fn check(&self, counted: &Table) -> Result<Outcome> {
        let path = self.path.display();
        let text = fs::read_to_string(&self.path)
            .with_context(|| format!("cannot read {path}, which `{}` writes", self.renewal))?;
        compare(&text, counted, self.tolerance).with_context(|| {
            format!(
                "counts differ from {path}; after a deliberate change, `{}`",
                self.renewal
            )
        })
    }
}

fn compare(text: &str, counted: &Table, tolerance: f64) -> Result<Outcome> {
    let committed: Table = toml::from_str(text).context("the table is damaged")?;
    let (mut offenders, mut skipped) = (Vec::new(), Vec::new());
    for (name, group) in counted {
        match committed.get(name) {
            Some(expected) if expected.compiler == group.compiler => {
                let differences = differences(&rows(expected), &rows(group), tolerance);
                offenders.extend(
                    differences
                        .into_iter()
                        .map(|difference| format!("{name} {difference}")),
                );
            }
            Some(expected) => skipped.push(format!(
                "the counts of {name} in the table are those of {}, this is {}",
                expected.compiler, group.compiler
            )),
            None => offenders.push(format!("{name}: not in the table")),
        }
    }
    let gone = committed.keys().filter(|name| !counted.contains_key(*name));
    offenders.extend(gone.map(|name| format!("{name}: in the table, but not counted")));
    if !offenders.is_empty() {
        bail!("{}", offenders.join("\n  "));
    }
    Ok(if skipped.is_empty() {
        Outcome::Passed
    } else {
        Outcome::Skipped(skipped.join("; "))
    })
}

/// What is counted and row, with the count.
type Rows<'a> = BTreeMap<(&'a str, &'a str), u64>;

fn rows(group: &Group) -> Rows<'_> {
    let counts = group.counts.iter();
    counts
        .flat_map(|(what, rows)| {
            rows.iter()
                .map(move |(name, &count)| ((what.as_str(), name.as_str()), count))
        })
        .collect()
}

/// Rows that grew, came or went.
fn differences(committed: &Rows<'_>, counted: &Rows<'_>, tolerance: f64) -> Vec<String> {
    let changed = counted.iter().filter_map(|(row, &count)| {
        let (what, name) = row;
        match committed.get(row) {
            Some(&expected) if count as f64 > expected as f64 * (1.0 + tolerance) => {
                Some(format!("{name}: {count} {what}, {expected} in the table"))
            }
            Some(_) => None,
            None => Some(format!("{name}: {what} not in the table")),
        }
    });
    let gone = committed.keys().filter(|row| !counted.contains_key(*row));
    let gone = gone.map(|(what, name)| format!("{name}: {what} in the table, but not counted"));
    changed.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "[m3]\ncompiler = \"one\"\n[m3.instructions]\n\"portable 32 - drive\" = 1000\n";

    fn counted(compiler: &str, count: u64) -> Table {
        let rows = BTreeMap::from([("portable 32 - drive".to_owned(), count)]);
        let group = Group {
            compiler: compiler.to_owned(),
            counts: BTreeMap::from([("instructions".to_owned(), rows)]),
        };
        Table::from([("m3".to_owned(), group)])
    }

    fn compare(text: &str, counted: &Table) -> Result<Outcome> {
        super::compare(text, counted, 0.01)
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
    fn rows_and_groups_that_come_or_go_fail() {
        assert!(compare(TABLE, &Table::new()).is_err());
        let mut more = counted("one", 1000);
        more.insert("m7".to_owned(), more["m3"].clone());
        assert!(compare(TABLE, &more).is_err());
        let mut more = counted("one", 1000);
        let rows = more
            .get_mut("m3")
            .unwrap()
            .counts
            .get_mut("instructions")
            .unwrap();
        rows.insert("portable 64 - drive".to_owned(), 1);
        assert!(compare(TABLE, &more).is_err());
        more.get_mut("m3").unwrap().counts.clear();
        assert!(compare(TABLE, &more).is_err());
    }

    #[test]
    fn a_table_reads_back_as_it_was_written() {
        let table = counted("one", 1000);
        assert_eq!(
            toml::from_str::<Table>(&toml::to_string(&table).unwrap()).unwrap(),
            table
        );
        assert_eq!(toml::from_str::<Table>(TABLE).unwrap(), table);
    }

    #[test]
    fn a_table_that_is_not_there_fails() {
        let file = File {
            path: PathBuf::from("there/is/no.toml"),
            head: "",
            tolerance: 0.01,
            renewal: "cargo xtask sizes --renew",
        };
        let message = format!("{:#}", file.check(&counted("one", 1)).unwrap_err());
        assert!(
            message.contains("no.toml") && message.contains(file.renewal),
            "{message}"
        );
    }

    #[test]
    fn another_compiler_is_skipped_with_its_reason() {
        let Outcome::Skipped(reason) = compare(TABLE, &counted("two", 9999)).unwrap() else {
            panic!("compared");
        };
        assert!(reason.contains("one") && reason.contains("two"));
    }
}
