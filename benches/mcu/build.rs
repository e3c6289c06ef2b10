//! Hands the linker the memory map, the start-up code's script, and the peers written in C.

use std::{env, error::Error, fs, path::PathBuf};

/// Names the memory map of another board.
const MEMORY: &str = "MEMORY_X";
/// Names the objects of the peers, separated by spaces: `cargo xtask cycles` compiles them.
const PEERS: &str = "PEERS";

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // not in this folder, where the linker would find it before the one in OUT_DIR
    let memory = match env::var(MEMORY) {
        Ok(path) => path,
        Err(_) if env::var("TARGET")?.starts_with("thumbv8m") => "boards/mps2-an505.x".to_owned(),
        Err(_) => "boards/mps2.x".to_owned(),
    };
    fs::copy(&memory, out.join("memory.x")).map_err(|error| format!("{memory}: {error}"))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed={memory}");
    println!("cargo:rerun-if-env-changed={MEMORY}");
    println!("cargo:rerun-if-env-changed={PEERS}");
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    if env::var_os("CARGO_FEATURE_PEERS").is_some() {
        let objects = env::var(PEERS).map_err(|_| format!("{PEERS} names no objects"))?;
        for object in objects.split(' ') {
            println!("cargo:rustc-link-arg-bin=peers={object}");
            println!("cargo:rerun-if-changed={object}");
        }
    }
    Ok(())
}
