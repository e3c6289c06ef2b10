//! Finds the emulator, or installs it.

use anyhow::{Result, bail};

use crate::{debian, process};

/// The emulator's program.
pub const PROGRAM: &str = "qemu-system-arm";

/// The one for RISC-V, and Debian's package of it.
pub const RISC_V: [&str; 2] = ["qemu-system-riscv32", "qemu-system-misc"];

/// Makes sure that the emulator can be started.
pub fn ensure() -> Result<()> {
    if process::exists(PROGRAM) {
        return Ok(());
    }
    if debian::can_install() {
        debian::install(&[PROGRAM])?;
        if process::exists(PROGRAM) {
            return Ok(());
        }
    }
    bail!(
        "{PROGRAM} is not on the search path; install it, for instance with `sudo apt-get install {PROGRAM}`, \
         `sudo dnf install {PROGRAM}` or `brew install qemu`"
    )
}
