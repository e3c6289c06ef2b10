//! Any words on the command line: a command, the help, or one line on what is wrong; so are networks that are described
//! by any options.
#![no_main]

use clap::Parser;
use host_sim::cli::{CommandLine, CommandLineError};
use host_sim::options::NetworkOptions;
use libfuzzer_sys::fuzz_target;

/// The options common to the commands that simulate.
#[derive(Parser)]
struct Networks {
    #[command(flatten)]
    options: NetworkOptions,
}

fn assert_one_line(message: &str) {
    assert!(!message.is_empty() && message.lines().count() == 1, "{message:?}");
}

fuzz_target!(|text: &str| {
    let words = || std::iter::once("host-sim").chain(text.split_whitespace());
    if let Err(CommandLineError::Usage(message)) = CommandLine::read(words().map(Into::into)) {
        assert_one_line(&message);
    }
    // without the name of the command
    let words: Vec<&str> = words()
        .enumerate()
        .filter(|&(at, _)| at != 1)
        .map(|(_, word)| word)
        .collect();
    if let Ok(Networks { options }) = Networks::try_parse_from(words) {
        match options.check() {
            Err(failure) => assert_one_line(&failure.to_string()),
            Ok(configuration) => {
                if let Err(failure) = configuration
                    .execution
                    .check_memory(&configuration.ensemble, 0, 0)
                {
                    assert_one_line(&failure.to_string());
                }
            }
        }
    }
});
