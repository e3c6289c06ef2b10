//! What was to be reached, stated before anything was measured.

use serde_json::{Value, json};

use super::bound::{Bound, Threshold, m4f_rows};
use super::compact;

/// Rows for a table: each threshold, the figure, and whether it was reached.
pub fn rows(figures: &Value) -> Vec<Value> {
    let compact = compact::thresholds(figures);
    exact(figures).into_iter().chain(compact).map(row).collect()
}

/// A threshold as a row of a table.
pub fn row((what, bound, figure): Threshold) -> Value {
    let (threshold, is_reached) = match bound {
        Bound::AtLeast(bound) => (format!("at least {bound}"), figure.map(|figure| figure >= bound)),
        Bound::AtMost(bound) => (format!("at most {bound}"), figure.map(|figure| figure <= bound)),
    };
    let result = match is_reached {
        Some(true) => "reached",
        Some(false) => "**missed**",
        None => "not measured",
    };
    json!({ "what": what, "threshold": threshold, "figure": figure, "result": result })
}

fn exact(figures: &Value) -> [Threshold; 13] {
    use Bound::{AtLeast, AtMost};
    let cycles = |loops, phase| modelled(figures, loops, phase);
    let peer = |flags, phase| c_peer(figures, flags, phase);
    let host = |name, sizes: [u64; 2]| least_ratio(figures, name, sizes);
    [
        (
            "Cortex-M4F, plastic, cycles per synapse",
            AtMost(8.6),
            cycles("hand-written", "running"),
        ),
        (
            "the same, stretch",
            AtMost(8.2),
            cycles("hand-written", "running"),
        ),
        (
            "Cortex-M4F, frozen, cycles per synapse",
            AtMost(3.7),
            cycles("hand-written", "frozen-merged"),
        ),
        (
            "the same, stretch",
            AtMost(3.5),
            cycles("hand-written", "frozen-merged"),
        ),
        (
            "Cortex-M4F, plastic, safe Rust alone",
            AtMost(12.5),
            cycles("portable", "running"),
        ),
        (
            "Cortex-M4F, frozen, safe Rust alone",
            AtMost(5.0),
            cycles("portable", "frozen-merged"),
        ),
        (
            "Cortex-M4F, plastic, times as fast as textbook C at -O3 (plain and four rows)",
            AtLeast(3.7),
            peer("C", "running"),
        ),
        (
            "Cortex-M4F, frozen, times as fast as textbook C at -O3 (plain and four rows)",
            AtLeast(1.8),
            peer("C", "frozen"),
        ),
        (
            "the same, plastic, with C's flags tuned",
            AtLeast(3.7),
            peer("C-tuned", "running"),
        ),
        (
            "the same, frozen, with C's flags tuned",
            AtLeast(1.8),
            peer("C-tuned", "frozen"),
        ),
        (
            "host, times as fast as plain numpy, N = 128 to 4096, least",
            AtLeast(10.0),
            host("idiomatic", [128, 4096]),
        ),
        (
            "host, times as fast as tuned numpy, N = 128 to 1024, least",
            AtLeast(5.0),
            host("tuned", [128, 1024]),
        ),
        (
            "host, times as fast as tuned numpy, N = 4096",
            AtLeast(3.5),
            host("tuned", [4096, 4096]),
        ),
    ]
}

/// Modelled cycles per synapse of a step of 128 neurons on a Cortex-M4F.
fn modelled(figures: &Value, loops: &str, phase: &str) -> Option<f64> {
    let mut rows = m4f_rows(figures, "rows")?.iter();
    let row = rows.find(|row| {
        row["loops"] == loops && row["phase"] == phase && row["n"] == 128 && row["transfer"] == "own"
    });
    row?.get("cycles_per_synapse")?.as_f64()
}

/// How many times the kernel's cycles the textbook C peer of these flags takes that takes fewest. Peers of one pass are in
/// the page's table.
fn c_peer(figures: &Value, flags: &str, phase: &str) -> Option<f64> {
    let textbook = ["plain", "four-rows"].map(|kind| format!("{kind}-{phase}"));
    let steps = figures.pointer("/cycles/peers/steps")?.as_array()?.iter();
    let steps = steps
        .filter(|step| step["peer"] == flags && textbook.iter().any(|name| step["step"] == name.as_str()));
    let ratios = steps.filter_map(|step| step["times_hand_written"].as_f64());
    ratios.reduce(f64::min)
}

/// The least of the ratios to a host's peer over sizes from the first to the last.
pub fn least_ratio(figures: &Value, peer: &str, [first, last]: [u64; 2]) -> Option<f64> {
    let rows = figures.pointer("/compare/host/rows")?.as_array()?.iter();
    let rows = rows.filter(|row| row["n"].as_u64().is_some_and(|n| (first..=last).contains(&n)));
    let ratios = rows.filter_map(|row| Some(row.get(peer)?.as_f64()? / row.get("kernel")?.as_f64()?));
    ratios.reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_is_reached_missed_or_not_measured() {
        let figures = json!({ "compare": { "host": { "rows": [
            { "n": 128, "kernel": 0.1, "idiomatic": 1.5, "tuned": 0.4 },
            { "n": 4096, "kernel": 0.2, "idiomatic": 2.1, "tuned": 0.8 },
        ] } } });
        let results: Vec<_> = rows(&figures).iter().map(|row| row["result"].clone()).collect();
        assert_eq!(results[0], "not measured");
        assert_eq!(results[10..13], ["reached", "**missed**", "reached"]);
    }
}
