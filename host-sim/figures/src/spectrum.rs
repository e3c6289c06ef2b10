//! Eigenvalues in the complex plane, of the joint and of the frozen Jacobian, with their predicted edges.

use plotters::prelude::DrawingBackend;
use science::spectra::Complex;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::speed::{Entry, legend};
use super::{Figure, FigureError, style};
use science::theory::joint_edge::JointEdge;

/// Two spectra, one above the other, on one scale. Eigenvalues come in conjugate pairs: the lower half of the plane, which
/// mirrors the upper one, is left out.
#[derive(Clone, Copy, Debug)]
pub struct SpectrumFigure<'a> {
    /// Eigenvalues of neurons and synapses together, without those of lone synapses.
    pub joint: &'a [Complex<f64>],
    /// Eigenvalues of the neurons with the synapses held.
    pub frozen: &'a [Complex<f64>],
    /// Predicted edge of the joint spectrum.
    pub edge: &'a JointEdge,
    /// Predicted radius of the frozen spectrum, about -1.
    pub frozen_radius: f64,
    /// Real part at which the joint spectrum parts, -1/p.
    pub gap: f64,
    /// What is shown.
    pub title: &'a str,
}

/// Room above, between and below the panels.
const ABOVE: f64 = 130.0;
const BETWEEN: f64 = 50.0;
const BELOW: f64 = 120.0;
/// Tallest panel, and the share of its height that is below the real axis.
const TALLEST: f64 = 560.0;
const BELOW_AXIS: f64 = 0.05;
/// Radius of an eigenvalue.
const DOT: f64 = 3.0;

impl SpectrumFigure<'_> {
    /// Corners of a rectangle about the upper half of all eigenvalues and both edges.
    fn range(&self) -> Option<[Complex<f64>; 2]> {
        let radius = self.frozen_radius;
        let disc = [
            Complex::new(-1.0 - radius, radius),
            Complex::new(-1.0 + radius, radius),
        ];
        let rightmost = self.edge.rightmost();
        let points = || {
            self.joint
                .iter()
                .chain(self.frozen)
                .chain(&disc)
                .chain(&rightmost)
        };
        let re = |better: fn(f64, f64) -> f64| points().map(|at| at.re).reduce(better);
        let (left, right) = (re(f64::min)?, re(f64::max)?.max(0.0));
        let high = 1.06 * points().map(|at| at.im).fold(0.25, f64::max);
        let low = -BELOW_AXIS * high;
        // One scale on both axes, so that the real one grows where the panel would be too tall.
        let least = (high - low) * (style::RIGHT - style::LEFT) / TALLEST;
        let (middle, width) = ((left + right) / 2.0, (1.12 * (right - left)).max(least));
        let ends = [middle - width / 2.0, middle + width / 2.0];
        (ends[0] < ends[1] && high.is_finite())
            .then(|| [Complex::new(ends[0], low), Complex::new(ends[1], high)])
    }

    /// Height of one panel.
    fn panel_height(&self) -> f64 {
        self.range().map_or(TALLEST, |[low, high]| {
            (style::RIGHT - style::LEFT) * (high.im - low.im) / (high.re - low.re)
        })
    }

    fn panel(&self, top: f64, [low, high]: [Complex<f64>; 2]) -> Result<Panel, FigureError> {
        Ok(Panel {
            top,
            bottom: top + self.panel_height(),
            x: Axis::linear(low.re, high.re)?,
            y: Axis::linear(low.im, high.im)?,
        })
    }
}

fn dots<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    panel: &Panel,
    eigenvalues: &[Complex<f64>],
) -> Result<(), FigureError> {
    for at in eigenvalues.iter().filter(|at| at.im >= 0.0) {
        if let (Some(x), Some(y)) = (panel.pixel_x(at.re), panel.pixel_y(at.im)) {
            canvas.disc((x, y), DOT, style::MAIN)?;
        }
    }
    Ok(())
}

