//! What a firmware needs beside its network, and the largest network that then fits.

use clap::ValueEnum;
use freezable_chaos::storage::BLOCK;
use science::networks::Model;
use serde::Serialize;

use super::boards::{Board, KILOBYTE};
use super::representation::Representation;

/// Kept free for the stack. The deepest of a program without frames is 2,104 bytes, by `cargo xtask sizes`.
pub(super) const STACK: usize = 3 * KILOBYTE;
/// Kept free for a program's own variables. Those of the starters take up to some 300 bytes (`docs/starter.md`).
pub(super) const VARIABLES: usize = KILOBYTE;

/// Bytes of flash kept free for the program. The starters, which have the exact network, take up to 28,432; the programs of the
/// compact network alone, optimized for speed, up to 47,696 (`firmware-example/sizes.toml`).
pub(super) fn program(model: Model) -> usize {
    match model {
        Model::Exact => 32 * KILOBYTE,
        Model::Compact => 48 * KILOBYTE,
    }
}

/// Where a firmware keeps a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Store {
    /// In two slots in flash, whole erase pages each, written and read in pieces; no RAM beyond the stack
    Flash,
    /// As one snapshot in RAM
    Ram,
    /// Nowhere
    None,
}

/// Bytes that were counted for a firmware, one field for each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Counted {
    /// RAM of the network, couplings in RAM included.
    pub(super) network: usize,
    /// RAM of the snapshot.
    pub(super) snapshot: usize,
    /// RAM of the program's own variables.
    pub(super) variables: usize,
    /// RAM of the stack.
    pub(super) stack: usize,
    /// Flash of the program.
    pub(super) program: usize,
    /// Flash of the couplings.
    pub(super) couplings: usize,
    /// Flash of the two slots for states.
    pub(super) slots: usize,
}

impl Counted {
    /// What a firmware of `n` neurons needs, where flash is erased by pages of so many bytes.
    pub(super) fn of(representation: Representation, n: usize, store: Store, page: usize) -> Self {
        let bytes = representation.bytes(n);
        let slot = (2 * BLOCK + bytes.snapshot).next_multiple_of(page);
        Self {
            network: bytes.ram,
            snapshot: if store == Store::Ram { bytes.snapshot } else { 0 },
            variables: VARIABLES,
            stack: STACK,
            program: program(representation.model()),
            couplings: bytes.flash,
            slots: if store == Store::Flash { 2 * slot } else { 0 },
        }
    }

    pub(super) fn ram(&self) -> usize {
        self.network + self.snapshot + self.variables + self.stack
    }

    pub(super) fn flash(&self) -> usize {
        self.program + self.couplings + self.slots
    }
}

