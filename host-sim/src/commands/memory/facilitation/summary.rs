//! What the trials say: recall and facilitation against time, and the theory of the latter.

use serde::Serialize;

use super::FacilitationOptions;
use crate::commands::memory::summary::cell;
use crate::estimators::MeanSem;
use crate::memory::facilitation::{Groups, Memory, Network, Recalled, TIME_CONSTANT, predicted_facilitation};

/// Points of the theory's curve, less one.
const CURVE: u32 = 60;
/// Recall below which a memory is no longer kept.
const KEPT: f64 = 0.95;
/// One way to keep a memory, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    /// Predefined assemblies, or neurons drawn at random.
    pub(super) groups: &'static str,
    /// Mean external input to excitatory neurons, in millivolts.
    pub(super) background: f64,
    /// Strength of the reactivations.
    pub(super) reactivation: Option<f64>,
    /// Time since the cue in units of the neuronal time constant, and recall.
    pub(super) recall: Vec<(f64, Option<MeanSem>)>,
    /// The same of u of the cued group.
    pub(super) facilitation: Vec<(f64, Option<MeanSem>)>,
    /// Time from which on recall is below 0.95, in units of the neuronal time constant, on a line between the two times
    /// about it; `null` if it never is.
    pub(super) kept_time: Option<f64>,
    /// The same half-way between 1 and guessing.
    pub(super) half_time: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Summary {
    pub(super) rows: Vec<Row>,
    pub(super) chance: f64,
    /// Trials of each row.
    pub(super) trials: u32,
    /// u of the cued group without reactivation, as its theory has it from its value at the end of the cue on.
    pub(super) facilitation_theory: Vec<(f64, f64)>,
    /// Largest difference between it and the mean u.
    pub(super) facilitation_error: f64,
}

pub(super) fn row(name: &str, memory: &Memory, (holds, trials): (&[f64], &[Recalled]), cues: u32) -> Row {
    let over = |value: &dyn Fn(&Recalled, usize) -> f64| -> Vec<(f64, Option<MeanSem>)> {
        let at = |(place, hold): (usize, &f64)| {
            let values = trials.iter().map(|trial| value(trial, place));
            (hold / TIME_CONSTANT, MeanSem::of(values))
        };
        holds.iter().enumerate().map(at).collect()
    };
    let recall = over(&|trial, place| f64::from(u8::from(trial.is_right[place])));
    let half = f64::midpoint(1.0, 1.0 / f64::from(cues));
    Row {
        name: name.to_owned(),
        groups: match memory.groups {
            Groups::Assemblies => "assemblies",
            Groups::Random => "random",
        },
        background: memory.background,
        reactivation: memory.reactivation,
        kept_time: time_below(&recall, KEPT),
        half_time: time_below(&recall, half),
        recall,
        facilitation: over(&|trial, place| trial.facilitation[place]),
    }
}

/// First time at which a line through the values is below a level.
fn time_below(values: &[(f64, Option<MeanSem>)], level: f64) -> Option<f64> {
    let values: Vec<(f64, f64)> = values
        .iter()
        .filter_map(|&(time, value)| Some((time, value?.mean)))
        .collect();
    let below = values.iter().position(|(_, value)| *value < level)?;
    let (second, after) = values[below];
    let Some((first, before)) = below.checked_sub(1).map(|place| values[place]) else {
        return Some(second);
    };
    Some(first + (before - level) / (before - after) * (second - first))
}

pub(super) fn summary(outcomes: &[(Row, Network, Vec<Recalled>)], options: &FacilitationOptions) -> Summary {
    let (mut theory, mut error) = (Vec::new(), 0.0_f64);
    if let Some((row, rested, _)) = outcomes.first() {
        let means = row
            .facilitation
            .iter()
            .filter_map(|&(time, value)| Some((time, value?.mean)));
        let means: Vec<(f64, f64)> = means.collect();
        let start = means.first().map_or(f64::NAN, |(_, u)| *u);
        for (time, u) in means {
            let predicted = predicted_facilitation(rested, start, time * TIME_CONSTANT);
            error = error.max((u - predicted).abs());
        }
        // Evenly on an axis in decades.
        let decades = options.hold.max(1.0).log10();
        theory.extend((0..=CURVE).map(|point| {
            let time = 10.0_f64.powf(decades * f64::from(point) / f64::from(CURVE));
            (time, predicted_facilitation(rested, start, time * TIME_CONSTANT))
        }));
    }
    Summary {
        rows: outcomes.iter().map(|(row, ..)| row.clone()).collect(),
        chance: 1.0 / f64::from(options.cues),
        trials: options.trials,
        facilitation_theory: theory,
        facilitation_error: error,
    }
}

pub(super) fn text(summary: &Summary, cues: u32) -> String {
    let mut text = format!(
        "short-term facilitation, {cues} cues, {} trials each, chance {:.3}; times in units of {TIME_CONSTANT} ms\n\n",
        summary.trials, summary.chance
    );
    for row in &summary.rows {
        text += &format!(
            "{}\n  time      recalled           u of the cued group\n",
            row.name
        );
        for ((time, recall), (_, u)) in row.recall.iter().zip(&row.facilitation) {
            let cells = [recall, u].map(cell);
            text += &format!("  {time:<8}  {:<17}  {}\n", cells[0], cells[1]);
        }
        for (name, time) in [
            ("recall below 0.95", row.kept_time),
            ("half-way to guessing", row.half_time),
        ] {
            let time = time.map_or("never, so far".to_owned(), |time| format!("after {time:.0}"));
            text += &format!("  {name}: {time}\n");
        }
        text.push('\n');
    }
    text + &format!(
        "u without reactivation differs from its theory by at most {:.4}\n",
        summary.facilitation_error
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_below_a_level_lies_on_the_line_between_two_values() {
        let value = |mean| MeanSem::of([mean]);
        let values = [(0.0, value(1.0)), (10.0, value(0.8)), (20.0, value(0.2))];
        assert_eq!(time_below(&values, 0.9), Some(5.0));
        assert!((time_below(&values, 0.5).unwrap() - 15.0).abs() < 1e-9);
        assert_eq!(time_below(&values, 0.1), None);
        assert_eq!(time_below(&values, 1.5), Some(0.0));
    }
}
