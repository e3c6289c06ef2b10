//! Hands the linker the memory map of the chip that `CHIP` names, and draws the couplings of 64 neurons for its flash.

use std::{env, error::Error, fs, path::PathBuf};

use golden_targets::goldens;

const N: usize = 64;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed=CHIP");
    let chip = env::var("CHIP").map_err(|_| "CHIP names no chip: one of maps/, as in CHIP=stm32f405")?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let map = format!("maps/{chip}.x");
    // not in this folder, where the linker would find it before the one in OUT_DIR
    fs::copy(&map, out.join("memory.x")).map_err(|error| format!("{map}: {error}"))?;

    let dynamics = goldens::dynamics(N).map_err(|failure| format!("{failure:?}"))?;
    let mut buffer = vec![0.0; freezable_chaos::couplings_len(N)];
    let couplings = goldens::draw(&mut buffer, &dynamics).map_err(|failure| format!("{failure:?}"))?;
    let values = couplings.image().iter();
    let literals: Vec<String> = values
        .map(|value| format!("f32::from_bits({:#x})", value.to_bits()))
        .collect();
    fs::write(out.join("couplings.rs"), format!("[{}]", literals.join(",\n")))?;

    println!("cargo:rerun-if-changed={map}");
    println!("cargo:rustc-cfg=chip=\"{chip}\"");
    println!("cargo:rustc-link-search={}", out.display());
    if env::var("TARGET")?.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=--nmagic");
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    Ok(())
}
