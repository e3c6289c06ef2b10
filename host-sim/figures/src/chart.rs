//! Theory and simulation on one pair of axes: lines, and points with their standard errors.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::speed::{Entry, legend, ring};
use super::style::{self, Colour};
use super::{Figure, FigureError};

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A line: theory.
    Line,
    /// A broken line: a level, a control, another theory.
    Dashed,
    /// Rings with bars of one standard error: a simulation.
    Points,
}

/// One quantity against another.
#[derive(Clone, Debug)]
pub struct Series {
    /// Name in the legend; a series without one is explained by another of its colour, or by the note.
    pub name: Option<String>,
    /// Lines or points.
    pub look: Look,
    /// Its colour.
    pub colour: Colour,
    /// Horizontal coordinates.
    pub x: Vec<f64>,
    /// As many values; those that are not finite are left out.
    pub y: Vec<f64>,
    /// As many standard errors, or none.
    pub errors: Vec<f64>,
}

/// A chart of several series.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// Name of the horizontal axis.
    pub x_name: &'a [Piece<'a>],
    /// Name of the vertical axis.
    pub y_name: &'a [Piece<'a>],
    /// What the looks stand for, above the legend.
    pub note: &'a str,
    /// The series, the first at the bottom.
    pub series: &'a [Series],
    /// Values that the vertical axis has to show beside those of the series.
    pub include: &'a [f64],
    /// Vertical axis in decades.
    pub decades: bool,
    /// Places on the horizontal axis to mark, with short names.
    pub marks: &'a [(f64, String)],
}

/// Colours of conditions, apart in print and for the colour-blind (Okabe and Ito).
pub const CONDITIONS: [Colour; 6] = [
    (90, 90, 90),
    (0, 114, 178),
    (213, 94, 0),
    (0, 158, 115),
    (204, 121, 167),
    (170, 130, 0),
];

impl Chart<'_> {
    fn panel(&self) -> Result<Panel, FigureError> {
        let points = || {
            self.series
                .iter()
                .flat_map(|series| series.x.iter().zip(&series.y))
        };
        let finite = || points().filter(|(x, y)| x.is_finite() && y.is_finite());
        if finite().next().is_none() {
            return Err(FigureError::Data("a chart has no value to show"));
        }
        let range = |values: &mut dyn Iterator<Item = f64>| {
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (f64::min(low, value), f64::max(high, value))
            })
        };
        let (left, right) = range(
            &mut finite()
                .map(|(x, _)| *x)
                .chain(self.marks.iter().map(|(x, _)| *x)),
        );
        let margin = 0.02 * (right - left);
        let y = if self.decades {
            Axis::decades(finite().map(|(_, y)| *y))?
        } else {
            let bars = self.series.iter().flat_map(|series| {
                let ends = series.y.iter().zip(&series.errors);
                ends.flat_map(|(y, error)| [y - error, y + error])
            });
            let shown = finite()
                .map(|(_, y)| *y)
                .chain(bars.filter(|end| end.is_finite()));
            let (low, high) = range(&mut shown.chain(self.include.iter().copied()));
            let margin = (0.05 * (high - low)).max(1e-9);
            Axis::linear(if low == 0.0 { low } else { low - margin }, high + margin)?
        };
        Ok(Panel {
            top: 140.0,
            bottom: 760.0,
            x: Axis::linear(if left == 0.0 { left } else { left - margin }, right + margin)?,
            y,
        })
    }
}

