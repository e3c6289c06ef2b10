//! The command line.

use std::any::TypeId;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::experiment::Experiment;
use crate::commands::run::recording::Neurons;
use crate::commands::{budget, couplings, demo, golden, memory, monitor, power_cuts, repro, submit, verify};
use crate::failure::Failure;
use crate::progress::say;

/// A chaotic network with plastic synapses that can be frozen: simulate, measure, compare, draw.
#[derive(Parser, Debug)]
#[command(name = "host-sim", version, about, long_about = None)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    #[command(flatten)]
    Experiment(Box<Experiment>),
    /// Every figure and a validation report in one HTML page, with checks against thresholds
    Repro(repro::ReproOptions),
    /// Write cues, hold them frozen, and read them by a trained readout
    Memory(Box<memory::MemoryOptions>),
    /// Record the digests along a trajectory of a network of your own, for verify --golden and firmware of your own
    Golden(Box<golden::GoldenOptions>),
    /// Recompute the golden digests, ours or your own, on this machine, an emulated or a real board
    Verify(verify::VerifyOptions),
    /// Write quenched couplings, drawn or given, for numpy, C, Rust or a flash
    Couplings(couplings::CouplingsOptions),
    /// RAM and flash of a network, and the largest network for a board
    Budget(budget::BudgetOptions),
    /// Let an emulated board run, freeze, hold and release, and compare every state with this machine's
    Demo(demo::DemoOptions),
    /// Live view of a board: freeze, release, store, recall and record from the keyboard
    Monitor(monitor::MonitorOptions),
    /// Cut an emulated board's power at random moments of a store, and look at what it recalls
    PowerCuts(power_cuts::PowerCutsOptions),
    /// Write, and hand to Slurm, a command as a job array whose tasks compute a share each, and a job that merges them
    Submit(submit::SubmitOptions),
}

impl CommandLine {
    /// Reads the command line. The error is one line, with exit code 2; help and version are printed as they are.
    pub fn read<I: IntoIterator<Item = std::ffi::OsString>>(arguments: I) -> Result<Self, CommandLineError> {
        let matches = with_negative_numbers(Self::command()).try_get_matches_from(arguments);
        matches
            .and_then(|matches| Self::from_arg_matches(&matches))
            .map_err(|error| {
                if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
                    CommandLineError::Usage("there is no command; --help lists them".to_owned())
                } else if error.use_stderr() {
                    CommandLineError::Usage(one_line(&error.to_string()))
                } else {
                    CommandLineError::Help(error.to_string())
                }
            })
    }

    /// The command, if it is one of those that measure.
    #[cfg(test)]
    pub(crate) fn experiment(&self) -> Option<&Experiment> {
        match &self.command {
            Command::Experiment(experiment) => Some(experiment),
            _ => None,
        }
    }

    /// Carries out the command.
    pub fn execute(self) -> Result<(), Failure> {
        let done = match self.command {
            Command::Experiment(experiment) => experiment.execute(),
            Command::Repro(options) => repro::execute(options),
            Command::Memory(options) => memory::execute(*options),
            Command::Golden(options) => golden::execute(*options),
            Command::Verify(options) => verify::execute(options),
            Command::Couplings(options) => couplings::execute(&options),
            Command::Budget(options) => budget::execute(options),
            Command::Demo(options) => demo::execute(options),
            Command::Monitor(options) => monitor::execute(options),
            Command::PowerCuts(options) => power_cuts::execute(options),
            Command::Submit(options) => submit::execute(options, |words| {
                let program = std::iter::once("host-sim").chain(words.iter().map(String::as_str));
                let matches = with_negative_numbers(Self::command()).try_get_matches_from(program);
                matches.map_err(|error| one_line(&error.to_string()))
            }),
        };
        match done {
            Err(Failure::NoResult(words)) => {
                if !words.is_empty() {
                    say(&words);
                }
                Ok(())
            }
            done => done,
        }
    }
}

/// Lets every option that takes a number take a negative one in any notation: clap's own rule knows -1, but neither -1e-3
/// nor -.5.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let numbers = [
        TypeId::of::<f32>(),
        TypeId::of::<f64>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
    ];
    let is_number = move |argument: &clap::Arg| {
        let found = argument.get_value_parser().type_id();
        numbers.iter().any(|number| found == *number)
    };
    command
        .mut_args(move |argument| {
            let lists_numbers = argument.get_value_parser().type_id() == TypeId::of::<Neurons>();
            let takes_any = is_number(&argument) || lists_numbers || argument.is_allow_negative_numbers_set();
            argument.allow_hyphen_values(takes_any)
        })
        .mut_subcommands(with_negative_numbers)
}

/// Why there is no command to carry out.
#[derive(Debug)]
pub enum CommandLineError {
    /// One line on what is wrong.
    Usage(String),
    /// The help or the version, which was asked for.
    Help(String),
}

