//! The kernel's plastic step on this machine beside numpy's and plain Rust's, on one thread, timed in turns.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use freezable_chaos::random::Randomness;
use freezable_chaos::{
    Dynamics, Generator, Lanes, Neurons, PanelCouplings, PanelNetwork, PanelSynapses, Panels, Params,
    Purpose, Start, Tanh, panel_couplings_len, panel_synapses_len,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{paths, process, python};

/// Numbers of neurons compared.
const SIZES: [usize; 6] = [128, 256, 512, 1024, 2048, 4096];
/// Turns that the programs take; each one's fastest counts, as other work on the machine only ever slows.
const TURNS: usize = 3;
/// Time for each measurement of a turn.
const PATIENCE: Duration = Duration::from_millis(800);
/// Threads that a BLAS library may start are held to one, as the kernel is.
pub const ONE_THREAD: [&str; 2] = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"];
const PARAMS: Params = Params {
    g: 2.0,
    k: 2.0,
    p: 2.5,
    dt: 0.05,
};
/// What the figures are.
const TIMED: &str =
    "timed, one thread, the programs in turns: of three turns the fastest median over batches";

/// One row of the table: nanoseconds per synapse and step.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    kernel: f64,
    plain_rust: f64,
    #[serde(flatten)]
    numpy: Numpy,
}

/// What `benches/peers/step.py` prints.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Numpy {
    n: usize,
    numpy: String,
    idiomatic: f64,
    tuned: f64,
    blas: f64,
}

impl Row {
    /// The faster of two turns, program by program.
    fn fastest(self, other: Self) -> Self {
        Self {
            kernel: self.kernel.min(other.kernel),
            plain_rust: self.plain_rust.min(other.plain_rust),
            numpy: Numpy {
                idiomatic: self.numpy.idiomatic.min(other.numpy.idiomatic),
                tuned: self.numpy.tuned.min(other.numpy.tuned),
                blas: self.numpy.blas.min(other.numpy.blas),
                ..self.numpy
            },
        }
    }
}

/// Measures all sizes.
pub fn measure() -> Result<Vec<Row>> {
    let python = match python::python_with(&["numpy", "scipy"])? {
        Ok(python) => python,
        Err(reason) => bail!("numpy is the peer: {reason}"),
    };
    let mut rows = Vec::new();
    for n in SIZES {
        let mut fastest: Option<Row> = None;
        for turn in 1..=TURNS {
            eprintln!("N = {n}, turn {turn} of {TURNS}");
            let row = Row {
                numpy: numpy(&python, n)?,
                kernel: kernel(n)?,
                plain_rust: plain_rust(n)?,
            };
            fastest = Some(match fastest {
                Some(before) => before.fastest(row),
                None => row,
            });
        }
        rows.extend(fastest);
    }
    Ok(rows)
}

/// The figures, and what they are figures of.
pub fn document(rows: &[Row]) -> Result<Value> {
    Ok(json!({
        "command": "cargo xtask compare",
        "step": "plastic",
        "figures_are": TIMED,
        "processor": processor(),
        "instructions": format!("{:?}", freezable_chaos::Simd::detect().instruction_set()),
        "compiler": process::output(Command::new("rustc").arg("--version"))?,
        "flags": "opt-level 3, the target's baseline; vector instructions chosen at run time",
        "rows": rows,
    }))
}

/// Prints the table.
pub fn print(rows: &[Row]) {
    println!("plastic step, ns per synapse-step, and how many times the kernel's ({TIMED})");
    println!(
        "{:>6} {:>9} {:>16} {:>16} {:>16} {:>16}",
        "N", "kernel", "numpy", "numpy, tuned", "BLAS via scipy", "plain Rust"
    );
    for row in rows {
        let Row {
            kernel,
            plain_rust,
            numpy,
        } = row;
        let cell = |time: f64| format!("{time:.3} ({:.1}x)", time / kernel);
        println!(
            "{:>6} {kernel:>9.3} {:>16} {:>16} {:>16} {:>16}",
            numpy.n,
            cell(numpy.idiomatic),
            cell(numpy.tuned),
            cell(numpy.blas),
            cell(*plain_rust),
        );
    }
    if let Some(row) = rows.first() {
        println!("numpy {}; below 1x the peer is faster", row.numpy.numpy);
    }
}

