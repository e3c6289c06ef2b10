//! Spectra along trajectories against random-matrix theory, through `host-sim jacobian`. The reduced matrix is tested
//! against the whole one beside its code.

#[path = "support/program.rs"]
mod program;

use program::host_sim;
use serde_json::Value;

/// The summary of `host-sim jacobian`: p = 2.5, g = 2.
fn summary(k: f64) -> Value {
    let arguments = format!(
        "jacobian --n 200 --g 2 --k {k} --networks 4 --snapshots 3 --burn-in 100 --duration 100 --json"
    );
    let output = host_sim(&arguments).output().expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {message}");
    let result: Value = serde_json::from_slice(&output.stdout).expect("standard output is JSON");
    result["summary"].clone()
}

/// Mean and standard error of an average.
fn average(summary: &Value, key: &str) -> (f64, f64) {
    let number = |part: &str| {
        let value = &summary[key][part];
        value.as_f64().unwrap_or_else(|| panic!("{key} of {summary}"))
    };
    (number("mean"), number("sem"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "many eigenvalues: cargo test --release")]
fn plasticity_parts_the_spectrum_and_moves_it_to_the_axes() {
    let [anti_hebbian, none, hebbian] = [-8.0, 0.0, 2.0].map(summary);
    let imaginary = |summary| average(summary, "mean_abs_imaginary");
    // Measured at N = 300 and 400: 0.93 to 0.97, 0.36, 0.04.
    let ((most, _), (some, error), (least, _)) =
        (imaginary(&anti_hebbian), imaginary(&none), imaginary(&hebbian));
    assert!((some - 0.36).abs() < 3.0 * error + 0.03, "{none}");
    assert!(most > 0.8 && least < 0.12, "{anti_hebbian} {hebbian}");
    // Half of the eigenvalues on either side of -1/p, where Hebbian synapses follow.
    let (above, _) = average(&hebbian, "fraction_above_band");
    assert!((above - 0.5).abs() < 0.01, "{hebbian}");
    // Freezable: held synapses leave the unstable ones behind.
    assert!(average(&hebbian, "rightmost_frozen").0 < -0.2 && average(&hebbian, "rightmost_joint").0 > 0.1);
    for summary in [anti_hebbian, none, hebbian] {
        for (found, expected) in [
            ("rightmost_joint", "predicted_rightmost"),
            ("rightmost_frozen", "predicted_rightmost_frozen"),
        ] {
            let ((found, error), (expected, _)) = (average(&summary, found), average(&summary, expected));
            // Short of the edge, as few eigenvalues lie near it: by 0.03 to 0.05 at N = 400, by up to 0.1 here.
            assert!((found - expected + 0.05).abs() < 0.05 + 3.0 * error, "{summary}");
        }
    }
}
