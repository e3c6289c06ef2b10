//! Draws the quenched couplings that the firmware carries in flash, with the kernel itself.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

use freezable_chaos::{
    Dynamics, GaussianCouplings, Generator, HashedSigns, Params, Purpose, SignCouplings, couplings_len,
    signs_len,
};

include!("src/image_constants.rs");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/image_constants.rs");
    let source = couplings()? + &signs()?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("image.rs"), source)?;
    Ok(())
}

/// Only g and n shape the couplings, and of signs only n.
fn dynamics(n: usize) -> Result<Dynamics, Box<dyn Error>> {
    let params = Params {
        g: IMAGE_GAIN,
        k: 0.0,
        p: 1.0,
        dt: 0.05,
    };
    Ok(params.validate(n)?)
}

fn couplings() -> Result<String, Box<dyn Error>> {
    let mut values = vec![0.0; couplings_len(IMAGE_NEURONS)];
    let mut generator = Generator::new(IMAGE_SEED, IMAGE_NETWORK, Purpose::Couplings);
    let couplings = GaussianCouplings::seed(&mut values, &dynamics(IMAGE_NEURONS)?, &mut generator)?;
    table("COUPLINGS", "f32", couplings.as_slice(), |value| {
        format!("f32::from_bits({:#010x})", value.to_bits())
    })
}

fn signs() -> Result<String, Box<dyn Error>> {
    let hashed = HashedSigns::new(&dynamics(SIGNS_NEURONS)?, SIGNS_SEED, IMAGE_NETWORK);
    let mut words = vec![0; signs_len(SIGNS_NEURONS)];
    let stored = SignCouplings::store(&mut words, &hashed)?;
    table("SIGNS", "u64", stored.as_slice(), |word| format!("{word:#018x}"))
}

/// A static of that name and type, as source text.
fn table<V>(
    name: &str,
    of: &str,
    values: &[V],
    literal: impl Fn(&V) -> String,
) -> Result<String, Box<dyn Error>> {
    let mut source = format!("static {name}: [{of}; {}] = [\n", values.len());
    for row in values.chunks(8) {
        for value in row {
            write!(source, "{},", literal(value))?;
        }
        source.push('\n');
    }
    source.push_str("];\n");
    Ok(source)
}
