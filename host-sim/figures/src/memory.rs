//! The working memory in one figure: a state is frozen, held, and released.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::speed::draw_speed;
use super::{Figure, FigureError, Labels, RasterFigure, TIME, Traces, style};

/// Activity raster, rms speed and cosine to the stored state, above each other on one time axis.
#[derive(Clone, Copy, Debug)]
pub struct MemoryFigure<'a> {
    /// The activity; its times set the axis, its frozen intervals mark all panels.
    pub raster: RasterFigure<'a>,
    /// Rms of `dx/dt` over the neurons.
    pub speed: Traces<'a>,
    /// Cosine between the rates and those at the freeze.
    pub cosine: Traces<'a>,
    /// Names in the legend.
    pub labels: Labels<'a>,
    /// When the power was cut: between two frozen intervals that meet there.
    pub power_cut: Option<f64>,
}

impl Figure for MemoryFigure<'_> {
    fn height(&self) -> u32 {
        1230
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let frozen = self.raster.frozen;
        let raster = self.raster.draw_panel(canvas, 70.0, 540.0)?;
        raster.lower_axis(canvas, None)?;
        if let Some(x) = self.power_cut.and_then(|time| raster.pixel_x(time)) {
            let at = (x, raster.top - 29.0);
            let name = [Piece::Plain("power cut")];
            canvas.text(&name, at, style::LABEL, Align::Middle, style::INK, false)?;
        }
        self.speed.legend(canvas, self.labels, 582.0)?;

        let speed = draw_speed(canvas, &self.speed, raster.x, (616.0, 850.0), frozen)?;
        speed.lower_axis(canvas, None)?;

        let y = cosine_axis(self.cosine.values(raster.x))?;
        let cosine = Panel {
            top: 886.0,
            bottom: 1116.0,
            x: raster.x,
            y,
        };
        cosine.shade(canvas, frozen)?;
        cosine.left_axis(
            canvas,
            &[&[Piece::Plain("cosine to")], &[Piece::Plain("stored state")]],
            true,
        )?;
        self.cosine.draw(canvas, &cosine)?;
        cosine.lower_axis(canvas, Some(&[Piece::Plain(TIME)]))
    }
}

/// From zero, or the half below the least cosine, to a little above one, where the line needs room.
fn cosine_axis<I: Iterator<Item = f64>>(values: I) -> Result<Axis, FigureError> {
    let least = values.fold(0.0_f64, |least, value| if value < least { value } else { least });
    Axis::linear((2.0 * least.max(-1.0)).floor() / 2.0, 1.04)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FrozenInterval, Trace, svg_text};

    #[test]
    fn panels_share_the_time_axis() {
        let rates: Vec<f32> = (0..400).map(|index| (index as f32 * 0.7).sin()).collect();
        let frozen = [FrozenInterval {
            start: 25.0,
            end: 75.0,
        }];
        let raster = RasterFigure {
            rates: &rates,
            neurons: 4,
            start: 0.0,
            interval: 1.0,
            frozen: &frozen,
        };
        let times: Vec<f64> = (0..=300).map(f64::from).collect();
        let values: Vec<f64> = times.iter().map(|time| (0.05 * time).cos()).collect();
        let host = Trace {
            times: &times,
            values: &values,
        };
        let traces = Traces {
            host,
            device: None,
            control: None,
        };
        let figure = MemoryFigure {
            raster,
            speed: traces,
            cosine: traces,
            labels: Labels::default(),
            power_cut: Some(50.0),
        };
        let text = svg_text(&figure).unwrap();
        // Both shaded panels have the edges of the frozen quarter: 8 units per pixel, 180 + 1280 / 4.
        assert_eq!(
            text.matches("<rect x=\"4000\"").count(),
            3,
            "two panels and the bar"
        );
        assert!(text.contains("stored state") && text.contains("neuron") && text.contains("power cut"));
    }

    #[test]
    fn the_axis_of_the_cosine_follows_the_data() {
        let axis = |values: &[f64]| cosine_axis(values.iter().copied()).unwrap();
        assert_eq!(axis(&[0.2, 1.0]), Axis::Linear { low: 0.0, high: 1.04 });
        assert_eq!(
            axis(&[-0.2, f64::NAN]),
            Axis::Linear {
                low: -0.5,
                high: 1.04
            }
        );
        assert_eq!(
            axis(&[-0.7]),
            Axis::Linear {
                low: -1.0,
                high: 1.04
            }
        );
    }
}
