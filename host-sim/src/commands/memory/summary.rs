//! Averages over networks, for each size, number of cues and strength.

use serde::Serialize;

use super::measurement::{Outcome, Task};
use super::recall::Measured;
use crate::estimators::MeanSem;

/// Recall from which on a number of cues counts as remembered.
const REMEMBERED: f64 = 0.95;

/// Recall of one task; shares of trials, averaged over networks.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) n: usize,
    pub(super) cues: u32,
    pub(super) strength: f32,
    /// Held-out trials of all networks.
    held_out: usize,
    at_freeze: Option<MeanSem>,
    settled: Option<MeanSem>,
    pub(super) held: Option<MeanSem>,
    /// Frozen: time since the freeze, and recall.
    pub(super) frozen: Vec<(f64, Option<MeanSem>)>,
    /// Without freezing: time since the end of the rest, and recall.
    pub(super) running: Vec<(f64, Option<MeanSem>)>,
    /// Guessing.
    pub(super) chance: f64,
    converged: Option<MeanSem>,
    repeats: Option<MeanSem>,
    active: Option<MeanSem>,
    /// Between the rates at the freeze and at the end of the hold.
    cosine: Option<MeanSem>,
    /// From the release until the cosine to what was held is below one half; those that had not left count as 200.
    release_time: Option<MeanSem>,
    /// Share of the trials that had not left by then.
    release_censored: Option<MeanSem>,
}

/// Most cues that a size remembers at a strength.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Capacity {
    n: usize,
    strength: f32,
    capacity: Option<u32>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    /// Of the first task: recall after the hold.
    recall: Option<MeanSem>,
    /// For which it was held.
    pub(super) hold_time: f64,
    /// Largest number of cues recalled at 0.95 or better after the hold, one state at a time, by the first of the sizes
    /// and strengths; `null` if none is.
    capacity: Option<u32>,
    /// The same by every size and strength.
    capacities: Vec<Capacity>,
    pub(super) rows: Vec<Row>,
}

impl Row {
    fn of(n: usize, task: &Task, outcomes: &[Outcome]) -> Self {
        let over = |value: &dyn Fn(&Outcome) -> f64| MeanSem::of(outcomes.iter().map(value));
        let Task {
            cues,
            strength,
            trials,
            protocol,
            ..
        } = task;
        let frozen = [0.0].into_iter().chain(protocol.times.iter().copied());
        let frozen: Vec<_> = frozen
            .chain([protocol.hold])
            .enumerate()
            .map(|(place, time)| (time, over(&|outcome| outcome.frozen[place])))
            .collect();
        let running = protocol.times.iter().enumerate();
        Self {
            n,
            cues: *cues,
            strength: *strength,
            held_out: *trials as usize * outcomes.len(),
            at_freeze: frozen.first().and_then(|(_, recall)| *recall),
            settled: over(&|outcome| outcome.settled),
            held: frozen.last().and_then(|(_, recall)| *recall),
            frozen,
            running: running
                .map(|(place, &time)| (time, over(&|outcome| outcome.running[place])))
                .collect(),
            chance: 1.0 / f64::from(*cues),
            converged: over(&|outcome| outcome.converged),
            repeats: over(&|outcome| outcome.repeats),
            active: over(&|outcome| outcome.active),
            cosine: over(&|outcome| outcome.cosine),
            release_time: over(&|outcome| outcome.release_time),
            release_censored: over(&|outcome| outcome.release_censored),
        }
    }
}

impl Summary {
    pub(super) fn of(measured: &[Measured]) -> Self {
        let rows: Vec<Row> = measured
            .iter()
            .map(
                |Measured {
                     configuration,
                     task,
                     outcomes,
                 }| Row::of(configuration.n, task, outcomes),
            )
            .collect();
        let capacities = capacities(&rows);
        Self {
            recall: rows.first().and_then(|row| row.held),
            hold_time: measured
                .first()
                .map_or(0.0, |measured| measured.task.protocol.hold),
            capacity: capacities.first().and_then(|first| first.capacity),
            capacities,
            rows,
        }
    }
}

fn capacities(rows: &[Row]) -> Vec<Capacity> {
    let mut capacities: Vec<Capacity> = Vec::new();
    for &Row { n, strength, .. } in rows {
        if capacities
            .iter()
            .any(|known| known.n == n && known.strength == strength)
        {
            continue;
        }
        let remembered = rows.iter().filter(|row| {
            row.n == n && row.strength == strength && row.held.is_some_and(|held| held.mean >= REMEMBERED)
        });
        capacities.push(Capacity {
            n,
            strength,
            capacity: remembered.map(|row| row.cues).max(),
        });
    }
    capacities
}

/// A table for people.
pub(super) fn text(title: &str, summary: &Summary) -> String {
    let mut text = format!("{title}\n\n");
    for row in &summary.rows {
        text += &format!(
            "{} cues of strength {}, N = {}, {} held-out trials, chance {:.3}\n",
            row.cues, row.strength, row.n, row.held_out, row.chance
        );
        for (name, value) in [
            ("recalled at the freeze", &row.at_freeze),
            ("recalled when settled", &row.settled),
            ("recalled after the hold", &row.held),
            ("came to rest", &row.converged),
            ("repeat to the bit, for ever", &row.repeats),
            ("cosine to the state at the freeze", &row.cosine),
            ("time to leave it when released", &row.release_time),
            ("not left after 200", &row.release_censored),
            ("active at the end of the control", &row.active),
        ] {
            text += &format!("  {name:<34}{}\n", cell(value));
        }
        for (time, value) in &row.running {
            text += &format!("  {:<34}{}\n", format!("not frozen, after {time}"), cell(value));
        }
        text.push('\n');
    }
    for Capacity {
        n,
        strength,
        capacity,
    } in &summary.capacities
    {
        let capacity = capacity.map_or("none".to_owned(), |cues| cues.to_string());
        text += &format!(
            "N = {n}, strength {strength}: largest number of cues recalled at {REMEMBERED} or better after {} time \
             units: {capacity}\n",
            summary.hold_time
        );
    }
    text
}

/// An average with its standard error, or a dash.
pub(super) fn cell(value: &Option<MeanSem>) -> String {
    match value {
        Some(MeanSem {
            mean, sem: Some(sem), ..
        }) => format!("{mean:.3} +- {sem:.3}"),
        Some(MeanSem { mean, .. }) => format!("{mean:.3}"),
        None => "-".to_owned(),
    }
}
