//! Hands the linker its script, draws couplings, and says whether the target has a floating-point unit, which the compiler keeps to itself.

use std::{env, error::Error, fs, path::Path};

use golden_targets::goldens;

const SIZES: [usize; 2] = [64, 128];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::var("CARGO_MANIFEST_DIR")?;
    println!("cargo:rerun-if-changed=link.x");
    println!("cargo:rustc-link-arg-bins=-T{folder}/link.x");
    for n in SIZES {
        let dynamics = goldens::dynamics(n).map_err(|failure| format!("{failure:?}"))?;
        let mut buffer = vec![0.0; freezable_chaos::couplings_len(n)];
        let couplings = goldens::draw(&mut buffer, &dynamics).map_err(|failure| format!("{failure:?}"))?;
        let values = couplings.image().iter();
        let literals: Vec<String> = values
            .map(|value| format!("f32::from_bits({:#x})", value.to_bits()))
            .collect();
        let path = Path::new(&env::var("OUT_DIR")?).join(format!("couplings-{n}.rs"));
        fs::write(path, format!("[{}]", literals.join(",\n")))?;
    }
    if env::var("TARGET")?.starts_with("riscv32imaf") {
        println!("cargo:rustc-cfg=float_unit");
    }
    Ok(())
}
