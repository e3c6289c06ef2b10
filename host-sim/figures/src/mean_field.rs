//! `C_phi(tau)` in theory, and of simulated networks beside it.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Canvas, Piece};
use super::panel::Panel;
use super::speed::{Entry, legend};
use super::{Figure, FigureError, style};
use science::estimators::{MeanSem, pooled};

/// Theory as a line, simulation as dots with a standard error.
#[derive(Clone, Copy, Debug)]
pub struct MeanFieldFigure<'a> {
    /// Lags of the theory.
    pub lags: &'a [f64],
    /// `C_phi` from each start of the iteration.
    pub starts: &'a [Vec<f64>],
    /// Lags, and `C_phi` of each simulated network.
    pub simulation: Option<(&'a [f64], &'a [Vec<f64>])>,
    /// Parameters in which theory and simulation differ, if they do: those of either, to be named.
    pub different: Option<[&'a str; 2]>,
}

/// Dots of the simulation along the axis.
const DOTS: usize = 40;

impl MeanFieldFigure<'_> {
    /// The dots: lag, mean and standard error.
    fn dots(&self, last: f64) -> Vec<(f64, MeanSem)> {
        let Some((lags, networks)) = self.simulation else {
            return Vec::new();
        };
        let shown = lags.iter().filter(|lag| **lag <= last).count();
        (0..shown)
            .step_by(shown.div_ceil(DOTS).max(1))
            .filter_map(|at| {
                let values = networks
                    .iter()
                    .map(|network| network.get(at).copied().unwrap_or(f64::NAN));
                Some((lags[at], MeanSem::of(values)?))
            })
            .collect()
    }
}

impl Figure for MeanFieldFigure<'_> {
    fn height(&self) -> u32 {
        860
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let mean = pooled(self.starts).ok_or(FigureError::Data("there is no curve"))?;
        if mean.len() != self.lags.len() {
            return Err(FigureError::Data("curves and lags differ in length"));
        }
        let last = self.lags.last().copied().unwrap_or_default();
        let dots = self.dots(last);
        let values = || mean.iter().copied().chain(dots.iter().map(|(_, dot)| dot.mean));
        let (low, high) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
        let margin = 0.05 * (high - low);
        let panel = Panel {
            top: 90.0,
            bottom: 740.0,
            x: Axis::linear(0.0, last)?,
            y: Axis::linear(if low < 0.0 { low - margin } else { 0.0 }, high + margin)?,
        };
        let name = [Piece::Plain("C"), Piece::Subscript("φ"), Piece::Plain("(τ)")];
        panel.left_axis(canvas, &[&name], true)?;
        let several = self.starts.len() > 1;
        if several {
            for start in self.starts {
                panel.curve(canvas, (self.lags, start), style::NETWORK, 1.8)?;
            }
        }
        panel.curve(canvas, (self.lags, &mean), style::MAIN, 4.0)?;
        for (lag, dot) in &dots {
            let (Some(x), Some(y)) = (panel.pixel_x(*lag), panel.pixel_y(dot.mean)) else {
                continue;
            };
            let error = dot.sem.unwrap_or(0.0);
            let ends = [dot.mean - error, dot.mean + error].map(|value| panel.pixel_y(value).unwrap_or(y));
            canvas.line(&[(x, ends[0]), (x, ends[1])], style::OVERLAY, 2.5)?;
            canvas.disc((x, y), 6.0, style::OVERLAY)?;
        }
        let networks = self.simulation.map_or(0, |(_, networks)| networks.len());
        let mut simulated = format!("simulation, mean ± s.e.m. of {networks} networks");
        let mut theory = if several {
            format!("mean field, mean of {} starts", self.starts.len())
        } else {
            "mean field".to_owned()
        };
        if let Some([own, theirs]) = self.different {
            (theory, simulated) = (
                format!("mean field at {own}"),
                format!("simulation at {theirs}, {networks} networks"),
            );
        }
        let mut entries = vec![Entry::Line(&theory, style::MAIN, 4.0)];
        if several && self.different.is_none() {
            entries.insert(0, Entry::Line("one start each", style::NETWORK, 1.8));
        }
        if !dots.is_empty() {
            entries.push(Entry::Dot(&simulated, style::OVERLAY));
        }
        legend(canvas, &entries, 40.0)?;
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
    fn names_its_lines_and_refuses_what_does_not_fit() {
        let lags: Vec<f64> = (0..100).map(f64::from).collect();
        let curve: Vec<f64> = lags.iter().map(|lag| (-lag / 10.0).exp()).collect();
        let starts = [curve.clone(), curve.clone()];
        let networks = [curve.clone(), curve];
        let figure = MeanFieldFigure {
            lags: &lags,
            starts: &starts,
            simulation: Some((&lags, &networks)),
            different: None,
        };
        let text = svg_text(&figure).unwrap();
        assert!(
            text.contains("mean of 2 starts") && text.contains("of 2 networks") && text.contains("<circle")
        );
        let alone = MeanFieldFigure {
            starts: &starts[..1],
            simulation: None,
            ..figure
        };
        assert!(!svg_text(&alone).unwrap().contains("starts"));
        let different = MeanFieldFigure {
            different: Some(["k = 1", "k = 2"]),
            ..figure
        };
        let text = svg_text(&different).unwrap();
        assert!(text.contains("mean field at k = 1") && text.contains("simulation at k = 2"));
        let misfit = MeanFieldFigure {
            lags: &lags[1..],
            ..figure
        };
        assert!(matches!(svg_text(&misfit), Err(FigureError::Data(_))));
    }
}
