//! A full disk, a folder that cannot be written and an output that takes nothing: one line that names the file, exit code
//! 3, and whatever was whole before stays. With room again, the same command goes on to the same files.

#[path = "support/program.rs"]
mod program;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use program::host_sim;

/// Commands that keep files, at sizes that take a moment.
const RUN: &str = "run --n 12 --networks 3 --burn-in 5 --duration 30 --longest-lag 5 --threads 1";
const MEMORY: &str = "memory --n 32 --networks 2 --cues 2 --strengths 1 --training 2 --trials 4 --times 3,10 --hold 20 --burn-in 5 \
                      --threads 1";
const REPRO: &str = "repro --smoke --only model";
const SWEEP: &str = "p = 2.5\nn = 12\ng = [0.5, 1.5]\nk = { from = -1, to = 4, count = 20 }\ndt = 0.25\nnetworks = 1\n\
                     burn_in = 5\nduration = 100\ntrials = 1\nexponent_duration = 200\nboundaries = false\n";

/// The commands; the sweep's file is in the folder.
fn commands(folder: &Path) -> [String; 4] {
    let file = folder.join("sweep.toml");
    fs::write(&file, SWEEP).expect("it can be written");
    [
        RUN.to_owned(),
        MEMORY.to_owned(),
        REPRO.to_owned(),
        format!("sweep {} --threads 1", file.display()),
    ]
}

fn into(command: &str, out: &Path) -> Output {
    host_sim(&format!("{command} --out {}", out.display()))
        .output()
        .expect("the program runs")
}

fn message(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The last line says what could not be written, and why.
fn assert_refused(command: &str, output: &Output, reason: &str) {
    let message = message(output);
    assert_eq!(output.status.code(), Some(3), "{command}: {message}");
    let last = message.lines().last().unwrap_or_default();
    assert!(
        last.starts_with("error: ") && last.contains(reason),
        "{command}: {message}"
    );
    assert!(!message.contains("panicked"), "{command}: {message}");
}

/// Names and bytes of all files, but for those that tell where and when they were made.
fn arrays(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "npz" || extension == "png")
            {
                let name = path.strip_prefix(folder).expect("inside").to_owned();
                found.push((name, fs::read(&path).expect("readable")));
            }
        }
    }
    found.sort();
    found
}

/// A file system of a given size in memory; only root can have one.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = Self { folder };
        disk.mount(&format!("size={size}")).then_some(disk)
    }

    fn mount(&self, options: &str) -> bool {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(self.folder.path());
        mount.output().is_ok_and(|output| output.status.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).output();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_named_and_with_room_again_the_same_files_come() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (at, command) in commands(folder.path()).iter().enumerate() {
        // Room for a part of what each command keeps.
        let size = match command.split(' ').next() {
            Some("sweep") => "100k",
            Some("repro") => "16k",
            _ => "24k",
        };
        let Some(disk) = SmallDisk::new(size) else {
            println!("skipped: a small file system can only be mounted by root");
            return;
        };
        let out = disk.folder.path().join("out");
        assert_refused(command, &into(command, &out), "No space left on device");
        assert!(disk.mount("remount,size=64m"), "{command}");
        let whole = folder.path().join(at.to_string());
        for out in [&out, &whole] {
            let output = into(command, out);
            // a reproduction at this size may have checks that fail
            assert!(
                matches!(output.status.code(), Some(0 | 1)),
                "{command}: {}",
                message(&output)
            );
        }
        assert!(!arrays(&whole).is_empty(), "{command}");
        assert!(
            arrays(&whole) == arrays(&out),
            "{command}: other files than on a disk with room"
        );
    }
}

#[test]
fn a_file_in_place_of_the_folder_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("file");
    for command in &commands(folder.path()) {
        fs::write(&file, "in the way").expect("it can be written");
        assert_refused(command, &into(command, &file), "file");
        assert_eq!(fs::read_to_string(&file).expect("readable"), "in the way");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_read_only_disk_is_named() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::new("1m") else {
        println!("skipped: a read-only file system can only be mounted by root");
        return;
    };
    assert!(disk.mount("remount,ro"));
    for command in &commands(folder.path()) {
        let output = into(command, &disk.folder.path().join("out"));
        assert_refused(command, &output, "Read-only file system");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_an_error_and_a_full_standard_error_is_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let full = || {
        File::options()
            .write(true)
            .open("/dev/full")
            .expect("a device of Linux")
    };
    let with = |command: &str, name: &str| {
        let out = folder.path().join(name).display().to_string();
        host_sim(&format!("{command} --out {out}"))
    };
    for (at, command) in commands(folder.path()).iter().enumerate() {
        let mut json = with(command, &format!("first-{at}"));
        let output = json
            .arg("--json")
            .stdout(full())
            .output()
            .expect("the program runs");
        assert_refused(command, &output, "cannot write standard output");
        let mut silent = with(command, &format!("second-{at}"));
        let output = silent.stderr(full()).output().expect("the program runs");
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{command}: {}",
            output.status
        );
        assert!(!output.stdout.is_empty(), "{command}");
    }
}