impl Series {
    fn checked(&self) -> Result<(), FigureError> {
        let errors = self.errors.is_empty() || self.errors.len() == self.x.len();
        if self.x.len() == self.y.len() && errors {
            Ok(())
        } else {
            Err(FigureError::Data(
                "coordinates, values and errors of a series differ in number",
            ))
        }
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, panel: &Panel) -> Result<(), FigureError> {
        let (x, y): (Vec<f64>, Vec<f64>) = self
            .x
            .iter()
            .zip(&self.y)
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .unzip();
        match self.look {
            Look::Line => panel.curve(canvas, (&x, &y), self.colour, 3.5),
            Look::Dashed => canvas.dashed(&panel.pixels(&x, &y), self.colour, 3.0),
            Look::Points => {
                for (at, (&x, &y)) in self.x.iter().zip(&self.y).enumerate() {
                    let (Some(column), Some(row)) = (panel.pixel_x(x), panel.pixel_y(y)) else {
                        continue;
                    };
                    let error = self.errors.get(at).copied().filter(|error| error.is_finite());
                    let bar = error.and_then(|error| {
                        Some([
                            (column, panel.pixel_y(y - error)?),
                            (column, panel.pixel_y(y + error)?),
                        ])
                    });
                    if let Some(bar) = bar {
                        canvas.line(&bar, self.colour, 2.5)?;
                    }
                    ring(canvas, (column, row), self.colour)?;
                }
                Ok(())
            }
        }
    }
}

impl Figure for Chart<'_> {
    fn height(&self) -> u32 {
        880
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        self.series.iter().try_for_each(Series::checked)?;
        let panel = self.panel()?;
        panel.left_axis(canvas, &[self.y_name], true)?;
        for (x, name) in self.marks {
            let Some(x) = panel.pixel_x(*x) else { continue };
            canvas.dashed(&[(x, panel.top), (x, panel.bottom)], style::CONTROL, 2.0)?;
            canvas.label(name, (x, panel.top - 10.0), Align::Middle)?;
        }
        let zero = panel.pixel_y(0.0).filter(|_| !self.decades);
        if let Some(zero) = zero.filter(|zero| *zero > panel.top && *zero < panel.bottom) {
            canvas.line(&[(style::LEFT, zero), (style::RIGHT, zero)], style::CONTROL, 2.0)?;
        }
        self.series
            .iter()
            .try_for_each(|series| series.draw(canvas, &panel))?;
        let entries: Vec<Entry<'_>> = self
            .series
            .iter()
            .filter_map(|series| {
                let name = series.name.as_deref()?;
                Some(match series.look {
                    Look::Line => Entry::Line(name, series.colour, 3.5),
                    Look::Dashed => Entry::Dashed(name, series.colour, 3.0),
                    Look::Points => Entry::Ring(name, series.colour),
                })
            })
            .collect();
        canvas.label(self.note, (style::LEFT, 34.0), Align::Start)?;
        legend(canvas, &entries, 78.0)?;
        panel.lower_axis(canvas, Some(self.x_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    fn series(look: Look) -> Series {
        Series {
            name: Some(format!("{look:?}")),
            look,
            colour: CONDITIONS[1],
            x: vec![0.0, 1.0, 2.0],
            y: vec![-1.0, f64::NAN, 3.0],
            errors: if look == Look::Points {
                vec![0.5; 3]
            } else {
                vec![]
            },
        }
    }

    const NAME: &[Piece<'_>] = &[Piece::Plain("k")];

    #[test]
    fn every_series_is_drawn_and_named() {
        let series = [series(Look::Line), series(Look::Dashed), series(Look::Points)];
        let marks = [(1.5, "N = 128".to_owned())];
        let chart = Chart {
            x_name: NAME,
            y_name: NAME,
            note: "dots: simulation",
            series: &series,
            include: &[0.0],
            decades: false,
            marks: &marks,
        };
        let text = svg_text(&chart).unwrap();
        for name in ["Line", "Dashed", "Points", "N = 128", "dots: simulation"] {
            assert!(text.contains(name), "{name}");
        }
        // Two finite points of two discs each, and those of the legend.
        assert_eq!(text.matches("<circle").count(), 6);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut ragged = [series(Look::Line)];
        let chart = |series| Chart {
            x_name: NAME,
            y_name: NAME,
            note: "",
            series,
            include: &[],
            decades: false,
            marks: &[],
        };
        ragged[0].x.pop();
        assert!(matches!(svg_text(&chart(&ragged)), Err(FigureError::Data(_))));
        assert!(matches!(svg_text(&chart(&[])), Err(FigureError::Data(_))));
    }
}
