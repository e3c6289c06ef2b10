//! Share of the cues recalled, against time, number of cues, their strength, or the number of neurons.

use plotters::prelude::DrawingBackend;

use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::style::Colour;
use super::{Axis, Figure, FigureError, style};
use science::estimators::MeanSem;

/// Recall under one condition.
#[derive(Clone, Debug)]
pub struct RecallCurve {
    /// Name in the legend, if it is not explained by another of its colour.
    pub name: Option<String>,
    /// Its colour.
    pub colour: Colour,
    /// Drawn broken, as a control is.
    pub is_broken: bool,
    /// Where on the horizontal axis, and recall.
    pub points: Vec<(f64, MeanSem)>,
}

/// What recall is drawn against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// Time since the cue, in units of the neuronal time constant.
    Time,
    /// Number of cues.
    Cues,
    /// Strength of the cues.
    Strength,
    /// Number of neurons.
    Size,
}

impl Across {
    fn name(self) -> &'static str {
        match self {
            Self::Time => "time since the cue (units of the neuronal time constant)",
            Self::Cues => "number of cues",
            Self::Strength => "strength of the cues",
            Self::Size => "number of neurons",
        }
    }

    fn axis(self, values: impl Iterator<Item = f64>) -> Result<Axis, FigureError> {
        if self == Self::Time {
            Axis::decades(values.chain([1.0, 10.0]))
        } else {
            Axis::octaves(values)
        }
    }
}

/// Curves of recall, and guessing as a thin grey line.
#[derive(Clone, Copy, Debug)]
pub struct RecallFigure<'a> {
    /// The conditions.
    pub curves: &'a [RecallCurve],
    /// Recall by guessing; a single point stands for all of the axis.
    pub guessing: &'a [(f64, f64)],
    /// The horizontal axis.
    pub across: Across,
    /// What the networks have in common.
    pub title: &'a str,
    /// What full and broken lines are.
    pub note: &'a str,
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

/// Between two lines of a legend.
const LINE: f64 = 38.0;

impl Figure for RecallFigure<'_> {
    fn height(&self) -> u32 {
        960
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        canvas.label(self.title, (style::LEFT, 44.0), Align::Start)?;
        let bottom = legend(canvas, self.curves, 82.0)?;
        canvas.label(self.note, (style::LEFT, bottom + 10.0), Align::Start)?;
        let x = self.across.axis(places(self.curves))?;
        let panel = draw_recall(canvas, self.curves, self.guessing, x, (bottom + 44.0, 840.0))?;
        panel.lower_axis(canvas, Some(&[Piece::Plain(self.across.name())]))
    }
}

/// Horizontal coordinates of all points.
pub(super) fn places(curves: &[RecallCurve]) -> impl Iterator<Item = f64> {
    curves
        .iter()
        .flat_map(|curve| curve.points.iter().map(|(x, _)| *x))
}

/// Draws the curves between two heights, without the lower axis.
pub(super) fn draw_recall<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    curves: &[RecallCurve],
    guessing: &[(f64, f64)],
    x: Axis,
    (top, bottom): (f64, f64),
) -> Result<Panel, FigureError> {
    if curves.iter().all(|curve| curve.points.is_empty()) {
        return Err(FigureError::Data("there is no recall to draw"));
    }
    let panel = Panel {
        top,
        bottom,
        x,
        y: Axis::linear(0.0, 1.05)?,
    };
    panel.left_axis(canvas, &[&[Piece::Plain("share of cues recalled")]], true)?;
    let pixel = |x: f64, y: f64| Some((panel.pixel_x(x)?, panel.pixel_y(y)?));
    let chance: Vec<(f64, f64)> = match *guessing {
        [(_, share)] => panel
            .pixel_y(share)
            .map(|y| vec![(style::LEFT, y), (style::RIGHT, y)])
            .unwrap_or_default(),
        _ => guessing.iter().filter_map(|&(x, y)| pixel(x, y)).collect(),
    };
    canvas.line(&chance, style::CONTROL, 2.0)?;
    // The first on top.
    for curve in curves.iter().rev() {
        let points: Vec<(f64, f64)> = curve
            .points
            .iter()
            .filter_map(|(x, value)| pixel(*x, value.mean))
            .collect();
        if curve.is_broken {
            canvas.dashed(&points, curve.colour, 3.0)?;
        } else {
            canvas.line(&points, curve.colour, 4.0)?;
        }
        for (x, value) in &curve.points {
            let reach = value.sem.unwrap_or(0.0);
            let ends = [value.mean - reach, value.mean, value.mean + reach].map(|end| pixel(*x, end));
            if let [Some(low), Some(middle), Some(high)] = ends {
                canvas.line(&[low, high], curve.colour, 2.5)?;
                canvas.disc(middle, 7.0, curve.colour)?;
            }
        }
    }
    Ok(panel)
}

/// Writes the names from the left on, in as many lines as they need; gives the height below them.
pub(super) fn legend<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    curves: &[RecallCurve],
    top: f64,
) -> Result<f64, FigureError> {
    let (mut left, mut y) = (style::LEFT, top);
    for curve in curves {
        let Some(name) = &curve.name else { continue };
        let width = 96.0 + canvas.text_width(&[Piece::Plain(name)], style::SMALL)?;
        if left > style::LEFT && left + width > style::RIGHT + 40.0 {
            (left, y) = (style::LEFT, y + LINE);
        }
        let sample = [(left, y), (left + 44.0, y)];
        if curve.is_broken {
            canvas.dashed(&sample, curve.colour, 3.0)?;
        } else {
            canvas.line(&sample, curve.colour, 4.0)?;
        }
        canvas.label(name, (left + 56.0, y + 0.36 * style::SMALL), Align::Start)?;
        left += width;
    }
    Ok(y + LINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    fn curve(points: &[(f64, f64)], is_broken: bool) -> RecallCurve {
        let value = |mean| MeanSem {
            mean,
            sem: Some(0.02),
            count: 4,
        };
        RecallCurve {
            name: Some("8 cues, one of many names that need room".to_owned()),
            colour: COLOURS[0],
            is_broken,
            points: points.iter().map(|&(x, mean)| (x, value(mean))).collect(),
        }
    }

    #[test]
    fn shows_frozen_and_running_recall() {
        let curves = [
            curve(&[(1.0, 1.0), (300.0, 0.99), (1e4, 0.99)], false),
            curve(&[(3.0, 0.9), (300.0, 0.12)], true),
        ];
        let figure = RecallFigure {
            curves: &curves,
            guessing: &[(1.0, 0.125)],
            across: Across::Time,
            title: "N = 512",
            note: "full: frozen",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("8 cues") && text.contains("N = 512"));
        assert_eq!(text.matches("<circle").count(), 5);
        let nothing = RecallFigure {
            curves: &[],
            ..figure
        };
        assert!(matches!(svg_text(&nothing), Err(FigureError::Data(_))));
    }

    #[test]
    fn numbers_of_cues_are_powers_of_two_on_their_axis() {
        let curves = [curve(&[(2.0, 1.0), (8.0, 0.99), (64.0, 0.7)], false)];
        let figure = RecallFigure {
            curves: &curves,
            guessing: &[(2.0, 0.5), (64.0, 1.0 / 64.0)],
            across: Across::Cues,
            title: "",
            note: "",
        };
        let text = svg_text(&figure).unwrap();
        for label in ["2", "8", "32", "64"] {
            assert!(text.contains(&format!("\n{label}\n")), "{label}");
        }
    }
}
