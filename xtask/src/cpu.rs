//! The processors that this program builds for, and what belongs to each.

use clap::ValueEnum;

/// A processor, and QEMU's board that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Cpu {
    /// Cortex-M4F, with a floating-point unit: QEMU's mps2-an386
    M4f,
    /// Cortex-M3, floating point in software: QEMU's mps2-an385
    M3,
    /// Cortex-M0+, floating point in software; QEMU has no such board
    #[value(skip)]
    M0plus,
    /// Cortex-M7, two instructions at a time: QEMU's mps2-an500
    #[value(skip)]
    M7,
    /// Cortex-M33, the successor of the Cortex-M4F: QEMU's mps2-an505
    #[value(skip)]
    M33,
}

impl Cpu {
    /// The processors of the boards that the firmware runs on.
    pub const BOARDS: [Self; 2] = [Self::M4f, Self::M3];

    /// Every processor whose instructions are counted.
    pub const ALL: [Self; 5] = [Self::M4f, Self::M3, Self::M0plus, Self::M7, Self::M33];

    /// Name on the command line, of this program and of host-sim, and in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::M4f => "m4f",
            Self::M3 => "m3",
            Self::M0plus => "m0plus",
            Self::M7 => "m7",
            Self::M33 => "m33",
        }
    }

    /// What Arm calls it.
    pub fn title(self) -> &'static str {
        match self {
            Self::M4f => "Cortex-M4F",
            Self::M3 => "Cortex-M3",
            Self::M0plus => "Cortex-M0+",
            Self::M7 => "Cortex-M7",
            Self::M33 => "Cortex-M33",
        }
    }

    /// The Rust target.
    pub fn target(self) -> &'static str {
        match self {
            Self::M4f | Self::M7 => "thumbv7em-none-eabihf",
            Self::M3 => "thumbv7m-none-eabi",
            Self::M0plus => "thumbv6m-none-eabi",
            Self::M33 => "thumbv8m.main-none-eabihf",
        }
    }

    /// The compiler's name of the processor, where the target alone does not say it.
    pub fn target_cpu(self) -> Option<&'static str> {
        match self {
            Self::M4f => Some("cortex-m4"),
            Self::M7 => Some("cortex-m7"),
            Self::M33 => Some("cortex-m33"),
            Self::M3 | Self::M0plus => None,
        }
    }

    /// QEMU's board. A Cortex-M3 executes what is built for a Cortex-M0+, which QEMU has no board of.
    pub fn machine(self) -> &'static str {
        match self {
            Self::M4f => "mps2-an386",
            Self::M3 | Self::M0plus => "mps2-an385",
            Self::M7 => "mps2-an500",
            Self::M33 => "mps2-an505",
        }
    }

    /// Whether floating-point arithmetic runs in hardware.
    pub fn has_float_unit(self) -> bool {
        !matches!(self, Self::M3 | Self::M0plus)
    }
}
