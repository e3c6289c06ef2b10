//! Compiles the peers written in C, for the core whose step they are counted beside.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{debian, paths, process};

/// The cross compiler.
const COMPILER: &str = "arm-none-eabi-gcc";
/// Debian's packages of the compiler and of newlib.
const PACKAGES: [&str; 2] = ["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"];
/// The core, and the optimization.
const FLAGS: [&str; 6] = [
    "-O3",
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfpu=fpv4-sp-d16",
    "-mfloat-abi=hard",
    "-std=gnu11",
];
/// Suffix in the firmware, name in tables, further flags.
const VARIANTS: [(&str, &str, &str); 3] = [
    ("plain", "C", ""),
    ("fast", "C-fast-math", "-ffast-math"),
    // a product and a sum take 2 cycles, fused they take 3
    ("tuned", "C-tuned", "-ffast-math -ffp-contract=off -funroll-loops"),
];

/// The compiled peers.
pub struct Peers {
    /// Objects and libraries for the linker, separated by spaces.
    pub objects: String,
    /// What the compiler calls itself.
    pub compiler: String,
}

/// Compiles the peers, or says why that cannot be done here.
pub fn compile() -> Result<Result<Peers, String>> {
    let mut failure = String::new();
    if !is_there()
        && debian::can_install()
        && let Err(error) = debian::install(&PACKAGES)
    {
        failure = format!(" ({error:#})");
    }
    if !is_there() {
        return Ok(Err(format!(
            "there is no {COMPILER} with newlib{failure}; install it, for instance with `sudo apt-get install {}`",
            PACKAGES.join(" ")
        )));
    }
    let directory = paths::target_of(&paths::cycles()).join("peers");
    fs::create_dir_all(&directory).with_context(|| format!("cannot create {}", directory.display()))?;
    let source = paths::root().join("benches/peers/step.c");
    let mut objects = Vec::new();
    for (suffix, _, flags) in VARIANTS {
        let object = directory.join(format!("{suffix}.o"));
        let mut gcc = Command::new(COMPILER);
        gcc.args(FLAGS)
            .args(["-Wall", "-Wextra", "-Werror", "-c"])
            .arg(format!("-DSUFFIX={suffix}"))
            .args(flags.split_whitespace())
            .arg("-o");
        process::run(gcc.arg(&object).arg(&source)).context("cannot compile the peers")?;
        objects.push(object.display().to_string());
    }
    objects.push(library()?.display().to_string());
    let version = process::output(Command::new(COMPILER).arg("--version"))?;
    Ok(Ok(Peers {
        objects: objects.join(" "),
        compiler: version.lines().next().unwrap_or_default().to_owned(),
    }))
}

/// The flags of a peer, by its name in tables.
pub fn flags(name: &str) -> String {
    let further = VARIANTS.iter().find(|variant| variant.1 == name);
    let mut flags = FLAGS.join(" ");
    if let Some((_, _, more)) = further.filter(|variant| !variant.2.is_empty()) {
        flags = format!("{flags} {more}");
    }
    flags
}

fn is_there() -> bool {
    process::exists(COMPILER) && library().is_ok()
}

/// Newlib's mathematics for these flags.
fn library() -> Result<PathBuf> {
    let mut gcc = Command::new(COMPILER);
    let path = PathBuf::from(process::output(gcc.args(FLAGS).arg("-print-file-name=libm.a"))?);
    // gcc prints the bare name of a file that it does not find
    if !path.is_absolute() {
        bail!("{COMPILER} has no libm.a for {}", FLAGS.join(" "));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::flags;

    #[test]
    fn a_peer_has_the_flags_that_its_name_says() {
        assert!(flags("C").starts_with("-O3 -mcpu=cortex-m4"));
        assert!(!flags("C").contains("fast"));
        assert!(flags("C-fast-math").ends_with(" -ffast-math"));
    }
}
