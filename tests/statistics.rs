//! Statistics of ensembles against values measured before with an independent simulator (arXiv:2302.08985's model,
//! g = 2, p = 2.5, Euler step 0.05), through the program's own commands. Seeds are fixed; each tolerance is three
//! standard errors of the difference plus the stated error of the value.
//!
//! The full lengths are those of `host-sim`'s defaults; here most are shorter, with fewer networks.

#[path = "support/program.rs"]
mod program;

use program::{average, summary};
use serde_json::Value;

/// Asserts that an average agrees with a value known with an error.
fn assert_agrees(name: &str, found: &Value, expected: f64, error: f64) {
    let (mean, sem) = average(found);
    let bound = 3.0 * sem.hypot(error);
    assert!(
        (mean - expected).abs() < bound,
        "{name}: {mean} +- {sem} is not {expected} within {bound}"
    );
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn strong_hebbian_plasticity_makes_the_present_state_freezable() {
    let summary = summary("freeze --n 200 --g 2 --k 2 --p 2.5 --networks 12 --duration 600 --trials 4");
    // Measured over 20 networks: 0.898; the spread over networks at this length is 0.01.
    assert_agrees("C_phi(0)", &summary["c_phi_0"], 0.898, 0.01 / 20f64.sqrt());
    assert!(
        (average(&summary["c_phi_0"]).0 - 0.898).abs() < 0.015,
        "{summary}"
    );
    assert!(average(&summary["freeze_success"]).0 >= 0.95, "{summary}");
    assert!(average(&summary["rightmost_eigenvalue"]).0 < 0.0, "{summary}");
    let (time, _) = average(&summary["release_time"]);
    assert!(
        (20.0..80.0).contains(&time),
        "a released network decorrelates in about 40, not {time}"
    );
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn without_plasticity_nothing_freezes() {
    let summary = summary("freeze --n 200 --g 2 --k 0 --p 2.5 --networks 8 --duration 400 --trials 3");
    assert!(average(&summary["freeze_success"]).0 < 0.05, "{summary}");
    assert!(
        summary["freeze_trials"].as_u64().expect("a count") >= 18,
        "{summary}"
    );
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn without_plasticity_the_exact_mean_field_is_met() {
    // Exact for N -> infinity: C_phi(0) = 0.5132, half-width 4.79 for this Euler step (Sompolinsky, Crisanti and
    // Sommers 1988). At N = 1000 the bias is below the errors allowed for here, as N = 2000 shows.
    let summary =
        summary("run --n 1000 --g 2 --k 0 --networks 4 --burn-in 100 --duration 500 --longest-lag 25");
    assert_agrees("C_phi(0)", &summary["c_phi_0"], 0.5132, 0.002);
    assert_agrees("half-width", &summary["half_width"], 4.79, 0.05);
    assert!(
        (average(&summary["c_phi_0"]).0 - 0.5132).abs() < 0.015,
        "{summary}"
    );
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn hebbian_plasticity_raises_the_activity_as_measured_before() {
    let summary = summary("run --n 1000 --g 2 --k 1 --p 2.5 --networks 4 --burn-in 150 --duration 600");
    // Measured before at N = 1000: 0.690(1), 10.7(3).
    assert!(
        (average(&summary["c_phi_0"]).0 - 0.690).abs() < 0.008,
        "{summary}"
    );
    assert_agrees("half-width", &summary["half_width"], 10.7, 0.3);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn anti_hebbian_plasticity_quickens_the_chaos() {
    let summary = summary(
        "run --n 500 --g 2 --k -3 --p 2.5 --networks 4 --burn-in 100 --duration 400 --longest-lag 20",
    );
    // Measured at N = 1000: 0.330(1) and 1.90(1); the bias at N = 500 is of order 1/N, here 0.002 and 0.02.
    assert_agrees("C_phi(0)", &summary["c_phi_0"], 0.330, 0.003);
    assert_agrees("half-width", &summary["half_width"], 1.90, 0.03);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn single_and_double_precision_have_the_same_statistics() {
    let run = |precision: &str| {
        summary(&format!(
            "run --n 100 --g 2 --k 1 --p 2.5 --networks 16 --duration 600 --longest-lag 50 --precision {precision}"
        ))
    };
    let (single, double) = (run("f32"), run("f64"));
    for name in ["c_phi_0", "half_width", "speed_rms"] {
        let (expected, error) = average(&double[name]);
        assert_agrees(name, &single[name], expected, error);
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn the_other_transfer_function_is_chaotic_and_freezable_too() {
    let summary = summary("freeze --n 200 --transfer erf --networks 4 --duration 300 --trials 2");
    assert!(average(&summary["freeze_converged"]).0 > 0.5, "{summary}");
    assert!(average(&summary["alive"]).0 > 0.5, "{summary}");
}
