//! A pair of axes and what is drawn inside them.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::style::{self, Colour};
use super::{FigureError, FrozenInterval};

/// Length of a tick.
const TICK: f64 = 9.0;
/// Width of axes.
const AXIS: f64 = 2.0;

/// A plot region: its edges in pixels of the figure, and the axes along them.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// Upper edge.
    pub top: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Horizontal axis, between the edges that all figures share.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
}

impl Panel {
    /// Pixel of a horizontal coordinate.
    pub fn pixel_x(&self, value: f64) -> Option<f64> {
        self.x
            .position(value)
            .map(|position| style::LEFT + position * (style::RIGHT - style::LEFT))
    }

    /// Pixel of a vertical coordinate.
    pub fn pixel_y(&self, value: f64) -> Option<f64> {
        self.y
            .position(value)
            .map(|position| self.bottom + position * (self.top - self.bottom))
    }

    /// Pixels of the beginning and the end of an interval, as far as they lie on the axis.
    pub fn pixel_interval(&self, interval: &FrozenInterval) -> Option<(f64, f64)> {
        let (start, end) = (self.pixel_x(interval.start)?, self.pixel_x(interval.end)?);
        (start < end).then_some((start, end))
    }

    /// Shades the frozen intervals from edge to edge.
    pub fn shade<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        frozen: &[FrozenInterval],
    ) -> Result<(), FigureError> {
        for (start, end) in frozen.iter().filter_map(|interval| self.pixel_interval(interval)) {
            canvas.rectangle((start, self.top), (end, self.bottom), style::FROZEN)?;
        }
        Ok(())
    }

    /// Marks the frozen intervals by bars above the upper edge, with their name wherever it has room.
    pub fn bars<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        frozen: &[FrozenInterval],
    ) -> Result<(), FigureError> {
        let name = [Piece::Plain("frozen")];
        let room = canvas.text_width(&name, style::LABEL)? + 20.0;
        let mut named = f64::NEG_INFINITY;
        for (start, end) in frozen.iter().filter_map(|interval| self.pixel_interval(interval)) {
            canvas.rectangle(
                (start, self.top - 17.0),
                (end, self.top - 7.0),
                style::FROZEN_EDGE,
            )?;
            let middle = (start + end) / 2.0;
            if middle - named >= room {
                let at = (middle, self.top - 29.0);
                canvas.text(&name, at, style::LABEL, Align::Middle, style::FROZEN_EDGE, false)?;
                named = middle;
            }
        }
        Ok(())
    }

    /// Draws the left axis with grid lines, ticks and a name of one or two lines that read upward.
    pub fn left_axis<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        name: &[&[Piece]],
        grid: bool,
    ) -> Result<(), FigureError> {
        let wanted = ((self.bottom - self.top) / 75.0).max(2.0) as usize;
        for (value, label) in self.y.ticks(wanted) {
            let Some(y) = self.pixel_y(value) else { continue };
            if grid {
                canvas.line(&[(style::LEFT, y), (style::RIGHT, y)], style::GRID, 1.5)?;
            }
            canvas.line(&[(style::LEFT - TICK, y), (style::LEFT, y)], style::INK, AXIS)?;
            let at = (style::LEFT - TICK - 8.0, y + 0.36 * style::SMALL);
            canvas.label(&label, at, Align::End)?;
        }
        canvas.line(
            &[(style::LEFT, self.top), (style::LEFT, self.bottom)],
            style::INK,
            AXIS,
        )?;
        for (line, pieces) in name.iter().enumerate() {
            let after = (name.len() - 1 - line) as f64;
            let at = (72.0 - 36.0 * after, (self.top + self.bottom) / 2.0);
            canvas.text(pieces, at, style::LABEL, Align::Middle, style::INK, true)?;
        }
        Ok(())
    }

    /// Draws the lower axis with ticks; with their labels and its name, if it has one.
    pub fn lower_axis<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        name: Option<&[Piece]>,
    ) -> Result<(), FigureError> {
        for (value, label) in self.x.ticks(8) {
            let Some(x) = self.pixel_x(value) else { continue };
            canvas.line(&[(x, self.bottom), (x, self.bottom + TICK)], style::INK, AXIS)?;
            if name.is_some() {
                let at = (x, self.bottom + TICK + 1.2 * style::SMALL);
                canvas.label(&label, at, Align::Middle)?;
            }
        }
        // Half a line further on both sides, so that corners close.
        let ends = (style::LEFT - AXIS / 2.0, style::RIGHT + AXIS / 2.0);
        canvas.line(&[(ends.0, self.bottom), (ends.1, self.bottom)], style::INK, AXIS)?;
        let Some(name) = name else { return Ok(()) };
        let at = ((style::LEFT + style::RIGHT) / 2.0, self.bottom + 86.0);
        canvas.text(name, at, style::LABEL, Align::Middle, style::INK, false)
    }

    /// Pixels of the points within the horizontal range. Where many fall on one half pixel, only the first, the
    /// extremes and the last are kept: the line looks the same.
    pub fn pixels(&self, times: &[f64], values: &[f64]) -> Vec<(f64, f64)> {
        let inside = |time: f64| match self.x {
            Axis::Linear { low, high } => time >= low && time <= high,
            Axis::Decades { .. } | Axis::Octaves { .. } => time > 0.0,
        };
        let mut points: Vec<(f64, f64)> = Vec::new();
        let mut column: Vec<(f64, f64)> = Vec::new();
        for (&time, &value) in times.iter().zip(values).filter(|(time, _)| inside(**time)) {
            let (Some(x), Some(y)) = (self.pixel_x(time), self.pixel_y(value)) else {
                continue;
            };
            if column
                .first()
                .is_some_and(|first| (2.0 * first.0).floor() != (2.0 * x).floor())
            {
                flush(&mut column, &mut points);
            }
            column.push((x, y));
        }
        flush(&mut column, &mut points);
        points
    }

    /// Draws points as a line.
    pub fn curve<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        (times, values): (&[f64], &[f64]),
        colour: Colour,
        width: f64,
    ) -> Result<(), FigureError> {
        canvas.line(&self.pixels(times, values), colour, width)
    }
}

