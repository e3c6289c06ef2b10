//! An event of a sensor in one figure: what was felt, what the network made of it, the freeze, the power cut, what was read.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::raster::RasterFigure;
use super::{Figure, FigureError, FrozenInterval, TIME, style};

/// One event on a board. All times from its beginning.
#[derive(Clone, Copy, Debug)]
pub struct SensorFigure<'a> {
    /// Network, board and data.
    pub title: &'a str,
    /// The samples, rows of channels, spread over the drive.
    pub signal: &'a [f32],
    /// Number of channels.
    pub channels: usize,
    /// Rates after each step, rows of neurons.
    pub rates: &'a [f32],
    /// Neurons shown.
    pub neurons: usize,
    /// Time of a step.
    pub interval: f64,
    /// End of the drive.
    pub drive: f64,
    /// The freeze.
    pub freeze: f64,
    /// The power cut.
    pub cut: f64,
    /// End of the hold.
    pub end: f64,
    /// What was read and what is true, a line each.
    pub read: &'a [String],
    /// A line below.
    pub note: &'a str,
}

const SIGNAL: (f64, f64) = (150.0, 400.0);
const RATES: (f64, f64) = (500.0, 900.0);
const TEXT: f64 = 1060.0;
const LINE: f64 = 40.0;
/// Of the channels, in turn: first three blue to green, then red to brown.
const COLOURS: [style::Colour; 6] = [
    style::MAIN,
    style::FROZEN_EDGE,
    style::CHAOS_RANGE,
    style::OVERLAY,
    style::FIXED_POINTS,
    style::CONTROL,
];

impl Figure for SensorFigure<'_> {
    fn height(&self) -> u32 {
        (TEXT + LINE * (self.read.len() + 2) as f64) as u32
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        if self.channels == 0 || self.signal.is_empty() {
            return Err(FigureError::Data("an event needs samples"));
        }
        canvas.label(self.title, (style::LEFT, 48.0), Align::Start)?;
        let frozen = [FrozenInterval {
            start: self.freeze,
            end: self.end,
        }];
        let raster = RasterFigure {
            rates: self.rates,
            neurons: self.neurons,
            start: 0.0,
            interval: self.interval,
            frozen: &frozen,
        };
        let rates = raster.draw_panel(canvas, RATES.0, RATES.1)?;
        rates.lower_axis(canvas, Some(&[Piece::Plain(TIME)]))?;
        self.draw_signal(canvas, rates.x)?;
        self.mark_cut(canvas, &rates)?;
        for (number, line) in self.read.iter().enumerate() {
            let at = (style::LEFT, TEXT + LINE * number as f64);
            canvas.text(
                &[Piece::Plain(line)],
                at,
                style::LABEL,
                Align::Start,
                style::INK,
                false,
            )?;
        }
        let at = (style::LEFT, TEXT + LINE * self.read.len() as f64);
        canvas.label(self.note, at, Align::Start)
    }
}

impl SensorFigure<'_> {
    fn draw_signal<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, x: Axis) -> Result<(), FigureError> {
        let largest = self
            .signal
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let reach = 1.05 * f64::from(largest).max(f64::MIN_POSITIVE);
        let panel = Panel {
            top: SIGNAL.0,
            bottom: SIGNAL.1,
            x,
            y: Axis::linear(-reach, reach)?,
        };
        panel.left_axis(canvas, &[&[Piece::Plain("signal")]], true)?;
        panel.lower_axis(canvas, None)?;
        let samples = self.signal.len() / self.channels;
        let times: Vec<f64> = (0..samples)
            .map(|sample| self.drive * (sample as f64 + 0.5) / samples as f64)
            .collect();
        for channel in 0..self.channels {
            let values: Vec<f64> = self
                .signal
                .iter()
                .skip(channel)
                .step_by(self.channels)
                .map(|&value| value.into())
                .collect();
            let colour = COLOURS[channel % COLOURS.len()];
            panel.curve(canvas, (&times, &values), colour, 2.5)?;
        }
        if let Some(x) = panel.pixel_x(self.drive) {
            canvas.line(&[(x, SIGNAL.0), (x, SIGNAL.1)], style::INK, 2.0)?;
            canvas.label("the movement ends", (x + 10.0, SIGNAL.0 + 26.0), Align::Start)?;
        }
        Ok(())
    }

    fn mark_cut<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, rates: &Panel) -> Result<(), FigureError> {
        let Some(x) = rates.pixel_x(self.cut) else {
            return Ok(());
        };
        canvas.rectangle((x - 3.0, SIGNAL.1 + 12.0), (x + 3.0, RATES.1), style::OVERLAY)?;
        let at = (x, SIGNAL.1 - 8.0);
        canvas.text(
            &[Piece::Plain("stored, power cut, recalled")],
            at,
            style::SMALL,
            Align::Middle,
            style::OVERLAY,
            false,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn an_event_is_drawn_with_its_cut_and_its_reading() {
        let (signal, rates) = ([0.1, -0.2, 0.3, 0.4], [0.0, 0.5, -0.5, 0.2]);
        let read = ["movement: read 1, true 1".to_owned()];
        let figure = SensorFigure {
            title: "N = 2",
            signal: &signal,
            channels: 2,
            rates: &rates,
            neurons: 1,
            interval: 1.0,
            drive: 1.0,
            freeze: 2.0,
            cut: 3.0,
            end: 4.0,
            read: &read,
            note: "all equal",
        };
        let text = svg_text(&figure).unwrap();
        for words in ["power cut", "movement: read 1", "all equal", "the movement ends"] {
            assert!(text.contains(words), "{words}");
        }
        let nothing = SensorFigure {
            signal: &[],
            ..figure
        };
        assert!(matches!(svg_text(&nothing), Err(FigureError::Data(_))));
    }
}