/// The first paragraph of clap's message in one line: what is wrong, without the usage that follows.
fn one_line(message: &str) -> String {
    let paragraph = message.split("\n\n").next().unwrap_or(message);
    let words: Vec<&str> = paragraph.split_whitespace().collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::failure::{WITHOUT_OPTION, option_of};

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    fn usage_error(line: &str) -> String {
        match CommandLine::read(line.split(' ').map(Into::into)) {
            Err(CommandLineError::Usage(message)) => message,
            other => panic!("{line}: {other:?}"),
        }
    }

    /// Every option that takes a real number, of every command.
    #[test]
    fn numbers_may_be_negative_in_any_notation() {
        fn check(command: &clap::Command, path: &[&str]) -> usize {
            let mut count = 0;
            for argument in command.get_arguments() {
                let parser = argument.get_value_parser().type_id();
                let is_real = parser == TypeId::of::<f32>() || parser == TypeId::of::<f64>();
                let Some(long) = argument.get_long().filter(|_| is_real) else {
                    continue;
                };
                for number in ["-1", "-1e-3", "-.5", "-inf"] {
                    let option = format!("--{long}");
                    let values = argument.get_num_args().map_or(1, |range| range.min_values());
                    let words = path.iter().copied().chain([option.as_str()]);
                    let words = words.chain(std::iter::repeat_n(number, values)).map(Into::into);
                    if let Err(CommandLineError::Usage(message)) = CommandLine::read(words) {
                        assert!(
                            !message.contains("unexpected argument"),
                            "{path:?} {option} {number}: {message}"
                        );
                    }
                    count += 1;
                }
            }
            for sub in command.get_subcommands() {
                count += check(sub, &[path, &[sub.get_name()]].concat());
            }
            count
        }
        let count = check(&CommandLine::command(), &["host-sim"]);
        assert!(count > 200, "{count}");
    }

    /// Every name under which science, the program or the kernel refuses a parameter, as it stands in their sources.
    #[test]
    fn what_is_refused_is_an_option_that_exists() {
        fn options(command: &clap::Command, found: &mut BTreeSet<String>) {
            let long = command.get_arguments().filter_map(clap::Arg::get_long);
            found.extend(long.map(|long| format!("--{long}")));
            command.get_subcommands().for_each(|sub| options(sub, found));
        }
        let mut known = BTreeSet::new();
        options(&CommandLine::command(), &mut known);
        let mut refused = BTreeSet::new();
        for folder in ["src", "science/src", "../kernel/src"] {
            refused_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut refused);
        }
        assert!(refused.len() > 60, "{refused:?}");
        let bare = |name: &String| WITHOUT_OPTION.contains(&name.as_str());
        let unknown: Vec<&String> = refused
            .iter()
            // Words are of what the kernel's memory watches, which the program does not set.
            .filter(|name| !name.contains(' ') && !bare(name) && !known.contains(&option_of(name)))
            .collect();
        assert!(unknown.is_empty(), "no option sets {unknown:?}");
        let idle: Vec<_> = WITHOUT_OPTION
            .into_iter()
            .filter(|name| known.contains(&format!("--{name}")))
            .collect();
        assert!(idle.is_empty(), "options set {idle:?}");
    }

    /// The first word in quotes after each call that refuses, and of each row of a list of names and values.
    fn refused_in(folder: &Path, names: &mut BTreeSet<String>) {
        const CALLS: [&str; 14] = [
            "Refusal::because(",
            "Refusal::below(",
            "Refusal::above(",
            "Refusal::outside(",
            "Refusal::check(",
            "Table::new(",
            "steps_of(",
            "whole_steps(",
            "within(",
            "positive_up_to(",
            " count(",
            " lacks(",
            " same(",
            "for (parameter, ",
        ];
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                refused_in(&path, names);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let shipped = text.split("#[cfg(test)]").next().unwrap();
            if path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests") {
                continue;
            }
            for call in CALLS {
                for (at, _) in shipped.match_indices(call) {
                    let rest = shipped[at + call.len()..].trim_start();
                    let is_list = call.starts_with("for ");
                    let (list, _) = rest.split_once(']').unwrap_or((rest, ""));
                    let quoted: Vec<&str> = match is_list {
                        true => list.split("(\"").skip(1).collect(),
                        false => rest.strip_prefix('"').into_iter().collect(),
                    };
                    let words = quoted.into_iter().filter_map(|rest| rest.split_once('"'));
                    names.extend(words.map(|(name, _)| name.to_owned()));
                }
            }
        }
    }

    #[test]
    fn errors_are_one_line_that_names_the_option() {
        assert_eq!(
            usage_error("host-sim run --frobnicate"),
            "unexpected argument '--frobnicate' found"
        );
        assert!(usage_error("host-sim run --n -3").contains("--n"));
        assert!(usage_error("host-sim run --out x --record x --neurons -3").contains("--neurons"));
        assert_eq!(usage_error("host-sim"), "there is no command; --help lists them");
    }
}
