//! Where things are in the repository.

use std::env;
use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or_default()
}

/// The firmware's workspace.
pub fn firmware() -> PathBuf {
    root().join("firmware-example")
}

/// The starters, each a workspace of its own.
pub fn starters() -> PathBuf {
    firmware().join("starter")
}

/// The workspace whose binary the audit looks through.
pub fn audit() -> PathBuf {
    root().join("tests").join("audit")
}

/// The workspace of the firmware whose instructions are counted.
pub fn cycles() -> PathBuf {
    root().join("benches").join("mcu")
}

/// The program whose clock cycles are counted on simulated cores.
pub fn rtl() -> PathBuf {
    root().join("benches").join("rtl")
}

/// The C interface.
pub fn c_library() -> PathBuf {
    root().join("bindings/c")
}

/// The web page and its module.
pub fn web() -> PathBuf {
    root().join("bindings/web")
}

/// The Python package.
pub fn python() -> PathBuf {
    root().join("bindings/python")
}

/// The program over MPI ranks.
pub fn mpi() -> PathBuf {
    root().join("host-sim/mpi")
}

/// The programs that print the goldens on further targets.
pub fn targets() -> PathBuf {
    root().join("tests").join("targets")
}

/// The programs that print the goldens on real chips.
pub fn chips() -> PathBuf {
    root().join("tests").join("chips")
}

/// The tests of the kernel apart from the host program.
pub fn kernel_tests() -> PathBuf {
    root().join("tests").join("kernel")
}

/// The fuzz targets and their corpus.
pub fn fuzz() -> PathBuf {
    root().join("fuzz")
}

/// Every workspace, each with its own lock file.
pub fn workspaces() -> Vec<PathBuf> {
    let mut workspaces = vec![
        root(),
        firmware(),
        audit(),
        cycles(),
        rtl(),
        c_library(),
        web(),
        python(),
        mpi(),
        targets(),
        chips(),
        kernel_tests(),
        fuzz(),
    ];
    let folders = ["bare", "rtic", "embassy", "cortex-m0", "risc-v", "golden"];
    workspaces.extend(folders.map(|starter| starters().join(starter)));
    workspaces
}

/// Where the root workspace is built.
pub fn target() -> PathBuf {
    // cargo takes a relative CARGO_TARGET_DIR from the directory it runs in, which is the root here
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |directory| root().join(directory))
}

/// Where the workspace in `directory` is built: its own `target`, or a folder of `CARGO_TARGET_DIR`.
pub fn target_of(directory: &Path) -> PathBuf {
    match (env::var_os("CARGO_TARGET_DIR"), directory.file_name()) {
        (Some(_), Some(name)) => target().join("workspaces").join(name),
        _ => directory.join("target"),
    }
}

/// The host program.
pub fn host_sim() -> PathBuf {
    target()
        .join("release")
        .join(format!("host-sim{}", env::consts::EXE_SUFFIX))
}
