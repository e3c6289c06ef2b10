//! Lyapunov exponents of the joint map against values measured before with an independent program, and against theory,
//! through `host-sim lyapunov`. The derivative itself is tested beside its code: against neighbouring trajectories, the
//! frozen Jacobian and the determinant.

#[path = "support/program.rs"]
mod program;

use program::{average, result, summary};
use serde_json::Value;

#[test]
#[cfg_attr(debug_assertions, ignore = "long: cargo test --release")]
fn freezable_chaos_has_the_exponent_measured_before() {
    let summary = summary("lyapunov --n 200 --g 2 --k 2 --p 2.5 --networks 24 --duration 500");
    let (mean, error) = average(&summary["lyapunov_max"]);
    // Over 20 networks of an independent program: 0.073 to 0.076; the spread over networks is 0.017.
    assert!((mean - 0.073).abs() < 0.015, "{summary}");
    assert!(error < 0.006 && mean > 10.0 * error, "{summary}");
    assert!(average(&summary["alive"]).0 > 0.75, "{summary}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "long: cargo test --release")]
fn without_plasticity_the_theory_is_approached() {
    // Infinitely many neurons: 0.2334. Finite ones stay below, by about 0.01 at N = 500.
    let summary = summary("lyapunov --n 500 --g 3 --k 0 --networks 4 --burn-in 50 --duration 150");
    let (mean, error) = average(&summary["lyapunov_max"]);
    assert!((mean - 0.2334 + 0.01).abs() < 3.0 * error + 0.01, "{summary}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "long: cargo test --release")]
fn the_compact_network_has_the_exponent_of_the_exact_one() {
    let arguments = "lyapunov --n 256 --g 2 --k 2 --p 2.5 --networks 12 --duration 500 --couplings signs";
    let [compact, exact] = ["compact", "exact"].map(|model| result(&format!("{arguments} --model {model}")));
    assert_eq!(compact["params"]["dimension"], 256 * 9);
    assert!(
        compact["params"]["tangents"]
            .as_str()
            .is_some_and(|text| text.contains("unrounded"))
    );
    let of = |result: &Value| average(&result["summary"]["lyapunov_max"]);
    let ((compact, error), (exact, exact_error)) = (of(&compact), of(&exact));
    // Measured before with independent programs, 40 networks each: 0.076(7) and 0.080(2).
    let joint = error.hypot(exact_error);
    assert!(
        (compact - exact).abs() < 3.0 * joint,
        "{compact} against {exact}, error {joint}"
    );
    for found in [compact, exact] {
        assert!((found - 0.078).abs() < 3.0 * joint.hypot(0.007), "{found}");
    }
}

#[test]
fn frozen_networks_shrink() {
    let arguments =
        "lyapunov --n 60 --g 2 --k 2 --networks 3 --burn-in 100 --duration 50 --frozen --exponents 3";
    let result = result(arguments);
    let summary = &result["summary"];
    assert!(average(&summary["lyapunov_max"]).0 < -0.1, "{summary}");
    assert_eq!(average(&summary["synaptic_share"]).0, 0.0);
    assert_eq!(result["params"]["frozen"], true);
}

#[test]
fn all_exponents_come_in_order_and_give_a_dimension() {
    let summary =
        summary("lyapunov --n 6 --g 6 --k -2 --networks 4 --burn-in 50 --duration 120 --exponents all");
    let spectrum: Vec<f64> = summary["spectrum"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_f64)
        .collect();
    assert_eq!(spectrum.len(), 27, "{summary}");
    assert!(
        spectrum.windows(2).all(|pair| pair[0] > pair[1] - 0.05),
        "{summary}"
    );
    // Of 27 exponents, 15 or more lie at that of a lone synapse: on either side there are some, but not many more than 6.
    for band in ["above_synaptic_rate", "below_synaptic_rate"] {
        let (share, _) = average(&summary[band]);
        assert!(share > 0.0 && share < 9.0 / 27.0, "{band}: {summary}");
    }
    assert!(average(&summary["kaplan_yorke_dimension"]).0 >= 0.0, "{summary}");
}

#[test]
fn a_generous_tolerance_stops_after_half_the_time() {
    let summary = summary("lyapunov --n 20 --networks 2 --burn-in 20 --duration 400 --tolerance 10 --frozen");
    // Three looks, 25 apart, the first at 200.
    assert!((average(&summary["time"]).0 - 250.0).abs() < 1.0, "{summary}");
}

#[test]
fn one_test_tells_in_every_command_that_a_network_is_at_rest() {
    // Windows shorter than a segment of the test, where commands once fell back on different guesses.
    let dead = "--n 3 --networks 1 --g 0 --k 0 --burn-in 1000 --duration 20";
    for command in ["run", "freeze", "lyapunov", "jacobian"] {
        let summary = summary(&format!("{command} {dead}"));
        assert_eq!(average(&summary["alive"]).0, 0.0, "{command}: {summary}");
    }
    let exponents = summary(&format!("lyapunov {dead} --exponents 2"));
    assert!(
        exponents["lyapunov_max"].is_null(),
        "rest averaged in: {exponents}"
    );
    assert_eq!(exponents["spectrum"], Value::Array(Vec::new()));
    let kinds = &summary(&format!("equivalence {dead} --trials 0 --pairs 0"))["kinds"];
    for kind in kinds.as_array().expect("kinds") {
        assert_eq!(average(&kind["alive"]).0, 0.0, "{kind}");
    }
}

#[test]
fn exponents_of_minus_infinity_are_numbers() {
    // Held without couplings, every neuron is at 0 after one step of 1.
    let frozen = "--n 2 --networks 2 --g 0 --k 0 --dt 1 --burn-in 20 --duration 50 --frozen --exponents 2";
    let found = summary(&format!("lyapunov {frozen}"));
    assert_eq!(found["lyapunov_max"]["mean"], "-inf", "{found}");
    assert_eq!(found["spectrum"], serde_json::json!(["-inf", "-inf"]));
    // Synapses that forget in a step: the others keep their places, and none is below.
    let all = "--n 6 --networks 3 --g 8 --k 0 --p 0.05 --burn-in 20 --duration 100 --exponents all";
    let found = summary(&format!("lyapunov {all}"));
    let spectrum = found["spectrum"].as_array().expect("a list");
    assert_eq!((spectrum.len(), &spectrum[26]), (27, &Value::from("-inf")));
    assert_eq!(average(&found["above_synaptic_rate"]).0, 6.0 / 27.0);
    assert_eq!(average(&found["below_synaptic_rate"]).0, 0.0);
}
