//! The checks of `cargo xtask test`, as one table. CI runs this and nothing else.

use std::env;
use std::path::Path;

use anyhow::Result;

use crate::board::RealBoard;
use crate::cpu::Cpu;
use crate::firmware;
use crate::runner::{Job, Outcome, Step};
use crate::toolchain::Toolchain;
use crate::{audit, c_library, cycles, host, instructions, paths, process, python, ram, sizes, targets};

/// The kernel's feature sets that clippy looks at, each on top of no default feature.
const KERNEL_FEATURES: [&str; 11] = [
    "",
    "libm",
    "micromath",
    "rand_core",
    "defmt",
    "heapless",
    "std",
    "rayon",
    "postcard",
    "embedded-storage",
    ALL,
];
/// Stands for every feature at once.
const ALL: &str = "all";

/// The kernel's own tests with every feature that runs on a host; defmt wants a logger of the target.
const KERNEL_TESTS: &str = "test --locked --package freezable-chaos --features libm,micromath,rand_core,heapless,postcard,embedded-storage";

/// Every step, in the order of running: quick ones first, and what a later one needs before it.
pub fn steps() -> Vec<Step> {
    let (root, firmware, audit) = (paths::root(), paths::firmware(), paths::audit());
    let mut steps = vec![
        cargo("format: root", &root, "fmt --all --check"),
        // not --all, which would look at the kernel again
        cargo(
            "format: firmware",
            &firmware,
            "fmt --package freezable-app --package freezable-mps2 --package freezable-compact --package \
             freezable-cortex-m --package freezable-microbit --package freezable-nucleo-f446re --package \
             freezable-nrf52833 --package freezable-rp2350 --package freezable-stm32f446 --package \
             freezable-pico2 --check",
        ),
        cargo("format: audit", &audit, "fmt --check"),
        cargo("format: bench firmware", &paths::cycles(), "fmt --check"),
        cargo("format: golden targets", &paths::targets(), "fmt --check"),
        cargo("format: C library", &paths::c_library(), "fmt --check"),
        cargo(
            "clippy: root",
            &root,
            "clippy --locked --workspace --all-targets -- --deny warnings",
        ),
    ];
    steps.extend(KERNEL_FEATURES.map(kernel_clippy));
    steps.extend([
        cargo(
            "clippy: firmware application",
            &firmware,
            "clippy --locked --all-targets -- --deny warnings",
        ),
        call("clippy: firmware boards", clippy_boards),
        // Overflow checks and debug assertions are only on here.
        cargo("test: kernel, debug", &root, KERNEL_TESTS),
        cargo("test: goldens, debug", &root, "test --locked --test golden"),
        cargo(
            "test: everything, release",
            &root,
            "test --locked --release --workspace",
        ),
        cargo("documentation", &root, "doc --locked --workspace --no-deps").deny_rustdoc_warnings(),
        call("audit of the kernel's machine code", || audit::audit(false)),
        cargo(
            "test: firmware application",
            &firmware,
            "test --locked --package freezable-app",
        ),
    ]);
    steps.extend([
        call("clippy: bench firmware", clippy_bench_firmware),
        call("instruction counts and bits of the inner loops", || {
            cycles::cycles(false, false)
        }),
        call(
            "bits of hand-written loops and of their twins",
            cycles::twins_agree,
        ),
        call(
            "a cycle counter that stands still is refused",
            cycles::refuses_a_counter_that_stands_still,
        ),
    ]);
    steps.push(call("instruction counts of a host's step", || {
        instructions::instructions(false, false)
    }));
    for cpu in Cpu::BOARDS {
        steps.push(call(&format!("firmware: {}", cpu.name()), move || {
            firmware::build(cpu).map(|elf| println!("{}", elf.display()))?;
            Ok(Outcome::Passed)
        }));
    }
    for board in RealBoard::ALL {
        steps.push(call(&format!("firmware: {}", board.name()), move || {
            board.build().map(|elf| println!("{}", elf.display()))?;
            clippy_on_target(
                board.target(),
                &paths::firmware(),
                &["--package", &board.package()],
            )
        }));
    }
    steps.push(call("sizes of all firmware", || sizes::sizes(false, false)));
    steps.extend([
        cargo("host-sim", &root, "build --locked --release --package host-sim"),
        call("verify: this machine", || {
            host::build_host_sim()?;
            process::run(&mut host::host_sim(&["verify"])).map(|()| Outcome::Passed)
        }),
    ]);
    for cpu in Cpu::BOARDS {
        steps.push(call(&format!("verify: emulated {}", cpu.name()), move || {
            host::verify_emulated(cpu).map(|()| Outcome::Passed)
        }));
    }
    steps.push(call("rate on the emulated board", || {
        host::rate_emulated().map(|()| Outcome::Passed)
    }));
    steps.push(call("compact network on the board: digests and RAM", || {
        ram::check().map(|()| Outcome::Passed)
    }));
    for cpu in Cpu::ALL {
        steps.push(call(&format!("goldens on {}", cpu.name()), move || {
            targets::on_cortex_m(cpu)
        }));
    }
    steps.push(call("goldens on RISC-V", targets::on_risc_v));
    steps.push(call("goldens in WebAssembly", targets::in_web_assembly));
    steps.push(cargo(
        "clippy: C library",
        &paths::c_library(),
        "clippy --locked --release -- --deny warnings",
    ));
    steps.push(call(
        "C library: goldens from C, on this machine and the board",
        c_library::check,
    ));
    steps.push(call("numpy loads .npz", python::numpy_loads_arrays));
    steps
}

