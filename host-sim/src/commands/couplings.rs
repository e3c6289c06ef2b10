//! `host-sim couplings`: writes quenched couplings, drawn or given, for numpy, C, Rust or a flash.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use freezable_chaos::Params;
use npyz::WriterBuilder;
use science::networks::{CouplingMatrix, CouplingsImage, Model, Network, Seeds, Words};

use crate::failure::Failure;
use crate::machine::available_memory;
use crate::options::{CouplingsOption, OwnCouplings, neurons};
use crate::output::{OutputError, write_atomically};

/// Options of `couplings`.
#[derive(Args, Clone, Debug)]
pub struct CouplingsOptions {
    /// Kind of network that they are for: exact takes any matrix, compact signs
    #[arg(long, value_enum, default_value_t = Model::Exact)]
    model: Model,
    /// Quenched couplings to draw: gaussian (of the exact network, its default), signs
    #[arg(long, value_enum)]
    couplings: Option<CouplingsOption>,
    /// Number of neurons; if not given, 200, or those of --couplings-file
    #[arg(long, value_parser = neurons)]
    n: Option<usize>,
    /// Gain of the quenched couplings
    #[arg(long, default_value_t = 2.0)]
    g: f32,
    /// Seed of the quenched couplings
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which of an ensemble's networks, from 0 on
    #[arg(long, default_value_t = 0)]
    network: u32,
    #[command(flatten)]
    own: OwnCouplings,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Npy)]
    format: Format,
    /// File to write; if not given, standard output
    #[arg(long)]
    out: Option<PathBuf>,
}

/// What couplings are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For numpy: N x N float32, row i holding the couplings onto neuron i
    Npy,
    /// For C: an array that holds the image which the C library takes
    C,
    /// For Rust: a static that holds the image which `from_image` takes
    Rust,
    /// That image in little-endian bytes, for a flash
    Binary,
}

pub fn execute(options: &CouplingsOptions) -> Result<(), Failure> {
    let matrix = options.own.read()?;
    let network = described(options, matrix)?;
    let drawn = CouplingsImage::of(&network, options.network, available_memory())?;
    let bytes = bytes(&drawn, options.format)?;
    match &options.out {
        Some(path) => Ok(write_atomically(path, &bytes)?),
        None => {
            let written = std::io::stdout().lock().write_all(&bytes);
            Ok(written.map_err(OutputError::at("standard output".as_ref()))?)
        }
    }
}

/// The network that has the couplings; what else it is plays no part in them.
fn described(options: &CouplingsOptions, matrix: Option<CouplingMatrix>) -> Result<Network, Failure> {
    let params = Params {
        g: matrix.as_ref().map_or(options.g, CouplingMatrix::gain),
        k: 0.0,
        p: 1.0,
        dt: 0.05,
    };
    let n = options
        .n
        .unwrap_or(matrix.as_ref().map_or(200, CouplingMatrix::n));
    let mut network = Network::new(options.model, n, params)?.with_seeds(Seeds::all(options.seed));
    if let Some(couplings) = options.couplings {
        network = network.with_couplings(couplings.into())?;
    }
    if let Some(matrix) = matrix {
        network = network.with_matrix(matrix)?;
    }
    Ok(network)
}

fn bytes(image: &CouplingsImage<'_>, format: Format) -> Result<Vec<u8>, Failure> {
    match (format, &image.words) {
        (Format::Npy, _) => numpy(&image.rows()?),
        (Format::Binary, words) => Ok(words.bytes()),
        (format, Words::Dense(image)) => {
            let words: Vec<u64> = image.iter().map(|value| value.to_bits().into()).collect();
            Ok(source(format, "dense", &words).into_bytes())
        }
        (format, Words::Signs(image)) => Ok(source(format, "sign", image).into_bytes()),
    }
}

fn numpy(rows: &[f32]) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let n = rows.len().isqrt() as u64;
    let write = |bytes: &mut Vec<u8>| {
        let options = npyz::WriteOptions::new().default_dtype().shape(&[n, n]);
        let mut writer = options.writer(bytes).begin_nd()?;
        writer.extend(rows.iter().copied())?;
        writer.finish()
    };
    write(&mut bytes).map_err(OutputError::at("J.npy".as_ref()))?;
    Ok(bytes)
}

