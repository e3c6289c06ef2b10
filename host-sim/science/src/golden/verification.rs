//! Comparing trajectories with goldens: the project's, or one's own.

use serde::Serialize;

use super::{Case, Checkpoint, Golden, GoldenFile};
use crate::networks::Model;
use crate::watch::advance;
use crate::{Stopped, Watch};

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whether all digests are equal.
    pub ok: bool,
    /// Where the first one differs, in words.
    pub first_difference: Option<String>,
    /// Digests compared.
    pub digests: usize,
    /// Cases that the target has no room for.
    pub skipped: Vec<String>,
}

impl Verification {
    /// Runs every case of the project's goldens and compares.
    pub fn of_cases(
        goldens: &[GoldenFile],
        watch: &dyn Watch,
        mut run: impl FnMut(Model, &Case) -> Result<Vec<Checkpoint>, Stopped>,
    ) -> Result<Self, Stopped> {
        let mut found = Self {
            ok: true,
            first_difference: None,
            digests: 0,
            skipped: Vec::new(),
        };
        for (model, case) in cases(goldens) {
            let trajectory = run(model, case)?;
            found.digests += trajectory.len();
            if let Some(difference) = case.first_difference(&trajectory) {
                found.ok = false;
                let words = format!("{} network, {difference}", model.name());
                found.first_difference.get_or_insert(words);
            }
            advance(watch, cost(case))?;
        }
        if found.digests == 0 {
            return Err(Stopped::Failed("there is no golden to compare with".into()));
        }
        Ok(found)
    }

    /// Compares a trajectory with a golden of one's own.
    pub fn of(golden: &Golden, trajectory: &[Checkpoint]) -> Self {
        let first_difference = golden.first_difference(trajectory);
        Self {
            ok: first_difference.is_none(),
            first_difference,
            digests: trajectory.len(),
            skipped: Vec::new(),
        }
    }
}

/// Progress that [`Verification::of_cases`] reports.
pub fn cost_of_cases(goldens: &[GoldenFile]) -> u64 {
    cases(goldens).map(|(_, case)| cost(case)).sum()
}

fn cost(case: &Case) -> u64 {
    case.steps() * (case.n * case.n) as u64
}

fn cases(goldens: &[GoldenFile]) -> impl Iterator<Item = (Model, &Case)> {
    let of = |file: &'_ GoldenFile| file.model;
    goldens
        .iter()
        .flat_map(move |file| file.case.iter().map(move |case| (of(file), case)))
}
