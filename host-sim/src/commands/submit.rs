//! `host-sim submit`: a command as a job array of Slurm, each task a shard, and a job that merges them.

mod scripts;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::{ArgMatches, Args};

use self::scripts::{CommandWords, Request};
use super::estimate::Estimate;
use crate::failure::Failure;
use crate::output::{OutputError, write_atomically};
use crate::progress::say;

/// Folder of the scripts and logs, below that of the results.
const FOLDER: &str = "slurm";
/// A task may take so many times what was reckoned: later steps of a measurement may take longer than its first ones, and
/// another machine longer than this one.
const MARGIN: f64 = 3.0;
/// Megabytes of the program itself, with its libraries and threads.
const PROGRAM: u64 = 200;
/// No task asks for less: schedulers count in minutes, and starting takes some.
const LEAST_MINUTES: u64 = 5;

/// Commands that take the options of shares, and refuse them by name.
const WHOLE: [&str; 4] = ["golden", "mean-field", "memory-device", "memory-facilitation"];

/// Options of `submit`.
#[derive(Args, Clone, Debug)]
pub struct SubmitOptions {
    /// Tasks of the array, each of which computes a share
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    tasks: u32,
    /// Processors of each task
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    processors: u32,
    /// Minutes that a task may take; if not given, from an estimate
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    minutes: Option<u64>,
    /// Megabytes that a task may take; if not given, from an estimate
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    megabytes: Option<u64>,
    /// Partition of the cluster
    #[arg(long, value_parser = partition)]
    partition: Option<String>,
    /// How often tasks that failed are submitted, the first time included
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    attempts: u32,
    /// Submit the scripts too, and print the numbers of both jobs
    #[arg(long)]
    submit: bool,
    /// After --, a command of this program with its --out, which all tasks reach
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// A name of Slurm: letters, digits and few signs.
fn partition(text: &str) -> Result<String, String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.,".contains(c);
    if text.is_empty() || !text.chars().all(is_name) {
        return Err("it is not a name of letters, digits and -_.".to_owned());
    }
    Ok(text.to_owned())
}

/// Runs the command; `read` finds a command line good, or says what is wrong with it.
pub fn execute(
    options: SubmitOptions,
    read: impl Fn(&[String]) -> Result<ArgMatches, String>,
) -> Result<(), Failure> {
    let matches =
        read(&options.command).map_err(|words| Failure::Usage(format!("of the command: {words}")))?;
    let (name, out) = shared(&matches)?;
    // What a task will get: an option of the command may stand in its way.
    let task = ["--shard", "1/1", "--threads", "1"].map(str::to_owned);
    read(&[&options.command[..], &task].concat())
        .map_err(|words| Failure::Usage(format!("of a task of the array: {words}: leave that out")))?;
    let program =
        env::current_exe().map_err(|error| Failure::Device(format!("the path of this program: {error}")))?;
    let request = request(&options, &program, name)?;
    let folder = out.join(FOLDER);
    fs::create_dir_all(&folder).map_err(OutputError::at(&folder))?;
    // Tasks begin where the command was typed; logs are the scheduler's, which may begin anywhere.
    let folder = folder.canonicalize().map_err(OutputError::at(&folder))?;
    let here = env::current_dir().map_err(|error| Failure::Device(format!("the present folder: {error}")))?;
    let [program, here, place] = [&program, &here, &folder].map(|path| written(path));
    let (here, place) = (here?, place?);
    let command = CommandWords {
        program: program?,
        words: options.command.clone(),
    };
    let scripts = [
        ("array.sh", scripts::array(&request, &command, &place)),
        ("merge.sh", scripts::merge(&request, &command, &place)),
        ("submit.sh", scripts::submit(&here, &place)),
    ];
    for (name, text) in &scripts {
        write_atomically(&folder.join(name), text.as_bytes())?;
    }
    let Request {
        tasks,
        minutes,
        megabytes,
        ..
    } = request;
    say(&format!(
        "{tasks} tasks of {minutes} minutes and {megabytes} MB at most, then one that merges: {}",
        folder.join("submit.sh").display()
    ));
    if options.submit {
        submit(&folder)?;
    }
    Ok(())
}

