//! Writes `docs/performance.md` from measured figures, `docs/performance.json` and the committed table of a host's
//! instruction counts, and measures anew where asked.

mod bound;
mod compact;
mod page;
mod table;
mod thresholds;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::{instructions, paths, process};

/// Figures that are measured together: the command of that name with `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Figures {
    /// Instructions and modelled cycles on the microcontrollers
    Cycles,
    /// Times beside numpy's, and what else is compared
    Compare,
}

impl Figures {
    fn name(self) -> &'static str {
        match self {
            Self::Cycles => "cycles",
            Self::Compare => "compare",
        }
    }
}

/// Measures these figures anew, then writes the page, and the README's row on the host's times.
pub fn docs(measured: &[Figures]) -> Result<()> {
    let mut figures = read()?;
    for &which in measured {
        let mut command = Command::new(env::current_exe()?);
        command.args([which.name(), "--json"]);
        eprintln!("$ {}", process::line(&command));
        let output = process::output(&mut command)?;
        figures[which.name()] = serde_json::from_str(&output)
            .with_context(|| format!("`{} --json` printed no JSON", which.name()))?;
    }
    if !measured.is_empty() {
        page::trim(&mut figures);
        write(figures_path(), &format!("{figures:#}\n"))?;
    }
    write(page_path(), &page::page(&figures, &instructions::committed()?))?;
    write(claims_path(), &with_row(&read_text(&claims_path())?, &figures))
}

/// What was to be reached with the compact network on a host, and whether the figures of `compare` do.
pub fn print_compact_thresholds(compare: &Value) {
    for threshold in compact::on_host(&json!({ "compare": compare })) {
        let row = thresholds::row(threshold);
        let text = |key| table::cell(row.get(key), 2).replace("**", "");
        println!(
            "{:12} {:16} {:>8}  {}",
            text("result"),
            text("threshold"),
            text("figure"),
            text("what")
        );
    }
}

/// The page of claims with its row on the host's times written anew.
fn with_row(claims: &str, figures: &Value) -> String {
    let Some(row) = page::claim(figures) else {
        return claims.to_owned();
    };
    let lines = claims.lines().map(|line| match line.starts_with(page::CLAIM) {
        true => row.as_str(),
        false => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn read() -> Result<Value> {
    serde_json::from_str(&read_text(&figures_path())?).context("docs/performance.json is damaged")
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: PathBuf, text: &str) -> Result<()> {
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn figures_path() -> PathBuf {
    paths::root().join("docs").join("performance.json")
}

fn claims_path() -> PathBuf {
    paths::root().join("docs").join("claims.md")
}

fn page_path() -> PathBuf {
    paths::root().join("docs").join("performance.md")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_page_is_that_of_the_committed_figures() {
        let committed = fs::read_to_string(page_path()).unwrap();
        assert!(
            committed == page::page(&read().unwrap(), &instructions::committed().unwrap()),
            "docs/performance.md is stale: `cargo xtask docs` writes it anew"
        );
    }

    #[test]
    fn the_claims_state_the_committed_figures() {
        let claims = read_text(&claims_path()).unwrap();
        assert!(claims.lines().any(|line| line.starts_with(page::CLAIM)));
        assert!(
            claims == with_row(&claims, &read().unwrap()),
            "docs/claims.md is stale: `cargo xtask docs` writes its row anew"
        );
    }
}
