//! `host-sim power-cuts`: cuts an emulated board's power at random moments of a store, and looks at what it recalls.
//!
//! Whatever the moment, the board must take up the state before or the new one, to the bit, and run on as the host's
//! network does from there.

mod flash_watch;
mod moment;
mod trial;

use std::path::PathBuf;

use clap::Args;
use freezable_chaos::random::Randomness;
use freezable_chaos::{Generator, Purpose, Tanh};
use serde::Serialize;

use self::moment::NAMES;
use self::trial::{Cut, Trial};
use super::demo::plastic_setup;
use crate::failure::Failure;
use crate::output::{Provenance, ResultObject, Seeds};
use crate::progress::Progress;
use link::{Board, Cpu, Emulator};
use science::networks::Model;
use science::networks::{HeapStorage, Rows};

/// Options of `power-cuts`.
#[derive(Args, Clone, Debug)]
pub struct PowerCutsOptions {
    /// Firmware image of the board
    #[arg(long)]
    firmware: PathBuf,
    /// Emulated processor
    #[arg(long, value_enum, default_value_t = Cpu::M4f)]
    emulator: Cpu,
    /// Number of cuts
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    cuts: u32,
    /// Seed of the moments and of the initial state
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Cuts are uniform between the first change of the flash and so many times the time that a whole write took: most fall
/// into the write, some come after it.
const LATEST: f64 = 1.1;

/// Least share of the cuts that must fall into the write.
const LEAST_DURING_WRITE: f64 = 0.25;

#[derive(Clone, Debug, Serialize)]
struct Parameters {
    board: String,
    n: u32,
    cuts: u32,
    seed: u64,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    /// Seconds from the first change of the flash to the end of a store without a cut.
    write_time: f64,
    /// Bytes of a stored state.
    bytes: u32,
    /// Cuts after which the state before was recalled, and the new one.
    recalled: Recalled,
    /// Cuts while the flash was being written, from the first erase to the last word of the seal.
    cuts_during_write: u32,
    cuts: Vec<Cut>,
    first_failure: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Recalled {
    before: u32,
    new: u32,
}

/// Runs the command.
pub fn execute(options: PowerCutsOptions) -> Result<(), Failure> {
    let (emulator, link) = Emulator::start(options.emulator, &options.firmware, None)?;
    let board = Board::meet(link)?;
    let setup = plastic_setup(Model::Exact, board.identity(), options.seed)?;
    let dynamics = setup.params.validate(setup.n as usize)?;
    let mut storage = HeapStorage::new(dynamics.n(), Rows::OneThread);
    let mut couplings = Generator::new(setup.seed_network, setup.network, Purpose::Couplings);
    let network = storage.network(dynamics, &mut couplings, Tanh)?;

    let progress = Progress::new("power cuts", u64::from(options.cuts));
    let name = board.identity().name.clone();
    let mut trial = Trial::begin(emulator, board, network, setup)?;
    let mut moments = Generator::new(options.seed, 0, Purpose::Input);
    let mut cuts = Vec::new();
    for _ in 0..options.cuts {
        let share = LATEST * f64::from(moments.next_u32()) / 2f64.powi(32);
        let cut = trial.cut(share)?;
        let failed = cut.failure.is_some();
        cuts.push(cut);
        progress.advance(1);
        // What the board goes on from is unknown then.
        if failed {
            break;
        }
    }
    drop(progress);
    let summary = summarise(&trial, cuts);
    trial.end()?;
    let parameters = Parameters {
        board: name,
        n: setup.n,
        cuts: options.cuts,
        seed: options.seed,
    };
    report(&options, parameters, &summary)
}

fn summarise<C: freezable_chaos::Connectivity>(trial: &Trial<'_, C>, cuts: Vec<Cut>) -> Summary {
    let count = |wanted: &dyn Fn(&Cut) -> bool| cuts.iter().filter(|cut| wanted(cut)).count() as u32;
    Summary {
        write_time: trial.write_time().as_secs_f64(),
        bytes: trial.bytes(),
        recalled: Recalled {
            before: count(&|cut| cut.recalled_new == Some(false)),
            new: count(&|cut| cut.recalled_new == Some(true)),
        },
        cuts_during_write: count(&|cut| cut.moment.is_during_write()),
        first_failure: cuts.iter().find_map(|cut| cut.failure.clone()),
        cuts,
    }
}

fn report(options: &PowerCutsOptions, parameters: Parameters, summary: &Summary) -> Result<(), Failure> {
    let title = format!(
        "{} power cuts of {} (emulated), N = {}",
        summary.cuts.len(),
        parameters.board,
        parameters.n
    );
    let rows: Vec<(&str, String)> = NAMES
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let there = summary.cuts.iter().filter(|cut| cut.moment.index() == index);
            (*name, there.count().to_string())
        })
        .collect();
    let result = ResultObject {
        kind: "power-cuts",
        params: parameters,
        summary,
        provenance: Provenance::collect(Seeds::all(options.seed)),
    };
    if options.json {
        result.print()?;
    } else {
        let mut table = vec![
            ("bytes stored", summary.bytes.to_string()),
            (
                "time of a write without a cut",
                format!("{:.0} ms", 1e3 * summary.write_time),
            ),
        ];
        table.extend(rows);
        table.extend([
            ("recalled, the state before", summary.recalled.before.to_string()),
            ("recalled, the new state", summary.recalled.new.to_string()),
            (
                "neither",
                summary.first_failure.clone().unwrap_or_else(|| "0".to_owned()),
            ),
        ]);
        super::table::print(&title, &table)?;
    }
    let cuts = summary.cuts.len() as u32;
    match &summary.first_failure {
        Some(failure) => Err(Failure::Check(failure.clone())),
        None if LEAST_DURING_WRITE * f64::from(cuts) > f64::from(summary.cuts_during_write) => {
            let during = summary.cuts_during_write;
            Err(Failure::Check(format!(
                "only {during} of {cuts} cuts fell into a write, too few to say anything"
            )))
        }
        None => Ok(()),
    }
}
