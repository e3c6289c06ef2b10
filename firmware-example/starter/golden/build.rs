//! Makes constants of the golden that GOLDEN names, and an image of its couplings for flash; hands the linker a memory map.
//! Refuses a golden that was torn or edited, files that are not those that it was recorded with, and what this example lacks.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

use freezable_chaos::*;
use npyz::{NpyFile, Order};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    layout: u32,
    contract: u16,
    network: Description,
    #[serde(default)]
    files: BTreeMap<String, File>,
    rule: Option<toml::Table>,
    input: Option<Driven>,
    trajectory: Trajectory,
    digests: Vec<Checkpoint>,
}

#[derive(Deserialize)]
struct Description {
    model: String,
    n: usize,
    g: f32,
    k: f32,
    p: f32,
    dt: f32,
    transfer: String,
    couplings: String,
    couplings_digest: String,
    start: String,
    seed_network: u64,
    seed_state: u64,
}

#[derive(Deserialize)]
struct File {
    name: String,
    digest: String,
    #[serde(default)]
    transposed: bool,
}

#[derive(Deserialize)]
struct Driven {
    steps_of_row: usize,
    repeats: bool,
    noise: f32,
}

#[derive(Deserialize)]
struct Trajectory {
    freeze: u64,
    release: u64,
}

#[derive(Deserialize)]
struct Checkpoint {
    step: u64,
    digest: String,
}

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    println!("cargo:rerun-if-env-changed=GOLDEN");
    let path = env::var_os("GOLDEN").map(PathBuf::from);
    let path =
        path.ok_or("GOLDEN names no golden, a file of `host-sim golden`: GOLDEN=mine.toml cargo build")?;
    println!("cargo:rerun-if-changed={}", path.display());
    let named = |error: Box<dyn std::error::Error>| format!("GOLDEN={}: {error}", path.display());
    let source =
        fs::read_to_string(&path).map_err(Into::into).and_then(|text| source(&text, &path)).map_err(named)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("golden.rs"), source)?;

    let map = format!("maps/{}.x", env::var("CARGO_CFG_TARGET_ARCH")?);
    println!("cargo:rerun-if-changed={map}");
    // not in this folder, where the linker would find it before the one in OUT_DIR
    fs::copy(&map, out.join("memory.x")).map_err(|error| format!("{map}: {error}"))?;
    println!("cargo:rustc-link-search={}", out.display());
    Ok(())
}

/// The golden as source text.
fn source(text: &str, path: &Path) -> Result<String> {
    let (contents, checksum) = text.rsplit_once("# checksum ").ok_or("it is no golden, or was torn")?;
    if checksum != format!("{:016x}\n", digest(contents.bytes())) {
        return Err("it is torn or was edited: its checksum does not fit".into());
    }
    let golden: Golden = toml::from_str(text)?;
    for (name, found, known) in [
        ("layout", golden.layout, [1, 2]),
        ("contract", golden.contract.into(), [CONTRACT_VERSION.into(); 2]),
    ] {
        if !known.contains(&found) {
            return Err(format!("{name} {found} is not the {} of this firmware", known[1]).into());
        }
    }
    if golden.rule.is_some() {
        return Err("rule of the golden cannot be had by firmware: the kernel's rule is the paper's".into());
    }
    let network = &golden.network;
    let Description { n, g, k, p, dt, .. } = *network;
    let phi = match (network.model.as_str(), network.transfer.as_str()) {
        ("exact", "tanh") => "Tanh",
        ("exact", "erf") => "LibmErf",
        ("exact", "threshold-linear") => "ThresholdLinear",
        ("exact", "logistic") => "Logistic",
        ("exact", other) => return Err(format!("transfer {other} is not one of this example").into()),
        (other, _) => return Err(format!("model {other} is not that of this example, exact").into()),
    };
    let table = |option: &str| golden.files.get(option).map(|file| table(path, file)).transpose();
    let dynamics = Params { g, k, p, dt }.validate(n)?;
    let mut source = format!(
        "pub const N: usize = {n};\n\
         pub const PARAMS: Params = Params {{ g: {g:?}, k: {k:?}, p: {p:?}, dt: {dt:?} }};\n\
         pub const DYNAMICS: Dynamics = dynamics!(PARAMS, N);\n\
         const SEED_STATE: u64 = {};\n\
         pub const FREEZE: u64 = {};\npub const RELEASE: u64 = {};\n",
        network.seed_state, golden.trajectory.freeze, golden.trajectory.release
    );
    writeln!(source, "pub const DIGESTS: [(u64, u64); {}] = [", golden.digests.len())?;
    for Checkpoint { step, digest } in &golden.digests {
        writeln!(source, "({step}, 0x{digest}),")?;
    }
    writeln!(
        source,
        "];\npub static COUPLINGS: [f32; couplings_len(N)] = {};",
        array(&image(network, &dynamics, table("couplings_file")?)?)
    )?;
    match table("bias_file")? {
        None => writeln!(source, "pub fn phi() -> Result<{phi}, Error> {{ Ok({phi}) }}")?,
        Some((_, biases)) => writeln!(
            source,
            "static BIASES: [f32; N] = {};\n\
             pub fn phi() -> Result<Biased<'static, {phi}>, Error> {{ Ok(Biased::new({phi}, &BIASES, N)?) }}",
            array(&biases)
        )?,
    }
    match table("start_file")? {
        Some((_, x)) => writeln!(source, "const BEGIN: Begin = Begin::State(&{});", array(&x))?,
        None if network.start == "small" => source += "const BEGIN: Begin = Begin::Drawn(Start::Small);\n",
        None => source += "const BEGIN: Begin = Begin::Drawn(Start::Large);\n",
    }
    let (channels, series) = table("input_file")?.unwrap_or((1, Vec::new()));
    let (_, weights) = table("input_weights")?.unwrap_or_default();
    let Driven { steps_of_row, repeats, noise } =
        golden.input.unwrap_or(Driven { steps_of_row: 1, repeats: false, noise: 0.0 });
    // of one step: sigma / sqrt dt
    let noise = (f64::from(noise) / f64::from(dt).sqrt()) as f32;
    writeln!(
        source,
        "const CHANNELS: usize = {channels};\nconst STEPS_OF_ROW: usize = {steps_of_row};\n\
         const REPEATS: bool = {repeats};\nconst NOISE: f32 = {noise:?};\n\
         static SERIES: &[f32] = &{};\nstatic WEIGHTS: &[f32] = &{};",
        array(&series),
        array(&weights)
    )?;
    Ok(source)
}

