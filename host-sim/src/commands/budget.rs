//! `host-sim budget`: RAM and flash of a network, and the largest network for a board.

use clap::Args;
use freezable_chaos::{couplings_len, synapses_len};
use serde::Serialize;

use super::table::print_text;
use crate::configuration::Model;
use crate::failure::Failure;
use crate::output::{Provenance, ResultObject, Seeds};

/// Options of `budget`.
#[derive(Args, Clone, Debug)]
pub struct BudgetOptions {
    /// Kind of network
    #[arg(long, value_enum, default_value_t = Model::Exact)]
    model: Model,
    /// Numbers of neurons to list
    #[arg(long, value_delimiter = ',', allow_negative_numbers = true, default_values_t = [64, 96, 128, 160, 200, 256, 512])]
    n: Vec<usize>,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
}

/// A board: its memories in bytes, from its data sheet.
struct BoardMemory {
    name: &'static str,
    ram: usize,
    flash: usize,
}

const BOARDS: [BoardMemory; 6] = [
    BoardMemory {
        name: "20 KB of RAM (STM32F103)",
        ram: 20 << 10,
        flash: 128 << 10,
    },
    BoardMemory {
        name: "micro:bit v2 (nRF52833)",
        ram: 128 << 10,
        flash: 512 << 10,
    },
    BoardMemory {
        name: "Nucleo-F446RE (STM32F446)",
        ram: 128 << 10,
        flash: 512 << 10,
    },
    BoardMemory {
        name: "nRF52840-DK",
        ram: 256 << 10,
        flash: 1024 << 10,
    },
    BoardMemory {
        name: "Raspberry Pi Pico 2 (RP2350)",
        ram: 520 << 10,
        flash: 4096 << 10,
    },
    BoardMemory {
        name: "mps2-an386 (emulated)",
        ram: 4096 << 10,
        flash: 4096 << 10,
    },
];

/// Kept free on every board, for the application's own variables and its stack (the kernel's deepest frame is
/// below 2 KB, see `cargo xtask audit`).
const RAM_RESERVE: usize = 6 << 10;
/// Kept free on every board, for the program.
const FLASH_RESERVE: usize = 32 << 10;

/// Bytes of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Bytes {
    n: usize,
    /// States, rates, velocities and plastic couplings.
    state: usize,
    /// Quenched couplings, in RAM or in flash.
    couplings: usize,
    /// A snapshot.
    snapshot: usize,
}

impl Bytes {
    fn of(n: usize) -> Self {
        const FLOAT: usize = size_of::<f32>();
        Self {
            n,
            state: FLOAT * (3 * n + synapses_len(n)),
            couplings: FLOAT * couplings_len(n),
            // Header and checksum, then x and the upper triangle of A.
            snapshot: 56 + FLOAT * (n + n * (n + 1) / 2),
        }
    }

    fn fits(&self, board: &BoardMemory, couplings_in_flash: bool) -> bool {
        let (ram, flash) = match couplings_in_flash {
            true => (self.state, self.couplings),
            false => (self.state + self.couplings, 0),
        };
        ram + RAM_RESERVE <= board.ram && flash + FLASH_RESERVE <= board.flash
    }
}

/// Largest number of neurons that fits; 0 if none does.
fn largest(board: &BoardMemory, couplings_in_flash: bool) -> usize {
    (1..)
        .take_while(|&n| Bytes::of(n).fits(board, couplings_in_flash))
        .last()
        .unwrap_or(0)
}

#[derive(Clone, Debug, Serialize)]
struct Fit {
    board: &'static str,
    ram: usize,
    flash: usize,
    largest_n_couplings_in_ram: usize,
    largest_n_couplings_in_flash: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Parameters {
    model: Model,
    ram_reserve: usize,
    flash_reserve: usize,
}

#[derive(Clone, Debug, Serialize)]
struct Summary {
    networks: Vec<Bytes>,
    boards: Vec<Fit>,
}

/// Runs the command.
pub fn execute(options: BudgetOptions) -> Result<(), Failure> {
    if let Some(n) = options.n.iter().find(|&&n| n == 0 || n > 16_384) {
        return Err(Failure::Usage(format!(
            "--n {n} is outside its bounds 1 and 16384"
        )));
    }
    let fit = |board: &BoardMemory| Fit {
        board: board.name,
        ram: board.ram,
        flash: board.flash,
        largest_n_couplings_in_ram: largest(board, false),
        largest_n_couplings_in_flash: largest(board, true),
    };
    let summary = Summary {
        networks: options.n.iter().map(|&n| Bytes::of(n)).collect(),
        boards: BOARDS.iter().map(fit).collect(),
    };
    if !options.json {
        return print_text(&text(&summary));
    }
    let params = Parameters {
        model: options.model,
        ram_reserve: RAM_RESERVE,
        flash_reserve: FLASH_RESERVE,
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

fn text(summary: &Summary) -> String {
    let mut text = String::from("exact network, bytes\n");
    text += &format!(
        "{:>6} {:>12} {:>12} {:>12}\n",
        "N", "state (RAM)", "couplings", "snapshot"
    );
    for bytes in &summary.networks {
        text += &format!(
            "{:>6} {:>12} {:>12} {:>12}\n",
            bytes.n, bytes.state, bytes.couplings, bytes.snapshot
        );
    }
    text += &format!(
        "\nlargest N, with {} KB of RAM and {} KB of flash kept free\n",
        RAM_RESERVE >> 10,
        FLASH_RESERVE >> 10
    );
    text += &format!(
        "{:<30} {:>8} {:>8} {:>9} {:>10}\n",
        "", "RAM, KB", "flash", "J in RAM", "J in flash"
    );
    for fit in &summary.boards {
        text += &format!(
            "{:<30} {:>8} {:>8} {:>9} {:>10}\n",
            fit.board,
            fit.ram >> 10,
            fit.flash >> 10,
            fit.largest_n_couplings_in_ram,
            fit.largest_n_couplings_in_flash
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_kernel() {
        let dynamics = freezable_chaos::Params {
            g: 1.5,
            k: 1.5,
            p: 2.5,
            dt: 0.05,
        }
        .validate(128)
        .unwrap();
        let mut storage = crate::simulation::HeapStorage::new(128, crate::simulation::Rows::OneThread);
        let mut generator = freezable_chaos::Generator::new(1, 0, freezable_chaos::Purpose::Couplings);
        let network = storage
            .network(dynamics, &mut generator, freezable_chaos::Tanh)
            .unwrap();
        let bytes = Bytes::of(128);
        assert_eq!(bytes.snapshot, network.snapshot_len());
        type Buffers = freezable_chaos::ExactBuffers<128, { synapses_len(128) }>;
        assert_eq!(bytes.state, size_of::<Buffers>());
    }

    #[test]
    fn the_largest_network_fits_and_the_next_does_not() {
        for board in &BOARDS {
            for in_flash in [false, true] {
                let n = largest(board, in_flash);
                assert!(n == 0 || Bytes::of(n).fits(board, in_flash));
                assert!(!Bytes::of(n + 1).fits(board, in_flash));
            }
        }
    }
}