/// A line that may turn back on itself.
fn line<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    panel: &Panel,
    points: &[Complex<f64>],
) -> Result<(), FigureError> {
    let pixels: Vec<(f64, f64)> = points
        .iter()
        .filter_map(|at| Some((panel.pixel_x(at.re)?, panel.pixel_y(at.im)?)))
        .collect();
    canvas.line(&pixels, style::OVERLAY, 3.0)
}

impl Figure for SpectrumFigure<'_> {
    fn height(&self) -> u32 {
        (ABOVE + 2.0 * self.panel_height() + BETWEEN + BELOW) as u32
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        if self.joint.is_empty() || self.frozen.is_empty() {
            return Err(FigureError::Data("there are no eigenvalues"));
        }
        let range = self
            .range()
            .ok_or(FigureError::Data("an eigenvalue is not finite"))?;
        let joint = self.panel(ABOVE, range)?;
        let frozen = self.panel(joint.bottom + BETWEEN, range)?;
        let imaginary = [Piece::Plain("imaginary part")];
        for (panel, name) in [(&joint, "neurons and synapses"), (&frozen, "synapses held")] {
            panel.left_axis(canvas, &[&imaginary], true)?;
            if let Some(x) = panel.pixel_x(0.0) {
                canvas.line(&[(x, panel.top), (x, panel.bottom)], style::CONTROL, 2.0)?;
            }
            canvas.label(name, (style::LEFT + 18.0, panel.top + 34.0), Align::Start)?;
        }
        if let Some(x) = joint.pixel_x(self.gap) {
            canvas.dashed(&[(x, joint.top), (x, joint.bottom)], style::INK, 2.0)?;
        }
        dots(canvas, &joint, self.joint)?;
        dots(canvas, &frozen, self.frozen)?;
        // The whole of each line, so that it is not closed along the real axis.
        let [low, high] = range;
        for points in self.edge.lines([Complex::new(low.re, -high.im), high]) {
            for upper in points.split(|at| at.im < 0.0) {
                line(canvas, &joint, upper)?;
            }
        }
        let circle: Vec<Complex<f64>> = (0..=360)
            .map(|step| Complex::from_polar(self.frozen_radius, f64::from(step).to_radians() / 2.0) - 1.0)
            .collect();
        line(canvas, &frozen, &circle)?;
        canvas.label(self.title, (style::LEFT, 40.0), Align::Start)?;
        let entries = [
            Entry::Dot("eigenvalue", style::MAIN),
            Entry::Line("predicted edge", style::OVERLAY, 3.0),
            Entry::Dashed("−1/p", style::INK, 2.0),
        ];
        legend(canvas, &entries, 90.0)?;
        joint.lower_axis(canvas, None)?;
        frozen.lower_axis(canvas, Some(&[Piece::Plain("real part")]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn both_spectra_have_their_edges_on_one_scale() {
        let slopes = [1.0, 0.5, 0.25];
        let edge = JointEdge::new([2.0, 1.0, 2.5], [(0.7, &slopes[..])]);
        let joint = [
            Complex::new(0.2, 0.5),
            Complex::new(0.2, -0.5),
            Complex::new(-1.0, 0.0),
        ];
        let figure = SpectrumFigure {
            joint: &joint,
            frozen: &joint[2..],
            edge: &edge,
            frozen_radius: 0.5,
            gap: -0.4,
            title: "g = 2",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("synapses held") && text.contains("predicted edge"));
        assert_eq!(
            text.matches("<circle").count(),
            4,
            "two above, one below, and one in the legend"
        );
        let [low, high] = figure.range().unwrap();
        let panel = figure.panel(0.0, [low, high]).unwrap();
        let length = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs();
        let (across, along) = (
            length(panel.pixel_x(-0.5), panel.pixel_x(0.0)),
            length(panel.pixel_y(0.0), panel.pixel_y(0.5)),
        );
        assert!((across - along).abs() < 1e-6);
        let none = SpectrumFigure { joint: &[], ..figure };
        assert!(matches!(svg_text(&none), Err(FigureError::Data(_))));
    }
}
