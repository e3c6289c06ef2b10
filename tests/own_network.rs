//! Networks of a user's own: the example crate, which is outside the workspace as a user's is, measures its own couplings
//! and its own plasticity rule.

use std::path::Path;
use std::process::Command;

/// Number after the name on a line of the example: `  largest exponent: 0.0123 +- 0.0045 (4)`.
fn value(lines: &[&str], name: &str) -> f64 {
    let line = lines.iter().find(|line| line.trim_start().starts_with(name));
    let line = line.unwrap_or_else(|| panic!("{name} in {lines:?}"));
    let text = line.split(": ").nth(1).expect("a value");
    let number = text.split(' ').next().expect("a word");
    number.parse().unwrap_or_else(|_| panic!("{line}"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "long: cargo test --release")]
fn own_couplings_and_an_own_rule_are_measured_like_ours() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .args(["run", "--release", "--quiet", "--locked", "--target-dir"])
        // Its profile is the workspace's, so that what both depend on is compiled once.
        .arg(root.join("target"))
        .current_dir(root.join("host-sim/examples/own-network"))
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let rule_at = text.find("own rule").expect("two parts");
    for part in [&text[..rule_at], &text[rule_at..]] {
        let lines: Vec<&str> = part.lines().collect();
        let c_phi_0 = value(&lines, "C_phi(0)");
        assert!(c_phi_0 > 0.2 && c_phi_0 < 1.0, "{part}");
        let success = value(&lines, "freezes that succeed");
        assert!((0.0..=1.0).contains(&success), "{part}");
        // At g = 2 and N = 64 networks are chaotic, or oscillate: never below the noise of 200 time units.
        let exponent = value(&lines, "largest exponent");
        assert!(exponent > -0.05 && exponent < 0.3, "{part}");
    }
    assert!(
        value(
            &text[..rule_at].lines().collect::<Vec<_>>(),
            "rightmost joint eigenvalue"
        ) > 0.0,
        "{text}"
    );
    assert!(
        text.contains("joint spectrum refused: rule of the plasticity gives no joint Jacobian"),
        "{text}"
    );
    assert!(
        text.contains("refused: rule of the plasticity gives no tangent map"),
        "{text}"
    );
    assert!(
        text.contains("all synapses plastic, states as the paper's: true"),
        "{text}"
    );
}
