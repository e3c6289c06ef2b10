//! The C compiler for Arm microcontrollers, with newlib.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{debian, process};

/// The compiler.
pub const COMPILER: &str = "arm-none-eabi-gcc";
/// Debian's packages of the compiler and of newlib.
const PACKAGES: [&str; 2] = ["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"];

/// Installs the compiler if it can; says why there is none with newlib for these flags, if there is none.
pub fn missing(flags: &[&str]) -> Option<String> {
    let is_there = || process::exists(COMPILER) && library(flags).is_ok();
    let mut failure = String::new();
    if !is_there()
        && debian::can_install()
        && let Err(error) = debian::install(&PACKAGES)
    {
        failure = format!(" ({error:#})");
    }
    (!is_there()).then(|| {
        format!(
            "there is no {COMPILER} with newlib{failure}; install it, for instance with `sudo apt-get install {}`",
            PACKAGES.join(" ")
        )
    })
}

/// Newlib's mathematics for these flags.
pub fn library(flags: &[&str]) -> Result<PathBuf> {
    let mut gcc = Command::new(COMPILER);
    let path = PathBuf::from(process::output(gcc.args(flags).arg("-print-file-name=libm.a"))?);
    // gcc prints the bare name of a file that it does not find
    if !path.is_absolute() {
        bail!("{COMPILER} has no libm.a for {}", flags.join(" "));
    }
    Ok(path)
}
