//! One compact network over the ranks of an MPI job, split by rows, with the bits of one process.
//!
//! `mpirun -n 4 host-sim-mpi run --n 100000 --couplings hashed --out folder`

mod checkpoint;
mod failure;
mod files;
mod forecast;
mod machine;
mod ranks;
mod report;
mod run;
mod scale;
mod settings;
mod share;
mod state;
mod statistics;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use mpi::Threading;
use mpi::topology::SimpleCommunicator;
use mpi::traits::Communicator;

use crate::failure::Failure;
use crate::ranks::Ranks;

/// One plastic network over the ranks of an MPI job: each has its rows of the couplings, and once a step all tell each other
/// their rates. The bits are those of `host-sim run --model compact` in one process, for any number of ranks.
#[derive(Debug, Parser)]
#[command(version)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulates one network: statistics, freeze, release, checkpoints
    Run(run::Options),
    /// Measures steps at several sizes and numbers of ranks, checks a model of their time and says what it predicts
    Scale(scale::Options),
}

fn main() -> ExitCode {
    // Threads compute, and this one alone talks to the other ranks.
    let universe = match mpi::initialize_with_threading(Threading::Funneled) {
        Some((universe, given)) if given >= Threading::Funneled => universe,
        _ => {
            report::say(
                "host-sim-mpi: this MPI does not let a rank have threads of its own (MPI_THREAD_FUNNELED)",
            );
            return ExitCode::from(3);
        }
    };
    let world = universe.world();
    let ranks = Ranks::of(SimpleCommunicator::world());
    stop_on_panic(ranks.rank());
    let command = match CommandLine::try_parse() {
        Ok(line) => line.command,
        Err(error) => {
            // All ranks have read the same words.
            if ranks.is_first() {
                let _ = error.print();
            }
            ranks.barrier();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = match &command {
        Command::Run(options) => run::execute(options, &ranks),
        Command::Scale(options) => scale::execute(options, &ranks),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Another rank says why; it ends this one too, if it can no longer be met.
        Err(Failure::Elsewhere(_)) => loop {
            std::thread::sleep(std::time::Duration::from_secs(60));
        },
        Err(failure) => {
            report::say(&format!("host-sim-mpi: rank {}: {failure}", ranks.rank()));
            world.abort(failure.exit_code().into())
        }
    }
}

/// A panic ends the job with a line: unwinding would have this rank wait for the others in `MPI_Finalize`, and them for it.
fn stop_on_panic(rank: usize) {
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.to_string().replace('\n', " ");
        report::say(&format!("host-sim-mpi: rank {rank}: {words}"));
        // Of MPI, only the main thread may be asked to end the job; the launcher sees this end.
        std::process::abort();
    }));
}
