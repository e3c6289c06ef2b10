//! Differences between kinds of networks, with their intervals and the bounds within which they count as equal.

use plotters::prelude::DrawingBackend;

use super::canvas::{Align, Canvas, Piece};
use super::{Axis, Figure, FigureError, style};
use science::estimators::MeanSem;

/// One quantity of every kind.
#[derive(Clone, Copy, Debug)]
pub struct DifferenceColumn<'a> {
    /// What differs.
    pub name: &'a [Piece<'a>],
    /// Difference of each kind; none where there was nothing to compare.
    pub values: &'a [Option<MeanSem>],
    /// Bound on either side of zero, shaded.
    pub bound: f64,
}

/// A row for each kind, a column for each quantity: mean and 95% interval.
#[derive(Clone, Copy, Debug)]
pub struct DifferencesFigure<'a> {
    /// Names of the kinds.
    pub kinds: &'a [String],
    /// The quantities.
    pub columns: &'a [DifferenceColumn<'a>],
    /// What the networks have in common.
    pub title: &'a str,
    /// Standard errors on either side of the mean.
    pub interval: f64,
}

/// Height of a row.
const ROW: f64 = 54.0;
/// Upper edge of the rows.
const TOP: f64 = 110.0;
/// Left edge of the first column, behind the names, and the space between columns.
const LEFT: f64 = 380.0;
const BETWEEN: f64 = 80.0;

impl DifferencesFigure<'_> {
    fn bottom(&self) -> f64 {
        TOP + ROW * self.kinds.len() as f64
    }

    fn draw_column<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        column: &DifferenceColumn<'_>,
        (left, right): (f64, f64),
    ) -> Result<(), FigureError> {
        let ends = |value: &MeanSem| {
            let reach = self.interval * value.sem.unwrap_or(0.0);
            [value.mean - reach, value.mean + reach]
        };
        let farthest = column.values.iter().flatten().flat_map(ends).map(f64::abs);
        let range = 1.1 * farthest.fold(column.bound, f64::max);
        let axis = Axis::linear(-range, range)?;
        let pixel = |value: f64| left + axis.position(value).unwrap_or(0.5) * (right - left);
        let bottom = self.bottom();
        canvas.rectangle(
            (pixel(-column.bound), TOP),
            (pixel(column.bound), bottom),
            style::FROZEN,
        )?;
        canvas.line(&[(pixel(0.0), TOP), (pixel(0.0), bottom)], style::CONTROL, 2.0)?;
        for (row, value) in column.values.iter().enumerate() {
            let y = TOP + ROW * (row as f64 + 0.5);
            let Some(value) = value else {
                let at = (pixel(0.0), y + 0.36 * style::SMALL);
                canvas.label("none alive", at, Align::Middle)?;
                continue;
            };
            let ends = ends(value);
            // Without an error there is no interval that could lie within.
            let within = value.sem.is_some() && ends.iter().all(|end| end.abs() <= column.bound);
            let colour = if within { style::MAIN } else { style::OVERLAY };
            canvas.line(&ends.map(|end| (pixel(end), y)), colour, 4.0)?;
            canvas.disc((pixel(value.mean), y), 8.0, colour)?;
        }
        canvas.line(&[(left, bottom), (right, bottom)], style::INK, 2.0)?;
        for (value, label) in axis.ticks(4) {
            let x = pixel(value);
            canvas.line(&[(x, bottom), (x, bottom + 9.0)], style::INK, 2.0)?;
            canvas.label(&label, (x, bottom + 9.0 + 1.2 * style::SMALL), Align::Middle)?;
        }
        let at = ((left + right) / 2.0, bottom + 92.0);
        canvas.text(column.name, at, style::LABEL, Align::Middle, style::INK, false)
    }
}

impl Figure for DifferencesFigure<'_> {
    fn height(&self) -> u32 {
        (self.bottom() + 125.0) as u32
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let rows = self.kinds.len();
        if rows == 0 || self.columns.iter().any(|column| column.values.len() != rows) {
            return Err(FigureError::Data("there is nothing to compare"));
        }
        canvas.label(self.title, (40.0, 50.0), Align::Start)?;
        for (row, name) in self.kinds.iter().enumerate() {
            let at = (LEFT - 40.0, TOP + ROW * (row as f64 + 0.5) + 0.36 * style::SMALL);
            canvas.label(name, at, Align::End)?;
        }
        let columns = self.columns.len() as f64;
        let width = (style::RIGHT + 60.0 - LEFT - BETWEEN * (columns - 1.0)) / columns;
        for (place, column) in self.columns.iter().enumerate() {
            let left = LEFT + place as f64 * (width + BETWEEN);
            self.draw_column(canvas, column, (left, left + width))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn shows_every_kind_and_says_where_nothing_was_measured() {
        let kinds = ["exact".to_owned(), "compact".to_owned()];
        let value = MeanSem {
            mean: 0.01,
            sem: Some(0.002),
            count: 9,
        };
        let column = DifferenceColumn {
            name: &[Piece::Plain("half-width")],
            values: &[Some(value), None],
            bound: 0.1,
        };
        let columns = [column];
        let figure = DifferencesFigure {
            kinds: &kinds,
            columns: &columns,
            title: "N = 256",
            interval: 1.96,
        };
        let text = svg_text(&figure).unwrap();
        for expected in [
            "exact",
            "compact",
            "none alive",
            "half-width",
            "N = 256",
            "<circle",
        ] {
            assert!(text.contains(expected), "{expected}");
        }
        let misfit = DifferencesFigure {
            kinds: &kinds[..1],
            ..figure
        };
        assert!(matches!(svg_text(&misfit), Err(FigureError::Data(_))));
    }
}
