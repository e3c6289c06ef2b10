//! The checks of `cargo xtask test`, as a table; those of `--rest` stand in `rest`. CI runs both.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::board::RealBoard;
use crate::chips::CHIPS;
use crate::cpu::Cpu;
use crate::firmware;
use crate::fuzz::{self, Options};
use crate::runner::{Job, Outcome, Step};
use crate::starter::STARTERS;
use crate::toolchain::Toolchain;
use crate::{
    audit, c_library, cycles, host, kernel_tests, licences, paths, priority, process, public_api, python,
    ram, sensor, sizes, starter, story, targets,
};

/// The kernel's feature sets that clippy looks at, each on top of no default feature.
const KERNEL_FEATURES: [&str; 12] = [
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
    "embedded-storage-async",
    ALL,
];
/// Stands for every feature at once.
const ALL: &str = "all";

/// The kernel's own tests with every feature that runs on a host; defmt wants a logger of the target.
const KERNEL_TESTS: &str = "test --locked --package freezable-chaos --features libm,micromath,rand_core,heapless,postcard,embedded-storage-async";

/// Seconds for each fuzz target.
const FUZZ_SECONDS: u32 = 3;

/// Kernel, host program, firmware and boards, in the order of running: quick ones first, and what a later one needs before it.
pub fn steps() -> Vec<Step> {
    let (root, firmware, starters) = (paths::root(), paths::firmware(), paths::starters());
    let (audit, cycles, targets, chips) = (paths::audit(), paths::cycles(), paths::targets(), paths::chips());
    let (c_library, fuzz) = (paths::c_library(), paths::fuzz());
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
        cargo("format: bench firmware", &cycles, "fmt --check"),
        cargo(
            "format: program for simulated cores",
            &paths::rtl(),
            "fmt --check",
        ),
        cargo("format: golden targets", &targets, "fmt --check"),
        cargo("format: kernel tests", &paths::kernel_tests(), "fmt --check"),
        cargo("format: C library", &c_library, "fmt --check"),
        cargo("format: golden chips", &chips, "fmt --check"),
        call("format: starters", [&starters], starter::format),
        cargo("format: fuzz targets", &fuzz, "fmt --check"),
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
            // with everything that it can do; those of the boards are without
            "clippy --locked --all-targets --features sensor -- --deny warnings",
        ),
        call("clippy: firmware boards", [&firmware], clippy_boards),
        call(
            "clippy: kernel on AArch64",
            [&root],
            kernel_tests::clippy_for_aarch64,
        ),
        call("check: the oldest compiler promised", [], oldest_compiler),
        // Overflow checks and debug assertions are only on here.
        cargo("test: kernel, debug", &root, KERNEL_TESTS),
        call(
            "test: kernel, without features and with std alone",
            [&root],
            test_features,
        ),
        cargo(
            "test: goldens and these jobs, debug",
            &root,
            "test --locked --package xtask",
        ),
        cargo(
            "test: everything, release",
            &root,
            "test --locked --release --no-fail-fast",
        ),
        cargo("documentation", &root, "doc --locked --workspace --no-deps").deny_rustdoc_warnings(),
        call("public interface of the kernel", [&root], || {
            public_api::public_api(false)
        }),
        // A dirty tree is no reason to skip it: CI has a clean one.
        cargo(
            "package of the kernel",
            &root,
            "publish --dry-run --locked --allow-dirty --package freezable-chaos",
        ),
        call(
            "licences and sources of the dependencies",
            [&root],
            licences::licences,
        ),
        call("cargo deny", [&root], licences::cargo_deny),
        call("audit of the kernel's machine code", [&audit], || {
            audit::audit(false)
        }),
        cargo(
            "test: firmware application",
            &firmware,
            "test --locked --package freezable-app --features sensor",
        ),
    ]);
    steps.extend([
        call("clippy: bench firmware", [&cycles], clippy_bench_firmware),
        call(
            "instruction counts and bits of the inner loops",
            [&cycles],
            || cycles::cycles(false, false),
        ),
        call(
            "bits of hand-written loops and of their twins",
            [&cycles],
            cycles::twins_agree,
        ),
        call(
            "a cycle counter that stands still is refused",
            [&cycles],
            cycles::refuses_a_counter_that_stands_still,
        ),
    ]);
    for cpu in Cpu::BOARDS {
        steps.push(call(
            &format!("firmware: {}", cpu.name()),
            [&firmware],
            move || {
                firmware::build(cpu).map(|elf| println!("{}", elf.display()))?;
                Ok(Outcome::Passed)
            },
        ));
    }
    // Clippy compiles the chips' crates once more, which takes minutes: it looks at them in `validate`.
    for board in RealBoard::ALL {
        steps.push(call(
            &format!("firmware: {}", board.name()),
            [&firmware],
            move || {
                board.build().map(|elf| println!("{}", elf.display()))?;
                Ok(Outcome::Passed)
            },
        ));
    }
    steps.push(call("sizes of all firmware", [&firmware], || {
        sizes::sizes(false, false)
    }));
    steps.extend([call("verify: this machine", [&root], || {
        host::build_host_sim()?;
        process::run(&mut host::host_sim(&["verify"])).map(|()| Outcome::Passed)
    })]);
    for cpu in Cpu::BOARDS {
        steps.push(call(
            &format!("verify: emulated {}", cpu.name()),
            [&firmware],
            move || host::verify_emulated(cpu).map(|()| Outcome::Passed),
        ));
    }
    steps.push(
        call("rate on the emulated board", [&firmware], || {
            host::rate_emulated().map(|()| Outcome::Passed)
        })
        .timed(),
    );
    steps.push(call(
        "power cuts while the emulated board stores",
        [&firmware],
        || host::cut_power().map(|()| Outcome::Passed),
    ));
    steps.push(call(
        "cues written, held and read on the emulated board",
        [&firmware],
        || host::cues_on_the_board().map(|()| Outcome::Passed),
    ));
    steps.push(
        call(
            "a sensor felt, frozen, recalled and read on the emulated board",
            [&firmware],
            || sensor::on_the_board("out/sensor", None, 1).map(|()| Outcome::Passed),
        )
        .timed(),
    );
    steps.push(call(
        "monitor of the emulated board through a power cut",
        [&firmware],
        || host::monitor().map(|()| Outcome::Passed),
    ));
    steps.push(call(
        "compact network on the board: digests and RAM",
        [&firmware],
        || ram::check().map(|()| Outcome::Passed),
    ));
    for cpu in Cpu::ALL {
        steps.push(call(
            &format!("goldens on {}", cpu.name()),
            [&targets],
            move || targets::on_cortex_m(cpu),
        ));
    }
    steps.push(call("goldens on RISC-V", [&targets], targets::on_risc_v));
    // The RP2040, whose emulator is slow, is of the long validation.
    for chip in CHIPS.into_iter().filter(|chip| chip.name != "rp2040") {
        steps.push(call(
            &format!("goldens as flashed: {}", chip.name),
            [&chips],
            move || chip.check(),
        ));
    }
    steps.push(call(
        "a task of 1 kHz beside the network, in RTIC and embassy",
        [&starters],
        priority::check,
    ));
    for starter in STARTERS {
        steps.push(call(
            &format!("starter: {}", starter.name),
            [&starters],
            move || starter.check(),
        ));
    }
    steps.push(call(
        "a network of one's own: numpy, host, emulated boards",
        [&root, &firmware, &starters],
        story::check,
    ));
    steps.push(call(
        "another arithmetic on the emulated boards",
        [&targets],
        targets::other_arithmetic,
    ));
    steps.push(call(
        "goldens in WebAssembly",
        [&targets],
        targets::in_web_assembly,
    ));
    steps.push(cargo(
        "clippy: C library",
        &c_library,
        "clippy --locked --release -- --deny warnings",
    ));
    steps.push(call(
        "C library: goldens from C, on this machine and the board",
        [&c_library],
        c_library::check,
    ));
    steps.push(call("fuzz targets, some seconds each", [&fuzz], || {
        fuzz::fuzz(&Options::bounded(FUZZ_SECONDS))
    }));
    steps.push(call("numpy loads .npz", [&root], python::numpy_loads_arrays));
    steps
}

