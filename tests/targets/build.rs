//! Hands the linker the memory map and the start-up code's script of the target.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let target = env::var("TARGET")?;
    let memory = match target.split('-').next().unwrap_or_default() {
        "thumbv8m.main" => "boards/mps2-an505.x",
        thumb if thumb.starts_with("thumb") => "boards/mps2.x",
        riscv if riscv.starts_with("riscv") => "boards/virt.x",
        _ => {
            println!("cargo:rustc-link-arg-bins=--no-entry");
            println!("cargo:rustc-link-arg-bins=--export=goldens");
            return Ok(());
        }
    };
    // the compiler keeps this feature to itself
    println!("cargo:rustc-check-cfg=cfg(riscv_float)");
    if target.starts_with("riscv32imaf") {
        println!("cargo:rustc-cfg=riscv_float");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // not in this folder, where the linker would find it before the one in OUT_DIR
    fs::copy(memory, out.join("memory.x")).map_err(|error| format!("{memory}: {error}"))?;
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rerun-if-changed={memory}");
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    Ok(())
}
