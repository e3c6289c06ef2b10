//! Lyapunov exponents: the running estimate of the largest one, or the spectrum.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Canvas, Piece};
use super::panel::Panel;
use super::speed::{Entry, legend};
use super::{Figure, FigureError, style};
use science::estimators::pooled;

/// Exponents against time, or against their number.
#[derive(Clone, Copy, Debug)]
pub struct LyapunovFigure<'a> {
    /// Name of the horizontal axis.
    pub x_name: &'a str,
    /// Name of the vertical axis.
    pub y_name: &'a str,
    /// Horizontal coordinates.
    pub x: &'a [f64],
    /// As many values of each network.
    pub networks: &'a [Vec<f64>],
    /// A level to mark beside zero, with its name.
    pub level: Option<(f64, &'a str)>,
}

impl LyapunovFigure<'_> {
    fn panel(&self, mean: &[f64]) -> Result<Panel, FigureError> {
        // The first tenth of a running estimate swings; what follows sets the range.
        let settled = mean.len() / 10;
        let values = || {
            let networks = self
                .networks
                .iter()
                .flat_map(move |network| network.iter().skip(settled));
            networks.copied().chain(self.level.map(|(level, _)| level))
        };
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        let margin = 0.08 * (high - low);
        let last = self.x.last().copied().unwrap_or_default();
        Ok(Panel {
            top: 90.0,
            bottom: 740.0,
            x: Axis::linear(0.0, last)?,
            y: Axis::linear(low - margin, high + margin)?,
        })
    }
}

impl Figure for LyapunovFigure<'_> {
    fn height(&self) -> u32 {
        860
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let mean = pooled(self.networks).ok_or(FigureError::Data(
            "the networks' curves are none or differ in length",
        ))?;
        if mean.len() != self.x.len() {
            return Err(FigureError::Data("curves and coordinates differ in length"));
        }
        let panel = self.panel(&mean)?;
        panel.left_axis(canvas, &[&[Piece::Plain(self.y_name)]], true)?;
        let mut entries = Vec::new();
        if self.networks.len() > 1 {
            for network in self.networks {
                panel.curve(canvas, (self.x, network), style::NETWORK, 1.8)?;
            }
            entries.push(Entry::Line("one network each", style::NETWORK, 1.8));
        }
        let levels = [Some(0.0), self.level.map(|(level, _)| level)];
        for (level, width) in levels.into_iter().flatten().zip([2.0, 3.0]) {
            if let Some(y) = panel.pixel_y(level) {
                let colour = if level == 0.0 { style::INK } else { style::OVERLAY };
                canvas.dashed(&[(style::LEFT, y), (style::RIGHT, y)], colour, width)?;
            }
        }
        panel.curve(canvas, (self.x, &mean), style::MAIN, 4.0)?;
        let named = format!("mean of {} networks", self.networks.len());
        let one = self.networks.len() == 1;
        entries.push(Entry::Line(
            if one { "one network" } else { &named },
            style::MAIN,
            4.0,
        ));
        if let Some((_, name)) = self.level {
            entries.push(Entry::Dashed(name, style::OVERLAY, 3.0));
        }
        legend(canvas, &entries, 40.0)?;
        panel.lower_axis(canvas, Some(&[Piece::Plain(self.x_name)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn names_its_lines_and_refuses_what_does_not_fit() {
        let x: Vec<f64> = (1..=50).map(f64::from).collect();
        let networks = vec![
            x.iter().map(|x| 0.1 + 1.0 / x).collect(),
            x.iter().map(|x| 0.1 - 1.0 / x).collect(),
        ];
        let figure = LyapunovFigure {
            x_name: "time",
            y_name: "exponent",
            x: &x,
            networks: &networks,
            level: Some((0.12, "theory")),
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("mean of 2 networks") && text.contains("theory") && text.contains("exponent"));
        let misfit = LyapunovFigure { x: &x[1..], ..figure };
        assert!(matches!(svg_text(&misfit), Err(FigureError::Data(_))));
        let none = LyapunovFigure {
            networks: &[],
            ..figure
        };
        assert!(matches!(svg_text(&none), Err(FigureError::Data(_))));
    }
}