/// A path as scripts can name it.
fn written(path: &Path) -> Result<String, Failure> {
    let text = path
        .to_str()
        .filter(|text| !text.contains(['"', '\\', '\n', '$', '`']));
    text.map(str::to_owned).ok_or_else(|| {
        Failure::Usage(format!(
            "{} has a name that the scripts of a scheduler cannot hold",
            path.display()
        ))
    })
}

/// Name of a command that several jobs can share, and its folder.
fn shared(matches: &ArgMatches) -> Result<(String, PathBuf), Failure> {
    let (mut name, mut innermost) = (String::new(), matches);
    while let Some((word, inner)) = innermost.subcommand() {
        name = format!("{name}-{word}");
        innermost = inner;
    }
    let name = name.trim_start_matches('-').to_owned();
    let given = |option: &str| {
        let found = innermost.try_get_raw(option);
        found.map(|values| values.is_some() && innermost.value_source(option).is_some_and(is_typed))
    };
    let of_a_whole = ["record", "save"]
        .into_iter()
        .find(|option| given(option).is_ok_and(|is_given| is_given));
    if WHOLE.contains(&name.as_str()) || of_a_whole.is_some() {
        let what = of_a_whole.map_or(name.clone(), |option| format!("{name} --{option}"));
        let words = "is computed as a whole: it has no shares for several jobs";
        return Err(Failure::Usage(format!("`{what}` {words}")));
    }
    match (given("shard"), given("merge")) {
        (Ok(false), Ok(false)) => {}
        (Ok(_), Ok(_)) => {
            return Err(Failure::Usage(
                "--shard and --merge are given to the tasks: leave them out".into(),
            ));
        }
        _ => return Err(Failure::Usage(format!("`{name}` has no shares for several jobs"))),
    }
    let out = innermost.try_get_one::<PathBuf>("out").ok().flatten();
    match out {
        Some(out) => Ok((name, out.clone())),
        None => Err(Failure::Usage(format!(
            "`{name}` needs --out, a folder that all tasks reach"
        ))),
    }
}

fn is_typed(source: clap::parser::ValueSource) -> bool {
    source == clap::parser::ValueSource::CommandLine
}

/// What is asked for: as typed, or from an estimate.
fn request(options: &SubmitOptions, program: &Path, name: String) -> Result<Request, Failure> {
    let (minutes, megabytes) = match (options.minutes, options.megabytes) {
        (Some(minutes), Some(megabytes)) => (minutes, megabytes),
        (minutes, megabytes) => {
            let of = estimated(program, &options.command)?;
            let networks = of.networks.div_ceil(options.tasks);
            let rounds = networks.div_ceil(options.processors);
            let reckoned = MARGIN * of.seconds * f64::from(rounds) / 60.0;
            let at_a_time = u64::from(networks.min(options.processors));
            let bytes = of.bytes * at_a_time + of.kept * u64::from(of.networks);
            (
                minutes.unwrap_or((reckoned.ceil() as u64).max(LEAST_MINUTES)),
                megabytes.unwrap_or(bytes.div_ceil(1_000_000) + PROGRAM),
            )
        }
    };
    Ok(Request {
        name,
        tasks: options.tasks,
        processors: options.processors,
        minutes,
        megabytes,
        partition: options.partition.clone(),
        attempts: options.attempts,
    })
}

/// What the command says that it would take.
fn estimated(program: &Path, words: &[String]) -> Result<Estimate, Failure> {
    let mut command = Command::new(program);
    let output = command
        .args(words)
        .args(["--estimate", "--threads", "1"])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::Device(format!("cannot start {}: {error}", program.display())))?;
    let refused = || {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("error: ").to_owned();
        Failure::Usage(format!(
            "the command gives no estimate ({said}): mend it, or give --minutes and --megabytes"
        ))
    };
    if !output.status.success() {
        return Err(refused());
    }
    serde_json::from_slice(&output.stdout).map_err(|_| refused())
}

/// Hands the scripts to the scheduler.
fn submit(folder: &Path) -> Result<(), Failure> {
    let status = Command::new("sh").arg(folder.join("submit.sh")).status();
    let status = status.map_err(|error| Failure::Device(format!("cannot start sh: {error}")))?;
    if !status.success() {
        return Err(Failure::Device(format!(
            "submit.sh ended with {status}: is there a Slurm whose `sbatch` is on the search path?"
        )));
    }
    Ok(())
}
