//! What a sweep finds: classes of points, of rules and networks of one's own too.

use super::*;

/// Class of each point by (g, k).
fn classes(result: &Value) -> Vec<(f64, f64, String)> {
    let points = result["summary"]["points"].as_array().expect("a list");
    let number = |value: &Value| value.as_f64().expect("a number");
    points
        .iter()
        .map(|point| {
            let class = point["class"].as_str().expect("a class").to_owned();
            (number(&point["g"]), number(&point["k"]), class)
        })
        .collect()
}

fn sweep_json(path: &str) -> Value {
    let output = host_sim(&format!("sweep {path} --json"))
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", message(&output));
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

#[test]
fn below_the_transition_starts_decide_between_rest_and_fixed_points() {
    let sweep = Sweep::new(&TINY.replace("[0.5, 1.5, 2, 2.5]", "[0.5]"));
    let result = sweep_json(&sweep.out("sweep.toml").display().to_string());
    let found: Vec<String> = classes(&result).into_iter().map(|(_, _, class)| class).collect();
    // As g -> 0 fixed points need k > 2.017; 2.75 and 4 are beyond.
    assert_eq!(found[..2], ["quiescent", "quiescent"]);
    assert_eq!(found[3..], ["coexisting", "coexisting"]);
    let last = &result["summary"]["points"][4];
    assert_eq!(last["small"]["class"], "quiescent");
    assert_eq!(last["large"]["class"], "fixed-point");
    assert_eq!(last["large"]["alive"]["mean"], 0.0);
    assert!(last["large"]["lyapunov_max"].is_null());
}

#[test]
fn rules_and_biases_are_swept_too() {
    let text = TINY
        .replace("[0.5, 1.5, 2, 2.5]", "[1.5]")
        .replace("{ from = -1, to = 4, count = 5 }", "[1, 2]");
    let points = |more: &str, rule: &str| {
        let sweep = Sweep::new(&(text.clone() + more));
        fs::write(sweep.out("rule.toml"), rule).expect("it can be written");
        let numbers: Vec<u8> = (0..24).flat_map(|_| 0.5_f32.to_le_bytes()).collect();
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (24,), }";
        let npy = [
            b"\x93NUMPY\x01\x00\x76\x00",
            format!("{header:<117}\n").as_bytes(),
            &numbers,
        ]
        .concat();
        fs::write(sweep.out("bias.npy"), npy).expect("it can be written");
        let result = sweep_json(&sweep.out("sweep.toml").display().to_string());
        (result["params"].clone(), result["summary"]["points"].clone())
    };
    let (params, paper) = points("", "");
    assert!(params.get("rule").is_none() && params.get("bias").is_none());
    let (params, same) = points("rule = \"rule.toml\"\n", "post = \"rate\"\n");
    assert!(params["rule"].is_object(), "{params}");
    // The same bits of states; exponents are of another tangent map.
    let of = |points: &Value| {
        let points = points.as_array().expect("points").iter();
        let one = |point: &Value| {
            [
                &point["class"],
                &point["small"]["c_phi_0"],
                &point["freeze_success"],
            ]
            .map(Value::clone)
        };
        points.map(one).collect::<Vec<_>>()
    };
    assert_eq!(of(&same), of(&paper), "the paper's rule as data");
    let (_, signs) = points("rule = \"rule.toml\"\n", "pre = \"sign\"\n");
    assert_ne!(signs, paper);
    let (params, biased) = points("bias = \"bias.npy\"\n", "");
    assert!(params["bias"].is_string(), "{params}");
    assert_ne!(biased, paper);
    for (more, rule, expected) in [
        ("rule = \"rule.toml\"\n", "k = 2\n", "has a k or a p of its own"),
        ("rule = \"rule.toml\"\nn = 24\n", "", "line"),
    ] {
        let sweep = Sweep::new(&(text.clone() + more));
        fs::write(sweep.out("rule.toml"), rule).expect("it can be written");
        let refused = sweep.run("out", "");
        assert_eq!(refused.status.code(), Some(2), "{}", message(&refused));
        assert!(message(&refused).contains(expected), "{}", message(&refused));
    }
    let theory =
        Sweep::new(&(text.replace("boundaries = false", "boundaries = true") + "rule = \"rule.toml\"\n"));
    fs::write(theory.out("rule.toml"), "").expect("it can be written");
    let refused = theory.run("out", "");
    assert!(
        message(&refused).contains("set boundaries = false"),
        "{}",
        message(&refused)
    );
}

#[test]
fn compact_networks_are_swept_too() {
    let text = TINY.replace("[0.5, 1.5, 2, 2.5]", "[0.5]") + "model = \"compact\"\n";
    let sweep = Sweep::new(&text);
    let result = sweep_json(&sweep.out("sweep.toml").display().to_string());
    assert_eq!(result["params"]["model"], "compact");
    let found: Vec<String> = classes(&result).into_iter().map(|(_, _, class)| class).collect();
    assert_eq!(found[..2], ["quiescent", "quiescent"]);
    assert_eq!(found[3..], ["coexisting", "coexisting"]);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "long: cargo test --release")]
fn chaos_is_told_from_freezable_chaos() {
    let text = "p = 2.5\nn = 200\ng = [2]\nk = [0, 2]\ndt = 0.1\nduration = 300\nexponent_duration = 500\n\
                exponent_tolerance = 0.01\nboundaries = false\n";
    let sweep = Sweep::new(text);
    let result = sweep_json(&sweep.out("sweep.toml").display().to_string());
    let found: Vec<String> = classes(&result).into_iter().map(|(_, _, class)| class).collect();
    assert_eq!(found, ["chaotic", "freezable"], "{}", result["summary"]);
}
