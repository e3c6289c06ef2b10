//! The kernel on the register-transfer logic of real cores, simulated cycle by cycle: bits and clock cycles.
//!
//! Verilator makes a program of a core's Verilog, which pip fetches with a known hash; `benches/rtl` runs on it. These are
//! cycles of a simulation with a memory that answers in one cycle, never of silicon.

mod core;

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::json;

use self::core::{Core, Model};
use crate::committed::{File, Group, Table};
use crate::runner::Outcome;
use crate::targets::expected;
use crate::toolchain::Toolchain;
use crate::{goldens, paths};

/// Tells the program to measure steps of so many neurons.
const MEASURE: u32 = 1 << 31;
/// Largest network of the goldens here.
const LARGEST: u32 = 64;

/// Clock cycles of a step.
#[derive(Debug, PartialEq, Serialize)]
struct Row {
    core: String,
    model: String,
    n: u64,
    phase: String,
    cycles: u64,
    instructions: u64,
    cycles_per_synapse: f64,
}

/// The committed counts.
fn table() -> File {
    File {
        path: paths::rtl().join("cycles.toml"),
        head: "# Clock cycles and instructions of a step on the simulated logic of cores, memory of one cycle: network, neurons,\n\
               # phase. `cargo xtask cycles --rtl` fails when one grows by more than 1%; with `--renew` it writes the table anew.\n",
        tolerance: 0.01,
        renewal: "cargo xtask cycles --rtl --renew",
    }
}

/// Measures every core, prints, and compares with the committed table, or writes that anew.
pub fn cycles(as_json: bool, renew: bool) -> Result<Outcome> {
    if let Some(reason) = core::missing()? {
        return Ok(Outcome::Skipped(reason));
    }
    let (mut rows, mut counted) = (Vec::new(), Table::new());
    for core in Core::ALL {
        let model = Model::build(core)?;
        let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for &n in core.sizes() {
            for row in measured(core, &model.run(MEASURE | n)?)? {
                let name = format!("{} {} {}", row.model, row.n, row.phase);
                for (what, count) in [("cycles", row.cycles), ("instructions", row.instructions)] {
                    counts
                        .entry(what.to_owned())
                        .or_default()
                        .insert(name.clone(), count);
                }
                rows.push(row);
            }
        }
        let compiler = Toolchain::find(core.target())?.version()?;
        counted.insert(core.name(), Group { compiler, counts });
    }
    if as_json {
        let note = "RTL simulation, memory of one cycle; not silicon";
        println!("{:#}", json!({"kind": "rtl-cycles", "note": note, "rows": rows}));
    } else {
        print(&rows);
    }
    if renew {
        table().renew(&counted)?;
        return Ok(Outcome::Passed);
    }
    table().check(&counted)
}

/// A few goldens, and a few cycles, on one core of each kind: what CI runs.
pub fn short() -> Result<Outcome> {
    if let Some(reason) = core::missing()? {
        return Ok(Outcome::Skipped(reason));
    }
    for core in Core::SHORT {
        let model = Model::build(core)?;
        compare(core, &model, core.short())?;
        if core.has_float_unit() {
            print(&measured(core, &model.run(MEASURE | core.sizes()[0])?)?);
        }
    }
    Ok(Outcome::Passed)
}

/// Every golden up to 64 neurons on the core with a floating-point unit: some 183 million clock cycles.
pub fn all_goldens() -> Result<Outcome> {
    if let Some(reason) = core::missing()? {
        return Ok(Outcome::Skipped(reason));
    }
    let core = Core::SHORT[0];
    let count = expected(LARGEST, true)?.len();
    compare(core, &Model::build(core)?, count)?;
    Ok(Outcome::Passed)
}

fn compare(core: Core, model: &Model, count: usize) -> Result<()> {
    let mut expected = expected(LARGEST, true)?;
    expected.truncate(count);
    let output = model.run(u32::try_from(count)?)?;
    let lines: Vec<&str> = output.lines().collect();
    goldens::compare(&format!("{} (RTL simulation)", core.name()), &lines, &expected)
}

/// Reads `cycles MODEL N PHASE CYCLES INSTRUCTIONS`, line by line.
fn measured(core: Core, output: &str) -> Result<Vec<Row>> {
    let rows: Vec<Row> = output
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let ["cycles", model, n, phase, cycles, instructions] = words.as_slice() else {
                bail!("{} prints `{line}`", core.name());
            };
            let (n, cycles): (u64, u64) = (n.parse()?, cycles.parse()?);
            Ok(Row {
                core: core.name(),
                model: (*model).to_owned(),
                n,
                phase: (*phase).to_owned(),
                cycles,
                instructions: instructions.parse()?,
                cycles_per_synapse: cycles as f64 / (n * n) as f64,
            })
        })
        .collect::<Result<_>>()?;
    rows.first()
        .with_context(|| format!("{} measured nothing", core.name()))?;
    Ok(rows)
}

fn print(rows: &[Row]) {
    println!("RTL simulation, memory of one cycle; not silicon");
    println!("core                  network     N  phase      cycles  instructions  cycles per synapse");
    for row in rows {
        let Row {
            core,
            model,
            n,
            phase,
            cycles,
            instructions,
            cycles_per_synapse,
        } = row;
        println!(
            "{core:20}  {model:7}  {n:4}  {phase:7}  {cycles:8}  {instructions:12}  {cycles_per_synapse:18.2}"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measured_lines_are_read_and_others_refused() {
        let core = Core::SHORT[0];
        let rows = measured(core, "cycles exact 64 plastic 51015 43892\n").unwrap();
        assert_eq!(
            (rows[0].n, rows[0].cycles, rows[0].instructions),
            (64, 51015, 43892)
        );
        assert!((rows[0].cycles_per_synapse - 12.45).abs() < 0.01);
        for bad in [
            "",
            "cycles exact 64 plastic 51015",
            "panicked at",
            "cycles exact x plastic 1 1",
        ] {
            assert!(measured(core, bad).is_err(), "{bad}");
        }
    }
}
