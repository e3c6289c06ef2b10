//! A memory for signals in one figure: what is read of an event, against the time since it was felt.

use plotters::prelude::DrawingBackend;
use science::estimators::MeanSem;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::style::{self, Colour};
use super::{Figure, FigureError};

/// What one system keeps.
#[derive(Clone, Debug)]
pub struct SignalsCurve {
    /// Name in the legend.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// Drawn broken, as a control is.
    pub is_broken: bool,
    /// Times since the event, and what is read: a share or an R^2.
    pub points: Vec<(f64, MeanSem)>,
}

/// One panel for the class and one for each continuous quantity, with the level of guessing; curves of the first are named.
#[derive(Clone, Copy, Debug)]
pub struct SignalsFigure<'a> {
    /// Name, level of guessing, curves.
    pub panels: &'a [(String, f64, Vec<SignalsCurve>)],
    /// What the networks have in common.
    pub title: &'a str,
    /// Where the signals are from.
    pub note: &'a str,
}

/// Height of a panel, and of what is between two.
const PANEL: f64 = 210.0;
const GAP: f64 = 34.0;
const TOP: f64 = 190.0;
/// Lower end of the axis of values: what is worse is drawn on it.
const LEAST: f64 = -0.15;

impl Figure for SignalsFigure<'_> {
    fn height(&self) -> u32 {
        (TOP + (PANEL + GAP) * self.panels.len() as f64 + 90.0) as u32
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let times = || {
            let curves = self.panels.iter().flat_map(|(.., curves)| curves);
            curves.flat_map(|curve| curve.points.iter().map(|(time, _)| *time))
        };
        if times().next().is_none() {
            return Err(FigureError::Data("there is no reading to draw"));
        }
        let x = Axis::decades(times().chain([1.0, 10.0]))?;
        canvas.label(self.title, (style::LEFT, 44.0), Align::Start)?;
        canvas.label(self.note, (style::LEFT, 82.0), Align::Start)?;
        self.legend(canvas, 122.0)?;
        for (place, (name, guessing, curves)) in self.panels.iter().enumerate() {
            let top = TOP + (PANEL + GAP) * place as f64;
            let panel = Panel {
                top,
                bottom: top + PANEL,
                x,
                y: Axis::linear(LEAST, 1.05)?,
            };
            let kind = if place == 0 { "share right" } else { "R²" };
            panel.left_axis(canvas, &[&[Piece::Plain(name)], &[Piece::Plain(kind)]], true)?;
            if let Some(y) = panel.pixel_y(*guessing) {
                canvas.line(&[(style::LEFT, y), (style::RIGHT, y)], style::CONTROL, 2.0)?;
            }
            // The first on top.
            curves
                .iter()
                .rev()
                .try_for_each(|curve| curve.draw(canvas, &panel))?;
            let is_last = place + 1 == self.panels.len();
            let time = [Piece::Plain(
                "time since the freeze, or since the window's end (units of the neuronal time constant)",
            )];
            panel.lower_axis(canvas, is_last.then_some(&time[..]))?;
        }
        Ok(())
    }
}

impl SignalsFigure<'_> {
    fn legend<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, y: f64) -> Result<(), FigureError> {
        let mut left = style::LEFT;
        for curve in self.panels.iter().take(1).flat_map(|(.., curves)| curves) {
            let sample = [(left, y), (left + 44.0, y)];
            if curve.is_broken {
                canvas.dashed(&sample, curve.colour, 3.0)?;
            } else {
                canvas.line(&sample, curve.colour, 4.0)?;
            }
            canvas.label(&curve.name, (left + 56.0, y + 0.36 * style::SMALL), Align::Start)?;
            left += 110.0 + canvas.text_width(&[Piece::Plain(&curve.name)], style::SMALL)?;
        }
        Ok(())
    }
}

impl SignalsCurve {
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, panel: &Panel) -> Result<(), FigureError> {
        // An axis in decades has no zero: it draws the freeze at its beginning.
        let pixel = |time: f64, value: f64| {
            let value = if value < LEAST { LEAST } else { value };
            Some((panel.pixel_x(time)?, panel.pixel_y(value)?))
        };
        let line: Vec<(f64, f64)> = self
            .points
            .iter()
            .filter_map(|(time, value)| pixel(*time, value.mean))
            .collect();
        if self.is_broken {
            canvas.dashed(&line, self.colour, 3.0)?;
        } else {
            canvas.line(&line, self.colour, 4.0)?;
        }
        for (time, value) in &self.points {
            let reach = value.sem.unwrap_or(0.0);
            let ends = [value.mean - reach, value.mean, value.mean + reach].map(|end| pixel(*time, end));
            if let [Some(low), Some(middle), Some(high)] = ends {
                canvas.line(&[low, high], self.colour, 2.5)?;
                canvas.disc(middle, 7.0, self.colour)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn every_reading_is_drawn_and_what_is_worse_than_guessing_lies_on_the_axis() {
        let value = |mean| MeanSem {
            mean,
            sem: Some(0.01),
            count: 3,
        };
        let curve = |points: &[f64]| SignalsCurve {
            name: "frozen".to_owned(),
            colour: style::MAIN,
            is_broken: false,
            points: [0.0, 100.0]
                .into_iter()
                .zip(points.iter().map(|&mean| value(mean)))
                .collect(),
        };
        let panels = [
            ("class".to_owned(), 0.2, vec![curve(&[0.7, 0.71])]),
            ("intensity".to_owned(), 0.0, vec![curve(&[0.9, -40.0])]),
        ];
        let figure = SignalsFigure {
            panels: &panels,
            title: "N = 256",
            note: "synthetic",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("intensity") && text.contains("share right") && text.contains("frozen"));
        assert_eq!(text.matches("<circle").count(), 4);
        let nothing = SignalsFigure {
            panels: &[],
            ..figure
        };
        assert!(matches!(svg_text(&nothing), Err(FigureError::Data(_))));
    }
}
