//! The folder that `--out` names: results of one run, all or nothing; what is of something else is refused.

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};

use program::host_sim;
use serde_json::Value;

const SMALL: &str = "run --n 12 --networks 2 --burn-in 5 --duration 30 --longest-lag 5";

fn into(arguments: &str, out: &Path) -> Output {
    host_sim(&format!("{arguments} --out {}", out.display()))
        .output()
        .expect("the program runs")
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn gain(out: &Path) -> Value {
    let text = fs::read_to_string(out.join("run.json")).expect("a result");
    serde_json::from_str::<Value>(&text).expect("JSON")["params"]["g"].take()
}

#[test]
fn another_run_in_the_folder_is_refused_unless_it_may_be_replaced() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path();
    assert!(into(SMALL, out).status.success());
    let arrays = fs::read(out.join("run.npz")).expect("arrays");
    for other in [
        &format!("{SMALL} --g 1.5"),
        "freeze --n 12 --networks 2 --burn-in 5 --duration 30 --trials 1",
    ] {
        let refused = into(other, out);
        assert_eq!(refused.status.code(), Some(2), "{}", message(&refused));
        assert!(
            message(&refused).contains("take another --out, or give --replace"),
            "{}",
            message(&refused)
        );
        assert_eq!(
            fs::read(out.join("run.npz")).expect("arrays"),
            arrays,
            "nothing was touched"
        );
    }
    // The same run may be done again, and what replaces another leaves none of its files.
    assert!(into(SMALL, out).status.success());
    assert!(into(&format!("{SMALL} --g 1.5 --replace"), out).status.success());
    assert_eq!(gain(out), 1.5);
    assert_ne!(fs::read(out.join("run.npz")).expect("arrays"), arrays);
    let unfinished = fs::read_dir(out)
        .expect("a folder")
        .flatten()
        .find(|entry| entry.path().is_dir());
    assert!(unfinished.is_none(), "{unfinished:?}");
}

#[test]
fn arrays_without_their_object_are_still_known_as_another_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path();
    assert!(into(SMALL, out).status.success());
    fs::remove_file(out.join("run.json")).expect("it can be removed");
    let refused = into(&format!("{SMALL} --g 1.5"), out);
    assert_eq!(refused.status.code(), Some(2), "{}", message(&refused));
    assert!(
        message(&refused).contains("run.npz is of `run` with another g"),
        "{}",
        message(&refused)
    );
}

#[test]
fn of_two_processes_on_one_folder_the_second_is_refused_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let long = format!(
        "run --n 200 --networks 8 --duration 20000 --out {}",
        out.display()
    );
    let mut first = host_sim(&long)
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("it runs");
    while !out.join(".unfinished/plan.json").exists() {
        assert!(first.try_wait().expect("a child").is_none(), "it still runs");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let second = host_sim(&long).output().expect("it runs");
    assert_eq!(second.status.code(), Some(2), "{}", message(&second));
    assert!(
        message(&second).contains("another process is at work there"),
        "{}",
        message(&second)
    );
    // A killed process leaves no lock.
    first.kill().expect("it can be killed");
    first.wait().expect("a child");
    let other = into("run --n 12 --networks 2 --burn-in 5 --duration 30", &out);
    assert_eq!(other.status.code(), Some(2), "{}", message(&other));
    assert!(
        message(&other).contains("holds what is done of `run` with another"),
        "{}",
        message(&other)
    );
}

#[test]
fn a_spoilt_part_is_measured_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(name));
    let run = "run --n 60 --networks 6 --burn-in 20 --duration 200 --threads 1";
    assert!(into(run, &whole).status.success());
    let mut child = host_sim(&format!("{run} --out {}", killed.display()))
        .stderr(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("it runs");
    let part = killed.join(".unfinished/network-00000.part");
    while !part.exists() && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    child.kill().expect("it can be killed, or is done");
    child.wait().expect("a child");
    if let Ok(mut bytes) = fs::read(&part) {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs::write(&part, bytes).expect("it can be written");
    }
    assert!(into(run, &killed).status.success());
    for name in ["run.npz", "speed.png"] {
        let [one, two] = [&whole, &killed].map(|out| fs::read(out.join(name)).expect("a file"));
        assert!(one == two, "{name}");
    }
}

#[test]
fn axes_are_exact_multiples_of_what_was_asked_for() {
    let output =
        host_sim("run --n 8 --networks 1 --burn-in 0 --duration 10.01 --dt 0.3 --longest-lag 1 --json")
            .output()
            .expect("the program runs");
    assert!(output.status.success(), "{}", message(&output));
    assert!(
        message(&output).contains("--duration 10.01 is no whole number of steps of --dt 0.3: 9.9"),
        "{}",
        message(&output)
    );
    let result: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let duration = result["params"]["duration"].as_f64().expect("a number");
    assert!(
        (duration - 9.9).abs() < 1e-12,
        "the time that is stated is the one that is run: {duration}"
    );
}
