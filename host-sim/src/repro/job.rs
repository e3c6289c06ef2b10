//! The commands that give the data: each run once as a program of its own, and not again when it is done.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use freezable_chaos::CONTRACT_VERSION;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::output::{OutputError, write_atomically};

/// A command of this program.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Name of its folder: the command without its blanks and dashes.
    pub name: String,
    /// The command line after the program's name, words separated by single spaces.
    pub command: String,
    /// Rough seconds on one processor, to tell the time left.
    pub work: f64,
    /// A file that the command reads: its name in the folder of the results, and its text.
    pub file: Option<(&'static str, &'static str)>,
}

impl Job {
    /// A command line and the seconds that it takes about.
    pub fn new(command: impl Into<String>, work: f64) -> Self {
        let command = command.into();
        // "run --n 400 --k -3" becomes "run-n400-k-3".
        let name = command
            .split(" --")
            .map(|option| option.replace(' ', "").replace(['/', '\\'], "_"))
            .collect::<Vec<_>>()
            .join("-");
        Self {
            name,
            command,
            work,
            file: None,
        }
    }

    /// Gives it a file to read.
    pub fn with_file(mut self, name: &'static str, text: &'static str) -> Self {
        self.file = Some((name, text));
        self
    }

    /// Whether it needs a board.
    pub fn needs_board(&self) -> bool {
        self.command.contains(FIRMWARE)
    }

    /// The command, which its first word names.
    pub fn kind(&self) -> &str {
        self.command.split(' ').next().unwrap_or_default()
    }

    /// The whole line, as one would type it in the folder of the results.
    pub fn line(&self) -> String {
        format!("host-sim {} --out data/{}", self.command, self.name)
    }
}

/// What is left of a command that was carried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finished {
    command: String,
    /// Version of the arithmetic, of the program, and its commit.
    code: (u16, String, String),
    /// Seconds that it took.
    pub seconds: f64,
    /// What it said where a check of its own failed.
    pub failure: Option<String>,
}

/// The folder of a reproduction, which one program at a time may work in.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
    lock: File,
    threads: usize,
}

/// Marks a command that was begun, with the code that it runs.
const BEGUN: &str = "begun.json";
/// Marks a command that is done.
const FINISHED: &str = "finished.json";
/// The firmware image, if one was given: a copy, so that commands name no other folder.
pub const FIRMWARE: &str = "firmware.elf";

impl Workshop {
    /// Takes the folder; waits while another run, or a command that a killed one left behind, is at work there.
    pub fn open(folder: &Path, threads: usize) -> Result<Self, Failure> {
        let path = folder.join(".lock");
        let lock = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let lock = lock.map_err(OutputError::at(&path))?;
        if lock.try_lock().is_err() {
            say("another run is at work in this folder, or its last command still is: waiting for it");
            lock.lock().map_err(OutputError::at(&path))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            lock,
            threads,
        })
    }

    /// Takes over a firmware image; what an emulated board did with another one is forgotten.
    pub fn take_firmware(&self, image: &Path) -> Result<(), Failure> {
        let path = self.folder.join(FIRMWARE);
        let bytes = fs::read(image)
            .map_err(|error| Failure::Device(format!("--firmware {}: {error}", image.display())))?;
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            return Ok(());
        }
        for entry in fs::read_dir(self.folder.join("data"))
            .into_iter()
            .flatten()
            .flatten()
        {
            if entry.file_name().to_string_lossy().starts_with("board") {
                fs::remove_dir_all(entry.path()).map_err(OutputError::at(&entry.path()))?;
            }
        }
        Ok(write_atomically(&path, &bytes)?)
    }

    /// Whether there is a firmware image.
    pub fn has_firmware(&self) -> bool {
        self.folder.join(FIRMWARE).is_file()
    }

    /// Where a command leaves its results.
    pub fn data(&self, job: &Job) -> PathBuf {
        self.folder.join("data").join(&job.name)
    }

    /// What is left of the command if this very program has carried it out here.
    pub fn finished(&self, job: &Job) -> Option<Finished> {
        let bytes = fs::read(self.data(job).join(FINISHED)).ok()?;
        let finished: Finished = serde_json::from_slice(&bytes).ok()?;
        (finished.command == job.command && finished.code == code()).then_some(finished)
    }

    /// Carries out the command, unless that was done before.
    pub fn run(&self, job: &Job) -> Result<Finished, Failure> {
        if let Some(finished) = self.finished(job) {
            return Ok(finished);
        }
        let began = Instant::now();
        self.prepare(job)?;
        let (code_of_exit, message) = self.spawn(job)?;
        let failure = match code_of_exit {
            Some(0) => None,
            Some(1) => Some(message),
            Some(2) => return Err(Failure::Usage(format!("{}: {message}", job.line()))),
            _ => return Err(Failure::Device(format!("{}: {message}", job.line()))),
        };
        let finished = Finished {
            command: job.command.clone(),
            code: code(),
            seconds: (10.0 * began.elapsed().as_secs_f64()).round() / 10.0,
            failure,
        };
        let bytes = serde_json::to_vec_pretty(&finished).map_err(OutputError::from)?;
        write_atomically(&self.data(job).join(FINISHED), &bytes)?;
        Ok(finished)
    }

    /// Writes what the command reads, and forgets what another program left of it: only the same one may go on from there.
    fn prepare(&self, job: &Job) -> Result<(), Failure> {
        let data = self.data(job);
        let begun = data.join(BEGUN);
        let mark = serde_json::to_vec(&code()).map_err(OutputError::from)?;
        if data.exists() && fs::read(&begun).ok().as_ref() != Some(&mark) {
            fs::remove_dir_all(&data).map_err(OutputError::at(&data))?;
        }
        write_atomically(&begun, &mark)?;
        if let Some((name, text)) = job.file {
            write_atomically(&self.folder.join(name), text.as_bytes())?;
        }
        Ok(())
    }

    /// The exit code of the command, and the last line that it said on standard error, which is passed on.
    fn spawn(&self, job: &Job) -> Result<(Option<i32>, String), Failure> {
        let failed = |error: std::io::Error| Failure::Device(format!("{}: {error}", job.line()));
        // It inherits the lock, so that it is not started a second time if this program is killed.
        let lock = self.lock.try_clone().map_err(failed)?;
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.args(job.command.split(' '));
        if TAKES_THREADS.contains(&job.kind()) {
            command.args(["--threads", &self.threads.to_string()]);
        }
        let mut child = command
            .arg("--out")
            .arg(format!("data/{}", job.name))
            .current_dir(&self.folder)
            .stdin(lock)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut last = String::new();
        for line in child
            .stderr
            .take()
            .into_iter()
            .flat_map(|stream| BufReader::new(stream).lines())
        {
            let Ok(line) = line else { break };
            say(&format!("  {line}"));
            last = line;
        }
        let status = child.wait().map_err(failed)?;
        Ok((status.code(), last.trim_start_matches("error: ").to_owned()))
    }
}

