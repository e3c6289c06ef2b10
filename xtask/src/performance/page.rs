//! The page on performance.

use serde_json::{Value, json};

use super::compact;
use super::table::{Column, cell, table};
use super::thresholds::{self, least_ratio};
use crate::instructions::Table;

/// Largest size at which the microcontrollers' tables are shown; `cargo xtask cycles --json` has all.
const SHOWN: u64 = 128;

const HEAD: &str = "# Performance

Written by `cargo xtask docs` from [performance.json](performance.json); `cargo xtask docs --measure cycles --measure compare`
measures anew. A figure is one of

- **counted**: instructions executed, exact and the same on every run;
- **modelled**: cycles from counted instructions and a processor's documented timing, zero wait states. No hardware was
  measured;
- **timed**: wall time on one machine. Compare ratios within one run: times move with the machine and its load.

A synapse is one of the N^2; a step includes the transfer function and the update of the neurons.
";

const STEPS: [Column; 10] = [
    ("network", "/network", 0),
    ("loops", "/loops", 0),
    ("transfer", "/transfer", 0),
    ("phase", "/phase", 0),
    ("N", "/n", 0),
    ("instructions (counted)", "/instructions/median", 0),
    ("cycles (modelled): min", "/cycles/min", 0),
    ("median", "/cycles/median", 0),
    ("max", "/cycles/max", 0),
    ("median per synapse", "/cycles_per_synapse", 2),
];
const FITS: [Column; 7] = [
    ("network", "/network", 0),
    ("loops", "/loops", 0),
    ("transfer", "/transfer", 0),
    ("phase", "/phase", 0),
    ("N^2", "/cycles/n_squared", 3),
    ("N", "/cycles/n", 1),
    ("constant", "/cycles/constant", 0),
];
const C_PEERS: [Column; 6] = [
    ("peer", "/peer", 0),
    ("step", "/step", 0),
    ("N", "/n", 0),
    ("cycles per synapse (modelled)", "/cycles_per_synapse", 2),
    ("times the kernel's", "/times_hand_written", 2),
    ("times safe Rust's", "/times_portable", 2),
];
const THRESHOLDS: [Column; 4] = [
    ("what", "/what", 0),
    ("threshold", "/threshold", 0),
    ("figure", "/figure", 2),
    ("", "/result", 0),
];
/// Peers on a host: name, and its key in a row.
const HOST_PEERS: [(&str, &str); 4] = [
    ("numpy", "idiomatic"),
    ("numpy, tuned", "tuned"),
    ("BLAS via scipy", "blas"),
    ("plain Rust", "plain_rust"),
];

/// The page of these figures. Figures that are not there leave their place.
pub fn page(figures: &Value, counts: &Table) -> String {
    let mut text = HEAD.to_owned();
    text += "\n## Thresholds, stated before measuring\n\n";
    text += &table(&thresholds::rows(figures), &THRESHOLDS);
    text += "\n## On a microcontroller\n\n";
    text += &microcontroller(&figures["cycles"]);
    text += "\n## On a host\n\n";
    text += &host(&figures["compare"]["host"]);
    text += "\n### Compact network\n\n";
    text += &compact::host(&figures["compare"]["compact"]);
    text += "\n### Instructions\n\n";
    text += &instructions(counts);
    text
}

/// Leaves out what the page does not show.
pub fn trim(figures: &mut Value) {
    for core in figures["cycles"]["cores"].as_array_mut().into_iter().flatten() {
        for (rows, wanted) in [("rows", SHOWN), ("compact_rows", u64::MAX)] {
            let shown = shown_size(&core[rows], wanted);
            keep(&mut core[rows], |row| row["n"].as_u64() == shown);
        }
    }
    for (place, unused) in [("/cycles/peers", "rows"), ("/compare", "target")] {
        if let Some(figures) = figures.pointer_mut(place).and_then(Value::as_object_mut) {
            figures.remove(unused);
        }
    }
}

/// The largest size up to the wanted one.
fn shown_size(rows: &Value, wanted: u64) -> Option<u64> {
    let sizes = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["n"].as_u64());
    sizes.filter(|&size| size <= wanted).max()
}

fn keep(rows: &mut Value, is_shown: impl Fn(&Value) -> bool) {
    if let Some(rows) = rows.as_array_mut() {
        rows.retain(is_shown);
    }
}

fn microcontroller(cycles: &Value) -> String {
    let cores = cycles["cores"].as_array().map_or(&[][..], Vec::as_slice);
    if cores.is_empty() {
        return "No figures yet: `cargo xtask docs --measure cycles`.\n".to_owned();
    }
    let mut text = format!(
        "`{}`: {}.\n",
        string(&cycles["command"]),
        string(&cycles["instructions_are"])
    );
    for core in cores {
        let shown = shown_size(&core["rows"], SHOWN);
        let rows = core["rows"].as_array().into_iter().flatten();
        let fits = core["fits"].as_array().into_iter().flatten();
        text += &format!(
            "\n### {}\n\n`{}` on the emulated board {}; {}, {}; cycles: {}.\n\n{}\nCycles = a N^2 + b N + c:\n\n{}",
            string(&core["core"]),
            string(&core["target"]),
            string(&core["emulated_board"]),
            string(&core["compiler"]),
            string(&core["flags"]),
            string(&core["cycles_are"]),
            table(rows.filter(|row| row["n"].as_u64() == shown), &STEPS),
            table(fits, &FITS),
        );
        text += &slower_loops(core);
        text += &compact::microcontroller(core);
    }
    text + "\n### Beside C\n\n" + &c_peers(&cycles["peers"])
}

