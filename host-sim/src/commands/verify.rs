//! `host-sim verify`: recomputes golden digests, ours or one's own, on this machine, an emulated or a real board.

mod own;

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::CONTRACT_VERSION;
use serde::Serialize;

use self::own::Own;
use super::golden::stated::Stated;
use crate::failure::Failure;
use crate::output::{Provenance, ResultObject, Seeds};
use crate::progress::Progress;
use link::{Board, Cpu, Emulator, serial, verify};
use science::golden::{GoldenFile, Verification, cost_of_cases};

/// Options of `verify`; without any, this machine is verified.
#[derive(Args, Clone, Debug)]
pub struct VerifyOptions {
    /// Emulated processor to verify, with --firmware
    #[arg(long, value_enum, requires = "firmware", conflicts_with = "port")]
    emulator: Option<Cpu>,
    /// Firmware image for --emulator
    #[arg(long, requires = "emulator")]
    firmware: Option<PathBuf>,
    /// Golden of one's own to verify, a file of `host-sim golden`, in place of the project's
    #[arg(long)]
    golden: Option<PathBuf>,
    /// Folder of the files that --golden names; if not given, its own
    #[arg(long, requires = "golden")]
    files: Option<PathBuf>,
    #[command(flatten)]
    stated: Stated,
    /// Serial port of a real board to verify
    #[arg(long)]
    port: Option<String>,
    /// Speed of the serial port
    #[arg(long, default_value_t = 115_200)]
    baud: u32,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Parameters {
    target: String,
    contract: u16,
}

/// Runs the command.
pub fn execute(options: VerifyOptions) -> Result<(), Failure> {
    let expected = match &options.golden {
        Some(path) => Expected::Own(Box::new(Own::read(
            path,
            options.files.as_deref(),
            &options.stated,
        )?)),
        None => Expected::Committed(GoldenFile::all()?),
    };
    let (target, summary) = match (&options.emulator, &options.firmware, &options.port) {
        (Some(cpu), Some(firmware), _) => {
            let (emulator, link) = Emulator::start(*cpu, firmware, None)?;
            let mut board = Board::meet(link)?;
            let summary = expected.on(&mut board)?;
            board.shut_down()?;
            emulator.finish()?;
            (format!("{} (emulated)", board.identity().name), summary)
        }
        (.., Some(port)) => {
            let mut board = Board::meet(serial::open(port, options.baud)?)?;
            let summary = expected.on(&mut board)?;
            (format!("{} on {port}", board.identity().name), summary)
        }
        _ => ("this machine".to_owned(), expected.here()?),
    };
    report(&options, target, &summary)
}

/// What is verified.
enum Expected {
    /// The project's goldens.
    Committed([GoldenFile; 2]),
    /// One of the user's own.
    Own(Box<Own>),
}

impl Expected {
    fn here(&self) -> Result<Verification, Failure> {
        match self {
            Self::Committed(goldens) => Ok(Verification::of_cases(
                goldens,
                &progress(goldens),
                |model, case| case.run_here(model),
            )?),
            Self::Own(own) => own.here(),
        }
    }

    fn on(&self, board: &mut Board) -> Result<Verification, Failure> {
        Ok(match self {
            Self::Committed(goldens) => verify::committed(board, goldens, &progress(goldens))?,
            Self::Own(own) => verify::own(board, &own.golden, &())?,
        })
    }
}

fn progress(goldens: &[GoldenFile]) -> Progress {
    Progress::new("verify", cost_of_cases(goldens))
}

fn report(options: &VerifyOptions, target: String, summary: &Verification) -> Result<(), Failure> {
    if options.json {
        let result = ResultObject {
            kind: "verify",
            params: Parameters {
                target: target.clone(),
                contract: CONTRACT_VERSION,
            },
            summary,
            provenance: Provenance::collect(Seeds::all(0)),
        };
        result.print()?;
    } else {
        let skipped = if summary.skipped.is_empty() {
            "none".to_owned()
        } else {
            summary.skipped.join("; ")
        };
        let rows = [
            ("contract version", CONTRACT_VERSION.to_string()),
            ("digests compared", summary.digests.to_string()),
            ("skipped", skipped),
            ("all equal", if summary.ok { "yes" } else { "no" }.to_owned()),
        ];
        super::table::print(&format!("goldens on {target}"), &rows)?;
    }
    match &summary.first_difference {
        None => Ok(()),
        Some(difference) => Err(Failure::Check(format!(
            "{target} differs from the goldens: {difference}"
        ))),
    }
}

/// The first difference of a golden of one's own on this machine, with parameters stated as on the command line.
#[cfg(test)]
pub(super) fn own_here(path: &std::path::Path, stated: &str) -> Result<Option<String>, String> {
    use clap::Parser;
    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: VerifyOptions,
    }
    let golden = path.display().to_string();
    let words = ["verify", "--golden", &golden]
        .into_iter()
        .chain(stated.split_whitespace());
    let options = Line::try_parse_from(words)
        .map_err(|error| error.to_string())?
        .options;
    let own = Own::read(path, None, &options.stated).map_err(|failure| failure.to_string())?;
    let summary = own.here().map_err(|failure| failure.to_string())?;
    Ok(summary.first_difference)
}
