//! The web page: built, served, and tested in a headless browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cpu::Cpu;
use crate::debian::missing;
use crate::runner::Outcome;
use crate::toolchain::Toolchain;
use crate::{emulator, firmware, paths, process};

const TARGET: &str = "wasm32-unknown-unknown";
/// The module as cargo calls it, and as the page does.
const BUILT: &str = "freezable_chaos_web.wasm";
const NAME: &str = "freezable";
/// The modules: of plain instructions, and of SIMD128 ones with their flag.
const PLAIN: &str = "plain";
const SIMD: &str = "simd128";
const SIMD_FLAGS: &str = "target.wasm32-unknown-unknown.rustflags = ['-C', 'target-feature=+simd128']";
/// What the tests are driven by, and Debian's packages of it.
const NODE: [&str; 2] = ["node", "nodejs"];
const NPM: [&str; 2] = ["npm", "npm"];
const BROWSER: [&str; 2] = ["chromium", "chromium"];

/// Builds both modules into the page's folder, and returns that folder: any file server can serve it.
pub fn build() -> Result<PathBuf> {
    let page = paths::web().join("page");
    let tool = tool()?;
    let bound = paths::target_of(&paths::web()).join("bound");
    for instructions in [PLAIN, SIMD] {
        let folder = bound.join(instructions);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let module = folder.join(format!("{NAME}.wasm"));
        // at once: the next build has the same place
        copy(&build_module(instructions)?, &module)?;
        process::run(Command::new(&tool).arg("bind").arg(&module).arg(&folder))?;
    }
    let package = page.join("pkg");
    fs::create_dir_all(&package).with_context(|| format!("cannot make {}", package.display()))?;
    // The classes are those of either module.
    for (instructions, from, to) in [
        (PLAIN, "freezable.js", "freezable.js"),
        (PLAIN, "freezable.d.ts", "freezable.d.ts"),
        (PLAIN, "freezable_bg.wasm", "freezable_bg.wasm"),
        (SIMD, "freezable_bg.wasm", "freezable_simd128_bg.wasm"),
    ] {
        copy(&bound.join(instructions).join(from), &package.join(to))?;
    }
    let classes = |instructions: &str| fs::read(bound.join(instructions).join("freezable.js"));
    anyhow::ensure!(
        classes(PLAIN)? == classes(SIMD)?,
        "the JavaScript classes of the two modules differ, and the page has one for both"
    );
    Ok(page)
}

/// Serves the page until it is ended.
pub fn serve(page: &Path, port: u16) -> Result<()> {
    process::run(Command::new(tool()?).arg("serve").arg(page).arg(port.to_string()))
}

/// Checks the types of the page's modules, then drives it in a headless browser.
pub fn check() -> Result<Outcome> {
    for program in [NODE, NPM, BROWSER] {
        if let Some(reason) = missing(program) {
            return Ok(Outcome::Skipped(reason));
        }
    }
    emulator::ensure()?;
    let board = firmware::build(Cpu::M4f)?;
    build()?;
    let npm = |arguments: &[&str]| {
        let mut npm = Command::new(NPM[0]);
        npm.args(arguments).current_dir(paths::web());
        npm
    };
    process::run(&mut npm(&["ci", "--no-fund", "--no-audit"]))?;
    process::run(&mut npm(&["run", "types"]))?;
    let mut tests = npm(&["test"]);
    tests
        .env("FREEZABLE_WEB_TOOL", tool()?)
        .env("FREEZABLE_BOARD", board);
    process::run(&mut tests)?;
    Ok(Outcome::Passed)
}

/// Builds a module and gives its path.
fn build_module(instructions: &str) -> Result<PathBuf> {
    let toolchain = Toolchain::find(TARGET)?;
    let (mut cargo, directory) = toolchain.cargo("build", TARGET, &paths::web());
    if toolchain == Toolchain::Debian {
        // in place of the core library alone
        cargo.args(["-Z", "build-std=std,panic_abort"]);
    }
    if instructions == SIMD {
        cargo.args(["--config", SIMD_FLAGS]);
    }
    process::run(cargo.arg("--release"))?;
    Ok(directory.join(TARGET).join("release").join(BUILT))
}

/// Builds the program that makes JavaScript classes of a module and serves the page.
fn tool() -> Result<PathBuf> {
    let directory = paths::web();
    let target = paths::target_of(&directory);
    let mut cargo = process::cargo(&directory);
    cargo.args([
        "build",
        "--locked",
        "--package",
        "freezable-chaos-web-tool",
        "--target-dir",
    ]);
    process::run(cargo.arg(&target))?;
    Ok(target.join("debug").join(format!(
        "freezable-chaos-web-tool{}",
        std::env::consts::EXE_SUFFIX
    )))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}
