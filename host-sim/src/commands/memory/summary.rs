//! Averages over networks, for each number of cues and strength.

use serde::Serialize;

use super::measurement::{Outcome, Task};
use crate::configuration::Configuration;
use crate::estimators::MeanSem;
use crate::figures::RecallRow;

/// Recall from which on a number of cues counts as remembered.
const REMEMBERED: f64 = 0.95;

/// Recall of one task; shares of trials, averaged over networks.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    cues: u32,
    strength: f32,
    /// Held-out trials of all networks.
    held_out: usize,
    at_freeze: Option<MeanSem>,
    settled: Option<MeanSem>,
    held: Option<MeanSem>,
    /// Without freezing: time since the end of the rest, and recall.
    running: Vec<(f64, Option<MeanSem>)>,
    /// Guessing.
    chance: f64,
    converged: Option<MeanSem>,
    repeats: Option<MeanSem>,
    active: Option<MeanSem>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    /// Of the first task: recall after the hold.
    recall: Option<MeanSem>,
    /// For which it was held.
    hold_time: f64,
    /// Largest number of cues recalled at 0.95 or better after the hold, one state at a time; `null` if none is.
    capacity: Option<u32>,
    rows: Vec<Row>,
}

impl Row {
    fn of(task: &Task, outcomes: &[Outcome]) -> Self {
        let over = |value: &dyn Fn(&Outcome) -> f64| MeanSem::of(outcomes.iter().map(value));
        let times = task.protocol.running.iter().enumerate();
        Self {
            cues: task.cues,
            strength: task.strength,
            held_out: task.trials as usize * outcomes.len(),
            at_freeze: over(&|outcome| outcome.frozen[0]),
            settled: over(&|outcome| outcome.frozen[1]),
            held: over(&|outcome| outcome.frozen[2]),
            running: times
                .map(|(place, &time)| (time, over(&|outcome| outcome.running[place])))
                .collect(),
            chance: 1.0 / f64::from(task.cues),
            converged: over(&|outcome| outcome.converged),
            repeats: over(&|outcome| outcome.repeats),
            active: over(&|outcome| outcome.active),
        }
    }
}

impl Summary {
    pub(super) fn of(tasks: &[(Task, Vec<Outcome>)]) -> Self {
        let rows: Vec<Row> = tasks
            .iter()
            .map(|(task, outcomes)| Row::of(task, outcomes))
            .collect();
        let remembered = rows
            .iter()
            .filter(|row| row.held.is_some_and(|held| held.mean >= REMEMBERED));
        Self {
            recall: rows.first().and_then(|row| row.held),
            hold_time: tasks.first().map_or(0.0, |(task, _)| task.protocol.hold),
            capacity: remembered.map(|row| row.cues).max(),
            rows,
        }
    }

    /// What the figure shows.
    pub(super) fn figure_rows(&self) -> Vec<RecallRow> {
        let row = |row: &Row| RecallRow {
            name: format!("{} cues of strength {}", row.cues, row.strength),
            frozen: [
                (1.0, row.at_freeze),
                (300.0, row.settled),
                (self.hold_time, row.held),
            ]
            .into_iter()
            .filter_map(|(time, value)| Some((time, value?)))
            .collect(),
            running: row
                .running
                .iter()
                .filter_map(|&(time, value)| Some((time, value?)))
                .collect(),
            chance: row.chance,
        };
        self.rows.iter().map(row).collect()
    }
}

/// A table for people.
pub(super) fn text(configuration: &Configuration, summary: &Summary) -> String {
    let cell = |value: &Option<MeanSem>| match value {
        Some(MeanSem {
            mean, sem: Some(sem), ..
        }) => format!("{mean:.3} +- {sem:.3}"),
        Some(MeanSem { mean, .. }) => format!("{mean:.3}"),
        None => "-".to_owned(),
    };
    let mut text = format!("{}\n\n", configuration.describe());
    for row in &summary.rows {
        text += &format!(
            "{} cues of strength {}, {} held-out trials, chance {:.3}\n",
            row.cues, row.strength, row.held_out, row.chance
        );
        for (name, value) in [
            ("recalled at the freeze", &row.at_freeze),
            ("recalled when settled", &row.settled),
            ("recalled after the hold", &row.held),
            ("came to rest", &row.converged),
            ("repeat to the bit, for ever", &row.repeats),
            ("active at the end of the control", &row.active),
        ] {
            text += &format!("  {name:<34}{}\n", cell(value));
        }
        for (time, value) in &row.running {
            text += &format!("  {:<34}{}\n", format!("not frozen, after {time}"), cell(value));
        }
        text.push('\n');
    }
    let capacity = summary
        .capacity
        .map_or("none".to_owned(), |cues| cues.to_string());
    text + &format!(
        "largest number of cues recalled at {REMEMBERED} or better after {} time units: {capacity}\n",
        summary.hold_time
    )
}
