//! The program: reads the command line, carries out the command, says on standard error why it failed.

use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use host_sim::cli::{CommandLine, CommandLineError};
use host_sim::interrupt;

fn main() -> ExitCode {
    interrupt::before_exit(link::end_all);
    let command_line = match CommandLine::read(std::env::args_os()) {
        Ok(command_line) => command_line,
        Err(CommandLineError::Help(text)) => {
            // Nobody left to read the help is no failure.
            let _ = write!(stdout(), "{text}");
            return ExitCode::SUCCESS;
        }
        Err(CommandLineError::Usage(line)) => {
            return fail(&line, 2);
        }
    };
    match command_line.execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure.to_string(), failure.exit_code()),
    }
}

/// Says why on standard error, as far as that takes it.
fn fail(reason: &str, code: u8) -> ExitCode {
    let _ = writeln!(stderr(), "error: {reason}");
    ExitCode::from(code)
}
