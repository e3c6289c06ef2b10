//! Every job that a person or CI runs, under the same verbs: `cargo xtask --help` lists them.

mod audit;
mod board;
mod c_library;
mod chips;
mod committed;
mod compare;
mod cpu;
mod cross_compiler;
mod cycles;
mod debian;
mod emulated;
mod emulator;
mod endurance;
mod firmware;
mod fuzz;
mod goldens;
mod host;
mod instructions;
mod kernel_tests;
mod lanes;
mod licences;
mod mpi;
mod mutants;
mod paths;
mod performance;
mod priority;
mod process;
mod public_api;
mod python;
mod python_package;
mod ram;
mod recordings;
mod rest;
mod rtl;
mod runner;
mod sensor;
mod sizes;
mod slurm;
mod starter;
mod steps;
mod story;
mod targets;
mod toolchain;
mod validate;
mod web;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::board::RealBoard;
use crate::cpu::Cpu;
use crate::runner::Outcome;

/// The project's jobs.
#[derive(Parser)]
#[command(name = "cargo xtask", version, about)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Builds firmware and host program, freezes, stores, recalls after a power cut and releases the network on the
    /// emulated board, draws what happened
    Demo {
        /// Movements that a sensor feels instead: written on the board, frozen, stored, recalled after a power cut, read
        #[arg(long)]
        signals: bool,
        /// Recordings of people, as `cargo xtask recordings` writes them, in place of synthetic movements
        #[arg(long, value_name = "FILE", requires = "signals")]
        recordings: Option<PathBuf>,
    },
    /// The checks of kernel, host program, firmware and boards; with --rest those of the web page, the Python package and
    /// clusters. CI runs both
    Test {
        /// Only the steps whose name contains this text, of both
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
        /// The web page, the Python package and clusters instead
        #[arg(long, conflicts_with = "only")]
        rest: bool,
        /// Only names the steps
        #[arg(long)]
        list: bool,
        /// Steps at a time; what they say is shown when they end
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
        jobs: u8,
        /// Runs this one step and writes what became of it to the file of --verdict
        #[arg(long, value_name = "NAME", hide = true, requires = "verdict")]
        step: Option<String>,
        /// See --step
        #[arg(long, value_name = "FILE", hide = true, requires = "step")]
        verdict: Option<PathBuf>,
    },
    /// The long validation: the paper's phenomena against thresholds, and the tests that take minutes
    Validate {
        /// The short form that CI runs: smaller networks, no long tests
        #[arg(long)]
        quick: bool,
        /// Only the steps whose name contains this text
        #[arg(long, value_name = "TEXT")]
        only: Option<String>,
    },
    /// Builds the firmware of a board, the emulated one by default, and prints the path of its ELF file
    Firmware {
        /// Processor of the emulated board
        #[arg(long, value_enum, default_value_t = Cpu::M4f, conflicts_with = "board")]
        cpu: Cpu,
        /// A real board
        #[arg(long, value_enum)]
        board: Option<RealBoard>,
    },
    /// Checks the golden digests on this machine
    Golden {
        /// Writes the digests anew instead: only after a deliberate change of the arithmetic contract
        #[arg(long)]
        renew: bool,
    },
    /// Runs every fuzz target for a bounded time, from the committed corpus on; a crash is exit code 1
    Fuzz {
        #[command(flatten)]
        options: fuzz::Options,
    },
    /// Builds the web page and serves it on this machine, printing the address
    Web {
        /// Only builds it, and prints the folder, which any file server can serve
        #[arg(long)]
        build_only: bool,
        /// Port; 0 takes any that is free
        #[arg(long, default_value_t = 8000)]
        port: u16,
    },
    /// Builds the Python package as a wheel, installs it into an environment of its own and runs its tests
    Python {
        /// Times a step beside numpy's and jax's instead
        #[arg(long)]
        speed: bool,
    },
    /// Fetches the recordings of a smartwatch from the PyPI package seglearn (BSD-3-Clause), for `host-sim memory signals`
    Recordings {
        /// File to write
        #[arg(long, default_value = "out/watch.npz")]
        out: PathBuf,
    },
    /// Compares the kernel's public interface with the committed list
    PublicApi {
        /// Writes the list anew: only after a deliberate change
        #[arg(long)]
        renew: bool,
    },
    /// Looks through the kernel's machine code for panics, allocation, soft float, fused arithmetic and stack use
    Audit {
        /// Writes the committed table of stack depths anew: only after a deliberate change
        #[arg(long)]
        renew: bool,
    },
    /// Weighs every firmware: flash, RAM and stack
    Sizes {
        /// Prints a JSON array
        #[arg(long)]
        json: bool,
        /// Writes the committed table of sizes anew: only after a deliberate change
        #[arg(long)]
        renew: bool,
    },
    /// Counts the instructions of a step in the emulator, phase by phase and core by core, and models the cycles
    Cycles {
        /// Counts clock cycles on the simulated logic of RISC-V cores instead
        #[arg(long)]
        rtl: bool,
        /// Prints one JSON object
        #[arg(long)]
        json: bool,
        /// Writes the committed table of instruction counts anew: only after a deliberate change
        #[arg(long)]
        renew: bool,
    },
    /// Counts the instructions of a step on this machine's processor, under valgrind
    Instructions {
        /// Prints one JSON object
        #[arg(long)]
        json: bool,
        /// Writes the committed table of instruction counts anew: only after a deliberate change
        #[arg(long)]
        renew: bool,
    },
    /// Writes docs/performance.md from docs/performance.json
    Docs {
        /// Measures these figures anew first
        #[arg(long, value_enum, value_name = "FIGURES")]
        measure: Vec<performance::Figures>,
    },
    /// Times the kernel's step beside numpy's, and counts it beside C's on the target
    Compare {
        /// Only this part
        #[arg(long, value_enum)]
        part: Option<compare::Part>,
        /// Prints the figures as JSON
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Demo { signals: false, .. } => host::demo()?,
        Verb::Demo { recordings, .. } => sensor::on_the_board("out/demo-signals", recordings.as_deref(), 3)?,
        Verb::Test { list: true, .. } => rest::all().iter().for_each(|step| println!("{}", step.name)),
        Verb::Test {
            step: Some(name),
            verdict: Some(verdict),
            ..
        } => return lanes::run_step(rest::all(), &name, &verdict),
        Verb::Test { only, rest, jobs, .. } => {
            let steps = match (only, rest) {
                (Some(text), _) => runner::choose(rest::all(), &text)?,
                (None, true) => rest::rest(),
                (None, false) => steps::steps(),
            };
            return match (jobs, steps.len()) {
                (1, _) | (_, 1) => runner::run_all(steps),
                _ => lanes::run_all(steps, jobs.into()),
            };
        }
        Verb::Validate { quick, only } => {
            return runner::run_all(match only {
                Some(text) => runner::choose(validate::steps(quick), &text)?,
                None => validate::steps(quick),
            });
        }
        Verb::Firmware { cpu, board } => {
            let elf = board.map_or_else(|| firmware::build(cpu), RealBoard::build)?;
            println!("{}", elf.display());
        }
        Verb::Golden { renew } => host::golden(renew)?,
        Verb::Fuzz { options } => {
            if let Outcome::Skipped(reason) = fuzz::fuzz(&options)? {
                anyhow::bail!("not fuzzed: {reason}");
            }
        }
        Verb::Web { build_only, port } => {
            let page = web::build()?;
            if build_only {
                println!("{}", page.display());
            } else {
                web::serve(&page, port)?;
            }
        }
        Verb::Python { speed } => {
            let outcome = if speed {
                python_package::speed()
            } else {
                python_package::check()
            };
            if let Outcome::Skipped(reason) = outcome? {
                anyhow::bail!("no environment: {reason}");
            }
        }
        Verb::Recordings { out } => {
            if let Outcome::Skipped(reason) = recordings::recordings(&out)? {
                anyhow::bail!("no recordings: {reason}; `host-sim memory signals --synthetic` needs none");
            }
        }
        Verb::PublicApi { renew } => tell(public_api::public_api(renew)?),
        Verb::Audit { renew } => tell(audit::audit(renew)?),
        Verb::Sizes { json, renew } => tell(sizes::sizes(json, renew)?),
        Verb::Cycles {
            rtl: true,
            json,
            renew,
        } => tell(rtl::cycles(json, renew)?),
        Verb::Cycles {
            rtl: false,
            json,
            renew,
        } => tell(cycles::cycles(json, renew)?),
        Verb::Instructions { json, renew } => tell(instructions::instructions(json, renew)?),
        Verb::Docs { measure } => performance::docs(&measure)?,
        Verb::Compare { part, json } => compare::compare(part, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Says why a table was not compared.
fn tell(outcome: Outcome) {
    if let Outcome::Skipped(reason) = outcome {
        eprintln!("not compared: {reason}");
    }
}