/// A step that runs cargo in a workspace directory.
pub(crate) fn cargo(name: &str, directory: &Path, arguments: &str) -> Step {
    let mut command = process::cargo(directory);
    command.args(arguments.split(' '));
    if directory != paths::root() && env::var_os("CARGO_TARGET_DIR").is_some() {
        command.env("CARGO_TARGET_DIR", paths::target_of(directory));
    }
    Step::command(name, vec![directory.to_path_buf()], command)
}

/// A step that calls a function, which builds in these workspaces.
pub(crate) fn call<const COUNT: usize>(
    name: &str,
    places: [&Path; COUNT],
    function: impl FnOnce() -> Result<Outcome> + 'static,
) -> Step {
    Step::call(name, places.map(PathBuf::from).to_vec(), function)
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

/// The kernel's unit tests where nothing is chosen, and where a host's vector instructions are: what other features add
/// has its tests with all of them, and clippy looks at each alone.
fn test_features() -> Result<Outcome> {
    for features in ["", "std"] {
        let mut cargo = process::cargo(&paths::root());
        cargo.args("test --locked --quiet --package freezable-chaos --lib --no-default-features".split(' '));
        process::run(cargo.args(["--features", features]))?;
    }
    Ok(Outcome::Passed)
}

/// Checks everything with the compiler that `rust-version` names. Where it is not installed, clippy alone looks after that
/// version: it refuses what the standard library had only later.
fn oldest_compiler() -> Result<Outcome> {
    let version = env!("CARGO_PKG_RUST_VERSION");
    let installed = Command::new("rustup").args(["toolchain", "list"]).output();
    let installed = installed.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let toolchain = installed.ok().and_then(|list| {
        let name = list.lines().find(|line| line.starts_with(version))?;
        name.split(' ').next().map(str::to_owned)
    });
    let Some(toolchain) = toolchain else {
        return Ok(Outcome::Skipped(format!(
            "there is no Rust {version} here; `rustup toolchain install {version}`"
        )));
    };
    let mut cargo = Command::new("rustup");
    cargo.args(["run", &toolchain, "cargo", "check", "--locked", "--workspace"]);
    // a folder of its own, or two compilers would undo each other's work
    cargo.arg("--target-dir").arg(paths::target().join("oldest"));
    // the cargo that runs this program points these at its own toolchain
    cargo
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC")
        .env_remove("CARGO");
    process::run(cargo.current_dir(paths::root())).map(|()| Outcome::Passed)
}

/// The boards' crates build for their own target only.
fn clippy_boards() -> Result<Outcome> {
    let packages = ["--package", firmware::PACKAGE, "--package", ram::PACKAGE];
    clippy_on_target(Cpu::M4f.target(), &paths::firmware(), &packages)
}

/// The firmware of a real board.
pub fn clippy_real_board(board: RealBoard) -> Result<Outcome> {
    clippy_on_target(
        board.target(),
        &paths::firmware(),
        &["--package", &board.package()],
    )
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
