//! The program: reads the command line, carries out the command, says on standard error why it failed.

use std::process::ExitCode;

use host_sim::cli::{CommandLine, CommandLineError};

fn main() -> ExitCode {
    let command_line = match CommandLine::read(std::env::args_os()) {
        Ok(command_line) => command_line,
        Err(CommandLineError::Help(text)) => {
            print!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(CommandLineError::Usage(line)) => {
            eprintln!("error: {line}");
            return ExitCode::from(2);
        }
    };
    match command_line.execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
