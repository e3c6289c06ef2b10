//! The working memory as an experiment: cues are recalled from frozen networks, and forgotten by running ones.
//!
//! Fixed seeds; bounds are binomial standard errors of the number of held-out trials.

#[path = "support/program.rs"]
mod program;

use program::host_sim;
use serde_json::Value;

#[test]
#[cfg_attr(debug_assertions, ignore = "millions of steps: cargo test --release")]
fn cues_are_recalled_when_frozen_and_forgotten_when_running() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments =
        "memory --model compact --n 256 --networks 1 --cues 4 --strengths 1 --trials 24 --hold 1000 --json";
    let output = host_sim(&format!("{arguments} --out {}", folder.path().display()))
        .output()
        .expect("the program runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let row = &result["summary"]["rows"][0];
    let mean = |value: &Value| value["mean"].as_f64().unwrap_or_else(|| panic!("{value}"));
    let error = |share: f64| (share * (1.0 - share) / 24.0).sqrt();
    // 0.98 at this size and strength; four errors below.
    for moment in ["at_freeze", "settled", "held"] {
        let recall = mean(&row[moment]);
        assert!(recall >= 0.98 - 4.0 * error(0.98), "{moment}: {recall}");
    }
    let running = row["running"].as_array().expect("times");
    let (last, recall) = (
        &running[running.len() - 1][0],
        mean(&running[running.len() - 1][1]),
    );
    assert_eq!(last.as_f64(), Some(300.0));
    assert!(
        (recall - 0.25).abs() < 4.0 * error(0.25),
        "not frozen, {recall} is no guess among four"
    );
    assert!(mean(&running[0][1]) > 0.9, "the cue was not written");

    let source = std::fs::read_to_string(folder.path().join("readout.rs")).expect("exported weights");
    assert!(source.contains("pub static READOUT_WEIGHTS: [f32; 1024]"));
    assert!(source.contains("pub static READOUT_BIASES: [f32; 4]"));
    for file in ["memory.json", "memory.npz", "memory.png", "memory.svg"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
}
