//! `host-sim budget`: RAM, flash and modelled speed of each representation, and the largest network for a board.

mod boards;
mod core;
mod needs;
mod representation;
mod table;

use clap::Args;
use serde::Serialize;

use self::boards::{Board, KILOBYTE, Processor};
use self::core::Core;
use self::needs::{Counted, Store, largest};
use self::representation::{Bytes, Representation};
use super::table::print_text;
use crate::failure::Failure;
use crate::output::{Provenance, ResultObject, Seeds};
use science::Refusal;
use science::networks::Model;

/// Options of `budget`.
#[derive(Args, Clone, Debug)]
pub struct BudgetOptions {
    /// Kind of network; if not given, both
    #[arg(long, value_enum)]
    model: Option<Model>,
    /// Numbers of neurons to list
    #[arg(long, value_delimiter = ',', default_values_t = [64, 128, 200, 256, 512, 1024, 2048])]
    n: Vec<usize>,
    /// Where the firmware keeps a state
    #[arg(long, value_enum, default_value_t = Store::Flash)]
    store: Store,
    /// RAM of a board that is not in the table, in KB of 1024 bytes; it alone is listed
    #[arg(long, value_name = "KB", requires = "flash")]
    ram: Option<usize>,
    /// Its flash for program, couplings and states, in KB of 1024 bytes
    #[arg(long, value_name = "KB", requires = "ram")]
    flash: Option<usize>,
    /// What its flash erases at once, in KB of 1024 bytes
    #[arg(long, value_name = "KB", default_value_t = 4, requires = "ram")]
    page: usize,
    /// Its core
    #[arg(long, value_enum, requires_all = ["ram", "clock"])]
    core: Option<Core>,
    /// Its clock, in MHz
    #[arg(long, value_name = "MHZ", requires = "core")]
    clock: Option<f64>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// Most neurons of `--n`.
const LARGEST_LISTED: usize = 16_384;
/// Most KB of a memory.
const LARGEST_MEMORY: usize = 1 << 20;

impl BudgetOptions {
    /// The boards to look at: one that was described, or those of the table.
    fn boards(&self) -> Result<Vec<Board>, Failure> {
        if let Some(&n) = self.n.iter().find(|&&n| n == 0 || n > LARGEST_LISTED) {
            return Err(Refusal::outside("n", n, 1, LARGEST_LISTED).into());
        }
        let (Some(ram), Some(flash)) = (self.ram, self.flash) else {
            return Ok(Board::all().collect());
        };
        for (name, size) in [("ram", ram), ("flash", flash), ("page", self.page)] {
            if !(1..=LARGEST_MEMORY).contains(&size) {
                return Err(Refusal::outside(name, size, 1, LARGEST_MEMORY).into());
            }
        }
        let processor = match (self.core, self.clock) {
            (Some(_), Some(clock)) if !(clock > 0.0 && clock <= 1e4) => {
                return Err(Refusal::outside("clock", clock, "0 (not included)", 10_000).into());
            }
            (Some(core), Some(clock)) => Some(Processor {
                core,
                clock: clock * 1e6,
            }),
            _ => None,
        };
        Ok(vec![Board {
            name: "this board",
            processor,
            ram: ram * KILOBYTE,
            flash: flash * KILOBYTE,
            page: self.page * KILOBYTE,
        }])
    }
}

/// The largest network of a representation on a board.
#[derive(Clone, Debug, Serialize)]
struct Fit {
    board: String,
    core: Option<Core>,
    /// Hz.
    clock: Option<f64>,
    ram: usize,
    flash: usize,
    page: usize,
    representation: Representation,
    /// 0 where none fits.
    largest_n: usize,
    /// Bytes that the largest network was counted with.
    counted: Option<Counted>,
    /// Modelled, of the board's own core at its own clock; `None` where nothing fits, or the core was not counted.
    steps_per_second: Option<f64>,
}

impl Fit {
    fn of(board: &Board, representation: Representation, store: Store) -> Result<Self, Failure> {
        let found = largest(board, representation, store);
        let steps_per_second = match (board.processor, found) {
            (Some(Processor { core, clock }), Some((n, _))) => {
                core.steps_per_second(clock, representation, n)?
            }
            _ => None,
        };
        Ok(Self {
            board: board.name.to_owned(),
            core: board.processor.map(|processor| processor.core),
            clock: board.processor.map(|processor| processor.clock),
            ram: board.ram,
            flash: board.flash,
            page: board.page,
            representation,
            largest_n: found.map_or(0, |(n, _)| n),
            counted: found.map(|(_, counted)| counted),
            steps_per_second,
        })
    }
}

#[derive(Clone, Debug, Serialize)]
struct Parameters {
    model: Option<Model>,
    store: Store,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    networks: Vec<Bytes>,
    fits: Vec<Fit>,
}

impl Summary {
    fn of(options: &BudgetOptions) -> Result<Self, Failure> {
        let boards = options.boards()?;
        let asked = |representation: &Representation| {
            options.model.is_none_or(|model| model == representation.model())
        };
        let representations: Vec<Representation> = Representation::ALL.into_iter().filter(asked).collect();
        let mut summary = Self {
            networks: Vec::new(),
            fits: Vec::new(),
        };
        for &n in &options.n {
            let bytes = representations
                .iter()
                .map(|representation| representation.bytes(n));
            summary.networks.extend(bytes);
        }
        for board in &boards {
            for &representation in &representations {
                summary.fits.push(Fit::of(board, representation, options.store)?);
            }
        }
        Ok(summary)
    }
}

/// Runs the command.
pub fn execute(options: BudgetOptions) -> Result<(), Failure> {
    let summary = Summary::of(&options)?;
    if !options.json {
        return print_text(&table::text(&summary, options.store));
    }
    let params = Parameters {
        model: options.model,
        store: options.store,
    };
    let provenance = Provenance::collect(Seeds::all(0));
    Ok(ResultObject {
        kind: "budget",
        params,
        summary,
        provenance,
    }
    .print()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: BudgetOptions,
    }

    fn summary(arguments: &str) -> Result<Summary, String> {
        let words = ["budget"].into_iter().chain(arguments.split_whitespace());
        let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
        Summary::of(&line.options).map_err(|failure| failure.to_string())
    }

    fn fit<'a>(summary: &'a Summary, board: &str, representation: Representation) -> &'a Fit {
        let is_it = |fit: &&Fit| fit.board.starts_with(board) && fit.representation == representation;
        summary.fits.iter().find(is_it).unwrap()
    }

    /// 48 neurons on the M3 at 72 MHz: 72e6 / 1,120,155.4 steps a second, not an M4F's 7,906.
    #[test]
    fn a_board_has_the_speed_of_its_own_core_and_clock() {
        let summary = summary("").unwrap();
        let blue_pill = fit(&summary, "Blue Pill", Representation::ExactInRam);
        assert_eq!(
            (blue_pill.largest_n, blue_pill.core, blue_pill.clock),
            (48, Some(Core::M3), Some(72e6))
        );
        assert!((blue_pill.steps_per_second.unwrap() - 64.28).abs() < 0.01);
        for board in ["micro:bit v1", "HiFive1", "Raspberry Pi Pico 2", "any chip"] {
            let fit = fit(&summary, board, Representation::ExactInRam);
            let counted = fit.core.is_some_and(|core| core == Core::M3);
            assert_eq!(
                fit.steps_per_second.is_some(),
                counted && fit.largest_n > 0,
                "{fit:?}"
            );
        }
    }

    #[test]
    fn a_board_of_ones_own_is_the_only_one() {
        let described = summary("--model exact --ram 20 --flash 128 --page 1 --core m3 --clock 72").unwrap();
        assert_eq!(described.fits.len(), 2);
        let table = summary("").unwrap();
        let own = fit(&described, "this board", Representation::ExactInRam);
        let known = fit(&table, "Blue Pill", Representation::ExactInRam);
        assert_eq!((own.largest_n, own.counted), (known.largest_n, known.counted));
        assert_eq!(own.steps_per_second, known.steps_per_second);
        let without_core = summary("--ram 20 --flash 128").unwrap();
        assert!(without_core.fits.iter().all(|fit| fit.steps_per_second.is_none()));
    }

    #[test]
    fn what_is_missing_or_out_of_bounds_is_refused_by_name() {
        for (arguments, words) in [
            ("--ram 20", "--flash"),
            ("--flash 20", "--ram"),
            ("--core m3 --clock 72", "--ram"),
            ("--ram 20 --flash 128 --core m3", "--clock"),
            ("--ram 20 --flash 128 --clock 72", "--core"),
            ("--ram 0 --flash 128", "--ram 0"),
            ("--ram 20 --flash 2000000", "--flash 2000000"),
            ("--ram 20 --flash 128 --page 0", "--page 0"),
            ("--ram 20 --flash 128 --core m3 --clock 0", "--clock 0"),
            ("--ram 20 --flash 128 --core m3 --clock nan", "--clock NaN"),
            ("--n 0", "--n 0"),
        ] {
            let error = summary(arguments).unwrap_err();
            assert!(error.contains(words), "{arguments}: {error}");
        }
    }

    #[test]
    fn a_million_synapses_fit_into_64_kilobytes() {
        let summary = summary("--ram 64 --flash 4096").unwrap();
        let n = |representation| fit(&summary, "this board", representation).largest_n;
        assert!(n(Representation::CompactHashed) >= 1024);
        assert!(n(Representation::CompactInFlash) >= 1024);
        assert!(n(Representation::ExactInRam) < 128);
    }
}
