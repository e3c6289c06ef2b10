//! The golden trajectories under an operating system: the lines that the microcontrollers print.

use std::process::ExitCode;

use golden_targets::Memory;
use golden_targets::goldens::run;

fn main() -> ExitCode {
    let mut memory = Box::new(Memory::new());
    match run(&mut memory, |checkpoint| println!("{checkpoint}")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("{failure:?}");
            ExitCode::FAILURE
        }
    }
}
