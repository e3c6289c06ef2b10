//! `host-sim budget`: RAM, flash and modelled speed of each representation, and the largest network for a memory.

mod representation;

use clap::Args;
use serde::Serialize;

use self::representation::{Bytes, CLOCK, Representation};
use super::table::print_text;
use crate::failure::Failure;
use crate::output::{Provenance, ResultObject, Seeds};
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
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// A memory: a size that microcontrollers come in, or a board's from its data sheet.
struct Memory {
    name: &'static str,
    ram: usize,
    flash: usize,
}

const KILOBYTE: usize = 1 << 10;
/// Sizes of RAM, each with plenty of flash.
const RAM_SIZES: [usize; 5] = [20, 64, 128, 256, 512];
const BOARDS: [Memory; 5] = [
    Memory {
        name: "Blue Pill (STM32F103)",
        ram: 20 * KILOBYTE,
        flash: 128 * KILOBYTE,
    },
    Memory {
        name: "micro:bit v2 (nRF52833)",
        ram: 128 * KILOBYTE,
        flash: 512 * KILOBYTE,
    },
    Memory {
        name: "Nucleo-F446RE (STM32F446)",
        ram: 128 * KILOBYTE,
        flash: 512 * KILOBYTE,
    },
    Memory {
        name: "nRF52840-DK",
        ram: 256 * KILOBYTE,
        flash: 1024 * KILOBYTE,
    },
    Memory {
        name: "Raspberry Pi Pico 2 (RP2350)",
        ram: 520 * KILOBYTE,
        flash: 4096 * KILOBYTE,
    },
];

/// Kept free everywhere, for the application's own variables and its stack (the kernel's deepest frame is below 2 KB,
/// see `cargo xtask audit`).
const RAM_RESERVE: usize = 4 * KILOBYTE;
/// Kept free everywhere, for the program.
const FLASH_RESERVE: usize = 32 * KILOBYTE;

impl Memory {
    fn of_size(kilobytes: usize) -> Self {
        Self {
            name: "",
            ram: kilobytes * KILOBYTE,
            flash: 4096 * KILOBYTE,
        }
    }

    fn holds(&self, bytes: &Bytes) -> bool {
        bytes.ram + RAM_RESERVE <= self.ram && bytes.flash + FLASH_RESERVE <= self.flash
    }

    /// Largest number of neurons that fits; 0 if none does.
    fn largest(&self, representation: Representation) -> usize {
        // Memory grows with the number of neurons: bisection between what fits and what does not.
        let (mut fits, mut beyond) = (0, 1 << 20);
        while beyond - fits > 1 {
            let middle = fits + (beyond - fits) / 2;
            if self.holds(&representation.bytes(middle)) {
                fits = middle;
            } else {
                beyond = middle;
            }
        }
        fits
    }
}

/// The largest network of a representation in a memory.
#[derive(Clone, Debug, Serialize)]
struct Fit {
    memory: String,
    ram: usize,
    flash: usize,
    representation: Representation,
    largest_n: usize,
    /// Modelled, of a Cortex-M4F; `None` where nothing fits.
    steps_per_second: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct Parameters {
    model: Option<Model>,
    ram_reserve: usize,
    flash_reserve: usize,
    core: &'static str,
    clock: f64,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    networks: Vec<Bytes>,
    fits: Vec<Fit>,
}

/// Runs the command.
pub fn execute(options: BudgetOptions) -> Result<(), Failure> {
    if let Some(n) = options.n.iter().find(|&&n| n == 0 || n > 16_384) {
        return Err(Failure::Usage(format!(
            "--n {n} is outside its bounds 1 and 16384"
        )));
    }
    let representations: Vec<Representation> = Representation::ALL
        .into_iter()
        .filter(|representation| options.model.is_none_or(|model| model == representation.model()))
        .collect();
    let memories = RAM_SIZES.map(Memory::of_size).into_iter().chain(BOARDS);
    let mut summary = Summary {
        networks: Vec::new(),
        fits: Vec::new(),
    };
    for &n in &options.n {
        let bytes = representations
            .iter()
            .map(|representation| representation.bytes(n));
        summary.networks.extend(bytes);
    }
    for memory in memories {
        for &representation in &representations {
            let largest_n = memory.largest(representation);
            summary.fits.push(Fit {
                memory: memory.name.to_owned(),
                ram: memory.ram,
                flash: memory.flash,
                representation,
                largest_n,
                steps_per_second: match largest_n {
                    0 => None,
                    n => Some(representation.steps_per_second(n)?),
                },
            });
        }
    }
    if !options.json {
        return print_text(&text(&summary, &representations));
    }
    let params = Parameters {
        model: options.model,
        ram_reserve: RAM_RESERVE,
        flash_reserve: FLASH_RESERVE,
        core: representation::CORE,
        clock: CLOCK,
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

fn text(summary: &Summary, representations: &[Representation]) -> String {
    let mut text = format!(
        "{:>6}  {:<26} {:>10} {:>10} {:>10}\n",
        "N", "representation, bytes", "RAM", "flash", "snapshot"
    );
    for bytes in &summary.networks {
        text += &format!(
            "{:>6}  {:<26} {:>10} {:>10} {:>10}\n",
            bytes.n,
            bytes.representation.title(),
            bytes.ram,
            bytes.flash,
            bytes.snapshot
        );
    }
    text += &format!(
        "\nlargest N and its steps per second, with {} KB of RAM and {} KB of flash kept free;\n\
         modelled (not measured on hardware), Cortex-M4F at {} MHz, zero wait states, plasticity running\n",
        RAM_RESERVE / KILOBYTE,
        FLASH_RESERVE / KILOBYTE,
        CLOCK / 1e6
    );
    text += &format!("{:<30} {:>7} {:>7}", "", "RAM, KB", "flash");
    for representation in representations {
        text += &format!("  {:>26}", representation.title());
    }
    text.push('\n');
    for row in summary.fits.chunks(representations.len().max(1)) {
        if let Some(fit) = row.first() {
            let (ram, flash) = (fit.ram / KILOBYTE, fit.flash / KILOBYTE);
            text += &format!("{:<30} {ram:>7} {flash:>7}", fit.memory);
        }
        for fit in row {
            let speed = fit
                .steps_per_second
                .map_or("-".to_owned(), |steps| format!("{steps:.0}/s"));
            text += &format!("  {:>26}", format!("{} {speed:>9}", fit.largest_n));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_network_fits_and_the_next_does_not() {
        for memory in BOARDS.into_iter().chain(RAM_SIZES.map(Memory::of_size)) {
            for representation in Representation::ALL {
                let n = memory.largest(representation);
                assert!(n == 0 || memory.holds(&representation.bytes(n)));
                assert!(!memory.holds(&representation.bytes(n + 1)));
            }
        }
    }

    #[test]
    fn a_million_synapses_fit_into_64_kilobytes() {
        let memory = Memory::of_size(64);
        assert!(memory.largest(Representation::CompactHashed) >= 1024);
        assert!(memory.largest(Representation::CompactInFlash) >= 1024);
        assert!(memory.largest(Representation::ExactInRam) < 128);
    }
}
