//! Results as figures, each drawn once for all formats: the bytes of `.png` and `.svg` files. Nothing here knows files.
//!
//! Times are in units of the neuronal time constant throughout.

#![deny(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod autocorrelation;
mod axis;
mod canvas;
pub mod chart;
pub mod comparison;
pub mod differences;
pub mod facilitation;
pub mod fixed_points;
pub mod lyapunov;
pub mod mean_field;
pub mod memory;
mod panel;
pub mod phase_map;
pub mod raster;
pub mod recall;
mod render;
pub mod sensor;
pub mod signals;
pub mod spectrum;
pub mod speed;
pub mod style;

use plotters::prelude::DrawingBackend;

pub use autocorrelation::AutocorrelationFigure;
pub use axis::Axis;
pub use canvas::{Align, Canvas, Piece};
pub use chart::{Chart, Look, Series};
pub use comparison::ComparisonFigure;
pub use differences::{DifferenceColumn, DifferencesFigure};
pub use facilitation::{FacilitationCurve, FacilitationFigure};
pub use fixed_points::FixedPointsFigure;
pub use lyapunov::LyapunovFigure;
pub use mean_field::MeanFieldFigure;
pub use memory::MemoryFigure;
pub use panel::Panel;
pub use phase_map::PhaseMapFigure;
pub use raster::RasterFigure;
pub use recall::{Across, RecallCurve, RecallFigure};
pub use render::{png_bytes, svg_text};
pub use sensor::SensorFigure;
pub use signals::{SignalsCurve, SignalsFigure};
pub use spectrum::SpectrumFigure;
pub use speed::{Labels, SpeedFigure, Traces};

/// Name of the time axis.
const TIME: &str = "time (units of the neuronal time constant)";

/// Why a figure was not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// The data leave nothing to draw, or do not fit together.
    #[error("no figure: {0}")]
    Data(&'static str),
    /// The drawing library failed.
    #[error("no figure: {0}")]
    Drawing(String),
}

/// A figure: drawn by one function, whatever the backend.
pub trait Figure {
    /// Height in pixels; the width is [`style::WIDTH`].
    fn height(&self) -> u32;

    /// Draws the figure on a white canvas.
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError>;
}

/// An interval of frozen plasticity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrozenInterval {
    /// Time of the freeze.
    pub start: f64,
    /// Time of the release.
    pub end: f64,
}

/// A quantity against time, or against a lag.
#[derive(Clone, Copy, Debug)]
pub struct Trace<'a> {
    /// Increasing times.
    pub times: &'a [f64],
    /// As many values.
    pub values: &'a [f64],
}

impl<'a> Trace<'a> {
    fn checked(self) -> Result<(&'a [f64], &'a [f64]), FigureError> {
        if self.times.is_empty() || self.times.len() != self.values.len() {
            return Err(FigureError::Data(
                "a trace is empty, or its times and values differ in number",
            ));
        }
        Ok((self.times, self.values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A figure of one blue rectangle, one image and a text.
    struct Example;

    impl Figure for Example {
        fn height(&self) -> u32 {
            60
        }

        fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
            canvas.rectangle((100.0, 10.0), (200.0, 50.0), style::MAIN)?;
            canvas.image((300.0, 10.0), (400.0, 50.0), |u, _| {
                style::diverging(2.0 * u - 1.0)
            })?;
            canvas.text(
                &[Piece::Plain("a < b")],
                (500.0, 40.0),
                style::LABEL,
                Align::Start,
                style::INK,
                false,
            )
        }
    }

    #[test]
    fn both_formats_hold_what_was_drawn() {
        let decoder = png::Decoder::new(std::io::Cursor::new(png_bytes(&Example).unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (1600, 60));
        let pixel = |x: usize, y: usize| {
            let at = 3 * (1600 * y + x);
            (pixels[at], pixels[at + 1], pixels[at + 2])
        };
        let white = (255, 255, 255);
        assert_eq!(
            [pixel(99, 30), pixel(100, 30), pixel(199, 30), pixel(200, 30)],
            [white, style::MAIN, style::MAIN, white]
        );
        assert_eq!([pixel(299, 30), pixel(400, 30)], [white, white]);
        assert!(
            pixel(310, 30).2 > pixel(310, 30).0 && pixel(390, 30).0 > pixel(390, 30).2,
            "blue to red"
        );
        assert!(
            (500..600).any(|x| (10..50).any(|y| pixel(x, y) == style::INK)),
            "text"
        );
        let text = svg_text(&Example).unwrap();
        assert!(text.contains("a &lt; b") && text.contains("#184E8C") && text.trim_end().ends_with("</svg>"));
        assert_eq!(text.matches("<image").count(), 1);
    }

    #[test]
    fn a_trace_without_values_is_no_figure() {
        struct Failing;
        impl Figure for Failing {
            fn height(&self) -> u32 {
                10
            }
            fn draw<DB: DrawingBackend>(&self, _: &Canvas<DB>) -> Result<(), FigureError> {
                Trace {
                    times: &[0.0],
                    values: &[],
                }
                .checked()
                .map(|_| ())
            }
        }
        assert!(matches!(png_bytes(&Failing), Err(FigureError::Data(_))));
    }
}
