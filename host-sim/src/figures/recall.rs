//! Recall against the time since the cue, frozen and running.

use plotters::prelude::DrawingBackend;

use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::style::Colour;
use super::{Axis, Figure, FigureError, style};
use crate::estimators::MeanSem;

/// Recall of one number and strength of cues.
#[derive(Clone, Debug)]
pub struct RecallRow {
    /// What the cues are.
    pub name: String,
    /// Time since the freeze, and recall.
    pub frozen: Vec<(f64, MeanSem)>,
    /// The same without freezing.
    pub running: Vec<(f64, MeanSem)>,
    /// Recall by guessing.
    pub chance: f64,
}

/// Frozen networks as full lines, running ones as broken lines, guessing as a thin line.
#[derive(Clone, Copy, Debug)]
pub struct RecallFigure<'a> {
    /// The kinds of cues, at most [`COLOURS`] of which have colours of their own.
    pub rows: &'a [RecallRow],
    /// Time for which states were held.
    pub hold: f64,
    /// What the networks have in common.
    pub title: &'a str,
}

/// Colours that stay apart for the colour-blind (Okabe and Ito).
pub const COLOURS: [Colour; 6] = [
    style::MAIN,
    style::OVERLAY,
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
];

impl Figure for RecallFigure<'_> {
    fn height(&self) -> u32 {
        900
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        if self.rows.is_empty() {
            return Err(FigureError::Data("there is no recall to draw"));
        }
        let panel = Panel {
            top: 150.0,
            bottom: 780.0,
            x: Axis::decades([1.0, self.hold.max(10.0)])?,
            y: Axis::linear(0.0, 1.05)?,
        };
        panel.left_axis(canvas, &[&[Piece::Plain("share of cues recalled")]], true)?;
        for (row, colour) in self.rows.iter().zip(COLOURS.into_iter().cycle()) {
            let chance = panel.pixel_y(row.chance).unwrap_or(panel.bottom);
            canvas.line(
                &[(style::LEFT, chance), (style::RIGHT, chance)],
                style::CONTROL,
                1.5,
            )?;
            for (values, is_frozen) in [(&row.frozen, true), (&row.running, false)] {
                let point = |(time, value): &(f64, MeanSem)| {
                    Some((panel.pixel_x(*time)?, panel.pixel_y(value.mean)?))
                };
                let points: Vec<(f64, f64)> = values.iter().filter_map(point).collect();
                if is_frozen {
                    canvas.line(&points, colour, 4.0)?;
                } else {
                    canvas.dashed(&points, colour, 3.0)?;
                }
                for (time, value) in values {
                    let Some((x, y)) = point(&(*time, *value)) else {
                        continue;
                    };
                    let reach = value.sem.unwrap_or(0.0);
                    let ends =
                        [value.mean - reach, value.mean + reach].map(|end| panel.pixel_y(end).unwrap_or(y));
                    canvas.line(&[(x, ends[0]), (x, ends[1])], colour, 2.5)?;
                    canvas.disc((x, y), 7.0, colour)?;
                }
            }
        }
        canvas.label(self.title, (style::LEFT, 50.0), Align::Start)?;
        let mut left = style::LEFT;
        let names = self
            .rows
            .iter()
            .map(|row| row.name.as_str())
            .zip(COLOURS.into_iter().cycle());
        for (name, colour) in names.take(3) {
            canvas.line(&[(left, 92.0), (left + 40.0, 92.0)], colour, 4.0)?;
            canvas.label(name, (left + 52.0, 100.0), Align::Start)?;
            left += 80.0 + canvas.text_width(&[Piece::Plain(name)], style::SMALL)?;
        }
        canvas.label(
            "full: frozen; broken: not frozen; grey: guessing",
            (style::RIGHT, 135.0),
            Align::End,
        )?;
        panel.lower_axis(
            canvas,
            Some(&[Piece::Plain(
                "time since the cue (units of the neuronal time constant)",
            )]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::svg_text;

    #[test]
    fn shows_frozen_and_running_recall() {
        let value = |mean| MeanSem {
            mean,
            sem: Some(0.02),
            count: 4,
        };
        let row = RecallRow {
            name: "8 cues".to_owned(),
            frozen: vec![(1.0, value(1.0)), (300.0, value(0.99)), (1e4, value(0.99))],
            running: vec![(3.0, value(0.9)), (300.0, value(0.12))],
            chance: 0.125,
        };
        let rows = [row];
        let figure = RecallFigure {
            rows: &rows,
            hold: 1e4,
            title: "N = 512",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("8 cues") && text.contains("N = 512"));
        assert!(text.matches("<circle").count() >= 5);
        let nothing = RecallFigure { rows: &[], ..figure };
        assert!(matches!(svg_text(&nothing), Err(FigureError::Data(_))));
    }
}
