//! The processors of the emulated boards, and what belongs to each.

use clap::ValueEnum;

/// Processor of the emulated board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cpu {
    /// Cortex-M4F, with a floating-point unit: QEMU's mps2-an386
    M4f,
    /// Cortex-M3, floating point in software: QEMU's mps2-an385
    M3,
}

impl Cpu {
    /// Every processor.
    pub const ALL: [Self; 2] = [Self::M4f, Self::M3];

    /// Name on the command line, of this program and of host-sim.
    pub fn name(self) -> &'static str {
        match self {
            Self::M4f => "m4f",
            Self::M3 => "m3",
        }
    }

    /// The Rust target.
    pub fn target(self) -> &'static str {
        match self {
            Self::M4f => "thumbv7em-none-eabihf",
            Self::M3 => "thumbv7m-none-eabi",
        }
    }

    /// Whether floating-point arithmetic runs in hardware.
    pub fn has_float_unit(self) -> bool {
        self == Self::M4f
    }
}
