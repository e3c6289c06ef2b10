//! The C interface, from C: built for this machine and for the emulated Cortex-M4F, its digests are the goldens.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cpu::Cpu;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{cross_compiler, emulator, goldens, paths, process};

const LIBRARY: &str = "libfreezable_chaos.a";
const WARNINGS: [&str; 5] = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"];
const CORE: [&str; 4] = [
    "-mcpu=cortex-m4",
    "-mthumb",
    "-mfpu=fpv4-sp-d16",
    "-mfloat-abi=hard",
];
/// Neurons of the example's networks, and its steps.
const SIZES: [u32; 3] = [17, 64, 128];
const STEPS: u64 = 1024;

/// Builds the library and the example, runs it, compares.
pub fn check() -> Result<Outcome> {
    let expected = expected()?;
    on_this_machine(&expected)?;
    if let Some(reason) = cross_compiler::missing(&CORE) {
        return Ok(Outcome::Skipped(reason));
    }
    on_the_board(&expected)?;
    Ok(Outcome::Passed)
}

/// The lines of digests: each network once, the compact one with hashed and with stored signs.
fn expected() -> Result<Vec<String>> {
    let (exact, compact) = (goldens::of("exact")?, goldens::of("compact")?);
    let mut lines = Vec::new();
    for size in SIZES {
        for (model, cases) in [("exact", &exact), ("compact", &compact), ("compact", &compact)] {
            let case = cases.iter().find(|case| case.n == size && case.transfer == 0);
            let case =
                case.with_context(|| format!("there is no golden of the {model} network with N = {size}"))?;
            let digests = case.digests.iter().filter(|digest| digest.step <= STEPS);
            lines.extend(digests.map(|at| format!("{model} {size} {} {}", at.step, at.digest)));
        }
    }
    Ok(lines)
}

fn on_this_machine(expected: &[String]) -> Result<()> {
    let directory = paths::c_library();
    let target = paths::target_of(&directory);
    let mut cargo = process::cargo(&directory);
    cargo
        .args(["build", "--locked", "--release", "--target-dir"])
        .arg(&target);
    process::run(&mut cargo)?;
    let program = target.join("release/example");
    let mut compiler = Command::new("cc");
    compile(
        &mut compiler,
        &["main.c"],
        &target.join("release").join(LIBRARY),
        &program,
    )?;
    if process::exists("c++") {
        let mut compiler = Command::new("c++");
        compiler.args([
            "-x",
            "c++",
            "-std=c++11",
            "-fsyntax-only",
            "-Wall",
            "-Wextra",
            "-Werror",
        ]);
        process::run(compiler.arg(directory.join("include/freezable_chaos.h")))?;
    }
    compare(
        "this machine",
        &process::output(&mut Command::new(program))?,
        expected,
    )?;
    in_a_shared_object(&target.join("release"), expected)
}

/// The whole archive as a shared object: without a missing symbol, in place wherever it is loaded.
fn in_a_shared_object(release: &Path, expected: &[String]) -> Result<()> {
    let (object, program) = (release.join("libexample.so"), release.join("example-shared"));
    let mut linker = Command::new("cc");
    linker.args(["-shared", "-Wl,-z,defs,-z,text", "-Wl,--whole-archive"]);
    linker.arg(release.join(LIBRARY));
    process::run(linker.args(["-Wl,--no-whole-archive", "-o"]).arg(&object))?;
    let mut compiler = Command::new("cc");
    // every symbol is looked for when the program begins
    compiler.arg(format!("-Wl,-z,now,-rpath,{}", release.display()));
    compile(&mut compiler, &["main.c"], &object, &program)?;
    compare(
        "this machine, from a shared object",
        &process::output(&mut Command::new(program))?,
        expected,
    )
}

/// The example with the C compiler's sanitizers, linked with an archive that was built with them.
pub fn under_sanitizers(release: &Path) -> Result<Outcome> {
    let program = release.join("example-sanitized");
    let mut compiler = Command::new("cc");
    compiler.args(["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"]);
    compile(&mut compiler, &["main.c"], &release.join(LIBRARY), &program)?;
    let output = process::output(&mut Command::new(program))?;
    compare("this machine, under sanitizers", &output, &expected()?)?;
    Ok(Outcome::Passed)
}

fn on_the_board(expected: &[String]) -> Result<()> {
    emulator::ensure()?;
    let directory = paths::c_library();
    let (mut cargo, target) =
        Toolchain::find(Cpu::M4f.target())?.cargo("build", Cpu::M4f.target(), &directory);
    process::run(cargo.arg("--release"))?;
    let release = target.join(Cpu::M4f.target()).join("release");
    let program = release.join("example.elf");
    let mut compiler = Command::new(cross_compiler::COMPILER);
    compiler.args(CORE).args([
        "-nostartfiles",
        "--specs=rdimon.specs",
        "-Wl,-z,noexecstack,--no-warn-rwx-segments",
        "-T",
    ]);
    compiler.arg(directory.join("example/mps2.ld"));
    compile(
        &mut compiler,
        &["main.c", "mps2.c"],
        &release.join(LIBRARY),
        &program,
    )?;
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args([
        "-machine",
        Cpu::M4f.machine(),
        "-display",
        "none",
        "-monitor",
        "none",
    ])
    .args([
        "-serial",
        "null",
        "-semihosting-config",
        "enable=on,target=native",
        "-kernel",
    ]);
    compare(
        "the emulated Cortex-M4F",
        &process::output(qemu.arg(&program))?,
        expected,
    )
}

/// Compiles sources of the example and links the library.
fn compile(compiler: &mut Command, sources: &[&str], library: &Path, program: &Path) -> Result<()> {
    let directory = paths::c_library();
    let sources: Vec<PathBuf> = sources
        .iter()
        .map(|source| directory.join("example").join(source))
        .collect();
    compiler
        .args(WARNINGS)
        .args(["-O2", "-I"])
        .arg(directory.join("include"));
    process::run(
        compiler
            .args(sources)
            .arg(library)
            .arg("-lm")
            .arg("-o")
            .arg(program),
    )
}

fn compare(place: &str, output: &str, expected: &[String]) -> Result<()> {
    let lines: Vec<&str> = output.lines().collect();
    if let Some(failed) = lines.iter().find(|line| line.starts_with("FAILED")) {
        bail!("the C example on {place}: {failed}");
    }
    ensure!(
        lines.last() == Some(&"done"),
        "the C example on {place} ends with `{}`",
        lines.last().unwrap_or(&"nothing")
    );
    // the first line is the version, the last says that all is done
    let digests = lines.get(1..lines.len() - 1).unwrap_or_default();
    goldens::compare(&format!("the C example on {place}"), digests, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_and_an_early_end_are_told() {
        let expected = ["exact 1 1 aa".to_owned()];
        let result = |text: &str| compare("here", text, &expected).map_err(|error| error.to_string());
        assert_eq!(result("contract 1\nexact 1 1 aa\ndone"), Ok(()));
        let error = result("contract 1\nexact 1 1 aa\nFAILED step\nfailed").unwrap_err();
        assert!(error.contains("FAILED step"), "{error}");
        assert!(result("contract 1\nexact 1 1 aa").is_err());
        assert!(result("done").is_err());
        assert!(result("").is_err());
    }

    #[test]
    fn the_goldens_hold_every_line() {
        // 11 powers of two and the release at 768; exact once, compact twice
        assert_eq!(expected().unwrap().len(), 12 * 3 * SIZES.len());
    }
}
