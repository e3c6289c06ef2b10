//! The kernel's plastic step beside numpy's, on one thread, in one run: ratios hold where times drift.

use std::hint::black_box;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use freezable_chaos::{
    Generator, Lanes, Neurons, PanelCouplings, PanelNetwork, PanelSynapses, Panels, Params, Purpose, Start,
    Tanh, panel_couplings_len, panel_synapses_len,
};
use serde::{Deserialize, Serialize};

use crate::{paths, python};

/// Numbers of neurons compared.
const SIZES: [usize; 6] = [128, 256, 512, 1024, 2048, 4096];
/// Time for each measurement.
const PATIENCE: Duration = Duration::from_secs(2);
/// Threads that a BLAS library may start are held to one, as the kernel is.
const ONE_THREAD: [&str; 2] = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"];

/// One row of the table: nanoseconds per synapse and step, medians over batches.
#[derive(Serialize)]
struct Row {
    kernel: f64,
    instructions: String,
    #[serde(flatten)]
    peers: Peers,
}

/// What `benches/peers/step.py` prints.
#[derive(Serialize, Deserialize)]
struct Peers {
    n: usize,
    numpy: String,
    idiomatic: f64,
    tuned: f64,
    blas: f64,
}

/// Measures and prints the table, or the same as JSON.
pub fn compare(json: bool) -> Result<()> {
    let python = match python::python_with(&["numpy", "scipy"])? {
        Ok(python) => python,
        Err(reason) => bail!("numpy is the peer: {reason}"),
    };
    let mut rows = Vec::new();
    for n in SIZES {
        eprintln!("N = {n}");
        let mut peers = Command::new(&python);
        peers
            .arg(paths::root().join("benches/peers/step.py"))
            .arg(n.to_string());
        peers
            .arg(PATIENCE.as_secs_f64().to_string())
            .envs(ONE_THREAD.map(|variable| (variable, "1")));
        let output = peers.output().context("cannot run Python")?;
        if !output.status.success() {
            bail!(
                "benches/peers/step.py failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        let peers: Peers = serde_json::from_slice(&output.stdout).context("benches/peers/step.py")?;
        let (kernel, instructions) = kernel(n)?;
        rows.push(Row {
            kernel,
            instructions,
            peers,
        });
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        print_table(&rows);
    }
    Ok(())
}

fn print_table(rows: &[Row]) {
    println!("plastic step, one thread, timed: ns per synapse-step, and how many times the kernel's");
    println!(
        "{:>6} {:>9} {:>10} {:>16} {:>16} {:>16}",
        "N", "kernel", "with", "numpy", "numpy, tuned", "BLAS via scipy"
    );
    for Row {
        kernel,
        instructions,
        peers,
    } in rows
    {
        let cell = |time: f64| format!("{time:.3} ({:.1}x)", time / kernel);
        println!(
            "{:>6} {kernel:>9.3} {instructions:>10} {:>16} {:>16} {:>16}",
            peers.n,
            cell(peers.idiomatic),
            cell(peers.tuned),
            cell(peers.blas)
        );
    }
    if let Some(row) = rows.first() {
        println!("numpy {}; below 1x the peer is faster", row.peers.numpy);
    }
}

/// Median time of a running kernel network, and the instructions it uses.
fn kernel(n: usize) -> Result<(f64, String)> {
    let dynamics = Params {
        g: 2.0,
        k: 2.0,
        p: 2.5,
        dt: 0.05,
    }
    .validate(n)?;
    let (mut j, mut a) = (
        vec![Lanes::ZERO; panel_couplings_len(n)],
        vec![Lanes::ZERO; panel_synapses_len(n)],
    );
    let mut generator = Generator::new(1, 0, Purpose::Couplings);
    let couplings = PanelCouplings::seed(&mut j, &dynamics, &mut generator)?;
    let panels = Panels::new(couplings, PanelSynapses::new(&mut a, n)?)?;
    let instructions = format!("{:?}", panels.simd().instruction_set());
    let [mut x, mut phi, mut velocity] = [(); 3].map(|()| vec![0.0; n]);
    let neurons = Neurons::new(&mut x, &mut phi, &mut velocity)?;
    let mut network = PanelNetwork::new(dynamics, Tanh, neurons, panels)?;
    network.start(Start::Small, &mut Generator::new(1, 0, Purpose::State));
    let batch = (20_000_000 / (n * n) / 10).max(1);
    let (begin, mut batches) = (Instant::now(), Vec::new());
    while begin.elapsed() < PATIENCE || batches.len() < 5 {
        let start = Instant::now();
        for _ in 0..batch {
            black_box(network.step())?;
        }
        batches.push(start.elapsed().as_secs_f64());
    }
    batches.sort_by(f64::total_cmp);
    let median = batches.get(batches.len() / 2).copied().unwrap_or(f64::NAN);
    Ok((1e9 * median / (batch * n * n) as f64, instructions))
}
