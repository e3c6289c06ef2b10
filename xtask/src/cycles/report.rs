//! Prints what was counted: a table for people, a document for programs.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::rows::{Row, find};
use super::{Core, PeerRows, costs, fit, peers};
use crate::cpu::Cpu;

/// How the instructions of every row came about.
const COUNTED: &str = "instructions counted in QEMU by a plugin, median over 32 steps";
/// How the Rust programs are built.
const RUST_FLAGS: &str = "opt-level 3, fat link-time optimization, one codegen unit";
/// What to run.
const COMMAND: &str = "cargo xtask cycles";
/// Size at which the peers are compared.
const COMPARED: usize = 128;

/// A step written in C beside the kernel's: modelled cycles per synapse, and how many times the kernel's.
#[derive(Debug, Serialize)]
struct Comparison {
    peer: String,
    step: String,
    n: usize,
    cycles_per_synapse: f64,
    /// The hand-written loops; while frozen with a lent buffer.
    times_hand_written: f64,
    /// The hand-written loops without a lent buffer, where that makes a difference.
    times_without_buffer: Option<f64>,
    /// Safe Rust alone; while frozen with a lent buffer.
    times_portable: f64,
}

/// Puts each peer's steps beside those of the kernel that do the same.
fn compare(kernel: &Core, peers: &[Row]) -> Vec<Comparison> {
    let steps = peers
        .iter()
        .filter(|row| row.n == COMPARED && row.phase != "transfer");
    steps
        .filter_map(|peer| {
            let is_running = peer.phase.ends_with("running");
            let times = |loops, phase| {
                let row = find(&kernel.rows, [loops, "own", phase], peer.n)?;
                Some(peer.cycles_per_synapse / row.cycles_per_synapse)
            };
            let phase = if is_running { "running" } else { "frozen-merged" };
            Some(Comparison {
                peer: peer.loops.clone(),
                step: peer.phase.clone(),
                n: peer.n,
                cycles_per_synapse: peer.cycles_per_synapse,
                times_hand_written: times("hand-written", phase)?,
                times_without_buffer: if is_running {
                    None
                } else {
                    times("hand-written", "frozen")
                },
                times_portable: times("portable", phase)?,
            })
        })
        .collect()
}

/// Prints the comparisons, or why there are none.
pub fn print_peers(kernel: &Core, peers: &PeerRows) {
    let counted = match peers {
        Ok(counted) => counted,
        Err(reason) => {
            println!("The step written in C was skipped: {reason}");
            return;
        }
    };
    let comparisons = compare(kernel, &counted.rows);
    println!(
        "The step written in C (benches/peers/step.c) on a Cortex-M4F, N = {COMPARED}: modelled cycles per synapse, and \
         how\nmany times the kernel's; below 1x the peer is faster. {}\n",
        counted.compiler
    );
    println!("peer         step                 cycles  hand-written  without buffer  safe Rust");
    for row in &comparisons {
        let without = row
            .times_without_buffer
            .map_or(String::new(), |times| format!("{times:.2}x"));
        println!(
            "{:11}  {:18}  {:7.2}  {:11.2}x  {without:>14}  {:8.2}x",
            row.peer, row.step, row.cycles_per_synapse, row.times_hand_written, row.times_portable
        );
    }
    for (name, flags) in flags(&comparisons) {
        println!("{name}: {flags}");
    }
}

/// Flags by peer.
fn flags(comparisons: &[Comparison]) -> BTreeMap<&str, String> {
    let names = comparisons.iter().map(|row| row.peer.as_str());
    names.map(|name| (name, peers::flags(name))).collect()
}

