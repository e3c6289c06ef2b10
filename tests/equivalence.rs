//! The compact network against the exact one with the same signs, paired, and histories too coarse to be its equal.
//!
//! Fixed seeds; tolerances are three standard errors of the paired differences. `host-sim equivalence --networks 240 --check`
//! is the long form.
#![cfg_attr(
    debug_assertions,
    allow(dead_code, reason = "the simulations need optimisation")
)]

#[path = "support/program.rs"]
mod program;

use program::{average, summary};
use serde_json::Value;

fn row<'a>(rows: &'a Value, name: &str) -> &'a Value {
    let mut rows = rows.as_array().expect("rows").iter();
    rows.find(|row| row["name"] == name)
        .unwrap_or_else(|| panic!("no row {name}"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn the_recommended_history_is_as_good_as_the_matrix_and_a_coarse_one_is_not() {
    let arguments = "equivalence --n 256 --networks 12 --duration 600 --trials 1 --pairs 0 \
                     --histories 8x20x127,8x80x127,8x20x1";
    let summary = summary(arguments);
    let (kinds, differences) = (&summary["kinds"], &summary["differences"]);

    let recommended = row(differences, "compact 8x20x127");
    // The largest errors are twice those that 240 networks make expect; beyond, the comparison says nothing.
    for (quantity, largest_error) in [("c_phi_0", 0.006), ("half_width", 0.14), ("speed_rms", 0.011)] {
        let (mean, sem) = average(&recommended[quantity]);
        assert!(
            mean.abs() < 3.0 * sem && sem < largest_error,
            "{quantity} differs by {mean} +- {sem} at the recommended history"
        );
    }
    // A matrix that is renewed only every 4 time units is slower by a quarter: -0.043(3) over 60 networks.
    let (mean, sem) = average(&row(differences, "compact 8x80x127")["speed_rms"]);
    assert!(
        mean < -3.0 * sem && mean < -0.02,
        "a spacing of 80 steps goes unnoticed: {mean} +- {sem}"
    );
    // Samples of three values do not keep the network alive.
    assert_eq!(average(&row(kinds, "compact 8x20x1")["alive"]), (0.0, 0.0));
    for kind in ["exact, signs", "compact 8x20x127"] {
        let (share, _) = average(&row(kinds, kind)["freeze_success"]);
        assert!(share > 0.9, "freezes of {kind}: {share}");
    }
}
