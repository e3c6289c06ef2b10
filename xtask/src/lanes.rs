//! Several steps at a time, each in a process of its own, whose output is shown as a whole when it ends.
//!
//! Cargo lets one build at a time into a folder, and an emulator runs a program that another build would overwrite: steps
//! that share a workspace follow one another, the others run side by side.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::paths;
use crate::runner::{self, Row, Step, Verdict};

/// A step that has not ended, without its job, which another process does.
struct Task {
    index: usize,
    name: String,
    places: Vec<PathBuf>,
    is_timed: bool,
}

/// What waits, and what runs.
struct Queue {
    waiting: Vec<Task>,
    busy: Vec<PathBuf>,
    running: usize,
}

impl Queue {
    /// The first task that may run now; what keeps to a clock comes when all else is done.
    fn next(&mut self) -> Option<Task> {
        let only_timed = self.waiting.iter().all(|task| task.is_timed);
        let at = self.waiting.iter().position(|task| {
            if task.is_timed {
                only_timed && self.running == 0
            } else {
                task.places.iter().all(|place| !self.busy.contains(place))
            }
        })?;
        let task = self.waiting.remove(at);
        self.busy.extend(task.places.iter().cloned());
        self.running += 1;
        Some(task)
    }

    fn end(&mut self, task: &Task) {
        self.busy.retain(|place| !task.places.contains(place));
        self.running -= 1;
    }
}

/// Runs every step, so many at a time: a failing one does not hide the others.
pub fn run_all(steps: Vec<Step>, lanes: usize) -> Result<ExitCode> {
    let count = steps.len();
    let folder = paths::target().join("steps");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    let tasks = steps.into_iter().enumerate().map(|(index, step)| Task {
        index,
        name: step.name,
        places: step.places,
        is_timed: step.is_timed,
    });
    let queue = Mutex::new(Queue {
        waiting: tasks.collect(),
        busy: Vec::new(),
        running: 0,
    });
    let (changed, rows) = (Condvar::new(), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|| {
                while let Some(task) = take(&queue, &changed) {
                    say(&format!("== {} of {count} starts: {}", task.index + 1, task.name));
                    let (row, log) = run(&task, &folder);
                    let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
                    say(&format!(
                        "\n== {} of {count}: {}\n{log}",
                        task.index + 1,
                        task.name
                    ));
                    rows.push((task.index, row));
                    drop(rows);
                    queue.lock().unwrap_or_else(PoisonError::into_inner).end(&task);
                    changed.notify_all();
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    rows.sort_by_key(|(index, _)| *index);
    let rows: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
    Ok(runner::conclude(&rows))
}

/// Says something to whoever still listens: a lane must not end with the reader of standard error.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Waits for a task that may run; there is none when nothing waits.
fn take(queue: &Mutex<Queue>, changed: &Condvar) -> Option<Task> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(task) = queue.next() {
            return Some(task);
        }
        if queue.waiting.is_empty() {
            return None;
        }
        queue = changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Runs a step in a process of its own; gives what became of it and what it said.
fn run(task: &Task, folder: &Path) -> (Row, String) {
    let start = Instant::now();
    let log = folder.join(format!("{}.log", task.index + 1));
    let verdict = folder.join(format!("{}.json", task.index + 1));
    let row = in_a_process(&task.name, &log, &verdict).unwrap_or_else(|error| Row {
        name: task.name.clone(),
        verdict: Verdict::Failed(format!("{error:#}")),
        time: start.elapsed(),
        processor: Duration::ZERO,
    });
    let said = fs::read(&log).unwrap_or_default();
    (row, String::from_utf8_lossy(&said).into_owned())
}

fn in_a_process(name: &str, log: &Path, verdict: &Path) -> Result<Row> {
    // one of an earlier run
    let _ = fs::remove_file(verdict);
    let output = fs::File::create(log).with_context(|| format!("making {}", log.display()))?;
    let this = std::env::current_exe().context("asking for the path of this program")?;
    let status = Command::new(this)
        .args(["test", "--step", name, "--verdict"])
        .arg(verdict)
        .stdin(Stdio::null())
        .stderr(output.try_clone()?)
        .stdout(output)
        .status()
        .context("starting the step")?;
    let text =
        fs::read_to_string(verdict).with_context(|| format!("it ended with {status}, without a word"))?;
    serde_json::from_str(&text).with_context(|| format!("reading {}", verdict.display()))
}

/// Runs the step of that name here and writes what became of it: what `run` starts.
pub fn run_step(mut steps: Vec<Step>, name: &str, verdict: &Path) -> Result<ExitCode> {
    let at = steps.iter().position(|step| step.name == name);
    let step = steps.remove(at.with_context(|| format!("--step {name}: there is no such step"))?);
    let row = runner::run_one(step);
    fs::write(verdict, serde_json::to_string(&row)?)
        .with_context(|| format!("writing {}", verdict.display()))?;
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(index: usize, places: &[&str], is_timed: bool) -> Task {
        Task {
            index,
            name: index.to_string(),
            places: places.iter().map(PathBuf::from).collect(),
            is_timed,
        }
    }

    #[test]
    fn what_shares_a_place_follows_and_what_keeps_to_a_clock_is_alone() {
        let mut queue = Queue {
            waiting: vec![
                task(0, &["a"], true),
                task(1, &["a"], false),
                task(2, &["a", "b"], false),
                task(3, &["c"], false),
                task(4, &["c"], true),
            ],
            busy: Vec::new(),
            running: 0,
        };
        let first = queue.next().unwrap();
        let second = queue.next().unwrap();
        assert_eq!([first.index, second.index], [1, 3]);
        assert!(queue.next().is_none());
        queue.end(&first);
        let third = queue.next().unwrap();
        assert_eq!(third.index, 2);
        queue.end(&second);
        assert!(queue.next().is_none(), "something runs");
        queue.end(&third);
        let timed = queue.next().unwrap();
        assert_eq!(timed.index, 0);
        assert!(queue.next().is_none());
        queue.end(&timed);
        assert_eq!(queue.next().unwrap().index, 4);
        assert!(queue.busy.contains(&PathBuf::from("c")));
    }
}
