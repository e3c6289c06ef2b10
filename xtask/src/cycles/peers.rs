//! Compiles the peers written in C, for the core whose step they are counted beside.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::cross_compiler::{self, COMPILER};
use crate::{paths, process};

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
    if let Some(reason) = cross_compiler::missing(&FLAGS) {
        return Ok(Err(reason));
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
    objects.push(cross_compiler::library(&FLAGS)?.display().to_string());
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
