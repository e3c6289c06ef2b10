//! Draws the quenched couplings that the firmware carries in flash, with the kernel itself.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

use freezable_chaos::{GaussianCouplings, Generator, Params, Purpose, couplings_len};

include!("src/image_constants.rs");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/image_constants.rs");
    // Only g and n shape the couplings.
    let dynamics = Params {
        g: IMAGE_GAIN,
        k: 0.0,
        p: 1.0,
        dt: 0.05,
    }
    .validate(CAPACITY)?;
    let mut values = vec![0.0; couplings_len(CAPACITY)];
    let mut generator = Generator::new(IMAGE_SEED, IMAGE_NETWORK, Purpose::Couplings);
    let couplings = GaussianCouplings::seed(&mut values, &dynamics, &mut generator)?;
    let mut source = format!("static COUPLINGS: [f32; {}] = [\n", couplings.as_slice().len());
    for row in couplings.as_slice().chunks(8) {
        for value in row {
            write!(source, "f32::from_bits({:#010x}),", value.to_bits())?;
        }
        source.push('\n');
    }
    source.push_str("];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("image.rs"), source)?;
    Ok(())
}
