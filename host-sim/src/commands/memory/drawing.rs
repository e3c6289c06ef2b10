//! The figures of recall: against time always, and against whatever was given several values.

use std::path::Path;

use figures::recall::COLOURS;
use figures::{Across, RecallCurve, RecallFigure};
use science::estimators::MeanSem;
use science::measure::recall::{GridSummary, Row};

use crate::failure::Failure;
use crate::output::draw;

/// Most conditions that one figure tells apart.
const MOST: usize = COLOURS.len();

/// Draws all that apply into a folder.
pub(super) fn draw_recall(summary: &GridSummary, title: &str, out: &Path) -> Result<(), Failure> {
    over_time(summary, title, out)?;
    let across = [
        (
            Across::Cues,
            "capacity",
            (|row| row.cues.into()) as fn(&Row) -> f64,
        ),
        (Across::Strength, "strength", |row| row.strength.into()),
        (Across::Size, "size", |row| row.n as f64),
    ];
    for (across, name, value) in across {
        draw_across(summary, (across, value), title, &out.join(name))?;
    }
    Ok(())
}

/// What sets a row apart from those that differ in another respect.
fn name_without(row: &Row, across: Across) -> String {
    let parts = [
        (Across::Size, format!("N = {}", row.n)),
        (Across::Cues, format!("{} cues", row.cues)),
        (Across::Strength, format!("strength {}", row.strength)),
    ];
    let kept = parts.into_iter().filter(|(part, _)| *part != across);
    kept.map(|(_, name)| name).collect::<Vec<_>>().join(", ")
}

fn over_time(summary: &GridSummary, title: &str, out: &Path) -> Result<(), Failure> {
    let mut curves = Vec::new();
    let rows = || summary.rows.iter().zip(COLOURS).take(MOST);
    for (row, colour) in rows() {
        // An axis in decades has no zero: the freeze is drawn at its beginning.
        let points = |values: &[(f64, Option<MeanSem>)]| {
            let shown = values
                .iter()
                .filter_map(|&(time, value)| Some((time.max(1.0), value?)));
            shown.collect()
        };
        curves.push(RecallCurve {
            name: Some(name_without(row, Across::Time)),
            colour,
            is_broken: false,
            points: points(&row.frozen),
        });
        curves.push(RecallCurve {
            name: None,
            colour,
            is_broken: true,
            points: points(&row.running),
        });
    }
    let guessing: Vec<(f64, f64)> = summary
        .rows
        .first()
        .map(|row| (1.0, row.chance))
        .into_iter()
        .collect();
    draw(
        &RecallFigure {
            curves: &curves,
            guessing: &guessing,
            across: Across::Time,
            title,
            note: "full: frozen; broken: not frozen; grey: guessing",
        },
        &out.join("memory"),
    )
}

/// Recall after the hold against one property of the tasks, if it has several values.
fn draw_across(
    summary: &GridSummary,
    (across, value): (Across, fn(&Row) -> f64),
    title: &str,
    stem: &Path,
) -> Result<(), Failure> {
    let Some(first) = summary.rows.first() else {
        return Ok(());
    };
    if summary.rows.iter().all(|row| value(row) == value(first)) {
        return Ok(());
    }
    let mut curves: Vec<RecallCurve> = Vec::new();
    for row in &summary.rows {
        let Some(held) = row.held else { continue };
        let name = Some(name_without(row, across));
        let point = (value(row), held);
        match curves.iter().position(|curve| curve.name == name) {
            Some(place) => curves[place].points.push(point),
            None if curves.len() < MOST => curves.push(RecallCurve {
                name,
                colour: COLOURS[curves.len()],
                is_broken: false,
                points: vec![point],
            }),
            None => {}
        }
    }
    let mut guessing: Vec<(f64, f64)> = summary.rows.iter().map(|row| (value(row), row.chance)).collect();
    guessing.sort_by(|a, b| a.0.total_cmp(&b.0));
    guessing.dedup();
    draw(
        &RecallFigure {
            curves: &curves,
            guessing: &guessing,
            across,
            title,
            note: &format!(
                "after {} time units of holding; grey: guessing",
                summary.hold_time
            ),
        },
        stem,
    )
}
