//! `C_phi(tau)`: every network, their mean with its standard error, the half-width, and theory.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Canvas, Piece};
use super::panel::Panel;
use super::speed::{Entry, legend};
use super::{Figure, FigureError, Trace, style};
use science::estimators::{MeanSem, half_width, pooled};

/// Autocorrelation of the rates against the lag.
#[derive(Clone, Copy, Debug)]
pub struct AutocorrelationFigure<'a> {
    /// `C_phi` of each network at the lags 0, `interval`, 2 `interval`, ...; all of one length.
    pub networks: &'a [Vec<f64>],
    /// Time between two lags.
    pub interval: f64,
    /// `C_phi` in theory, against its own lags.
    pub theory: Option<Trace<'a>>,
}

impl AutocorrelationFigure<'_> {
    fn panel(&self, lags: &[f64], mean: &[f64]) -> Result<Panel, FigureError> {
        let theory = self.theory.map_or(&[][..], |theory| theory.values);
        let values = || self.networks.iter().flatten().chain(mean).chain(theory).copied();
        let low = values().fold(0.0_f64, |low, value| if value < low { value } else { low });
        let high = values().fold(0.0_f64, |high, value| if value > high { value } else { high });
        let margin = 0.05 * (high - low);
        let low = if low < 0.0 { low - margin } else { 0.0 };
        let last = lags.last().copied().unwrap_or_default();
        Ok(Panel {
            top: 90.0,
            bottom: 740.0,
            x: Axis::linear(0.0, last)?,
            y: Axis::linear(low, high + margin)?,
        })
    }

    /// The band of one standard error about the mean.
    fn band<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        panel: &Panel,
        lags: &[f64],
    ) -> Result<(), FigureError> {
        let summaries =
            (0..lags.len()).map(|lag| MeanSem::of(self.networks.iter().map(|network| network[lag])));
        let (mut above, mut below) = (Vec::new(), Vec::new());
        for summary in summaries {
            let Some(MeanSem {
                mean, sem: Some(sem), ..
            }) = summary
            else {
                return Ok(());
            };
            above.push(mean + sem);
            below.push(mean - sem);
        }
        let mut outline = panel.pixels(lags, &above);
        outline.extend(panel.pixels(lags, &below).into_iter().rev());
        canvas.polygon(&outline, style::BAND)
    }
}

/// Broken lines from the half-width of the mean to both axes.
fn mark_half_width<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    panel: &Panel,
    width: f64,
    height: f64,
) -> Result<(), FigureError> {
    let (Some(x), Some(y)) = (panel.pixel_x(width), panel.pixel_y(height)) else {
        return Ok(());
    };
    canvas.dashed(&[(style::LEFT, y), (x, y), (x, panel.bottom)], style::INK, 1.8)?;
    canvas.disc((x, y), 7.0, style::INK)
}

impl Figure for AutocorrelationFigure<'_> {
    fn height(&self) -> u32 {
        860
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let mean = pooled(self.networks).ok_or(FigureError::Data(
            "the networks' curves are none or differ in length",
        ))?;
        let lags: Vec<f64> = (0..mean.len()).map(|lag| lag as f64 * self.interval).collect();
        let panel = self.panel(&lags, &mean)?;
        let name = [Piece::Plain("C"), Piece::Subscript("φ"), Piece::Plain("(τ)")];
        panel.left_axis(canvas, &[&name], true)?;
        let several = self.networks.len() > 1;
        if several {
            self.band(canvas, &panel, &lags)?;
            for network in self.networks {
                panel.curve(canvas, (&lags, network), style::NETWORK, 1.8)?;
            }
        }
        panel.curve(canvas, (&lags, &mean), style::MAIN, 5.0)?;
        if let Some(theory) = self.theory {
            let (lags, values) = theory.checked()?;
            canvas.dashed(&panel.pixels(lags, values), style::OVERLAY, 3.5)?;
        }
        let width = half_width(&mean, self.interval);
        let width_named = width.map(|width| format!("half-width {width:.1}"));
        if let Some(width) = width {
            mark_half_width(canvas, &panel, width, mean[0] / 2.0)?;
        }

        let named = format!("mean ± s.e.m. of {} networks", self.networks.len());
        let mut entries = vec![Entry::Line(
            if several { &named } else { "one network" },
            style::MAIN,
            5.0,
        )];
        if several {
            entries.insert(0, Entry::Line("one network each", style::NETWORK, 1.8));
        }
        if self.theory.is_some() {
            entries.push(Entry::Dashed("mean-field theory", style::OVERLAY, 3.5));
        }
        if let Some(named) = &width_named {
            entries.push(Entry::Dot(named, style::INK));
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

    fn networks() -> Vec<Vec<f64>> {
        // exp(-tau / 10): the half-width is 10 ln 2 = 6.93
        let curve = |scale: f64| {
            (0..200)
                .map(|lag| scale * (-0.025 * f64::from(lag)).exp())
                .collect()
        };
        vec![curve(0.9), curve(1.1)]
    }

    #[test]
    fn marks_the_half_width_and_names_the_lines() {
        let networks = networks();
        let theory = Trace {
            times: &[0.0, 50.0],
            values: &[1.0, 0.0],
        };
        let figure = AutocorrelationFigure {
            networks: &networks,
            interval: 0.25,
            theory: Some(theory),
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("half-width 6.9") && text.contains("mean-field theory"));
        assert!(text.contains("2 networks") && text.contains("<polygon"));
        let one = AutocorrelationFigure {
            networks: &networks[..1],
            interval: 0.25,
            theory: None,
        };
        let text = svg_text(&one).unwrap();
        assert!(
            !text.contains("s.e.m.") && !text.contains("<polygon"),
            "a lone network has no standard error"
        );
    }

    #[test]
    fn curves_of_different_length_are_refused() {
        let networks = [vec![1.0, 0.5], vec![1.0]];
        let figure = AutocorrelationFigure {
            networks: &networks,
            interval: 0.25,
            theory: None,
        };
        assert!(matches!(svg_text(&figure), Err(FigureError::Data(_))));
        let silent = AutocorrelationFigure {
            networks: &[vec![0.0; 4]],
            interval: 0.25,
            theory: None,
        };
        assert!(matches!(svg_text(&silent), Err(FigureError::Data(_))));
    }
}
