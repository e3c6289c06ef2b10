//! Every dependency has a licence of `deny.toml` and comes from the public registry. cargo-deny says more where it is
//! installed: it takes longer to build than all other checks to run.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use spdx::{Expression, ParseMode};

use crate::runner::Outcome;
use crate::{paths, process};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

#[derive(Deserialize)]
struct Rules {
    licenses: Licences,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// None for the packages of this repository.
    source: Option<String>,
}

/// Checks the dependencies of every workspace.
pub fn licences() -> Result<Outcome> {
    let path = paths::root().join("deny.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let rules: Rules = toml::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
    let mut refused = Vec::new();
    for directory in paths::workspaces() {
        let packages = packages(&directory)?;
        refused.extend(
            packages
                .iter()
                .filter_map(|package| refusal(package, &rules.licenses.allow)),
        );
        println!("{}: {} packages", directory.display(), packages.len());
    }
    if !refused.is_empty() {
        bail!("{}", refused.join("; "));
    }
    Ok(Outcome::Passed)
}

/// cargo-deny on the root workspace, without the advisories where their database cannot be fetched.
pub fn cargo_deny() -> Result<Outcome> {
    if !process::exists("cargo-deny") {
        return Ok(Outcome::Skipped(
            "there is no cargo-deny; `cargo install --locked cargo-deny`".to_owned(),
        ));
    }
    let deny = |checks: &[&str]| {
        let mut cargo = process::cargo(&paths::root());
        cargo
            .args(["deny", "--locked", "check", "--hide-inclusion-graph"])
            .args(checks);
        cargo
    };
    process::run(&mut deny(&["licenses", "sources", "bans"]))?;
    let fetched = process::run(deny_fetch().current_dir(paths::root()));
    match fetched {
        Ok(()) => process::run(&mut deny(&["advisories"])).map(|()| Outcome::Passed),
        Err(error) => Ok(Outcome::Skipped(format!(
            "licences, sources and bans hold; no advisories looked at: {error:#}"
        ))),
    }
}

fn deny_fetch() -> Command {
    let mut cargo = process::cargo(&paths::root());
    cargo.args(["deny", "fetch", "db"]);
    cargo
}

fn packages(directory: &Path) -> Result<Vec<Package>> {
    let mut cargo = process::cargo(directory);
    cargo.args(["metadata", "--format-version", "1", "--locked", "--all-features"]);
    let metadata: Metadata = serde_json::from_str(&process::output(&mut cargo)?)
        .with_context(|| format!("metadata of {}", directory.display()))?;
    Ok(metadata.packages)
}

/// Why a package is refused, if it is.
fn refusal(package: &Package, allowed: &[String]) -> Option<String> {
    let Package {
        name,
        version,
        license,
        source,
    } = package;
    let source = source.as_deref()?;
    if source != REGISTRY {
        return Some(format!("{name} {version} comes from {source}"));
    }
    let Some(license) = license else {
        return Some(format!("{name} {version} states no licence"));
    };
    let is_allowed = Expression::parse_mode(license, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|licence| allowed.iter().any(|name| *name == licence.to_string()))
    });
    (!is_allowed)
        .then(|| format!("{name} {version} has the licence {license}, which deny.toml does not allow"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(license: Option<&str>, source: Option<&str>) -> Option<String> {
        let package = Package {
            name: "it".to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            source: source.map(str::to_owned),
        };
        refusal(
            &package,
            &["MIT".to_owned(), "Apache-2.0 WITH LLVM-exception".to_owned()],
        )
    }

    #[test]
    fn one_allowed_licence_of_several_is_enough_but_not_of_those_that_hold_together() {
        let registry = Some(REGISTRY);
        for license in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "MIT/Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert_eq!(refused(Some(license), registry), None, "{license}");
        }
        for license in ["Apache-2.0", "MIT AND GPL-3.0-only", "of my own"] {
            assert!(
                refused(Some(license), registry).is_some_and(|reason| reason.contains(license)),
                "{license}"
            );
        }
    }

    #[test]
    fn other_sources_and_missing_licences_are_refused() {
        assert!(refused(None, Some(REGISTRY)).is_some());
        assert!(refused(Some("MIT"), Some("git+https://example.org/it")).is_some());
        assert!(refused(None, None).is_none(), "a package of this repository");
    }
}
