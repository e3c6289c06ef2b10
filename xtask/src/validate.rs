//! What takes too long for `cargo xtask test`: the paper's phenomena with their verdicts, and the long tests.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::board::RealBoard;
use crate::cpu::Cpu;
use crate::fuzz::{self, Options};
use crate::runner::{Outcome, Step};
use crate::{
    chips, emulator, endurance, firmware, host, instructions, kernel_tests, mutants, paths, process, rtl,
    steps,
};

/// Seconds for each fuzz target.
const FUZZ_SECONDS: u32 = 600;

/// The long validation, some three hours on two processors, whose report it writes to `docs/validation.md`; or the short
/// form that CI runs, which writes `out/validation-quick/` alone.
pub fn steps(quick: bool) -> Vec<Step> {
    let mut steps = vec![step("reproduction of the paper", move || reproduce(quick))];
    if !quick {
        steps.extend(RealBoard::ALL.map(|board| {
            let name = format!("clippy: firmware: {}", board.name());
            call(&name, move || steps::clippy_real_board(board))
        }));
        steps.extend([
            step("long tests", || {
                let mut cargo = process::cargo(&paths::root());
                cargo.args("test --locked --release -- --ignored".split(' '));
                // Some talk to the emulated board.
                process::run(cargo.env("FREEZABLE_FIRMWARE", firmware::build(Cpu::M4f)?))
            }),
            call(
                "sanitizers over vector instructions and C library",
                kernel_tests::under_sanitizers,
            ),
            call("kernel in Miri", kernel_tests::in_miri),
            call("mutants of the kernel", mutants::mutants),
            call("instruction counts of a host's step", || {
                instructions::instructions(false, false)
            }),
            call("kernel on AArch64", kernel_tests::on_aarch64),
            call("goldens on the simulated logic of RISC-V cores", rtl::short),
            step("ten million steps here and on the board", endurance::endurance),
            call(
                "every golden on the simulated logic of a RISC-V core",
                rtl::all_goldens,
            ),
            call("every golden on the RP2040", || {
                chips::RP2040.compare_first(usize::MAX)
            }),
            call("fuzz targets, ten minutes each", || {
                fuzz::fuzz(&Options::bounded(FUZZ_SECONDS))
            }),
            step("equivalence of the compact network", || {
                let arguments = "equivalence --n 256 --networks 240 --check --out out/equivalence";
                host::build_host_sim()?;
                process::run(&mut host::host_sim(&words(arguments)))
            }),
        ]);
    }
    steps
}

/// `host-sim repro` with the emulated board; interrupted, it goes on from what is done.
fn reproduce(quick: bool) -> Result<()> {
    emulator::ensure()?;
    let elf = firmware::build(Cpu::M4f)?;
    host::build_host_sim()?;
    let (arguments, out) = if quick {
        ("repro --quick --out out/validation-quick --firmware", None)
    } else {
        ("repro --out out/validation --firmware", Some("out/validation"))
    };
    let verdict = process::run(host::host_sim(&words(arguments)).arg(elf));
    // A report in which something does not agree is a report too.
    if let Some(out) = out {
        let report: PathBuf = paths::root().join(out).join("validation.md");
        let committed = paths::root().join("docs/validation.md");
        std::fs::copy(&report, &committed).with_context(|| format!("copying {}", report.display()))?;
    }
    verdict
}

fn words(arguments: &str) -> Vec<&str> {
    arguments.split(' ').collect()
}

fn call(name: &str, work: impl FnOnce() -> Result<Outcome> + 'static) -> Step {
    Step::call(name, Vec::new(), work)
}

fn step(name: &str, work: impl FnOnce() -> Result<()> + 'static) -> Step {
    call(name, || work().map(|()| Outcome::Passed))
}
