//! The paper's phenomena, one section each: theory and simulation on one axis, and checks against thresholds that stand
//! in the code.
//!
//! A section names the commands of this program that give its data, as values that are carried out here, and turns what
//! they found into figures and checks. The command beside a figure is written from the same value, so that everything on
//! the page can be had again by typing it. To add a section, write a file in `sections/`
//! and a line in [`sections::ALL`].

pub mod check;
pub mod job;
mod page;
pub mod report;
pub mod results;
pub mod sections;
mod validation;

pub use check::{Allowance, Check, Measured, Tier, Verdict};
pub use job::Job;
pub use page::page;
pub use report::{Report, Section};
pub use results::{Outcome, Results, Stated};
pub use validation::validation;

use serde::Serialize;

/// How much is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Seconds: so little that nothing can be established. It tests the program.
    Smoke,
    /// Minutes.
    Quick,
    /// Up to two hours.
    Full,
}

impl Effort {
    /// What is right for this effort, of what is for smoke, quick and full.
    pub fn of<T: Copy>(self, [smoke, quick, full]: [T; 3]) -> T {
        match self {
            Self::Smoke => smoke,
            Self::Quick => quick,
            Self::Full => full,
        }
    }

    /// The option that asks for it.
    pub fn option(self) -> &'static str {
        self.of([" --smoke", " --quick", ""])
    }
}

/// A section with what was found, and the seconds that its commands took.
pub struct Found {
    /// The section.
    pub section: &'static Section,
    /// Figures and checks.
    pub report: Report,
    /// Its commands, with the seconds that each took (also those it shares with an earlier section).
    pub jobs: Vec<(Job, f64)>,
}

impl Found {
    /// Seconds of the job that gives a check its data.
    pub fn seconds_of(&self, check: &Check) -> f64 {
        let own = self.jobs.iter().filter(|(job, _)| check.jobs.contains(&job.name));
        own.map(|(_, seconds)| seconds).sum()
    }

    /// Seconds of all commands.
    pub fn seconds(&self) -> f64 {
        self.jobs.iter().map(|(_, seconds)| seconds).sum()
    }
}
