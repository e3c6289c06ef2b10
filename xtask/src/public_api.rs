//! The kernel's public interface as a committed list: what a release would break or add is seen in a commit.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use public_api::Builder;

use crate::runner::Outcome;
use crate::{paths, process};

/// Format of rustdoc's JSON that the library `public-api` of this version reads; Rust 1.95 writes it.
const FORMAT: u64 = 57;

/// Compares the interface with the committed list, or writes the list anew.
pub fn public_api(renew: bool) -> Result<Outcome> {
    let json = rustdoc_json()?;
    let format = format_version(&json)?;
    if format != FORMAT {
        return Ok(Outcome::Skipped(format!(
            "this compiler describes interfaces in format {format}, and the list is made from format {FORMAT} \
             (Rust 1.95)"
        )));
    }
    let api = Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()
        .with_context(|| format!("reading {}", json.display()))?;
    let (found, path) = (api.to_string(), paths::root().join("kernel/public-api.txt"));
    if renew {
        fs::write(&path, found).with_context(|| format!("writing {}", path.display()))?;
        return Ok(Outcome::Passed);
    }
    let committed = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let changes = changes(&committed, &found);
    if !changes.is_empty() {
        bail!(
            "the public interface is not that of kernel/public-api.txt; after a deliberate change, `cargo xtask \
             public-api --renew`, and CHANGELOG.md says what changed\n{}",
            changes.join("\n")
        );
    }
    println!(
        "{} public items, as in kernel/public-api.txt",
        committed.lines().count()
    );
    Ok(Outcome::Passed)
}

/// Has rustdoc describe the kernel with every feature.
fn rustdoc_json() -> Result<PathBuf> {
    // a folder of its own, or the variable would have everything else built anew
    let directory = paths::target().join("public-api");
    let mut cargo = process::cargo(&paths::root());
    cargo
        .args("rustdoc --locked --package freezable-chaos --lib --all-features --target-dir".split(' '))
        .arg(&directory)
        .args("-- -Z unstable-options --output-format json".split(' '))
        .env("RUSTC_BOOTSTRAP", "1");
    process::run(&mut cargo)?;
    Ok(directory.join("doc").join("freezable_chaos.json"))
}

fn format_version(json: &PathBuf) -> Result<u64> {
    let text = fs::read_to_string(json).with_context(|| format!("reading {}", json.display()))?;
    let value: serde_json::Value = serde_json::from_str(&text)?;
    let version = value["format_version"].as_u64();
    version.with_context(|| format!("{} has no format_version", json.display()))
}

/// Lines that are gone, then lines that are new.
fn changes(committed: &str, found: &str) -> Vec<String> {
    let [old, new] = [committed, found].map(|text| text.lines().collect::<BTreeSet<&str>>());
    let gone = old.difference(&new).map(|line| format!("- {line}"));
    let added = new.difference(&old).map(|line| format!("+ {line}"));
    gone.chain(added).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_gone_and_what_is_new_is_told() {
        assert!(super::changes("a\nb\n", "a\nb\n").is_empty());
        assert_eq!(super::changes("a\nb\n", "b\nc\n"), ["- a", "+ c"]);
    }
}
