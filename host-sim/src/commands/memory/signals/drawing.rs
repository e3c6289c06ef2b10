//! The figure of signals: what is read, against the time since it was felt.

use std::path::Path;

use figures::{SignalsCurve, SignalsFigure};
use science::estimators::MeanSem;
use science::measure::signals::{Row, Summary, System};

use crate::failure::Failure;
use crate::output::draw;

pub(super) fn draw_signals(
    summary: &Summary,
    (title, source): (&str, &str),
    out: &Path,
) -> Result<(), Failure> {
    let systems = [
        (System::Frozen, "frozen", figures::recall::COLOURS[0], false),
        (System::Running, "not frozen", figures::recall::COLOURS[1], true),
        (
            System::Echo,
            "echo-state network",
            figures::recall::COLOURS[2],
            true,
        ),
    ];
    let rows = |system| {
        let is_timed = move |row: &&Row| row.condition.system == system && row.condition.time.is_some();
        summary.rows.iter().filter(is_timed)
    };
    let points = |system, value: &dyn Fn(&Row) -> Option<MeanSem>| {
        rows(system)
            .filter_map(|row| Some((row.condition.time?, value(row)?)))
            .collect()
    };
    let curves = |value: &dyn Fn(&Row) -> Option<MeanSem>| -> Vec<SignalsCurve> {
        let curve = |(system, name, colour, is_broken): (System, &str, _, bool)| SignalsCurve {
            name: name.to_owned(),
            colour,
            is_broken,
            points: points(system, value),
        };
        systems.into_iter().map(curve).collect()
    };
    let mut panels = vec![("class".to_owned(), summary.chance, curves(&|row| row.accuracy))];
    for (target, name) in summary.targets.iter().enumerate() {
        panels.push((name.clone(), 0.0, curves(&move |row| row.r2[target])));
    }
    draw(
        &SignalsFigure {
            panels: &panels,
            title,
            note: &format!(
                "{source}; {} trials of people not trained on; grey: guessing",
                summary.tested
            ),
        },
        &out.join("signals"),
    )
}
