//! The boards that the firmware is built for besides the emulated one.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;

use crate::firmware;

/// A real board. None was tested on hardware yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RealBoard {
    /// BBC micro:bit v2: nRF52833, Cortex-M4F
    Microbit,
    /// ST Nucleo-F446RE: STM32F446RE, Cortex-M4F
    NucleoF446re,
    /// Raspberry Pi Pico 2: RP2350, Cortex-M33
    Pico2,
}

impl RealBoard {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Microbit, Self::NucleoF446re, Self::Pico2];

    /// Name on the command line, and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Microbit => "microbit",
            Self::NucleoF446re => "nucleo-f446re",
            Self::Pico2 => "pico2",
        }
    }

    /// The package, and its binary.
    pub fn package(self) -> String {
        format!("freezable-{}", self.name())
    }

    /// The Rust target.
    pub fn target(self) -> &'static str {
        match self {
            Self::Microbit | Self::NucleoF446re => "thumbv7em-none-eabihf",
            Self::Pico2 => "thumbv8m.main-none-eabihf",
        }
    }

    /// Bytes of flash for the program, and of RAM, as the board's memory map has them.
    pub fn memories(self) -> (u64, u64) {
        const KIB: u64 = 1024;
        match self {
            Self::Microbit => (432 * KIB, 128 * KIB),
            Self::NucleoF446re => (256 * KIB, 128 * KIB),
            Self::Pico2 => (3584 * KIB, 512 * KIB),
        }
    }

    /// Builds the firmware and returns the path of its ELF file.
    pub fn build(self) -> Result<PathBuf> {
        firmware::build_package(&self.package(), self.target(), &self.package())
    }
}
