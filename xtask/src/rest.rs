//! The checks of `cargo xtask test --rest`.

use crate::runner::Step;
use crate::steps::{call, cargo, steps};
use crate::{mpi, paths, python_package, slurm, web};

/// Every step of both tables.
pub fn all() -> Vec<Step> {
    let mut steps = steps();
    steps.extend(rest());
    steps
}

/// What the same science is reached through elsewhere: a browser, Python, a cluster.
pub fn rest() -> Vec<Step> {
    let (root, firmware) = (paths::root(), paths::firmware());
    let (web, python, mpi) = (paths::web(), paths::python(), paths::mpi());
    vec![
        cargo("format: web page", &web, "fmt --all --check"),
        cargo("format: Python package", &python, "fmt --check"),
        cargo("format: program over MPI ranks", &mpi, "fmt --check"),
        cargo(
            "clippy: web page",
            &web,
            "clippy --locked --workspace --all-targets -- --deny warnings",
        ),
        cargo("test: web page's module", &web, "test --locked --workspace"),
        call("web page in a headless browser", [&web, &firmware], web::check),
        call("clippy: Python package", [&python], python_package::clippy),
        call(
            "Python package: wheel and tests",
            [&python],
            python_package::check,
        ),
        call("shares of a measurement under Slurm", [&root], slurm::check),
        call(
            "one network, and shares, over MPI ranks",
            [&root, &mpi],
            mpi::check,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_names_are_unique() {
        let mut names: Vec<_> = all().into_iter().map(|step| step.name).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