/// Largest number of neurons that fits with what was counted for it; `None` if not one does.
pub(super) fn largest(
    board: &Board,
    representation: Representation,
    store: Store,
) -> Option<(usize, Counted)> {
    let counted = |n| Counted::of(representation, n, store, board.page);
    let fits = |n| {
        let counted = counted(n);
        counted.ram() <= board.ram && counted.flash() <= board.flash
    };
    // memory grows with the number of neurons: bisection between what fits and what does not
    let (mut fitting, mut beyond) = (0, 1 << 20);
    while beyond - fitting > 1 {
        let middle = fitting + (beyond - fitting) / 2;
        if fits(middle) {
            fitting = middle;
        } else {
            beyond = middle;
        }
    }
    (fitting > 0).then(|| (fitting, counted(fitting)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::budget::core::Core;

    fn blue_pill() -> Board {
        let board = Board::all()
            .find(|board| board.name.starts_with("Blue Pill"))
            .unwrap();
        assert_eq!(board.processor.map(|processor| processor.core), Some(Core::M3));
        board
    }

    /// By hand, of 20,480 bytes: 4,096 for stack and variables leave 16,384. With J in RAM, N = 48 has 12 x 12 tiles of 16
    /// f32 and a header of 8, 9,248 bytes, beside 12 x 13 / 2 tiles of A and three vectors, 5,568: 14,816 in all. N = 49 has
    /// 13 x 13 tiles, 10,848, and 91 tiles and vectors, 6,412: 17,260.
    #[test]
    fn a_row_computed_by_hand() {
        let (n, counted) = largest(&blue_pill(), Representation::ExactInRam, Store::Flash).unwrap();
        assert_eq!(n, 48);
        let expected = Counted {
            network: 14_816,
            snapshot: 0,
            variables: 1024,
            stack: 3072,
            program: 32_768,
            couplings: 0,
            // snapshot 56 + 4 x 48 + 2 x 48 x 49 = 4,952, front 128: 5 pages of 1,024 each
            slots: 10_240,
        };
        assert_eq!(counted, expected);
        assert_eq!(
            Counted::of(Representation::ExactInRam, 49, Store::Flash, 1024).network,
            17_260
        );
        // with a snapshot in RAM: N = 42 has 11 x 11 and 66 tiles, 7,776 and 4,728 bytes, and a snapshot of
        // 56 + 4 x 42 + 2 x 42 x 43 = 3,836: 16,340 of 16,384. N = 43 takes 12 and 176 more: 16,528
        let (n, counted) = largest(&blue_pill(), Representation::ExactInRam, Store::Ram).unwrap();
        assert_eq!((n, counted.snapshot, counted.slots), (42, 3_836, 0));
        assert_eq!(counted.network, 12_504);
    }

    /// The pages of 128 KB leave an F446 256 KB of flash: 32 of them the program, 224 for couplings, N = 236 (59 x 59 tiles,
    /// 222,816 bytes; 60 x 60 would be 230,432). RAM: 59 x 60 / 2 tiles and vectors, 116,112, and 4,096 of 131,072.
    #[test]
    fn large_pages_take_their_flash() {
        let mut boards = Board::all();
        let board = boards.find(|board| board.name.contains("F446")).unwrap();
        let (n, counted) = largest(&board, Representation::ExactInFlash, Store::Flash).unwrap();
        assert_eq!((n, counted.couplings, counted.slots), (236, 222_816, 262_144));
        assert_eq!(counted.network, 116_112);
    }

    #[test]
    fn sixty_four_neurons_with_couplings_in_flash_are_stored_in_16_kilobytes() {
        let mut boards = Board::all();
        let board = boards.find(|board| board.ram == 16 * KILOBYTE).unwrap();
        let (n, _) = largest(&board, Representation::ExactInFlash, Store::Flash).unwrap();
        assert!(n >= 64, "{n}");
    }

    #[test]
    fn the_largest_network_fits_and_the_next_does_not() {
        for board in Board::all() {
            for representation in Representation::ALL {
                for store in [Store::Flash, Store::Ram, Store::None] {
                    let found = largest(&board, representation, store);
                    let next =
                        Counted::of(representation, found.map_or(0, |(n, _)| n) + 1, store, board.page);
                    assert!(next.ram() > board.ram || next.flash() > board.flash);
                    if let Some((_, counted)) = found {
                        assert!(counted.ram() <= board.ram && counted.flash() <= board.flash);
                    }
                }
            }
        }
    }

    /// What is kept free holds what the committed tables say of programs.
    #[test]
    fn what_is_kept_free_holds_the_programs_that_were_weighed() {
        let sizes: toml::Table =
            toml::from_str(include_str!("../../../../firmware-example/sizes.toml")).unwrap();
        let mut weighed = 0;
        for target in sizes.values() {
            for (firmware, flash) in target["flash"].as_table().unwrap() {
                if firmware.starts_with("compact hashed") {
                    let stack = &target["stack"][firmware];
                    assert!(
                        flash.as_integer().unwrap() as usize <= program(Model::Compact),
                        "{firmware}"
                    );
                    assert!(stack.as_integer().unwrap() as usize <= STACK, "{firmware}");
                    weighed += 1;
                }
            }
        }
        assert!(weighed > 1, "{weighed}");
        // the starters' table: flash, then RAM, are its last columns
        let table = include_str!("../../../../docs/starter.md");
        let rows = table.lines().filter(|line| line.starts_with("| [`"));
        for row in rows.clone() {
            let columns: Vec<&str> = row.trim_matches('|').split('|').collect();
            let flash: usize = columns[5].trim().replace(',', "").parse().unwrap();
            assert!(flash <= program(Model::Exact), "{row}");
        }
        assert!(rows.count() > 3);
    }
}
