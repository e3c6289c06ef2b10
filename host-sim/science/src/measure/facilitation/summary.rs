//! What the trials say: recall and facilitation against time, and the theory of the latter.

use serde::Serialize;

use super::Facilitation;
use crate::estimators::MeanSem;
use crate::memory::facilitation::{Groups, Memory, Network, Recalled, TIME_CONSTANT, predicted_facilitation};

/// Points of the theory's curve, less one.
const CURVE: u32 = 60;
/// Recall below which a memory is no longer kept.
const KEPT: f64 = 0.95;

/// One way to keep a memory, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// In words.
    pub name: String,
    /// Predefined assemblies, or neurons drawn at random.
    pub groups: &'static str,
    /// Mean external input to excitatory neurons, in millivolts.
    pub background: f64,
    /// Strength of the reactivations.
    pub reactivation: Option<f64>,
    /// Time since the cue in units of the neuronal time constant, and recall.
    pub recall: Vec<(f64, Option<MeanSem>)>,
    /// The same of u of the cued group.
    pub facilitation: Vec<(f64, Option<MeanSem>)>,
    /// Time from which on recall is below 0.95, in units of the neuronal time constant, on a line between the two times
    /// about it; `null` if it never is.
    pub kept_time: Option<f64>,
    /// The same half-way between 1 and guessing.
    pub half_time: Option<f64>,
}

/// Averages over trials.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// One of each condition.
    pub rows: Vec<Row>,
    /// Guessing.
    pub chance: f64,
    /// Trials of each row.
    pub trials: u32,
    /// u of the cued group without reactivation, as its theory has it from its value at the end of the cue on.
    pub facilitation_theory: Vec<(f64, f64)>,
    /// Largest difference between it and the mean u.
    pub facilitation_error: f64,
}

impl Row {
    pub(super) fn of(name: &str, memory: &Memory, (holds, trials): (&[f64], &[Recalled]), cues: u32) -> Self {
        let over = |value: &dyn Fn(&Recalled, usize) -> f64| -> Vec<(f64, Option<MeanSem>)> {
            let at = |(place, hold): (usize, &f64)| {
                let values = trials.iter().map(|trial| value(trial, place));
                (hold / TIME_CONSTANT, MeanSem::of(values))
            };
            holds.iter().enumerate().map(at).collect()
        };
        let recall = over(&|trial, place| f64::from(u8::from(trial.is_right[place])));
        let half = f64::midpoint(1.0, 1.0 / f64::from(cues));
        Self {
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

impl Summary {
    /// From the rows, of which the first is without reactivation, and its network at rest.
    pub(super) fn of(of: &Facilitation, rows: Vec<Row>, rested: Option<&Network>) -> Self {
        let (mut theory, mut error) = (Vec::new(), 0.0_f64);
        if let Some((row, rested)) = rows.first().zip(rested) {
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
            let decades = of.hold.max(1.0).log10();
            theory.extend((0..=CURVE).map(|point| {
                let time = 10.0_f64.powf(decades * f64::from(point) / f64::from(CURVE));
                (time, predicted_facilitation(rested, start, time * TIME_CONSTANT))
            }));
        }
        Self {
            rows,
            chance: 1.0 / f64::from(of.cues),
            trials: of.trials,
            facilitation_theory: theory,
            facilitation_error: error,
        }
    }
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
