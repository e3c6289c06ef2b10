//! `C_phi(tau)` of several kinds of networks in one panel.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::{Figure, FigureError, style};
use science::estimators::half_width;

/// Autocorrelation of the rates against the lag, a line for each kind of network.
#[derive(Clone, Copy, Debug)]
pub struct ComparisonFigure<'a> {
    /// Name and pooled `C_phi` at the lags 0, `interval`, 2 `interval`, ...; all of one length.
    pub curves: &'a [(String, Vec<f64>)],
    /// Time between two lags.
    pub interval: f64,
    /// What the networks have in common.
    pub title: &'a str,
}

/// Colours that stay apart in print and for the colour-blind (Okabe and Ito), the reference first.
const COLOURS: [style::Colour; 8] = [
    style::CONTROL,
    style::INK,
    style::OVERLAY,
    (0, 114, 178),
    (0, 158, 115),
    (204, 121, 167),
    (230, 159, 0),
    (86, 180, 233),
];
/// Lines beneath are wider, so that curves that fall together are seen.
const WIDTHS: [f64; 2] = [9.0, 6.0];
const WIDTH: f64 = 2.5;
/// Lags shown, in half-widths of the slowest kind.
const SHOWN: f64 = 6.0;

impl Figure for ComparisonFigure<'_> {
    fn height(&self) -> u32 {
        900
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let length = self.curves.first().map_or(0, |(_, curve)| curve.len());
        if length < 2 || self.curves.iter().any(|(_, curve)| curve.len() != length) {
            return Err(FigureError::Data("the curves are none or differ in length"));
        }
        let slowest = self
            .curves
            .iter()
            .filter_map(|(_, curve)| half_width(curve, self.interval));
        let shown = match slowest.reduce(f64::max) {
            Some(width) => length.min((SHOWN * width / self.interval) as usize).max(2),
            None => length,
        };
        let lags: Vec<f64> = (0..shown).map(|lag| lag as f64 * self.interval).collect();
        let values = || self.curves.iter().flat_map(|(_, curve)| curve.iter().copied());
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        let margin = 0.05 * (high - low);
        let panel = Panel {
            top: 100.0,
            bottom: 780.0,
            x: Axis::linear(0.0, lags.last().copied().unwrap_or_default())?,
            y: Axis::linear(if low < 0.0 { low - margin } else { 0.0 }, high + margin)?,
        };
        let name = [Piece::Plain("C"), Piece::Subscript("φ"), Piece::Plain("(τ)")];
        panel.left_axis(canvas, &[&name], true)?;
        let widths = WIDTHS.into_iter().chain(std::iter::repeat(WIDTH));
        let styles = COLOURS.into_iter().cycle().zip(widths);
        for (row, ((name, curve), (colour, width))) in self.curves.iter().zip(styles).enumerate() {
            // From the second round of colours on, dashes tell the kinds apart.
            let line = |points: &[(f64, f64)]| match row < COLOURS.len() {
                true => canvas.line(points, colour, width),
                false => canvas.dashed(points, colour, width),
            };
            line(&panel.pixels(&lags, curve))?;
            // Curves fall, so the upper right corner is free.
            let y = panel.top + 20.0 + 40.0 * row as f64;
            line(&[(style::RIGHT - 340.0, y), (style::RIGHT - 280.0, y)])?;
            let at = (style::RIGHT - 265.0, y + 0.36 * style::SMALL);
            canvas.label(name, at, Align::Start)?;
        }
        canvas.label(self.title, (style::LEFT, 50.0), Align::Start)?;
        panel.lower_axis(
            canvas,
            Some(&[Piece::Plain("lag τ (units of the neuronal time constant)")]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn every_kind_has_a_line_and_a_name() {
        let curve = |scale: f64| (0..50).map(|lag| scale * (-0.1 * f64::from(lag)).exp()).collect();
        let curves = [
            ("exact".to_owned(), curve(0.9)),
            ("compact".to_owned(), curve(0.8)),
        ];
        let figure = ComparisonFigure {
            curves: &curves,
            interval: 0.25,
            title: "N = 256",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("exact") && text.contains("compact") && text.contains("N = 256"));
        let figure = ComparisonFigure {
            curves: &[],
            ..figure
        };
        assert!(matches!(svg_text(&figure), Err(FigureError::Data(_))));
    }
}