/// A step that runs cargo in a workspace directory.
fn cargo(name: &str, directory: &Path, arguments: &str) -> Step {
    let mut command = process::cargo(directory);
    command.args(arguments.split(' '));
    if directory != paths::root() && env::var_os("CARGO_TARGET_DIR").is_some() {
        command.env("CARGO_TARGET_DIR", paths::target_of(directory));
    }
    Step {
        name: name.to_owned(),
        job: Job::Command(command),
    }
}

/// A step that calls a function.
fn call(name: &str, function: impl FnOnce() -> Result<Outcome> + 'static) -> Step {
    Step {
        name: name.to_owned(),
        job: Job::Call(Box::new(function)),
    }
}

fn kernel_clippy(features: &str) -> Step {
    let chosen = match features {
        "" => "--no-default-features".to_owned(),
        ALL => "--all-features".to_owned(),
        one => format!("--no-default-features --features {one}"),
    };
    let name = format!(
        "clippy: kernel, features: {}",
        if features.is_empty() { "none" } else { features }
    );
    let arguments = format!("clippy --locked --package freezable-chaos --lib {chosen} -- --deny warnings");
    cargo(&name, &paths::root(), &arguments)
}

/// The boards' crates build for their own target only.
fn clippy_boards() -> Result<Outcome> {
    let packages = ["--package", firmware::PACKAGE, "--package", ram::PACKAGE];
    clippy_on_target(Cpu::M4f.target(), &paths::firmware(), &packages)
}

/// Once with a floating-point unit, once without one, and once measuring by the cycle counter.
fn clippy_bench_firmware() -> Result<Outcome> {
    let directory = paths::cycles();
    clippy_on_target(Cpu::M0plus.target(), &directory, &[])?;
    clippy_on_target(Cpu::M4f.target(), &directory, &["--features", "cycle-counter"])?;
    // the peers are only linked, which clippy does not do
    clippy_on_target(Cpu::M4f.target(), &directory, &["--features", "peers"])
}

/// Debian's toolchain has no clippy for a target.
fn clippy_on_target(target: &str, directory: &Path, arguments: &[&str]) -> Result<Outcome> {
    match Toolchain::find(target)? {
        toolchain @ Toolchain::Rustup => {
            let (mut clippy, _) = toolchain.cargo("clippy", target, directory);
            clippy.arg("--release").args(arguments);
            clippy.args(["--", "--deny", "warnings"]).env("PEERS", "none");
            process::run(&mut clippy).map(|()| Outcome::Passed)
        }
        Toolchain::Debian => Ok(Outcome::Skipped("Debian's toolchain brings no clippy".to_owned())),
    }
}

impl Step {
    /// Turns warnings of the documentation into errors.
    fn deny_rustdoc_warnings(mut self) -> Self {
        if let Job::Command(command) = &mut self.job {
            command.env("RUSTDOCFLAGS", "--deny warnings");
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_names_are_unique() {
        let mut names: Vec<_> = steps().into_iter().map(|step| step.name).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