/// Where the hand-written loops lose to safe Rust on a core, by the modelled cycles shown.
fn slower_loops(core: &Value) -> String {
    let shown = shown_size(&core["rows"], SHOWN);
    let rows = || {
        let rows = core["rows"].as_array().into_iter().flatten();
        rows.filter(move |row| row["n"].as_u64() == shown)
    };
    let slower = rows().filter(|row| {
        let safe = rows().find(|other| {
            other["loops"] == "portable"
                && other["phase"] == row["phase"]
                && other["transfer"] == row["transfer"]
        });
        let cycles = |row: &Value| row["cycles_per_synapse"].as_f64();
        row["loops"] == "hand-written"
            && row["transfer"] != "libm"
            && cycles(row) > safe.and_then(cycles).or(Some(f64::INFINITY))
    });
    let slower: Vec<String> = slower.map(|row| string(&row["phase"])).collect();
    if slower.is_empty() {
        return String::new();
    }
    format!(
        "\n**Safe Rust is faster here** than the loops written for the Cortex-M4, by this model: {}. \
         `Exact::with_portable_loops` chooses it.\n",
        slower.join(", ")
    )
}

fn c_peers(peers: &Value) -> String {
    if let Some(reason) = peers["skipped"].as_str() {
        return format!("Skipped: {reason}.\n");
    }
    let steps = peers["steps"].as_array().map_or(&[][..], Vec::as_slice);
    let mut text = format!(
        "The same step in C, [{0}](../{0}), {1}.\n\n",
        string(&peers["source"]),
        string(&peers["compiler"])
    );
    for (name, flags) in peers["flags"].as_object().into_iter().flatten() {
        text += &format!("- {name}: {}\n", string(flags));
    }
    let losses = steps.iter().filter(|step| {
        step["times_hand_written"]
            .as_f64()
            .is_some_and(|times| times < 1.0)
    });
    let losses = losses.map(|step| format!("{} ({})", string(&step["peer"]), string(&step["step"])));
    text + "\n" + &table(steps, &C_PEERS) + "\n" + &verdict(losses.collect())
}

fn host(host: &Value) -> String {
    let rows = host["rows"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return "No figures yet: `cargo xtask docs --measure compare`.\n".to_owned();
    }
    let mut losses = Vec::new();
    let mut shown = Vec::new();
    for row in rows {
        let mut cells = json!({ "n": row["n"], "kernel": row["kernel"] });
        for (name, key) in HOST_PEERS {
            if let (Some(kernel), Some(peer)) = (row["kernel"].as_f64(), row[key].as_f64()) {
                cells[key] = format!("{peer:.3} ({:.1} x)", peer / kernel).into();
                if peer < kernel {
                    losses.push(format!("{name} at N = {}", row["n"]));
                }
            }
        }
        shown.push(cells);
    }
    let columns = [
        ("N", "/n", 0),
        ("kernel", "/kernel", 3),
        ("numpy", "/idiomatic", 0),
        ("numpy, tuned", "/tuned", 0),
        ("BLAS via scipy", "/blas", 0),
        ("plain Rust", "/plain_rust", 0),
    ];
    format!(
        "`{}`: the {} step, nanoseconds per synapse, and how many times the kernel's; {}. {}, {}; {}, {}; numpy {}. The \
         programs: [step.py](../benches/peers/step.py), [host.rs](../xtask/src/compare/host.rs).\n\n{}\n{}",
        string(&host["command"]),
        string(&host["step"]),
        string(&host["figures_are"]),
        string(&host["processor"]),
        string(&host["instructions"]),
        string(&host["compiler"]),
        string(&host["flags"]),
        string(&rows[0]["numpy"]),
        table(&shown, &columns),
        verdict(losses)
    )
}

fn instructions(counts: &Table) -> String {
    let rows = counts.instructions.iter();
    let rows: Vec<_> = rows
        .map(|(name, count)| json!({ "name": name, "count": count }))
        .collect();
    let columns = [
        ("instruction set, plasticity", "/name", 0),
        ("instructions (counted)", "/count", 0),
    ];
    format!(
        "`cargo xtask instructions`: instructions of one step of 128 neurons, counted by valgrind, which does not run AVX-512; \
         own tanh, J and A merged while frozen; {} on {}.\n\n{}",
        counts.compiler,
        counts.architecture,
        table(&rows, &columns)
    )
}

/// Where a peer wins, it says so.
fn verdict(losses: Vec<String>) -> String {
    match losses.as_slice() {
        [] => "No peer is faster at any size shown.\n".to_owned(),
        losses => format!("**Faster than the kernel**: {}.\n", losses.join(", ")),
    }
}

/// How the row of docs/claims.md on the times beside numpy's begins.
pub const CLAIM: &str = "| one plastic step on a host beside numpy's";

/// That row.
pub fn claim(figures: &Value) -> Option<String> {
    let least = |peer, sizes| least_ratio(figures, peer, sizes);
    let (all, small) = ([128, 4096], [128, 1024]);
    // What is called "at least" is rounded down.
    let least = |peer, sizes| Some((10.0 * least(peer, sizes)?).floor() / 10.0);
    Some(format!(
        "{CLAIM}, one thread, timed in one run | at least {:.1} times as fast as plain \
         numpy, {:.1} times tuned ({:.1} up to N = 1024), {:.1} times BLAS called directly, N = 128 to 4096: \
         [all figures](performance.md) | `cargo xtask compare` |",
        least("idiomatic", all)?,
        least("tuned", all)?,
        least("tuned", small)?,
        least("blas", all)?,
    ))
}

fn string(value: &Value) -> String {
    cell(Some(value), 3)
}
