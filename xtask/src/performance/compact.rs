//! What the page says of the compact network.

use serde_json::Value;

use super::bound::Bound::{AtLeast, AtMost};
use super::bound::{Threshold, m4f_rows};
use super::table::{Column, table};
use crate::compare::compact::{DENSE, LARGE, LARGEST};

const STEPS: [Column; 9] = [
    ("loops", "/loops", 0),
    ("couplings", "/transfer", 0),
    ("phase", "/phase", 0),
    ("N", "/n", 0),
    ("instructions (counted)", "/instructions/median", 0),
    ("cycles (modelled): min", "/cycles/min", 0),
    ("median", "/cycles/median", 0),
    ("max", "/cycles/max", 0),
    ("median per synapse", "/cycles_per_synapse", 3),
];
const TIMES: [Column; 7] = [
    ("N", "/n", 0),
    ("what", "/what", 0),
    ("couplings", "/couplings", 0),
    ("instructions", "/instructions", 0),
    ("threads", "/threads", 0),
    ("seconds", "/seconds", 4),
    ("10^9 synapses per second", "/billions_per_second", 1),
];
const MEMORY: [Column; 3] = [
    ("N", "/n", 0),
    ("couplings", "/couplings", 0),
    ("memory, MB", "/megabytes", 0),
];

/// Thresholds on a microcontroller and on a host.
pub fn thresholds(figures: &Value) -> Vec<Threshold> {
    [on_target(figures).to_vec(), on_host(figures).to_vec()].concat()
}

fn on_target(figures: &Value) -> [Threshold; 3] {
    let cycles = |couplings| {
        let mut rows = m4f_rows(figures, "compact_rows")?.iter();
        let row = rows.find(|row| {
            row["loops"] == "hand-written"
                && row["phase"] == "running"
                && row["n"] == 1024
                && row["transfer"] == couplings
        });
        row?.get("cycles_per_synapse")?.as_f64()
    };
    [
        (
            "compact, Cortex-M4F, plastic, N = 1024, J in flash, cycles per synapse",
            AtMost(0.95),
            cycles("stored"),
        ),
        ("the same, stretch", AtMost(0.8), cycles("stored")),
        (
            "compact, Cortex-M4F, plastic, N = 1024, J hashed, cycles per synapse",
            AtMost(1.25),
            cycles("hashed"),
        ),
    ]
}

/// Thresholds on a host. A synapse is a bit: what a plain read of the bits allows is a synapse for each bit read.
pub fn on_host(figures: &Value) -> [Threshold; 12] {
    let part = &figures["compare"]["compact"];
    let speed = |what, couplings, n, threads| {
        let best = &part["best_instructions"];
        find(part, what, couplings, n, |row| {
            row["threads"] == threads && (row["instructions"] == *best || row["instructions"] == "")
        })
    };
    let portable = find(part, "drive", "stored", DENSE, |row| {
        row["instructions"] == "Portable"
    });
    let dense = speed("sgemv", "dense", DENSE, 1);
    let read = speed("plain read", "stored", LARGE, 1);
    let drive = |n| speed("drive", "stored", n, 1);
    let memory = |couplings, n| {
        let mut rows = part["memory"].as_array()?.iter();
        let row = rows.find(|row| row["couplings"] == couplings && row["n"] == n);
        row?["megabytes"].as_f64()
    };
    [
        (
            "compact, host, product at N = 16,384, times the synapses per second of a dense one (BLAS)",
            AtLeast(12.0),
            ratio(drive(DENSE), dense),
        ),
        (
            "the same at N = 100,352",
            AtLeast(12.0),
            ratio(drive(LARGE), dense),
        ),
        (
            "compact, host, product at N = 16,384, synapses per bit of a plain read from memory in the same time",
            AtLeast(0.6),
            ratio(drive(DENSE), read),
        ),
        ("the same at N = 100,352", AtLeast(0.6), ratio(drive(LARGE), read)),
        (
            "compact, host, plastic step of 10^10 synapses, times the time of its product",
            AtMost(1.15),
            ratio(drive(LARGE), speed("step", "stored", LARGE, 1)),
        ),
        (
            "compact, host, its memory with stored J, MB",
            AtMost(1600.0),
            memory("stored", LARGE),
        ),
        (
            "compact, host, product with hashed J at N = 16,384, speed over that of stored J",
            AtLeast(0.6),
            ratio(speed("drive", "hashed", DENSE, 1), drive(DENSE)),
        ),
        (
            "the same at N = 100,352",
            AtLeast(0.6),
            ratio(speed("drive", "hashed", LARGE, 1), drive(LARGE)),
        ),
        (
            "compact, host, memory at N = 100,352 with hashed J, MB",
            AtMost(100.0),
            memory("hashed", LARGE),
        ),
        (
            "compact, host, product in safe Rust alone at N = 16,384, times a dense one (BLAS)",
            AtLeast(1.5),
            ratio(portable, dense),
        ),
        (
            "compact, host, step with hashed J at N = 100,352, speed of two threads over that of one",
            AtLeast(1.6),
            ratio(
                speed("step", "hashed", LARGE, 2),
                speed("step", "hashed", LARGE, 1),
            ),
        ),
        (
            "compact, host, memory of 10^11 synapses (N = 316,228), MB",
            AtMost(200.0),
            memory("hashed", LARGEST),
        ),
    ]
}

