//! Boards: memories, erase pages, core and clock.

use super::core::Core;

/// A kilobyte of memories: 1024 bytes.
pub(super) const KILOBYTE: usize = 1 << 10;

/// A core at a clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Processor {
    pub(super) core: Core,
    /// Hz.
    pub(super) clock: f64,
}

/// A board, or a size of memory without one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Board {
    pub(super) name: &'static str,
    /// `None` for a size of memory.
    pub(super) processor: Option<Processor>,
    /// Bytes in one piece.
    pub(super) ram: usize,
    /// Bytes for program, couplings and stored states.
    pub(super) flash: usize,
    /// Bytes that are erased at once, where states are stored.
    pub(super) page: usize,
}

/// Sizes of RAM, in KB, each with plenty of flash.
const RAM_SIZES: [usize; 5] = [20, 64, 128, 256, 512];

impl Board {
    /// Memories in KB, the clock in MHz.
    const fn new(name: &'static str, core: Core, clock: u32, [ram, flash, page]: [usize; 3]) -> Self {
        Self {
            name,
            processor: Some(Processor {
                core,
                clock: clock as f64 * 1e6,
            }),
            ram: ram * KILOBYTE,
            flash: flash * KILOBYTE,
            page: page * KILOBYTE,
        }
    }

    /// Every board of the table, then sizes of RAM.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let sizes = RAM_SIZES.map(|ram| Self {
            name: "any chip",
            processor: None,
            ram: ram * KILOBYTE,
            flash: 4096 * KILOBYTE,
            page: 4 * KILOBYTE,
        });
        sizes.into_iter().chain(BOARDS)
    }
}

/// RAM, flash, page. Of the STM32F4 the last sectors, 128 KB each; of boards with flash outside the chip, its 4 KB sectors.
///
/// What each number was read from, and which were not, stands in docs/boards.md. An F103C8 promises 64 KB of flash, though many
/// have twice that; an F405 has 64 KB of RAM more that are not next to its 128; a program of the HiFive1 Rev B begins 64 KB into its
/// 4 MB of flash.
const BOARDS: [Board; 10] = [
    Board::new("STM32VLDISCOVERY (STM32F100)", Core::M3, 24, [8, 128, 1]),
    Board::new("micro:bit v1 (nRF51822)", Core::M0, 16, [16, 256, 1]),
    Board::new("HiFive1 Rev B (FE310-G002)", Core::Rv32imac, 320, [16, 4032, 4]),
    Board::new("Blue Pill (STM32F103C8)", Core::M3, 72, [20, 64, 1]),
    Board::new("micro:bit v2 (nRF52833)", Core::M4f, 64, [128, 512, 4]),
    Board::new("Nucleo-F446RE (STM32F446)", Core::M4f, 180, [128, 512, 128]),
    Board::new("Netduino Plus 2 (STM32F405)", Core::M4f, 168, [128, 1024, 128]),
    Board::new("nRF52840-DK", Core::M4f, 64, [256, 1024, 4]),
    Board::new("Raspberry Pi Pico (RP2040)", Core::M0plus, 133, [264, 2048, 4]),
    Board::new("Raspberry Pi Pico 2 (RP2350)", Core::M33, 150, [520, 4096, 4]),
];
