//! The sections, in the order of the page.

mod anti_hebbian;
mod compact;
mod device;
mod exponents;
mod finite_size;
mod fixed_points;
mod freezing;
mod hebbian;
mod induced;
mod memory;
mod model;
mod phase_map;
mod precision;
mod shared;
mod spectra;

use super::Section;

/// All of them.
pub const ALL: &[&Section] = &[
    &model::SECTION,
    &hebbian::SECTION,
    &anti_hebbian::SECTION,
    &spectra::SECTION,
    &exponents::SECTION,
    &phase_map::SECTION,
    &induced::SECTION,
    &fixed_points::SECTION,
    &freezing::SECTION,
    &memory::SECTION,
    &finite_size::SECTION,
    &precision::SECTION,
    &compact::SECTION,
    &device::SECTION,
];

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::ALL;
    use crate::cli::CommandLine;
    use crate::repro::Effort;

    #[test]
    fn names_differ_and_every_line_reads_back_to_its_value() {
        let names: HashSet<&str> = ALL.iter().map(|section| section.name).collect();
        assert_eq!(names.len(), ALL.len());
        let mut folders = HashMap::new();
        for effort in [Effort::Smoke, Effort::Quick, Effort::Full] {
            for job in ALL.iter().flat_map(|section| (section.jobs)(effort)) {
                let line = job.line();
                let read = CommandLine::read(line.split(' ').map(Into::into))
                    .unwrap_or_else(|error| panic!("{line}: {error:?}"));
                assert_eq!(read.experiment(), Some(&job.experiment), "{line}");
                assert!(job.name.len() < 200 && job.work > 0.0, "{line}");
                let other = folders.insert(job.name.clone(), job.experiment.clone());
                assert!(other.is_none_or(|other| other == job.experiment), "{line}");
            }
        }
    }
}
