//! Shares of one measurement, computed by several jobs into one folder and merged: the files of a single process.

#[path = "support/program.rs"]
mod program;

use std::fs;
use std::path::Path;
use std::process::Output;

use program::host_sim;
use serde_json::Value;

/// A measurement of each shape: over networks, over several kinds of them, over several tasks.
const MEASUREMENTS: [(&str, &str); 4] = [
    (
        "run",
        "run --n 12 --networks 4 --burn-in 5 --duration 30 --longest-lag 5",
    ),
    (
        "freeze",
        "freeze --n 12 --networks 4 --burn-in 5 --duration 30 --trials 1",
    ),
    (
        "fixed-points",
        "fixed-points --sizes 6,8 --networks 4 --starts 2 --k 3",
    ),
    (
        "memory",
        "memory --n 12 --networks 4 --cues 2,3 --training 2 --trials 3 --hold 5 --burn-in 5",
    ),
];

fn into(arguments: &str, out: &Path) -> Output {
    host_sim(&format!("{arguments} --out {}", out.display()))
        .output()
        .expect("the program runs")
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn succeed(arguments: &str, out: &Path) -> Output {
    let output = into(arguments, out);
    assert!(output.status.success(), "{arguments}: {}", message(&output));
    output
}

/// All files, where of the JSON object only what does not tell when and how it came about.
fn files(out: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(out).expect("a folder").flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    let content = |path: &Path| {
        let bytes = fs::read(path).expect("a file");
        if path.extension().is_none_or(|extension| extension != "json") {
            return bytes;
        }
        let mut object: Value = serde_json::from_slice(&bytes).expect("JSON");
        object.as_object_mut().expect("an object").remove("provenance");
        object.to_string().into_bytes()
    };
    let mut files: Vec<_> = paths
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, content(&path))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn merged_shards_are_what_one_process_gives() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, measurement) in MEASUREMENTS {
        let (whole, shared) = (
            folder.path().join(format!("{name}-whole")),
            folder.path().join(format!("{name}-shared")),
        );
        succeed(measurement, &whole);
        // The second twice; the first is lost at first.
        for shard in ["3/3", "2/3", "2/3"] {
            let done = succeed(&format!("{measurement} --shard {shard}"), &shared);
            assert!(message(&done).contains("are done"), "{}", message(&done));
            assert!(done.stdout.is_empty() && files(&shared).is_empty(), "{name}");
        }
        let early = into(&format!("{measurement} --merge"), &shared);
        assert_eq!(early.status.code(), Some(1), "{name}");
        assert!(
            message(&early).contains("networks are missing: a shard is not done"),
            "{}",
            message(&early)
        );
        assert!(files(&shared).is_empty(), "{name}: nothing before all is there");
        succeed(&format!("{measurement} --shard 1/3"), &shared);
        succeed(&format!("{measurement} --merge"), &shared);
        let again = succeed(&format!("{measurement} --merge"), &shared);
        assert!(message(&again).contains("merged results already"), "{name}");
        let printed = succeed(&format!("{measurement} --merge --json"), &shared);
        let object: Value = serde_json::from_slice(&printed.stdout).expect("the result once more");
        assert!(!object["summary"].is_null(), "{name}");
        let late = succeed(&format!("{measurement} --shard 1/3"), &shared);
        assert!(message(&late).contains("merged results already"), "{name}");
        assert!(
            files(&whole) == files(&shared) && files(&whole).len() > 1,
            "{name}"
        );
    }
}

#[test]
fn a_torn_part_is_missing_and_its_shard_makes_it_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, shared) = (folder.path().join("whole"), folder.path().join("shared"));
    let (_, measurement) = MEASUREMENTS[0];
    succeed(measurement, &whole);
    for shard in ["1/2", "2/2"] {
        succeed(&format!("{measurement} --shard {shard}"), &shared);
    }
    let part = shared.join(".unfinished/network-00001.part");
    let bytes = fs::read(&part).expect("a part");
    fs::write(&part, &bytes[..bytes.len() / 2]).expect("torn");
    let early = into(&format!("{measurement} --merge"), &shared);
    assert!(
        message(&early).contains("1 of 4 networks are missing"),
        "{}",
        message(&early)
    );
    succeed(&format!("{measurement} --shard 2/2"), &shared);
    succeed(&format!("{measurement} --merge"), &shared);
    assert!(files(&whole) == files(&shared));
}

