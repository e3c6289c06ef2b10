//! The figure: recall by freezing and by facilitation, and the facilitation beside its theory.

use std::path::Path;

use serde::Deserialize;

use crate::failure::Failure;
use crate::output::draw;
use figures::recall::COLOURS;
use figures::{FacilitationCurve, FacilitationFigure, RecallCurve};
use science::estimators::MeanSem;
use science::measure::facilitation::Summary;

/// Recall of frozen networks, from the result of another run.
#[derive(Debug, Deserialize)]
pub(super) struct Frozen {
    kind: String,
    summary: FrozenSummary,
}

#[derive(Debug, Deserialize)]
struct FrozenSummary {
    rows: Vec<FrozenRow>,
}

#[derive(Debug, Deserialize)]
struct FrozenRow {
    n: usize,
    cues: u32,
    frozen: Vec<(f64, Option<MeanSem>)>,
    running: Vec<(f64, Option<MeanSem>)>,
}

impl Frozen {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable =
            |error: &dyn std::fmt::Display| Failure::Device(format!("{}: {error}", path.display()));
        let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
        let read: Self = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
        if read.kind != "memory" {
            return Err(unreadable(&format!("is of `{}`, and not of `memory`", read.kind)));
        }
        Ok(read)
    }
}

/// An axis in decades has no zero: the end of the cue is drawn at its beginning.
fn shown(values: &[(f64, Option<MeanSem>)]) -> Vec<(f64, MeanSem)> {
    let shown = values
        .iter()
        .filter_map(|&(time, value)| Some((time.max(1.0), value?)));
    shown.collect()
}

pub(super) fn draw_facilitation(
    summary: &Summary,
    frozen: Option<&Frozen>,
    out: &Path,
) -> Result<(), Failure> {
    let mut recall = Vec::new();
    let mut title = format!("{} cues", (1.0 / summary.chance).round());
    if let Some(FrozenRow {
        n,
        cues,
        frozen,
        running,
    }) = frozen.and_then(|frozen| frozen.summary.rows.first())
    {
        title = format!("frozen: {cues} cues, N = {n}; facilitated: {title}");
        for (name, values, is_broken) in [("frozen", frozen, false), ("not frozen", running, true)] {
            recall.push(RecallCurve {
                name: Some(name.to_owned()),
                colour: COLOURS[0],
                is_broken,
                points: shown(values),
            });
        }
    }
    let mut facilitation = Vec::new();
    for (row, colour) in summary.rows.iter().zip(COLOURS.into_iter().skip(1).cycle()) {
        recall.push(RecallCurve {
            name: Some(row.name.clone()),
            colour,
            is_broken: row.groups == "random",
            points: shown(&row.recall),
        });
        let is_first = facilitation.is_empty();
        facilitation.push(FacilitationCurve {
            colour,
            points: shown(&row.facilitation),
            theory: if is_first {
                summary.facilitation_theory.clone()
            } else {
                Vec::new()
            },
        });
    }
    draw(
        &FacilitationFigure {
            recall: &recall,
            chance: summary.chance,
            facilitation: &facilitation,
            title: &title,
        },
        &out.join("facilitation"),
    )
}
