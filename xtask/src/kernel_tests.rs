//! The tests of the kernel apart from the host program (`tests/kernel`): on AArch64 in an emulator, under sanitizers, in Miri.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::runner::Outcome;
use crate::{c_library, debian, paths, process, targets, toolchain};

const AARCH64: &str = "aarch64-unknown-linux-gnu";
const X86_64: &str = "x86_64-unknown-linux-gnu";
/// What runs a program of AArch64, what links one, and Debian's packages of them.
const EMULATOR: [&str; 2] = ["qemu-aarch64", "qemu-user"];
const LINKER: [&str; 2] = ["aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"];
/// Where Debian's C library of AArch64 is, and the package of what links with it.
const SYSROOT: &str = "/usr/aarch64-linux-gnu";
const C_LIBRARY: [&str; 2] = ["/usr/aarch64-linux-gnu/lib/libc.so", "libc6-dev-arm64-cross"];
/// The kernel's features for a host.
const FEATURES: &str = "libm,micromath,rand_core,heapless,postcard,embedded-storage,rayon";
/// Time limit of an installation by rustup.
const LIMIT: Duration = Duration::from_secs(300);

/// The kernel's tests, the goldens and the twins of every instruction set, on an emulated AArch64.
pub fn on_aarch64() -> Result<Outcome> {
    if let Some(reason) = debian::missing(EMULATOR).or_else(|| debian::missing(LINKER)) {
        return Ok(Outcome::Skipped(reason));
    }
    if !Path::new(C_LIBRARY[0]).exists() {
        if debian::can_install() {
            debian::install(&[C_LIBRARY[1]])?;
        }
        if !Path::new(C_LIBRARY[0]).exists() {
            let reason = format!(
                "there is no C library of AArch64; on Debian: `sudo apt-get install {}`",
                C_LIBRARY[1]
            );
            return Ok(Outcome::Skipped(reason));
        }
    }
    if let Err(error) = toolchain::rustup(AARCH64) {
        return Ok(Outcome::Skipped(format!("{error:#}")));
    }
    let cargo = |directory: &Path, arguments: &str| {
        let mut cargo = process::cargo(directory);
        cargo.args(arguments.split(' '));
        cargo
            .env("CARGO_BUILD_TARGET", AARCH64)
            .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", LINKER[0])
            .env(
                "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
                format!("{} -L {SYSROOT}", EMULATOR[0]),
            )
            .env("CARGO_TARGET_DIR", paths::target_of(&paths::kernel_tests()));
        cargo
    };
    let directory = paths::kernel_tests();
    let lib = format!("test --locked --release --package freezable-chaos --lib --features {FEATURES}");
    process::run(&mut cargo(&paths::root(), &lib))?;
    let tests = "test --locked --release --test canonical --test compact --test environment --test panels \
                 -- --skip ten_thousand";
    process::run(&mut cargo(&directory, tests))?;
    let goldens = process::output(&mut cargo(&directory, "run --locked --release --quiet"))?;
    targets::compare("AArch64", &goldens)
}

/// The kernel and its tests as they are compiled for AArch64: what the long validation runs must not be found broken there.
pub fn clippy_for_aarch64() -> Result<Outcome> {
    if let Err(error) = toolchain::rustup(AARCH64) {
        return Ok(Outcome::Skipped(format!("{error:#}")));
    }
    let mut cargo = process::cargo(&paths::root());
    cargo.args("clippy --locked --package freezable-chaos --lib --tests --features".split(' '));
    cargo.args([FEATURES, "--target", AARCH64, "--target-dir"]);
    cargo.arg(paths::target_of(&paths::kernel_tests()));
    process::run(cargo.args(["--", "--deny", "warnings"])).map(|()| Outcome::Passed)
}

