//! What each crate may know: its direct dependencies against a list, and arrows that run one way.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Direct dependencies of each crate of the house, beside development ones; a change belongs here and in a commit that
/// says why.
const ALLOWED: [(&str, &[&str]); 6] = [
    (
        "freezable-chaos",
        &[
            "cobs",
            "crc",
            "defmt",
            "embedded-storage",
            "embedded-storage-async",
            "heapless",
            "libm",
            "micromath",
            "postcard",
            "rand_core",
            "rayon",
            "serde",
        ],
    ),
    (
        "science",
        &[
            "clap",
            "contour",
            "crc",
            "freezable-chaos",
            "libm",
            "multiversion",
            "numerics",
            "postcard",
            "rand_distr",
            "rand_xoshiro",
            "rayon",
            "self_cell",
            "serde",
            "thiserror",
            "toml",
        ],
    ),
    ("numerics", &["faer", "realfft"]),
    (
        "figures",
        &[
            "base64",
            "contour",
            "plotters",
            "plotters-backend",
            "png",
            "science",
            "thiserror",
        ],
    ),
    (
        "link",
        &[
            "clap",
            "freezable-chaos",
            "science",
            "serialport",
            "tempfile",
            "thiserror",
        ],
    ),
    (
        "host-sim",
        &[
            "clap",
            "crc",
            "ctrlc",
            "derive_more",
            "figures",
            "freezable-chaos",
            "indicatif",
            "jiff",
            "link",
            "maud",
            "npyz",
            "rand",
            "ratatui",
            "rayon",
            "science",
            "serde",
            "serde_json",
            "tempfile",
            "thiserror",
            "toml",
            "zip",
        ],
    ),
];

/// Every package of the workspace with its dependencies: name and whether it is optional.
fn dependencies() -> BTreeMap<String, Vec<(String, bool)>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let packages = metadata["packages"].as_array().expect("a list");
    packages
        .iter()
        .map(|package| {
            let all = package["dependencies"].as_array().expect("a list");
            let of_the_library = all.iter().filter(|dependency| dependency["kind"].is_null());
            let found = of_the_library
                .map(|dependency| (text(&dependency["name"]), dependency["optional"] == true))
                .collect();
            (text(&package["name"]), found)
        })
        .collect()
}

#[test]
fn every_crate_knows_what_it_may_know_and_nothing_else() {
    let found = dependencies();
    for (name, allowed) in ALLOWED {
        let known: BTreeSet<&str> = found[name].iter().map(|(name, _)| name.as_str()).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert_eq!(known, allowed, "dependencies of {name}");
    }
}

#[test]
fn a_command_line_is_only_a_feature_of_the_libraries() {
    let found = dependencies();
    for name in ["science", "link"] {
        assert!(found[name].contains(&("clap".to_owned(), true)), "{name}");
    }
}

/// What a program that only takes the science library compiles: no terminal, no drawing, no parser of options.
#[test]
fn the_science_library_brings_no_program_along() {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            "science",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--locked",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(
        names.contains("freezable-chaos") && names.contains("rayon"),
        "{names:?}"
    );
    for forbidden in [
        "clap",
        "indicatif",
        "plotters",
        "ratatui",
        "serde_json",
        "serialport",
        "npyz",
        "zip",
        "ctrlc",
    ] {
        assert!(!names.contains(forbidden), "science brings {forbidden} along");
    }
}
