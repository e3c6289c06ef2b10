//! Runs named steps one after the other, and says at the end what became of each.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

use serde::{Deserialize, Serialize};

use crate::process;

/// What became of a step that did not fail.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did its work and found nothing wrong.
    Passed,
    /// It could not be run here, for this reason.
    Skipped(String),
}

/// What a step does.
pub enum Job {
    /// Runs a command.
    Command(std::process::Command),
    /// Calls a function.
    Call(Box<dyn FnOnce() -> Result<Outcome>>),
}

/// One named check.
pub struct Step {
    /// What a person reads in the summary.
    pub name: String,
    /// What it does.
    pub job: Job,
    /// Workspaces that it builds in: two steps that share one do not run at the same time.
    pub places: Vec<PathBuf>,
    /// Whether it keeps to a clock, so that nothing may run beside it.
    pub is_timed: bool,
}

impl Step {
    /// A step that runs a command.
    pub fn command(name: &str, places: Vec<PathBuf>, command: std::process::Command) -> Self {
        Self::new(name, places, Job::Command(command))
    }

    /// A step that calls a function.
    pub fn call(
        name: &str,
        places: Vec<PathBuf>,
        function: impl FnOnce() -> Result<Outcome> + 'static,
    ) -> Self {
        Self::new(name, places, Job::Call(Box::new(function)))
    }

    fn new(name: &str, places: Vec<PathBuf>, job: Job) -> Self {
        Self {
            name: name.to_owned(),
            job,
            places,
            is_timed: false,
        }
    }

    /// Lets nothing run beside it.
    pub fn timed(mut self) -> Self {
        self.is_timed = true;
        self
    }
}

/// What became of a step.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// It found nothing wrong.
    Passed,
    /// It could not be run here, for this reason.
    Skipped(String),
    /// What it found wrong.
    Failed(String),
}

/// One line of the summary.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    /// The step's name.
    pub name: String,
    /// What became of it.
    pub verdict: Verdict,
    /// By the clock.
    pub time: Duration,
    /// Of the programs that it started, which says more than a clock where a machine is shared.
    pub processor: Duration,
}

/// The steps whose name contains the text.
pub fn choose(mut steps: Vec<Step>, text: &str) -> Result<Vec<Step>> {
    steps.retain(|step| step.name.contains(text));
    ensure!(!steps.is_empty(), "--only {text}: no step has that in its name");
    Ok(steps)
}

/// Runs every step: a failing one does not hide the later ones.
pub fn run_all(steps: Vec<Step>) -> Result<ExitCode> {
    let count = steps.len();
    let rows: Vec<Row> = steps
        .into_iter()
        .enumerate()
        .map(|(index, step)| {
            eprintln!("\n== {} of {count}: {}", index + 1, step.name);
            run_one(step)
        })
        .collect();
    Ok(conclude(&rows))
}

/// Prints the summary; fails where a step failed.
pub fn conclude(rows: &[Row]) -> ExitCode {
    println!("\n{}", summary(rows));
    if rows.iter().any(|row| matches!(row.verdict, Verdict::Failed(_))) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Runs one step here.
pub fn run_one(Step { name, job, .. }: Step) -> Row {
    let (start, before) = (Instant::now(), processor_time());
    let result = match job {
        Job::Command(mut command) => process::run(&mut command).map(|()| Outcome::Passed),
        Job::Call(function) => function(),
    };
    let verdict = match result {
        Ok(Outcome::Passed) => Verdict::Passed,
        Ok(Outcome::Skipped(reason)) => Verdict::Skipped(reason),
        Err(error) => {
            eprintln!("error: {error:#}");
            Verdict::Failed(format!("{error:#}"))
        }
    };
    Row {
        name,
        verdict,
        time: start.elapsed(),
        processor: processor_time().saturating_sub(before),
    }
}

/// Processor time of all programs that were started and have ended; nothing where the system does not tell.
pub fn processor_time() -> Duration {
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(Duration::ZERO, |usage| {
        let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        Duration::from_micros(microseconds.unsigned_abs())
    })
}

/// A line for each step, with the time by the clock and that of the processor, then the counts.
fn summary(rows: &[Row]) -> String {
    let mut text = "           clock processor\n".to_owned();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for Row {
        name,
        verdict,
        time,
        processor,
    } in rows
    {
        let (word, reason) = match verdict {
            Verdict::Passed => {
                passed += 1;
                ("passed", String::new())
            }
            Verdict::Skipped(reason) => {
                skipped += 1;
                ("skipped", format!(": {reason}"))
            }
            Verdict::Failed(reason) => {
                failed += 1;
                ("FAILED", format!(": {reason}"))
            }
        };
        text.push_str(&format!(
            "{word:7} {:7.1} s {:7.1} s  {name}{reason}\n",
            time.as_secs_f64(),
            processor.as_secs_f64()
        ));
    }
    text.push_str(&format!("\n{passed} passed, {failed} failed"));
    if skipped > 0 {
        text.push_str(&format!(", {skipped} skipped"));
    }
    text
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    fn step(name: &str, job: impl FnOnce() -> Result<Outcome> + 'static) -> Step {
        Step::call(name, Vec::new(), job)
    }

    #[test]
    fn a_failing_step_does_not_hide_the_later_ones() {
        let rows: Vec<Row> = [
            step("first", || bail!("reason of the failure")),
            step("second", || Ok(Outcome::Passed)),
            step("third", || Ok(Outcome::Skipped("no tool".to_owned()))),
        ]
        .into_iter()
        .map(run_one)
        .collect();
        let text = summary(&rows);
        assert!(text.contains("s  first: reason of the failure\n"), "{text}");
        assert!(text.contains("s  second\n"), "{text}");
        assert!(text.contains("s  third: no tool\n"), "{text}");
        assert_eq!(text.lines().last(), Some("1 passed, 1 failed, 1 skipped"));
    }

    #[test]
    fn any_failure_fails_the_whole() {
        let code = |result: fn() -> Result<Outcome>| {
            format!(
                "{:?}",
                run_all(vec![step("one", result), step("two", || Ok(Outcome::Passed))]).unwrap()
            )
        };
        assert_eq!(code(|| Ok(Outcome::Passed)), format!("{:?}", ExitCode::SUCCESS));
        assert_eq!(code(|| bail!("no")), format!("{:?}", ExitCode::FAILURE));
    }
}
