//! The program's contract with people and scripts: exit codes, one-line errors, resumable runs, identical files.

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;

use program::host_sim;

fn succeed(arguments: &str) {
    let output = host_sim(arguments).output().expect("the program runs");
    assert!(
        output.status.success(),
        "{arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A small ensemble, quick even without optimisation.
const SMALL: &str = "run --n 12 --networks 3 --burn-in 5 --duration 30 --longest-lag 5";

#[test]
fn bad_input_is_a_one_line_error_with_exit_code_2() {
    for (arguments, message) in [
        (
            "run --n 0",
            "'0' for '--n <N>': it is outside its bounds 1 and 1048576",
        ),
        (
            "run --n -3",
            "'-3' for '--n <N>': it is outside its bounds 1 and 1048576",
        ),
        ("run --p -1", "--p -1 is not above its bound 0"),
        ("run --p nan", "--p NaN is not a finite number"),
        ("run --g -0.5", "--g -0.5 is below its bound 0"),
        ("run --k inf", "--k inf is not a finite number"),
        (
            "run --dt 1.5",
            "--dt 1.5 is above its stability bound min(1, p) = 1",
        ),
        (
            "run --dt 0.3 --p 0.2",
            "--dt 0.3 is above its stability bound min(1, p) = 0.2",
        ),
        ("run --frobnicate", "'--frobnicate'"),
        ("run --model dense", "'dense'"),
        ("run --networks 0", "--networks 0 is below its bound 1"),
        ("run --duration nan", "--duration NaN is outside its bounds"),
        ("run --n 500000", "--n 500000"),
        (
            "run --model compact --precision f64",
            "--precision f64 is of the reference simulator, which has no model compact",
        ),
        (
            "run --model compact --couplings gaussian",
            "--couplings gaussian is not one of signs and hashed, which model compact can have",
        ),
        (
            "run --couplings hashed",
            "--couplings hashed is not one of gaussian, signs and given, which model exact can have",
        ),
        (
            "run --history-samples 8",
            "--history-samples 8 is of model compact, and this is model exact",
        ),
        (
            "run --model compact --history-samples 33",
            "--history-samples 33 is outside its bounds 1 and 32",
        ),
        (
            "run --model compact --history-levels 128",
            "--history-levels 128 is outside its bounds 1 and 127",
        ),
        (
            "equivalence --histories 8x20",
            "'8x20' for '--histories <HISTORIES>'",
        ),
        ("memory --cues 1", "--cues 1 is outside its bounds 2 and 4096"),
        (
            "memory --strengths 2,0",
            "--strengths 0 is not a number above its bound 0",
        ),
        (
            "memory --trials 0",
            "--trials 0 is outside its bounds 1 and 100000",
        ),
        ("memory --hold nan", "--hold NaN is outside its bounds 0 and 1e6"),
        (
            "memory --times 3,300 --hold 100",
            "--times 100 is less than 300 before it",
        ),
        (
            "memory basin --starts 0",
            "--starts 0 is outside its bounds 1 and 10000",
        ),
        (
            "memory quantisation --strength -1",
            "--strength -1 is not a number above its bound 0",
        ),
        (
            "memory signals --synthetic --held-out 6",
            "--held-out 6 is outside its bounds 1 and 5",
        ),
        (
            "memory signals --synthetic --envelope 0,6",
            "--envelope 6 is above its bound 5",
        ),
        (
            "memory signals --synthetic --stuck 2",
            "--stuck 2 is outside its bounds 0 and 1",
        ),
        (
            "memory sensor --synthetic --port none --sensor /nowhere/sensor.bin",
            "--sensor /nowhere/sensor.bin: No such file",
        ),
        (
            "memory sensor --synthetic --port none --sensor Cargo.toml",
            "--sensor Cargo.toml: the bytes are no stored sensor",
        ),
        (
            "memory sensor --synthetic --port none --sensor Cargo.toml --rate -1",
            "--rate -1 is outside its bounds 0.1 and 10000",
        ),
        (
            "memory device --port none --readout /nowhere/readout.bin",
            "--readout /nowhere/readout.bin: No such file",
        ),
        (
            "memory device --port none --readout Cargo.toml --longest-hold nan",
            "--longest-hold NaN is outside its bounds 0 and 1e6",
        ),
        (
            "memory device --port none --readout Cargo.toml --precision f64",
            "--precision f64 is not on any board",
        ),
        (
            "memory device --port none --readout Cargo.toml --model compact --history-samples 4",
            "other than the recommended history, is not on any board",
        ),
        (
            "memory facilitation --cues 11",
            "--cues 11 is outside its bounds 2 and 10",
        ),
        (
            "memory facilitation --reactivations 0.5",
            "--reactivations 0.5 is outside its bounds 1 and 2",
        ),
        (
            "equivalence --model compact",
            "--model, --couplings and --couplings-file are not for equivalence",
        ),
        (
            "run --longest-lag 2000",
            "--longest-lag 2000 is outside its bounds",
        ),
        ("run --dt 1e-12", "above the bound 1e12"),
        ("run --n 200 --duration 1e8", "for duration 100000000 with"),
        ("run --seed -1", "'-1' for '--seed <SEED>'"),
        (
            "run --duration 1 --dt 1 --longest-lag 0.5",
            "--duration 1 is too short",
        ),
        ("freeze --trials 0", "--trials 0 is below its bound 1"),
        (
            "freeze --dt 1 --duration 5 --trials 6",
            "--trials 6 is above its bound 5",
        ),
        (
            "lyapunov --exponents 0",
            "--exponents 0 is outside its bounds 1 and 20300",
        ),
        (
            "lyapunov --n 4 --exponents 15",
            "--exponents 15 is outside its bounds 1 and 14",
        ),
        (
            "lyapunov --tolerance nan",
            "--tolerance NaN is not a finite number of at least its bound 0",
        ),
        ("lyapunov --n 20000 --exponents 10", "--n 20000"),
        (
            "jacobian --model compact",
            "--model compact has no joint Jacobian",
        ),
        (
            "jacobian --snapshots 0",
            "--snapshots 0 is outside its bounds 1 and 20000",
        ),
        ("jacobian --n 5000", "--n 5000 is above its bound 4096"),
        (
            "fixed-points --model compact",
            "--model compact has no fixed points",
        ),
        ("fixed-points --starts 0", "--starts 0 is below its bound 1"),
        ("fixed-points --sizes 8,2000", "--n 2000 is above its bound 1024"),
        ("mean-field --g -1", "--g -1 is below its bound 0"),
        ("mean-field --dt 1", "--dt 1 is not below its bound 1"),
        (
            "mean-field --starts 0",
            "--starts 0 is outside its bounds 1 and 1024",
        ),
        ("mean-field --damping 2", "--damping 2 is outside its bounds"),
        ("mean-field --window 5", "--window 5 is outside its bounds"),
        (
            "mean-field --window 1e6 --dt 0.01",
            "--window 1000000 is 1.000000e8 steps of dt 0.01",
        ),
        (
            "mean-field --window 100 --longest-lag 60",
            "--longest-lag 60 is outside its bounds",
        ),
        (
            "mean-field --boundary 2 1",
            "--boundary 1 is outside its bounds 2",
        ),
        ("budget --n 0", "--n 0 is outside its bounds"),
        ("verify --emulator m4f", "--firmware"),
        ("frobnicate", "'frobnicate'"),
    ] {
        let output = host_sim(arguments).output().expect("the program runs");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {error}");
        assert!(error.contains(message), "{arguments}: {error}");
        assert_eq!(error.lines().count(), 1, "{arguments}: {error}");
        assert!(output.stdout.is_empty(), "{arguments}");
    }
}

#[test]
fn missing_files_and_devices_are_exit_code_3() {
    for arguments in [
        "verify --emulator m4f --firmware does-not-exist.elf",
        "verify --port does-not-exist",
        "mean-field --k 0 --simulation does-not-exist.npz",
        "demo --firmware does-not-exist.elf --out /dev/null/nowhere",
    ] {
        let output = host_sim(arguments).output().expect("the program runs");
        assert_eq!(
            output.status.code(),
            Some(3),
            "{arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let output = host_sim(&format!("{SMALL} --out /dev/null/nowhere"))
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(3));
}

#[test]
fn help_and_version_are_exit_code_0_on_standard_output() {
    for arguments in ["--help", "run --help", "--version"] {
        let output = host_sim(arguments).output().expect("the program runs");
        assert!(
            output.status.success() && !output.stdout.is_empty() && output.stderr.is_empty(),
            "{arguments}"
        );
    }
}

#[test]
fn json_goes_to_standard_output_with_kind_params_summary_provenance() {
    let output = host_sim(&format!("{SMALL} --json"))
        .output()
        .expect("the program runs");
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(result["kind"], "run");
    assert_eq!(result["params"]["n"], 12);
    for key in ["c_phi_0", "half_width", "speed_rms", "alive"] {
        assert!(result["summary"].get(key).is_some(), "{key}");
    }
    for key in ["argv", "version", "rustc", "target", "seeds", "utc"] {
        assert!(!result["provenance"][key].is_null(), "{key}");
    }
}

/// Everything a run leaves behind, but for where and when it was made.
fn results(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| {
            let path = entry.expect("readable").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let mut bytes = fs::read(&path).expect("a file, not a folder of unfinished parts");
            if name.ends_with(".json") {
                let mut result: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
                result.as_object_mut().expect("an object").remove("provenance");
                bytes = result.to_string().into_bytes();
            }
            (name, bytes)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn files_are_the_same_whatever_the_threads() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = ["1", "2", "8"].map(|threads| {
        let out = folder.path().join(threads);
        let arguments = format!("{SMALL} --threads {threads} --out {}", out.display());
        succeed(&arguments);
        results(&out)
    });
    assert_eq!(files[0], files[1]);
    assert_eq!(files[0], files[2]);
    let names: Vec<&str> = files[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "autocorrelation.png",
            "autocorrelation.svg",
            "raster.png",
            "raster.svg",
            "run.json",
            "run.npz",
            "speed.png",
            "speed.svg"
        ]
    );
}

#[test]
fn a_run_that_was_killed_goes_on_and_gives_the_same_files() {
    // Long enough to be killed between its first and its last network.
    let arguments = "freeze --n 40 --networks 6 --burn-in 20 --duration 100 --trials 1 --threads 1";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));
    succeed(&format!("{arguments} --out {}", whole.display()));

    let mut child = host_sim(&format!("{arguments} --out {}", killed.display()))
        .spawn()
        .expect("the program runs");
    let parts = || {
        let entries = fs::read_dir(&killed)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path());
        let folders = entries.filter(|path| path.is_dir());
        folders
            .flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten())
            .count()
    };
    while parts() < 2 && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().expect("it can be killed, or is done");
    child.wait().expect("a child");
    succeed(&format!("{arguments} --out {}", killed.display()));
    assert_eq!(results(&whole), results(&killed));
}