/// The couplings in the memory order of the kernel, checked against their digest in the golden.
fn image(network: &Description, dynamics: &Dynamics, own: Option<(usize, Vec<f32>)>) -> Result<Vec<f32>> {
    let mut buffer = vec![0.0; couplings_len(network.n)];
    let seed = network.seed_network;
    let couplings = match (network.couplings.as_str(), own) {
        ("given", Some((_, rows))) => DenseCouplings::from_rows(&mut buffer, &rows, dynamics)?,
        ("gaussian", None) => {
            DenseCouplings::seed(&mut buffer, dynamics, &mut Generator::new(seed, 0, Purpose::Couplings))?
        }
        ("signs", None) => {
            let (signs, scale) = (HashedSigns::new(dynamics, seed, 0), dynamics.coupling_scale());
            let coupling = |i, j| if signs.is_positive(i, j) == Some(true) { scale } else { -scale };
            DenseCouplings::from_fn(&mut buffer, dynamics, coupling)?
        }
        (other, _) => return Err(format!("couplings {other} are not of this example").into()),
    };
    let found = format!("{:016x}", couplings.digest());
    if found != network.couplings_digest {
        return Err(
            format!("couplings_digest {found} is not the golden's, {}", network.couplings_digest).into()
        );
    }
    Ok(couplings.image().to_vec())
}

/// Numbers in a file beside the golden, row by row, and the length of a row.
fn table(golden: &Path, file: &File) -> Result<(usize, Vec<f32>)> {
    let path = golden.with_file_name(&file.name);
    println!("cargo:rerun-if-changed={}", path.display());
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::read(&path).map_err(named)?;
    let npy = NpyFile::new(&bytes[..]).map_err(named)?;
    let (rows, columns) = match *npy.shape() {
        [rows] => (rows as usize, 1),
        [rows, columns] => (rows as usize, columns as usize),
        _ => return Err(format!("{}: it is no table", path.display()).into()),
    };
    let by_columns = npy.order() == Order::Fortran;
    let values: Vec<f32> = match npy.dtype().descr().contains("f8") {
        true => npy.into_vec::<f64>().map_err(named)?.into_iter().map(|value| value as f32).collect(),
        false => npy.into_vec().map_err(named)?,
    };
    // J_ij = file[j][i] where it is transposed, which a square table alone is
    let is_swapped = by_columns != file.transposed;
    let at =
        |row: usize, column: usize| if is_swapped { column * rows + row } else { row * columns + column };
    let pairs = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let values: Vec<f32> = pairs.map(|(row, column)| values[at(row, column)]).collect();
    let found = format!("{:016x}", digest(values.iter().flat_map(|value| value.to_le_bytes())));
    if found != file.digest {
        return Err(format!(
            "{} has the digest {found}, and the golden is of one with {}",
            path.display(),
            file.digest
        )
        .into());
    }
    Ok((columns, values))
}

/// FNV-1a.
fn digest(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut digest = Fnv1a::new();
    bytes.for_each(|byte| digest.put(&[byte]));
    digest.digest()
}

/// Numbers to the bit.
fn array(values: &[f32]) -> String {
    let literals: Vec<String> =
        values.iter().map(|value| format!("f32::from_bits({:#x})", value.to_bits())).collect();
    format!("[{}]", literals.join(",\n"))
}