/// Moves the points that share a column to the line, thinned out.
fn flush(column: &mut Vec<(f64, f64)>, points: &mut Vec<(f64, f64)>) {
    if column.len() <= 4 {
        points.append(column);
        return;
    }
    let extreme = |better: fn(f64, f64) -> bool| {
        (1..column.len()).fold(0, |best, index| {
            if better(column[index].1, column[best].1) {
                index
            } else {
                best
            }
        })
    };
    let mut kept = [0, extreme(|a, b| a < b), extreme(|a, b| a > b), column.len() - 1];
    kept.sort_unstable();
    points.extend(kept.iter().map(|&index| column[index]));
    column.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crowded_points_keep_their_extremes() {
        let panel = Panel {
            top: 0.0,
            bottom: 100.0,
            x: Axis::linear(0.0, 1.0).unwrap(),
            y: Axis::linear(0.0, 1.0).unwrap(),
        };
        let times: Vec<f64> = (0..100_000).map(|step| f64::from(step) / 1e5).collect();
        let values: Vec<f64> = (0..100_000)
            .map(|step| if step == 54_321 { 1.0 } else { 0.5 })
            .collect();
        let points = panel.pixels(&times, &values);
        assert!(
            points.len() <= 4 * 2 * 1281 && points.len() > 2000,
            "{}",
            points.len()
        );
        assert_eq!(points.iter().filter(|point| point.1 == 0.0).count(), 1);
        assert!(panel.pixels(&[2.0, f64::NAN], &[0.5, 0.5]).is_empty());
    }

    #[test]
    fn only_intervals_on_the_axis_have_pixels() {
        let (x, y) = (Axis::linear(0.0, 10.0).unwrap(), Axis::linear(0.0, 1.0).unwrap());
        let panel = Panel {
            top: 0.0,
            bottom: 100.0,
            x,
            y,
        };
        let pixels = |start, end| panel.pixel_interval(&FrozenInterval { start, end });
        assert_eq!(pixels(5.0, 20.0), Some((style::LEFT + 640.0, style::RIGHT)));
        assert_eq!(pixels(11.0, 20.0), None);
        assert_eq!(pixels(f64::NAN, 5.0), None);
    }
}
