//! Activity raster: the rate of every neuron against time, as a heat map.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::{Figure, FigureError, FrozenInterval, TIME, style};

/// Rates phi of the neurons, one row of the heat map each, from the first at the bottom.
#[derive(Clone, Copy, Debug)]
pub struct RasterFigure<'a> {
    /// Samples of phi in [-1, 1], one row of `neurons` values per sample: shape (samples, neurons).
    pub rates: &'a [f32],
    /// Number of neurons shown.
    pub neurons: usize,
    /// Time of the first sample.
    pub start: f64,
    /// Time between two samples.
    pub interval: f64,
    /// When the plasticity was frozen.
    pub frozen: &'a [FrozenInterval],
}

impl RasterFigure<'_> {
    fn samples(&self) -> usize {
        self.rates.len().checked_div(self.neurons).unwrap_or(0)
    }

    /// The time that the heat map covers, each sample standing for the interval after it.
    pub(super) fn time_axis(&self) -> Result<Axis, FigureError> {
        Axis::linear(self.start, self.start + self.samples() as f64 * self.interval)
    }

    /// Draws the heat map with its left axis and its colour bar between two heights.
    pub(super) fn draw_panel<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        top: f64,
        bottom: f64,
    ) -> Result<Panel, FigureError> {
        let (samples, neurons) = (self.samples(), self.neurons);
        if samples == 0 || !self.rates.len().is_multiple_of(neurons) {
            return Err(FigureError::Data(
                "an activity raster needs whole samples of at least one neuron",
            ));
        }
        let y = Axis::linear(0.5, neurons as f64 + 0.5)?;
        let panel = Panel {
            top,
            bottom,
            x: self.time_axis()?,
            y,
        };
        // Mean over the samples that share a column of pixels, so that none is left out.
        let per_column = samples as f64 / (style::RIGHT - style::LEFT) / 2.0;
        canvas.image((style::LEFT, top), (style::RIGHT, bottom), |u, v| {
            let neuron = (((1.0 - v) * neurons as f64) as usize).min(neurons - 1);
            let centre = u * samples as f64;
            let first = ((centre - per_column).max(0.0) as usize).min(samples - 1);
            let last = ((centre + per_column) as usize).clamp(first + 1, samples);
            let sum: f64 = (first..last)
                .map(|sample| f64::from(self.rates[sample * neurons + neuron]))
                .sum();
            style::diverging(sum / (last - first) as f64)
        })?;
        let edges = self
            .frozen
            .iter()
            .filter_map(|interval| panel.pixel_interval(interval));
        for x in edges.flat_map(|(start, end)| [start, end]) {
            if x > style::LEFT && x < style::RIGHT {
                canvas.line(&[(x, top - 7.0), (x, bottom)], style::INK, 2.0)?;
            }
        }
        panel.bars(canvas, self.frozen)?;
        panel.left_axis(canvas, &[&[Piece::Plain("neuron")]], false)?;
        colour_bar(canvas, top, bottom)?;
        Ok(panel)
    }
}

fn colour_bar<DB: DrawingBackend>(canvas: &Canvas<DB>, top: f64, bottom: f64) -> Result<(), FigureError> {
    let (left, right) = (style::RIGHT + 26.0, style::RIGHT + 50.0);
    canvas.image((left, top), (right, bottom), |_, v| {
        style::diverging(1.0 - 2.0 * v)
    })?;
    for (value, label) in [(-1.0, "−1"), (0.0, "0"), (1.0, "1")] {
        let y = (top + bottom) / 2.0 + value * (top - bottom) / 2.0;
        canvas.line(&[(right, y), (right + 7.0, y)], style::INK, 2.0)?;
        let at = (right + 14.0, y + 0.36 * style::SMALL);
        canvas.label(label, at, Align::Start)?;
    }
    let at = (right + 62.0, (top + bottom) / 2.0);
    canvas.text(
        &[Piece::Plain("rate φ(x)")],
        at,
        style::LABEL,
        Align::Middle,
        style::INK,
        true,
    )
}

impl Figure for RasterFigure<'_> {
    fn height(&self) -> u32 {
        760
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let panel = self.draw_panel(canvas, 76.0, 646.0)?;
        panel.lower_axis(canvas, Some(&[Piece::Plain(TIME)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn ragged_or_empty_rates_are_refused() {
        let frozen = [FrozenInterval { start: 1.0, end: 2.0 }];
        let figure = RasterFigure {
            rates: &[0.0; 5],
            neurons: 2,
            start: 0.0,
            interval: 1.0,
            frozen: &frozen,
        };
        assert!(matches!(svg_text(&figure), Err(FigureError::Data(_))));
        assert!(matches!(
            svg_text(&RasterFigure { neurons: 0, ..figure }),
            Err(FigureError::Data(_))
        ));
        assert!(matches!(
            svg_text(&RasterFigure {
                neurons: 5,
                interval: 0.0,
                ..figure
            }),
            Err(FigureError::Data(_))
        ));
        assert!(
            svg_text(&RasterFigure { neurons: 1, ..figure })
                .unwrap()
                .contains("frozen")
        );
    }
}
