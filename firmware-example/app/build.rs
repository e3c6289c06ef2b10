//! Draws the quenched couplings that the firmware carries in flash, with the kernel itself.

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};

use freezable_chaos::{
    DenseCouplings, Dynamics, Generator, HashedSigns, Params, Purpose, SignCouplings, StoredReadout,
    StoredSensor, couplings_len, frames::MAX_OUTPUTS, signs_len,
};

include!("src/image_constants.rs");

/// Environment variable with the path of a trained readout, `readout.bin` of `host-sim memory`.
const READOUT: &str = "FREEZABLE_READOUT";

/// Environment variable with the paths of what was trained for a sensor, `sensor.bin` of `host-sim memory sensor-image`.
const SENSOR: &str = "FREEZABLE_SENSOR";

/// Most channels and envelopes of a sensor.
const MAX_INPUTS: usize = include!("src/sensor_inputs.in");

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/image_constants.rs");
    let source = couplings()? + &signs()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("image.rs"), source)?;
    fs::write(out.join("readout.bin"), readout()?)?;
    fs::write(out.join("sensors.rs"), sensors()?)?;
    Ok(())
}

/// The readout that the firmware is to carry, if any.
fn readout() -> Result<Vec<u8>, Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed={READOUT}");
    let Some(path) = env::var_os(READOUT).map(PathBuf::from) else {
        return Ok(Vec::new());
    };
    println!("cargo:rerun-if-changed={}", path.display());
    let named = format!("{READOUT}={}", path.display());
    let bytes = fs::read(&path).map_err(|error| format!("{named}: {error}"))?;
    let stored = StoredReadout::new(&bytes).map_err(|error| format!("{named}: {error}"))?;
    let outputs = stored.header().outputs as usize;
    if outputs > MAX_OUTPUTS {
        return Err(format!("{named}: {outputs} outputs are more than the {MAX_OUTPUTS} of a frame").into());
    }
    Ok(bytes)
}

/// What was trained for a sensor, of each network for which the firmware is to carry it.
fn sensors() -> Result<String, Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/sensor_inputs.in");
    println!("cargo:rerun-if-env-changed={SENSOR}");
    let mut source = "pub static SENSORS: &[&[u8]] = &[\n".to_owned();
    let paths = env::var_os(SENSOR).unwrap_or_default();
    // An empty list has one path, an empty one.
    for path in env::split_paths(&paths).filter(|path| !path.as_os_str().is_empty()) {
        let named = format!("{SENSOR}={}", path.display());
        let path = path.canonicalize().map_err(|error| format!("{named}: {error}"))?;
        println!("cargo:rerun-if-changed={}", path.display());
        let bytes = fs::read(&path).map_err(|error| format!("{named}: {error}"))?;
        let stored = StoredSensor::new(&bytes).map_err(|error| format!("{named}: {error}"))?;
        for (what, found, bound) in [
            ("channels and envelopes", stored.header().inputs(), MAX_INPUTS),
            ("outputs", stored.header().outputs(), MAX_OUTPUTS),
        ] {
            if found > bound {
                return Err(format!("{named}: {found} {what} are more than the bound {bound}").into());
            }
        }
        writeln!(source, "    include_bytes!({path:?}),")?;
    }
    source.push_str("];\n");
    Ok(source)
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
    let couplings = DenseCouplings::seed(&mut values, &dynamics(IMAGE_NEURONS)?, &mut generator)?;
    table("COUPLINGS", "f32", couplings.image(), |value| {
        format!("f32::from_bits({:#010x})", value.to_bits())
    })
}

fn signs() -> Result<String, Box<dyn Error>> {
    let hashed = HashedSigns::new(&dynamics(SIGNS_NEURONS)?, SIGNS_SEED, IMAGE_NETWORK);
    let mut words = vec![0; signs_len(SIGNS_NEURONS)];
    let stored = SignCouplings::store(&mut words, &hashed)?;
    table("SIGNS", "u64", stored.image(), |word| format!("{word:#018x}"))
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