/// Billions of synapses per second of a row.
fn find(part: &Value, what: &str, couplings: &str, n: usize, is_it: impl Fn(&Value) -> bool) -> Option<f64> {
    let mut rows = part["rows"].as_array()?.iter();
    let row =
        rows.find(|row| row["what"] == what && row["couplings"] == couplings && row["n"] == n && is_it(row));
    row?["billions_per_second"].as_f64()
}

fn ratio(above: Option<f64>, below: Option<f64>) -> Option<f64> {
    Some(above? / below?)
}

/// The rows of a core.
pub fn microcontroller(core: &Value) -> String {
    let rows = core["compact_rows"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "\nCompact network, 8 samples, the largest size counted:\n\n{}",
        table(rows, &STEPS)
    )
}

/// The times on a host.
pub fn host(part: &Value) -> String {
    let rows = part["rows"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() {
        return "No figures yet: `cargo xtask docs --measure compare`.\n".to_owned();
    }
    let memory = part["memory"].as_array().into_iter().flatten();
    let mut text = format!(
        "`{}`: {}. The best instructions here are {}. sgemv: OpenBLAS through scipy, \
         [product.py](../benches/peers/product.py), in the faster order of memory. Plain read: the sum of the words of \
         J, a bit counted as a synapse. Drive: the matrix-vector product, with the part of the history. Step: all of a \
         plastic one.",
        text_of(part, "command"),
        text_of(part, "figures_are"),
        text_of(part, "best_instructions"),
    );
    if let (Some(before), Some(after)) = (part["load_before"].as_f64(), part["load_after"].as_f64()) {
        text += &format!(" Load of the machine: {before} before, {after} after.");
    }
    text += &format!("\n\n{}\n{}", table(rows, &TIMES), table(memory, &MEMORY));
    if let Some(digest) = part["digest"].as_str() {
        text += &format!(
            "\nAt N = {LARGE}, stored and hashed J, one and two threads end in the digest `{digest}`.\n"
        );
    }
    for skipped in part["skipped"].as_array().into_iter().flatten() {
        text += &format!("\nSkipped: {}.\n", skipped.as_str().unwrap_or_default());
    }
    text
}

fn text_of<'a>(part: &'a Value, key: &str) -> &'a str {
    part[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn ratios_are_those_of_the_rows_that_are_named() {
        let row = |what, couplings, instructions, n, speed: f64| {
            json!({ "what": what, "couplings": couplings, "instructions": instructions, "threads": 1, "n": n,
                    "billions_per_second": speed })
        };
        let figures = json!({ "compare": { "compact": {
            "best_instructions": "Avx2",
            "rows": [
                row("sgemv", "dense", "", DENSE, 5.0),
                row("drive", "stored", "Portable", DENSE, 10.0),
                row("drive", "stored", "Avx2", DENSE, 60.0),
            ],
            "memory": [{ "couplings": "hashed", "n": LARGEST, "megabytes": 50.0 }],
        } } });
        let figures = on_host(&figures).map(|(_, _, figure)| figure);
        assert_eq!(figures[0], Some(12.0));
        assert_eq!(figures[9], Some(2.0));
        assert_eq!(figures[11], Some(50.0));
        assert_eq!([figures[1], figures[10]], [None, None]);
    }
}
