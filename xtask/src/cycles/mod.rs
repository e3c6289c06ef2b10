//! Counts the instructions of the exact network's step in the emulator, phase by phase, and models its cycles.
//!
//! `benches/mcu` runs the phases on QEMU's mps2-an386 (Cortex-M4F); a plugin counts every instruction executed, by
//! address, and every branch taken; the cycle table of a Cortex-M4 turns the counts into cycles. Nothing here was
//! timed on hardware. The same run checks that hand-written and portable inner loops give the same bits.

mod counter;
mod decode;
mod fit;
mod model;
mod table;

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use self::counter::{Loops, Window};
use self::table::Counts;
use crate::cpu::Cpu;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;

/// What every figure of this module is.
const LABEL: &str =
    "instructions counted in QEMU, cycles modelled (Cortex-M4 table, zero wait states), not hardware";

/// A phase at one size.
struct Row {
    loops: Loops,
    n: usize,
    transfer: String,
    phase: String,
    /// Per step.
    instructions: f64,
    /// Per step.
    cycles: f64,
}

/// Counts, prints, and compares with the committed table, or writes that anew.
pub fn cycles(as_json: bool, renew: bool) -> Result<Outcome> {
    let compiler = Toolchain::find(Cpu::M4f)?.version()?;
    let mut rows = Vec::new();
    let mut digests = Vec::new();
    for loops in Loops::ALL {
        let run = counter::run(loops)?;
        for window in &run.windows {
            rows.push(row(loops, window)?);
        }
        digests.push(run.digests);
    }
    let fits = fits(&rows);
    if as_json {
        println!("{:#}", document(&compiler, &rows, &fits, &digests));
    } else {
        print(&compiler, &rows, &fits);
    }
    ensure!(
        !digests.iter().any(Vec::is_empty),
        "the bench firmware printed no digest"
    );
    if let [hand_written, portable] = digests.as_slice()
        && let Some((one, other)) = hand_written
            .iter()
            .zip(portable)
            .find(|(one, other)| one != other)
    {
        bail!("hand-written and portable loops differ: digest {one} and {other}");
    }
    eprintln!(
        "{} digests of hand-written and portable loops are equal",
        digests[0].len()
    );
    let counts: Counts = rows
        .iter()
        .map(|row| (row.name(), row.instructions.round() as u64))
        .collect();
    if renew {
        table::renew(&compiler, &counts)?;
        return Ok(Outcome::Passed);
    }
    table::check(&compiler, &counts)
}

fn row(loops: Loops, window: &Window) -> Result<Row> {
    let totals = model::fold(&window.executed)?;
    let n = window.n as u64;
    if window.phase == "drive" && window.n.is_multiple_of(4) {
        // one multiplication per synapse: a count that is known beforehand checks the counter
        ensure!(
            totals.multiplications == n * n * window.steps,
            "{} multiplications counted in {} products of {n} neurons",
            totals.multiplications,
            window.steps
        );
    }
    Ok(Row {
        loops,
        n: window.n,
        transfer: window.transfer.clone(),
        phase: window.phase.clone(),
        instructions: totals.instructions as f64 / window.steps as f64,
        cycles: totals.cycles as f64 / window.steps as f64,
    })
}

impl Row {
    /// Name in the committed table.
    fn name(&self) -> String {
        format!(
            "{} {} {} {}",
            self.loops.name(),
            self.n,
            self.transfer,
            self.phase
        )
    }

    fn is_fitted_with(&self, other: &Self) -> bool {
        (self.loops, &self.transfer, &self.phase) == (other.loops, &other.transfer, &other.phase)
    }

    fn per_synapse(&self) -> f64 {
        self.cycles / (self.n * self.n) as f64
    }
}

/// The parabola of each phase, beside the phase's row of the largest size.
fn fits(rows: &[Row]) -> Vec<(&Row, [f64; 3])> {
    let largest = rows.iter().map(|row| row.n).max().unwrap_or_default();
    rows.iter()
        .filter(|row| row.n == largest)
        .map(|row| {
            let points: Vec<_> = rows
                .iter()
                .filter(|other| row.is_fitted_with(other))
                .map(|other| (other.n as f64, other.cycles))
                .collect();
            (row, fit::parabola(&points))
        })
        .collect()
}

fn print(compiler: &str, rows: &[Row], fits: &[(&Row, [f64; 3])]) {
    println!("Exact network on a Cortex-M4F, per step: {LABEL}.\nCompiler: {compiler}\n");
    println!("loops         transfer  phase               N  instructions      cycles  cycles per synapse");
    for row in rows {
        println!(
            "{:12}  {:8}  {:15}  {:4}  {:12.1}  {:10.1}  {:18.3}",
            row.loops.name(),
            row.transfer,
            row.phase,
            row.n,
            row.instructions,
            row.cycles,
            row.per_synapse()
        );
    }
    println!(
        "\nFitted: cycles = a N^2 + b N + c\nloops         transfer  phase             a         b         c"
    );
    for (row, [a, b, c]) in fits {
        println!(
            "{:12}  {:8}  {:10}  {a:8.3}  {b:8.2}  {c:8.1}",
            row.loops.name(),
            row.transfer,
            row.phase
        );
    }
}

fn document(compiler: &str, rows: &[Row], fits: &[(&Row, [f64; 3])], digests: &[Vec<String>]) -> Value {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            json!({
                "loops": row.loops.name(), "n": row.n, "transfer": row.transfer, "phase": row.phase,
                "instructions_per_step": row.instructions, "modelled_cycles_per_step": row.cycles,
                "modelled_cycles_per_synapse_step": row.per_synapse(),
            })
        })
        .collect();
    let fits: Vec<_> = fits
        .iter()
        .map(|(row, [a, b, c])| {
            json!({
                "loops": row.loops.name(), "transfer": row.transfer, "phase": row.phase,
                "modelled_cycles": { "n_squared": a, "n": b, "constant": c },
            })
        })
        .collect();
    json!({
        "kind": "cycles", "label": LABEL, "core": "Cortex-M4F (QEMU mps2-an386)", "compiler": compiler,
        "rows": rows, "fits": fits, "digests": digests.first(),
    })
}
