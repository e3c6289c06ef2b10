//! Spectra along trajectories against random-matrix theory, through `host-sim jacobian`, and stable fixed points against
//! the annealed count, through `host-sim fixed-points`. The reduced matrix is tested against the whole one beside its
//! code.

#[path = "support/program.rs"]
mod program;

use program::{average, summary};
use serde_json::Value;

#[test]
#[cfg_attr(debug_assertions, ignore = "many eigenvalues: cargo test --release")]
fn plasticity_parts_the_spectrum_and_moves_it_to_the_axes() {
    let [anti_hebbian, none, hebbian] = [-8.0, 0.0, 2.0].map(|k| {
        summary(&format!(
            "jacobian --n 200 --g 2 --k {k} --networks 4 --snapshots 3 --burn-in 100 --duration 100"
        ))
    });
    let imaginary = |summary: &Value| average(&summary["mean_abs_imaginary"]);
    // Measured at N = 300 and 400: 0.93 to 0.97, 0.36, 0.04.
    let ((most, _), (some, error), (least, _)) =
        (imaginary(&anti_hebbian), imaginary(&none), imaginary(&hebbian));
    assert!((some - 0.36).abs() < 3.0 * error + 0.03, "{none}");
    assert!(most > 0.8 && least < 0.12, "{anti_hebbian} {hebbian}");
    // Half of the eigenvalues on either side of -1/p, where Hebbian synapses follow.
    let (above, _) = average(&hebbian["fraction_above_band"]);
    assert!((above - 0.5).abs() < 0.01, "{hebbian}");
    // Freezable: held synapses leave the unstable ones behind.
    assert!(average(&hebbian["rightmost_frozen"]).0 < -0.2 && average(&hebbian["rightmost_joint"]).0 > 0.1);
    for summary in [anti_hebbian, none, hebbian] {
        for (found, expected) in [
            ("rightmost_joint", "predicted_rightmost"),
            ("rightmost_frozen", "predicted_rightmost_frozen"),
        ] {
            let ((found, error), (expected, _)) = (average(&summary[found]), average(&summary[expected]));
            // Short of the edge, as few eigenvalues lie near it: by 0.03 to 0.05 at N = 400, by up to 0.1 here.
            assert!((found - expected + 0.05).abs() < 0.05 + 3.0 * error, "{summary}");
        }
    }
}

#[test]
fn stable_fixed_points_are_as_many_as_the_annealed_count() {
    let found = summary(
        "fixed-points --g 1.5 --k 4 --sizes 5,7 --networks 12 --starts 300 --burn-in 0 --duration 300",
    );
    let annealed = found["annealed_per_neuron"]
        .as_f64()
        .expect("stable fixed points");
    assert!((annealed - 1.843).abs() < 2e-3, "{found}");
    for size in found["by_size"].as_array().expect("a list") {
        let n = size["n"].as_f64().expect("a number");
        // At N = 6 to 12: 0.89(7) to 1.0(1) of the annealed count, once the starts suffice to find most.
        let (number, error) = average(&size["lower_bound"]);
        let ratio = number / annealed.powf(n);
        assert!(
            (ratio - 0.95).abs() < 0.1 + 3.0 * error / annealed.powf(n),
            "{size}"
        );
        assert!(
            error < 0.3 * number && average(&size["distinct"]).0 <= number,
            "{size}"
        );
        assert!(average(&size["rightmost"]).0 < -0.1, "{size}");
        // The bulk of a typical one is far from marginal.
        assert!(average(&size["marginality"]).0 < 0.1, "{size}");
    }
    assert!(
        found["typical_marginality"].as_f64().expect("a typical one") < 0.1,
        "{found}"
    );
}

#[test]
fn chaos_without_plasticity_has_no_stable_fixed_point() {
    let found = summary("fixed-points --n 60 --g 3 --k 0 --networks 2 --starts 6 --burn-in 20 --duration 60");
    assert_eq!(average(&found["lower_bound"]).0, 0.0, "{found}");
    assert!(
        found["annealed_per_neuron"]
            .as_f64()
            .is_none_or(|growth| growth < 1.0),
        "{found}"
    );
}
