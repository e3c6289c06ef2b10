//! `host-sim verify`: recomputes the golden digests, on this machine, an emulated or a real board.

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::CONTRACT_VERSION;
use serde::Serialize;

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
    let goldens = [Model::Exact, Model::Compact]
        .into_iter()
        .map(GoldenFile::of)
        .collect::<Result<Vec<_>, _>>()?;
    let (target, summary) = match (&options.emulator, &options.firmware, &options.port) {
        (Some(cpu), Some(firmware), _) => {
            let (emulator, link) = Emulator::start(*cpu, firmware, None)?;
            let mut board = Board::meet(link)?;
            let summary = verify_board(&goldens, &mut board)?;
            board.shut_down()?;
            emulator.finish()?;
            (format!("{} (emulated)", board.identity().name), summary)
        }
        (.., Some(port)) => {
            let mut board = Board::meet(serial::open(port, options.baud)?)?;
            let summary = verify_board(&goldens, &mut board)?;
            (format!("{} on {port}", board.identity().name), summary)
        }
        _ => (
            "this machine".to_owned(),
            verify_all(&goldens, |model, case| Ok(case.run_here(model)?))?,
        ),
    };
    report(&options, target, &summary)
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