#[test]
fn shards_of_something_else_and_what_has_no_shards_are_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out");
    let (_, measurement) = MEASUREMENTS[0];
    succeed(&format!("{measurement} --shard 1/2"), &out);
    for (line, words) in [
        (
            format!("{measurement} --g 1.5 --shard 2/2"),
            "`run` with another g: take another --out",
        ),
        (
            format!("{measurement} --g 1.5 --merge"),
            "`run` with another g: take another --out",
        ),
        (
            format!("{measurement} --shard 2/2 --replace"),
            "cannot be used with",
        ),
        (
            "mean-field --shard 1/2".to_owned(),
            "--shard 1/2 is for what several jobs can share, and mean-field is computed as a whole",
        ),
        (
            "memory facilitation --merge".to_owned(),
            "--merge is for what several jobs can share",
        ),
        (
            format!("{measurement} --record x --shard 1/2"),
            "--shard 1/2 is for what several jobs can share",
        ),
    ] {
        let refused = into(&line, &out);
        assert_eq!(refused.status.code(), Some(2), "{line}: {}", message(&refused));
        assert!(message(&refused).contains(words), "{line}: {}", message(&refused));
    }
}

#[test]
fn a_job_array_is_written_and_what_no_task_could_do_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("of 50%");
    let submit = |line: &str| {
        let mut command = host_sim(&format!("submit --minutes 7 --megabytes 99 -- {line}"));
        command.arg("--out").arg(&out).output().expect("the program runs")
    };
    let (_, measurement) = MEASUREMENTS[0];
    let written = submit(measurement);
    assert!(written.status.success(), "{}", message(&written));
    let script = |name: &str| fs::read_to_string(out.join("slurm").join(name)).expect("a script");
    let array = script("array.sh");
    for line in [
        "#SBATCH --time=7\n",
        "#SBATCH --mem=99M\n",
        "#SBATCH --array=1-8\n",
    ] {
        assert!(array.contains(line), "{array}");
    }
    // The scheduler's own sign is doubled, the shell's words are quoted.
    assert!(array.contains("of 50%%/slurm/%A_%a.log\"\n"), "{array}");
    assert!(
        array.contains("of 50%' --shard \"$SLURM_ARRAY_TASK_ID/8\""),
        "{array}"
    );
    assert!(script("merge.sh").contains("a shard is not done"));
    for (line, words) in [
        (format!("{measurement} --threads 2"), "of a task of the array"),
        (format!("{measurement} --replace"), "of a task of the array"),
        (format!("{measurement} --merge"), "are given to the tasks"),
        ("golden --frobnicate".to_owned(), "of the command"),
        ("mean-field".to_owned(), "`mean-field` is computed as a whole"),
        ("golden --steps 5".to_owned(), "`golden` is computed as a whole"),
        (
            "memory facilitation".to_owned(),
            "`memory-facilitation` is computed as a whole",
        ),
        (
            "run --save state.bin".to_owned(),
            "`run --save` is computed as a whole",
        ),
        (
            "run --record x".to_owned(),
            "`run --record` is computed as a whole",
        ),
    ] {
        let refused = submit(&line);
        assert_eq!(refused.status.code(), Some(2), "{line}: {}", message(&refused));
        assert!(message(&refused).contains(words), "{line}: {}", message(&refused));
    }
}

/// What `submit` refuses so is what a task would refuse, and no more.
#[test]
fn what_is_computed_as_a_whole_takes_no_shards() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for command in [
        "mean-field",
        "golden --steps 5",
        "memory facilitation",
        "run --record x",
    ] {
        let refused = into(&format!("{command} --shard 1/1"), &folder.path().join("out"));
        assert_eq!(refused.status.code(), Some(2), "{command}: {}", message(&refused));
        assert!(
            message(&refused).contains("is computed as a whole"),
            "{command}: {}",
            message(&refused)
        );
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "long: cargo test --release")]
fn the_page_of_shards_is_that_of_the_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, shared) = (folder.path().join("whole"), folder.path().join("shared"));
    // So few networks agree with no theory, which is exit code 1 too.
    let page = "repro --smoke --only hebbian,induced";
    into(page, &whole);
    succeed(&format!("{page} --shard 2/2"), &shared);
    let early = into(&format!("{page} --merge"), &shared);
    assert_eq!(early.status.code(), Some(1));
    assert!(
        message(&early).contains("commands are missing, first `"),
        "{}",
        message(&early)
    );
    succeed(&format!("{page} --shard 1/2"), &shared);
    into(&format!("{page} --merge"), &shared);
    let checks = |out: &Path| {
        let text = fs::read_to_string(out.join("repro.json")).expect("a result");
        let mut object: Value = serde_json::from_str(&text).expect("JSON");
        let sections = object["summary"]["sections"].as_array_mut().expect("sections");
        sections
            .iter_mut()
            .map(|section| section["checks"].take())
            .collect::<Vec<_>>()
    };
    let found = checks(&whole);
    assert!(found == checks(&shared) && !found.is_empty());
}
