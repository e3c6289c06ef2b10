//! `host-sim sweep`: errors that say where, results that survive any interruption, and classes.

mod classes;
mod errors;
#[path = "../support/program.rs"]
mod program;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose};
use program::host_sim;
use serde_json::Value;

/// Small enough to take no time, long enough to be interrupted: 20 points.
const TINY: &str = "p = 2.5
n = 24
g = [0.5, 1.5, 2, 2.5]
k = { from = -1, to = 4, count = 5 }
dt = 0.25
networks = 2
burn_in = 5
duration = 100
trials = 2
exponent_duration = 200
boundaries = false
";

struct Sweep {
    folder: tempfile::TempDir,
}

impl Sweep {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join("sweep.toml"), text).expect("it can be written");
        Self { folder }
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, out: &str, more: &str) -> Command {
        let mut command = host_sim("sweep sweep.toml");
        command.current_dir(self.folder.path()).args(["--out", out]);
        command.args(more.split_whitespace());
        command
    }

    fn run(&self, out: &str, more: &str) -> Output {
        self.command(out, more).output().expect("the program runs")
    }

    fn succeed(&self, out: &str, more: &str) {
        let output = self.run(out, more);
        assert!(output.status.success(), "{}", message(&output));
    }

    /// Everything that a sweep leaves behind, but for where and when it was made.
    fn results(&self, out: &str) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for folder in ["", "points"] {
            for path in entries(&self.out(out).join(folder)) {
                if path.is_dir() {
                    continue;
                }
                let mut bytes = fs::read(&path).expect("readable");
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                if name == "sweep.json" {
                    let mut result: Value = serde_json::from_slice(&bytes).expect("JSON");
                    result.as_object_mut().expect("an object").remove("provenance");
                    bytes = result.to_string().into_bytes();
                }
                files.push((format!("{folder}/{name}"), bytes));
            }
        }
        files.sort();
        files
    }

    fn points(&self, out: &str) -> usize {
        let is_point = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("point-") && name.ends_with(".part")
        };
        entries(&self.out(out).join("points"))
            .iter()
            .filter(|path| is_point(path))
            .count()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn killed_again_and_again_it_gives_the_same_files() {
    let sweep = Sweep::new(TINY);
    sweep.succeed("whole", "--threads 2");
    for (round, points) in [1, 4, 9, 15].into_iter().enumerate() {
        let mut child = sweep
            .command("killed", "--threads 2")
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the program runs");
        while sweep.points("killed") < points && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(std::time::Duration::from_micros(300));
        }
        child.kill().expect("it can be killed, or is done");
        child.wait().expect("a child");
        assert!(sweep.points("killed") >= points, "round {round}");
    }
    // A machine that fails may leave half a file behind.
    let torn = sweep.out("killed").join("points/point-g0.5-k-1.part");
    let bytes = fs::read(&torn).expect("the first point is there");
    fs::write(&torn, &bytes[..bytes.len() / 2]).expect("it can be written");
    for leftover in ["points/.point-g2-k4.part.1-1.tmp", ".phase-map.png.1-2.tmp"] {
        fs::write(sweep.out("killed").join(leftover), "half").expect("it can be written");
    }
    sweep.succeed("killed", "--threads 1");
    assert_eq!(sweep.results("whole"), sweep.results("killed"));
    let names: Vec<String> = sweep.results("whole").into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names[..4],
        ["/phase-map.png", "/phase-map.svg", "/sweep.json", "/sweep.npz"]
    );
    assert_eq!(names.len(), 4 + 1 + 20, "{names:?}");
}