/// Address sanitizer over the vector instructions and over the C library, which the undefined-behaviour sanitizer of the C
/// compiler looks at too.
pub fn under_sanitizers() -> Result<Outcome> {
    if let Some(reason) = missing_nightly(&[]) {
        return Ok(Outcome::Skipped(reason));
    }
    let flags = "-Zsanitizer=address -Cforce-frame-pointers";
    let tests = "test --locked --release --test any_network --test canonical --test compact --test panels --test persistence";
    let directory = paths::target_of(&paths::kernel_tests()).join("sanitized");
    let mut cargo = nightly(&paths::kernel_tests(), tests);
    cargo.args(["--target", X86_64, "--target-dir"]).arg(&directory);
    process::run(cargo.env("RUSTFLAGS", flags))?;
    let mut cargo = nightly(
        &paths::root(),
        "test --locked --release --package freezable-chaos --lib --features",
    );
    cargo
        .args([FEATURES, "--target", X86_64, "--target-dir"])
        .arg(&directory);
    process::run(cargo.env("RUSTFLAGS", flags))?;
    let mut cargo = nightly(&paths::c_library(), "build --locked --release --target");
    cargo.args([X86_64, "--target-dir"]).arg(&directory);
    process::run(cargo.env("RUSTFLAGS", flags))?;
    c_library::under_sanitizers(&directory.join(X86_64).join("release"))
}

/// The kernel's own tests, interpreted: borrows, alignment, uninitialised memory and overflows of what has no vector
/// instructions. Statistics of many thousand draws would take hours and are left out.
pub fn in_miri() -> Result<Outcome> {
    if let Some(reason) = missing_nightly(&["miri", "rust-src"]) {
        return Ok(Outcome::Skipped(reason));
    }
    let mut cargo = nightly(
        &paths::root(),
        "miri test --locked --package freezable-chaos --lib",
    );
    cargo.args([
        "--features",
        "libm,micromath,rand_core,heapless,postcard,embedded-storage",
    ]);
    cargo
        .args(["--target-dir"])
        .arg(paths::target_of(&paths::kernel_tests()).join("miri"));
    cargo
        .arg("--")
        .args(LONG_IN_MIRI.iter().flat_map(|name| ["--skip", name]));
    // proptest looks where it is; a few cases of each are enough for what Miri sees
    cargo
        .env("MIRIFLAGS", "-Zmiri-disable-isolation")
        .env("PROPTEST_CASES", "8");
    process::run(&mut cargo).map(|()| Outcome::Passed)
}

/// Tests that visit so many values that an interpreter is no place for them: large parts of all floats, Gaussians by the ten
/// thousand, networks of thousands, every byte of an image.
const LONG_IN_MIRI: [&str; 10] = [
    "aligned_rates_do_not_wrap",
    "anything_but_an_image",
    "arithmetic::",
    "drawn_in_row_major_order",
    "every_instruction_set",
    "merged_couplings_drive",
    "random::",
    "rounds_to_nearest_and_mirrors",
    "tables_add_up",
    "transfer::",
];

fn nightly(directory: &Path, arguments: &str) -> Command {
    let mut cargo = Command::new("rustup");
    cargo.args(["run", "nightly", "cargo"]).args(arguments.split(' '));
    // the cargo that runs this program points these at its own toolchain
    cargo
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("RUSTC")
        .env_remove("CARGO");
    cargo.current_dir(directory);
    cargo
}

/// Installs what is missing of the nightly toolchain's components; says why that failed.
fn missing_nightly(components: &[&str]) -> Option<String> {
    let install = || -> Result<()> {
        if !process::exists("rustup") {
            bail!("there is no rustup");
        }
        let mut rustup = Command::new("rustup");
        rustup.args(["toolchain", "install", "nightly", "--profile", "minimal"]);
        process::run_within(
            rustup.args(components.iter().flat_map(|name| ["--component", name])),
            LIMIT,
        )
        .context("no nightly toolchain")
    };
    let works = |arguments| {
        let output = nightly(&paths::root(), arguments).output();
        output.is_ok_and(|output| output.status.success())
    };
    if works("--version") && (components.is_empty() || works("miri --version")) {
        return None;
    }
    install().err().map(|error| {
        format!(
            "{error:#}; `rustup toolchain install nightly` with {}",
            components.join(", ")
        )
    })
}