/// Commands with an option --threads, which changes no result.
const TAKES_THREADS: [&str; 10] = [
    "run",
    "board",
    "precision",
    "freeze",
    "lyapunov",
    "mean-field",
    "equivalence",
    "jacobian",
    "fixed-points",
    "sweep",
];

/// What a result depends on beside its command.
fn code() -> (u16, String, String) {
    (
        CONTRACT_VERSION,
        env!("CARGO_PKG_VERSION").to_owned(),
        env!("HOST_SIM_GIT_REVISION").to_owned(),
    )
}

/// Says a line on standard error, if anybody listens.
pub fn say(line: &str) {
    let _ = writeln!(stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_commands_apart() {
        let job = Job::new("run --n 400 --g 2 --k -3 --model compact", 1.0);
        assert_eq!(job.name, "run-n400-g2-k-3-modelcompact");
        assert_eq!(job.kind(), "run");
        assert!(
            job.line()
                .ends_with("--model compact --out data/run-n400-g2-k-3-modelcompact")
        );
    }

    #[test]
    fn only_the_same_command_of_the_same_code_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let workshop = Workshop::open(folder.path(), 1).unwrap();
        let job = Job::new("run --n 4", 1.0);
        assert!(workshop.finished(&job).is_none());
        let mut finished = Finished {
            command: job.command.clone(),
            code: code(),
            seconds: 1.0,
            failure: None,
        };
        let path = workshop.data(&job).join(FINISHED);
        let write = |finished: &Finished| {
            write_atomically(&path, &serde_json::to_vec(finished).unwrap()).unwrap();
            workshop.finished(&job).is_some()
        };
        assert!(write(&finished));
        finished.code.2.push('x');
        assert!(!write(&finished), "another commit");
        finished.code = code();
        finished.command.push('0');
        assert!(!write(&finished), "another command");
    }

    #[test]
    fn what_another_program_left_is_not_gone_on_from() {
        let folder = tempfile::tempdir().unwrap();
        let workshop = Workshop::open(folder.path(), 1).unwrap();
        let job = Job::new("sweep map.toml", 1.0).with_file("map.toml", "p = 2.5");
        workshop.prepare(&job).unwrap();
        let point = workshop.data(&job).join("point.json");
        write_atomically(&point, b"1").unwrap();
        workshop.prepare(&job).unwrap();
        assert!(point.exists(), "the same program goes on");
        assert_eq!(fs::read(folder.path().join("map.toml")).unwrap(), b"p = 2.5");
        write_atomically(&workshop.data(&job).join(BEGUN), b"another").unwrap();
        workshop.prepare(&job).unwrap();
        assert!(!point.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let error = Workshop::open(Path::new("/dev/null/nowhere"), 1).unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert!(error.to_string().contains("/dev/null/nowhere"), "{error}");
    }
}