/// Prints the largest size of each core, the fits, and the peers.
pub fn print(cores: &[Core], peers: &PeerRows) {
    println!("Exact network, per step: {COUNTED}. Every size: --json.\n");
    for core in cores {
        let n = largest(&core.rows);
        println!(
            "{} ({}), N = {n}, {}; cycles: {}\n",
            core.cpu.title(),
            core.cpu.target(),
            core.compiler,
            costs::label(core.cpu)
        );
        println!(
            "loops         transfer  phase            instructions  cycles: min     median        max  per synapse  \
             = a N^2 + b N + c"
        );
        for row in core.rows.iter().filter(|row| row.n == n) {
            let [a, b, c] = fit(&core.rows, row);
            println!(
                "{:12}  {:8}  {:15}  {:12}  {:11}  {:9}  {:9}  {:11.3}  {a:8.3} {b:8.1} {c:8.0}",
                row.loops,
                row.transfer,
                row.phase,
                row.instructions.median,
                row.cycles.min,
                row.cycles.median,
                row.cycles.max,
                row.cycles_per_synapse
            );
        }
        println!();
        print_compact(&core.compact);
    }
    if let Some(kernel) = cores.iter().find(|core| core.cpu == Cpu::M4f) {
        print_peers(kernel, peers);
    }
}

/// Prints every size of the compact network on a core.
fn print_compact(rows: &[Row]) {
    println!("compact network, 8 samples");
    println!(
        "loops         couplings  phase               N  instructions  cycles: min     median        max  per synapse"
    );
    for row in rows {
        println!(
            "{:12}  {:9}  {:14}  {:5}  {:12}  {:11}  {:9}  {:9}  {:11.3}",
            row.loops,
            row.transfer,
            row.phase,
            row.n,
            row.instructions.median,
            row.cycles.min,
            row.cycles.median,
            row.cycles.max,
            row.cycles_per_synapse
        );
    }
    println!();
}

/// The same for programs.
pub fn document(cores: &[Core], peers: &PeerRows) -> Value {
    let kernel = cores.iter().find(|core| core.cpu == Cpu::M4f);
    let peers = kernel.map(|kernel| peers_document(kernel, peers));
    let cores: Vec<_> = cores
        .iter()
        .map(|core| {
            let fits = core.rows.iter().filter(|row| row.n == largest(&core.rows));
            let fits = fits.map(|row| {
                let [a, b, c] = fit(&core.rows, row);
                json!({
                    "loops": row.loops, "transfer": row.transfer, "phase": row.phase,
                    "cycles": { "n_squared": a, "n": b, "constant": c },
                })
            });
            json!({
                "core": core.cpu.title(), "target": core.cpu.target(), "emulated_board": core.cpu.machine(),
                "compiler": core.compiler, "flags": rust_flags(core.cpu), "cycles_are": costs::label(core.cpu),
                "rows": core.rows, "compact_rows": core.compact, "fits": fits.collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "kind": "cycles", "command": COMMAND, "instructions_are": COUNTED, "cores": cores, "peers": peers,
    })
}

/// The comparisons for programs.
pub fn peers_document(kernel: &Core, peers: &PeerRows) -> Value {
    let counted = match peers {
        Ok(counted) => counted,
        Err(reason) => return json!({ "skipped": reason }),
    };
    let comparisons = compare(kernel, &counted.rows);
    json!({
        "core": Cpu::M4f.title(), "source": "benches/peers/step.c", "compiler": counted.compiler,
        "flags": flags(&comparisons), "instructions_are": COUNTED, "cycles_are": costs::label(Cpu::M4f),
        "kernel_compiler": kernel.compiler, "kernel_flags": rust_flags(kernel.cpu),
        "steps": comparisons, "rows": counted.rows,
    })
}

/// What a core's Rust programs are built with.
fn rust_flags(cpu: Cpu) -> String {
    let named = cpu.target_cpu().map(|name| format!(", target-cpu={name}"));
    format!("{RUST_FLAGS}{}", named.unwrap_or_default())
}

fn largest(rows: &[Row]) -> usize {
    rows.iter().map(|row| row.n).max().unwrap_or_default()
}

/// The parabola through the sizes of a phase.
fn fit(rows: &[Row], row: &Row) -> [f64; 3] {
    let points: Vec<_> = rows
        .iter()
        .filter(|other| row.is_fitted_with(other))
        .map(|other| (other.n as f64, other.cycles.median as f64))
        .collect();
    fit::parabola(&points)
}
