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
use link::{Board, Cpu, Emulator, serial};
use science::golden::{Case, Checkpoint, GoldenFile};
use science::networks::Model;

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

#[derive(Clone, Debug, Serialize)]
struct Summary {
    ok: bool,
    first_difference: Option<String>,
    /// Digests compared.
    digests: usize,
    /// Cases that the target has no room for.
    skipped: Vec<String>,
}

/// Runs the command.
pub fn execute(options: VerifyOptions) -> Result<(), Failure> {
    let expected = match &options.golden {
        Some(path) => Expected::Own(Box::new(Own::read(
            path,
            options.files.as_deref(),
            &options.stated,
        )?)),
        None => Expected::committed()?,
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
    Committed(Vec<GoldenFile>),
    /// One of the user's own.
    Own(Box<Own>),
}

impl Expected {
    fn committed() -> Result<Self, Failure> {
        let files = [Model::Exact, Model::Compact].into_iter().map(GoldenFile::of);
        Ok(Self::Committed(files.collect::<Result<_, _>>()?))
    }

    fn here(&self) -> Result<Summary, Failure> {
        match self {
            Self::Committed(goldens) => verify_all(goldens, |model, case| Ok(case.run_here(model)?)),
            Self::Own(own) => own.here(),
        }
    }

    fn on(&self, board: &mut Board) -> Result<Summary, Failure> {
        match self {
            Self::Committed(goldens) => verify_board(goldens, board),
            Self::Own(own) => own.on(board),
        }
    }
}

fn verify_board(goldens: &[GoldenFile], board: &mut Board) -> Result<Summary, Failure> {
    let mut skipped = Vec::new();
    let fitting: Vec<GoldenFile> = goldens
        .iter()
        .map(|file| {
            let capacity = board.identity().capacity(file.model) as usize;
            let (fitting, too_large): (Vec<Case>, Vec<Case>) =
                file.case.iter().cloned().partition(|case| case.n <= capacity);
            let reason = |case: &Case| {
                let (model, n) = (file.model.name(), case.n);
                format!("{model} N = {n}: the board has room for {capacity}")
            };
            skipped.extend(too_large.iter().map(reason));
            GoldenFile {
                case: fitting,
                ..file.clone()
            }
        })
        .collect();
    let mut summary = verify_all(&fitting, |model, case| Ok(case.run(model, board)?))?;
    summary.skipped = skipped;
    Ok(summary)
}

fn verify_all(
    goldens: &[GoldenFile],
    mut run: impl FnMut(Model, &Case) -> Result<Vec<Checkpoint>, Failure>,
) -> Result<Summary, Failure> {
    let work = |case: &Case| case.steps() * (case.n * case.n) as u64;
    let cases = || {
        goldens
            .iter()
            .flat_map(|file| file.case.iter().map(|case| (file.model, case)))
    };
    let progress = Progress::new("verify", cases().map(|(_, case)| work(case)).sum());
    let mut summary = Summary {
        ok: true,
        first_difference: None,
        digests: 0,
        skipped: Vec::new(),
    };
    for (model, case) in cases() {
        let found = run(model, case)?;
        summary.digests += found.len();
        if let Some(difference) = case.first_difference(&found) {
            summary.ok = false;
            summary
                .first_difference
                .get_or_insert(format!("{} network, {difference}", model.name()));
        }
        progress.advance(work(case));
    }
    if summary.digests == 0 {
        return Err(Failure::Check("there is no golden to compare with".into()));
    }
    Ok(summary)
}

fn report(options: &VerifyOptions, target: String, summary: &Summary) -> Result<(), Failure> {
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