#[test]
#[ignore = "some minutes: --ignored"]
fn killed_fifty_times_at_random_it_gives_the_same_files() {
    let sweep = Sweep::new(&TINY.replace("count = 5", "count = 30"));
    // builds the program if need be, which is no part of a sweep's time
    sweep.command("whole", "");
    let begin = std::time::Instant::now();
    sweep.succeed("whole", "--threads 2");
    let longest = begin.elapsed() / 20;
    let whole = sweep.results("whole");
    let mut random = Generator::new(50, 0, Purpose::Input);
    let (mut kills, mut folder) = (0, 0);
    while kills < 50 {
        let out = format!("killed-{folder}");
        let mut child = sweep
            .command(&out, "--threads 2")
            .stderr(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("the program runs");
        std::thread::sleep(longest.mul_f64(f64::from(random.next_u32()) / f64::from(u32::MAX)));
        match child.try_wait().expect("a child") {
            None => {
                child.kill().expect("it can be killed");
                child.wait().expect("a child");
                kills += 1;
            }
            // It came to its end in spite of all: the next is killed from its beginning on.
            Some(status) => {
                assert!(status.success());
                assert!(sweep.results(&out) == whole, "after {kills} kills");
                folder += 1;
            }
        }
    }
    let out = format!("killed-{folder}");
    sweep.succeed(&out, "--threads 2");
    assert!(sweep.results(&out) == whole, "after {kills} kills");
    println!("{kills} kills in {} sweeps of {} files", folder + 1, whole.len());
}

#[test]
fn shards_put_together_are_the_whole() {
    let sweep = Sweep::new(TINY);
    sweep.succeed("whole", "--threads 1");
    for shard in ["3/3", "1/3"] {
        sweep.succeed("shards", &format!("--shard {shard}"));
    }
    let early = sweep.run("shards", "--merge");
    assert_eq!(early.status.code(), Some(1));
    assert!(
        message(&early).contains("7 of 20 items are missing, first the point at g = 0.5, k = 0.25"),
        "{}",
        message(&early)
    );
    assert!(!sweep.out("shards").join("sweep.json").exists());
    sweep.succeed("shards", "--shard 2/3");
    sweep.succeed("shards", "--merge");
    assert_eq!(sweep.results("whole"), sweep.results("shards"));
}

#[test]
fn a_changed_file_is_not_mixed_with_old_points() {
    let sweep = Sweep::new(TINY);
    sweep.succeed("out", "--shard 1/10");
    let before = sweep.results("out");
    let changed = TINY
        .replace("n = 24", "n = 25")
        .replace("trials = 2", "trials = 3");
    fs::write(sweep.folder.path().join("sweep.toml"), changed).expect("it can be written");
    for more in ["", "--shard 1/10", "--merge"] {
        let output = sweep.run("out", more);
        assert_eq!(output.status.code(), Some(2), "{}", message(&output));
        assert!(
            message(&output).contains("holds what is done of `sweep` with another n, trials"),
            "{}",
            message(&output)
        );
    }
    assert_eq!(sweep.results("out"), before);
    // Comments, order and spelling are no change.
    let same = TINY
        .lines()
        .rev()
        .fold("# again\n".to_owned(), |text, line| text + line + "\n");
    fs::write(
        sweep.folder.path().join("sweep.toml"),
        same.replace("g = [0.5,", "g = [0.50,"),
    )
    .expect("it can be written");
    sweep.succeed("out", "--shard 1/10");
}

#[test]
fn a_failing_disk_keeps_what_was_done() {
    let sweep = Sweep::new(TINY);
    sweep.succeed("whole", "");
    // A folder in the place of a point's file: that point cannot be kept.
    let obstacle = sweep.out("out").join("points/point-g2-k0.25.part");
    fs::create_dir_all(obstacle.join("in the way")).expect("it can be made");
    let output = sweep.run("out", "--threads 1");
    assert_eq!(output.status.code(), Some(3), "{}", message(&output));
    assert!(
        message(&output).contains("point-g2-k0.25.part"),
        "{}",
        message(&output)
    );
    assert!(sweep.points("out") > 1, "earlier points are kept");
    fs::remove_dir_all(obstacle).expect("it can be removed");
    sweep.succeed("out", "");
    assert_eq!(sweep.results("whole"), sweep.results("out"));

    let output = sweep.run("/dev/null/nowhere", "");
    assert_eq!(output.status.code(), Some(3), "{}", message(&output));
}
