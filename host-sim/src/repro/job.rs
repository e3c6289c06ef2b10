//! The commands that give the data: each a value, carried out in this process once, and not again when it is done.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::commands::experiment::Experiment;
use crate::failure::Failure;
use crate::output::{OutputError, write_atomically};
use crate::progress::say;
use crate::store::{Code, Work};

/// A command of this program.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Name of its folder: the command without its blanks and dashes.
    pub name: String,
    /// What one types for it after the program's name, but for the folder of its results.
    pub command: String,
    /// Rough seconds on one processor, to tell the time left.
    pub work: f64,
    /// A file that the command reads: its name in the folder of the results, and its text.
    pub file: Option<(&'static str, &'static str)>,
    /// The command itself, as it would be typed in the folder of the results.
    pub(crate) experiment: Experiment,
}

impl Job {
    /// A command, and the seconds that it takes about.
    pub(crate) fn new(experiment: impl Into<Experiment>, work: f64) -> Self {
        let mut experiment = experiment.into();
        let command = experiment.words().join(" ");
        // "run --n 400 --k -3" becomes "run-n400-k-3".
        let name = command
            .split(" --")
            .map(|option| option.replace(' ', "").replace(['/', '\\'], "_"))
            .collect::<Vec<_>>()
            .join("-");
        experiment.results().out = Some(Path::new(DATA).join(&name));
        Self {
            name,
            command,
            work,
            file: None,
            experiment,
        }
    }

    /// Gives it a file to read.
    pub fn with_file(mut self, name: &'static str, text: &'static str) -> Self {
        self.file = Some((name, text));
        self
    }

    /// Whether it needs a board.
    pub fn needs_board(&self) -> bool {
        matches!(self.experiment, Experiment::Board(_))
    }

    /// The command, which its first word names.
    pub fn kind(&self) -> &str {
        self.command.split(' ').next().unwrap_or_default()
    }

    /// The whole line, as one would type it in the folder of the results.
    pub fn line(&self) -> String {
        format!("host-sim {}", self.experiment.words().join(" "))
    }
}

/// What is left of a command that was carried out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finished {
    command: String,
    code: Code,
    /// Seconds that it took.
    pub seconds: f64,
    /// What it said where a check of its own failed.
    pub failure: Option<String>,
}

/// The folder of a reproduction, which one program at a time may work in, or several shards.
#[derive(Debug)]
pub struct Workshop {
    folder: PathBuf,
    threads: usize,
    /// Locks the folder as long as it is open.
    _lock: File,
}

/// Folder of the results of all commands.
pub const DATA: &str = "data";
/// Marks a command that is done.
const FINISHED: &str = "finished.json";
/// The firmware image, if one was given: a copy, so that commands name no other folder.
pub const FIRMWARE: &str = "firmware.elf";

impl Workshop {
    /// Takes the folder; waits while another run is at work there.
    pub fn open(folder: &Path, threads: usize, work: Work) -> Result<Self, Failure> {
        let path = folder.join(".lock");
        let lock = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let lock = lock.map_err(OutputError::at(&path))?;
        let is_shard = matches!(work, Work::Share(_));
        let tried = if is_shard {
            lock.try_lock_shared()
        } else {
            lock.try_lock()
        };
        // Where the file system has no locks, there is none.
        if matches!(tried, Err(TryLockError::WouldBlock)) {
            say("another run is at work in this folder: waiting for it");
            let waited = if is_shard { lock.lock_shared() } else { lock.lock() };
            waited.map_err(OutputError::at(&path))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            threads,
            _lock: lock,
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
        for entry in fs::read_dir(self.folder.join(DATA))
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
        self.folder.join(DATA).join(&job.name)
    }

    /// What is left of the command if this very program has carried it out here.
    pub fn finished(&self, job: &Job) -> Option<Finished> {
        let bytes = fs::read(self.data(job).join(FINISHED)).ok()?;
        let finished: Finished = serde_json::from_slice(&bytes).ok()?;
        (finished.command == job.command && finished.code == Code::own()).then_some(finished)
    }

    /// Carries out the command, unless that was done before.
    pub fn run(&self, job: &Job) -> Result<Finished, Failure> {
        if let Some(finished) = self.finished(job) {
            return Ok(finished);
        }
        let began = Instant::now();
        let data = self.data(job);
        if data.join(FINISHED).exists() {
            // Done by other code, whose figures must not stay beside the new numbers.
            fs::remove_dir_all(&data).map_err(OutputError::at(&data))?;
        }
        if let Some((name, text)) = job.file {
            write_atomically(&self.folder.join(name), text.as_bytes())?;
        }
        let mut experiment = job.experiment.clone().below(&self.folder);
        let results = experiment.results();
        (results.threads, results.silent) = (self.threads, true);
        // What other code has begun there is of no use.
        results.replace = true;
        let failure = match experiment.execute() {
            Ok(()) => None,
            Err(Failure::Check(message)) => Some(message),
            Err(Failure::Usage(message)) => {
                return Err(Failure::Usage(format!("{}: {message}", job.line())));
            }
            Err(failure) => return Err(Failure::Device(format!("{}: {failure}", job.line()))),
        };
        let finished = Finished {
            command: job.command.clone(),
            code: Code::own(),
            seconds: (10.0 * began.elapsed().as_secs_f64()).round() / 10.0,
            failure,
        };
        let bytes = serde_json::to_vec_pretty(&finished).map_err(OutputError::from)?;
        write_atomically(&data.join(FINISHED), &bytes)?;
        Ok(finished)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::run::RunOptions;
    use crate::options::{NetworkOptions, defaults};
    use science::networks::Model;

    fn job() -> Job {
        let network = NetworkOptions {
            n: Some(12),
            k: -3.0,
            networks: 1,
            duration: 110.0,
            model: Model::Compact,
            ..defaults()
        };
        let options = RunOptions {
            network,
            ..defaults()
        };
        Job::new(options, 1.0)
    }

    #[test]
    fn names_tell_commands_apart() {
        let job = job();
        assert_eq!(job.name, "run-modelcompact-n12-g2-k-3-networks1-duration110");
        assert_eq!(job.kind(), "run");
        assert_eq!(
            job.line(),
            format!("host-sim {} --out data/{}", job.command, job.name)
        );
    }

    #[test]
    fn only_the_same_command_of_the_same_code_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let workshop = Workshop::open(folder.path(), 1, Work::Whole).unwrap();
        let job = job();
        assert!(workshop.finished(&job).is_none());
        let mut finished = workshop.run(&job).unwrap();
        assert!(finished.failure.is_none() && workshop.data(&job).join("run.json").is_file());
        let path = workshop.data(&job).join(FINISHED);
        let write = |finished: &Finished| {
            write_atomically(&path, &serde_json::to_vec(finished).unwrap()).unwrap();
            workshop.finished(&job).is_some()
        };
        assert!(write(&finished));
        finished.code.revision.push('x');
        assert!(!write(&finished), "another commit");
        let stale = workshop.data(&job).join("stale.svg");
        fs::write(&stale, "<svg/>").unwrap();
        finished.code = Code::own();
        finished.command.push('0');
        assert!(!write(&finished), "another command");
        workshop.run(&job).unwrap();
        assert!(workshop.finished(&job).is_some() && !stale.exists());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let error = Workshop::open(Path::new("/dev/null/nowhere"), 1, Work::Whole).unwrap_err();
        assert_eq!(error.exit_code(), 3);
        assert!(error.to_string().contains("/dev/null/nowhere"), "{error}");
    }
}