#[test]
fn verify_confirms_the_goldens_of_this_machine() {
    let output = host_sim("verify --json").output().expect("the program runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(result["summary"]["ok"], true);
    assert!(result["summary"]["digests"].as_u64().expect("a count") > 100);
}

#[test]
fn a_memory_is_read_at_the_default_times_within_its_hold() {
    for (hold, expected) in [("20", [3.0, 10.0].as_slice()), ("2", &[2.0])] {
        let line = format!(
            "memory --n 24 --networks 1 --cues 2 --training 2 --trials 2 --burn-in 5 --hold {hold} --json"
        );
        let output = host_sim(&line).output().expect("the program runs");
        let result: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let read = result["summary"]["rows"][0]["running"].as_array().expect("rows");
        let times: Vec<f64> = read.iter().map(|row| row[0].as_f64().expect("a time")).collect();
        assert_eq!(times, expected, "--hold {hold}");
    }
}

#[test]
fn a_readout_of_other_couplings_is_refused_before_a_board_is_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().display();
    succeed(&format!(
        "memory --n 24 --networks 1 --cues 2 --training 2 --trials 2 --burn-in 5 --times 1 --hold 300 --out {out}"
    ));
    for (other, is_refused) in [
        ("--n 24 --seed-network 2", true),
        ("--n 25", true),
        ("--n 24", false),
    ] {
        let line = format!("memory device --port /nowhere/tty --readout {out}/readout.bin {other}");
        let output = host_sim(&line).output().expect("the program runs");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            message.contains("trained with 24 neurons and other quenched couplings"),
            is_refused,
            "{other}: {message}"
        );
        assert!(
            is_refused || message.contains("/nowhere/tty"),
            "{other}: {message}"
        );
    }
}