fn numpy(python: &std::path::Path, n: usize) -> Result<Numpy> {
    let mut peers = Command::new(python);
    peers
        .arg(paths::root().join("benches/peers/step.py"))
        .arg(n.to_string());
    peers
        .arg(PATIENCE.as_secs_f64().to_string())
        .envs(ONE_THREAD.map(|variable| (variable, "1")));
    let output = process::output(&mut peers)?;
    serde_json::from_str(&output).context("benches/peers/step.py")
}

/// The kernel's network, running, with the best instructions of this machine.
fn kernel(n: usize) -> Result<f64> {
    let dynamics = PARAMS.validate(n)?;
    let mut j = vec![Lanes::ZERO; panel_couplings_len(n)];
    let mut a = vec![Lanes::ZERO; panel_synapses_len(n)];
    let mut generator = Generator::new(1, 0, Purpose::Couplings);
    let couplings = PanelCouplings::seed(&mut j, &dynamics, &mut generator)?;
    let panels = Panels::new(couplings, PanelSynapses::new(&mut a, n)?)?;
    let [mut x, mut phi, mut velocity] = [(); 3].map(|()| vec![0.0; n]);
    let neurons = Neurons::new(&mut x, &mut phi, &mut velocity)?;
    let mut network = PanelNetwork::new(dynamics, Tanh, neurons, panels)?;
    network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
    nanoseconds(n, || Ok(black_box(network.step())?))
}

/// The same step as one writes it in Rust: dense matrices, iterators, the platform's tanh.
fn plain_rust(n: usize) -> Result<f64> {
    let dynamics: Dynamics = PARAMS.validate(n)?;
    let mut generator = Generator::new(1, 0, Purpose::Couplings);
    let j: Vec<f32> = (0..n * n)
        .map(|_| dynamics.coupling_scale() * generator.gaussian())
        .collect();
    let mut a = vec![0.0f32; n * n];
    let mut x: Vec<f32> = (0..n).map(|_| 0.1 * generator.gaussian()).collect();
    let (d, c, dt) = (dynamics.retention(), dynamics.increment(), PARAMS.dt);
    nanoseconds(n, || {
        let phi: Vec<f32> = x.iter().map(|x| x.tanh()).collect();
        let rows = j.chunks(n).zip(a.chunks_mut(n)).zip(x.iter_mut().zip(&phi));
        for ((j, a), (x, &own)) in rows {
            let drive: f32 = j
                .iter()
                .zip(&*a)
                .zip(&phi)
                .map(|((j, a), phi)| (j + a) * phi)
                .sum();
            *x += dt * (drive - *x);
            for (a, &other) in a.iter_mut().zip(&phi) {
                *a = *a * d + c * own * other;
            }
        }
        black_box(&x);
        Ok(())
    })
}

/// Median time of a step over batches, per synapse.
fn nanoseconds(n: usize, mut step: impl FnMut() -> Result<()>) -> Result<f64> {
    let batch = (20_000_000 / (n * n) / 10).max(1);
    step()?;
    let (begin, mut batches) = (Instant::now(), Vec::new());
    while begin.elapsed() < PATIENCE || batches.len() < 5 {
        let start = Instant::now();
        for _ in 0..batch {
            step()?;
        }
        batches.push(start.elapsed().as_secs_f64());
    }
    batches.sort_by(f64::total_cmp);
    let median = batches.get(batches.len() / 2).copied().unwrap_or(f64::NAN);
    Ok(1e9 * median / (batch * n * n) as f64)
}

/// The processor's name, where the system tells it.
fn processor() -> String {
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = information
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    name.map_or_else(
        || std::env::consts::ARCH.to_owned(),
        |name| name.trim_start_matches([' ', '\t', ':']).to_owned(),
    )
}