/// An array in C or Rust that holds the words of an image.
fn source(format: Format, kind: &str, words: &[u64]) -> String {
    let (count, is_dense) = (words.len(), kind == "dense");
    let (head, open, close, tail) = match (format, is_dense) {
        (Format::Rust, true) => (
            format!("/// For `DenseCouplings::from_image`.\npub static COUPLINGS: [f32; {count}] = [\n"),
            "f32::from_bits(",
            ")",
            "];\n",
        ),
        (Format::Rust, false) => (
            format!("/// For `SignCouplings::from_image`.\npub static COUPLINGS: [u64; {count}] = [\n"),
            "",
            "",
            "];\n",
        ),
        (_, true) => (
            format!(
                "#include <stdint.h>\n\n/* Give (const float *)freezable_couplings, {count} floats, to freezable_exact. */\n\
                 const uint32_t freezable_couplings[{count}] = {{\n"
            ),
            "",
            "",
            "};\n",
        ),
        (_, false) => (
            format!(
                "#include <stdint.h>\n\n/* Give freezable_couplings to freezable_compact. */\n\
                 const uint64_t freezable_couplings[{count}] = {{\n"
            ),
            "",
            "",
            "};\n",
        ),
    };
    let mut text = head;
    for row in words.chunks(8) {
        text += "   ";
        for word in row {
            let _ = if is_dense {
                write!(text, " {open}0x{word:08x}{close},")
            } else {
                write!(text, " {open}0x{word:016x}{close},")
            };
        }
        text += "\n";
    }
    text + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::{DenseCouplings, Purpose, SignCouplings, couplings_len};

    fn options(line: &str) -> CouplingsOptions {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            options: CouplingsOptions,
        }
        let words = std::iter::once("").chain(line.split_whitespace());
        <Line as clap::Parser>::parse_from(words).options
    }

    fn network(options: &CouplingsOptions) -> Network {
        described(options, options.own.read().unwrap()).unwrap()
    }

    fn of(line: &str) -> (Vec<f32>, Words) {
        let options = options(line);
        let network = network(&options);
        let image = CouplingsImage::of(&network, options.network, None).unwrap();
        (image.rows().unwrap(), image.words)
    }

    #[test]
    fn images_are_those_that_the_kernel_takes() {
        let params = Params {
            g: 1.5,
            k: 2.0,
            p: 2.5,
            dt: 0.05,
        };
        let dynamics = params.validate(17).unwrap();
        let (rows, Words::Dense(image)) = of("--n 17 --g 1.5 --seed 3 --network 2") else {
            panic!("not dense");
        };
        let couplings = DenseCouplings::from_image(&image, &dynamics).unwrap();
        let mut own = vec![0.0; couplings_len(17)];
        let mut randomness = freezable_chaos::Generator::new(3, 2, Purpose::Couplings);
        let drawn = DenseCouplings::seed(&mut own, &dynamics, &mut randomness).unwrap();
        assert_eq!(couplings.digest(), drawn.digest());
        assert_eq!(couplings.get(4, 9), Some(rows[4 * 17 + 9]));

        let (rows, Words::Signs(image)) = of("--model compact --n 17 --g 1.5") else {
            panic!("no signs");
        };
        let signs = SignCouplings::from_image(&image, &dynamics).unwrap();
        let positive = signs.is_positive(4, 9).unwrap();
        assert_eq!(rows[4 * 17 + 9] > 0.0, positive);
    }

    #[test]
    fn sources_hold_every_bit() {
        let network = network(&options("--n 5"));
        let drawn = CouplingsImage::of(&network, 0, None).unwrap();
        let Words::Dense(image) = &drawn.words else {
            panic!("not dense");
        };
        for format in [Format::C, Format::Rust] {
            let text = String::from_utf8(bytes(&drawn, format).unwrap()).unwrap();
            let words = text.match_indices("0x").map(|(at, _)| &text[at + 2..at + 10]);
            let found: Vec<u32> = words.map(|word| u32::from_str_radix(word, 16).unwrap()).collect();
            let expected: Vec<u32> = image.iter().map(|value| value.to_bits()).collect();
            assert_eq!(found, expected);
        }
        assert_eq!(bytes(&drawn, Format::Binary).unwrap().len(), 4 * image.len());
    }
}
