//! Speed of the neurons through freeze and release, on a logarithmic axis.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::style::{self, Colour};
use super::{Figure, FigureError, FrozenInterval, TIME, Trace};

/// One quantity, up to three times.
#[derive(Clone, Copy, Debug)]
pub struct Traces<'a> {
    /// The simulation on the host: a line.
    pub host: Trace<'a>,
    /// The same network on a device: markers over the line (those that would overlap are left out).
    pub device: Option<Trace<'a>>,
    /// A control condition, such as no plasticity: a thin grey line.
    pub control: Option<Trace<'a>>,
}

/// Names of the traces in the legend.
#[derive(Clone, Copy, Debug)]
pub struct Labels<'a> {
    /// Of the host's line.
    pub host: &'a str,
    /// Of the device's markers.
    pub device: &'a str,
    /// Of the control.
    pub control: &'a str,
}

impl Default for Labels<'_> {
    fn default() -> Self {
        Self {
            host: "host",
            device: "microcontroller",
            control: "without plasticity (k = 0)",
        }
    }
}

/// Radius of a device's marker.
const MARKER: f64 = 6.5;
/// Least distance between two markers.
const MARKER_DISTANCE: f64 = 22.0;

impl Traces<'_> {
    fn all(&self) -> impl Iterator<Item = &Trace<'_>> {
        [Some(&self.host), self.device.as_ref(), self.control.as_ref()]
            .into_iter()
            .flatten()
    }

    /// Values of all traces within the range of the time axis.
    pub(super) fn values(&self, x: Axis) -> impl Iterator<Item = f64> {
        let inside = move |time: f64| match x {
            Axis::Linear { low, high } => time >= low && time <= high,
            Axis::Decades { .. } | Axis::Octaves { .. } => true,
        };
        let pairs = self.all().flat_map(|trace| trace.times.iter().zip(trace.values));
        pairs
            .filter(move |(time, _)| inside(**time))
            .map(|(_, value)| *value)
    }

    /// Draws the control below, the host's line, and the device's markers on top.
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        panel: &Panel,
    ) -> Result<(), FigureError> {
        if let Some(control) = self.control {
            panel.curve(canvas, control.checked()?, style::CONTROL, 2.0)?;
        }
        panel.curve(canvas, self.host.checked()?, style::MAIN, 3.5)?;
        if let Some(device) = self.device {
            let (times, values) = device.checked()?;
            let mut previous: Option<(f64, f64)> = None;
            for point in panel.pixels(times, values) {
                if previous.is_none_or(|(x, y)| (point.0 - x).hypot(point.1 - y) >= MARKER_DISTANCE) {
                    ring(canvas, point, style::OVERLAY)?;
                    previous = Some(point);
                }
            }
        }
        Ok(())
    }

    /// Writes the legend on a line that ends at the right edge, with its middle at `y`; a lone trace needs none.
    pub(super) fn legend<DB: DrawingBackend>(
        &self,
        canvas: &Canvas<DB>,
        labels: Labels<'_>,
        y: f64,
    ) -> Result<(), FigureError> {
        let mut entries = vec![Entry::Line(labels.host, style::MAIN, 3.5)];
        if self.device.is_some() {
            entries.push(Entry::Marker(labels.device));
        }
        if self.control.is_some() {
            entries.push(Entry::Line(labels.control, style::CONTROL, 2.0));
        }
        if entries.len() > 1 {
            legend(canvas, &entries, y)
        } else {
            Ok(())
        }
    }
}

/// A disc with a white heart, so that the line beneath is seen.
pub(super) fn ring<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    at: (f64, f64),
    colour: Colour,
) -> Result<(), FigureError> {
    canvas.disc(at, MARKER, colour)?;
    canvas.disc(at, MARKER - 2.5, (255, 255, 255))
}

/// A sample of ink and what it stands for.
pub(super) enum Entry<'a> {
    /// A line of a colour and width.
    Line(&'a str, Colour, f64),
    /// A broken line.
    Dashed(&'a str, Colour, f64),
    /// A device's marker.
    Marker(&'a str),
    /// A dot.
    Dot(&'a str, Colour),
    /// A ring.
    Ring(&'a str, Colour),
}

/// Writes entries side by side, the last one ending at the right edge.
pub(super) fn legend<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    entries: &[Entry],
    y: f64,
) -> Result<(), FigureError> {
    const SAMPLE: f64 = 44.0;
    let mut right = style::RIGHT;
    for entry in entries.iter().rev() {
        let (Entry::Line(text, ..)
        | Entry::Dashed(text, ..)
        | Entry::Marker(text)
        | Entry::Dot(text, _)
        | Entry::Ring(text, _)) = *entry;
        right -= canvas.text_width(&[Piece::Plain(text)], style::SMALL)?;
        // Anchored at its beginning: where another font stands in, the text stays off its sample.
        canvas.label(text, (right, y + 0.36 * style::SMALL), Align::Start)?;
        right -= 12.0;
        let sample = [(right - SAMPLE, y), (right, y)];
        match *entry {
            Entry::Line(_, colour, width) => canvas.line(&sample, colour, width)?,
            Entry::Dashed(_, colour, width) => canvas.dashed(&sample, colour, width)?,
            Entry::Marker(_) => ring(canvas, (right - MARKER - 2.0, y), style::OVERLAY)?,
            Entry::Ring(_, colour) => ring(canvas, (right - MARKER - 2.0, y), colour)?,
            Entry::Dot(_, colour) => canvas.disc((right - MARKER - 2.0, y), MARKER, colour)?,
        }
        let round = !matches!(entry, Entry::Line(..) | Entry::Dashed(..));
        right -= if round { 2.0 * MARKER } else { SAMPLE } + 36.0;
    }
    Ok(())
}

/// Rms of `dx/dt` over the neurons, against time.
#[derive(Clone, Copy, Debug)]
pub struct SpeedFigure<'a> {
    /// The rms speeds, per neuronal time constant.
    pub speed: Traces<'a>,
    /// When the plasticity was frozen.
    pub frozen: &'a [FrozenInterval],
    /// Names in the legend.
    pub labels: Labels<'a>,
}

/// Draws a panel of speeds between two heights, without its lower axis.
pub(super) fn draw_speed<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    speed: &Traces,
    x: Axis,
    (top, bottom): (f64, f64),
    frozen: &[FrozenInterval],
) -> Result<Panel, FigureError> {
    let panel = Panel {
        top,
        bottom,
        x,
        y: Axis::decades(speed.values(x))?,
    };
    panel.shade(canvas, frozen)?;
    panel.left_axis(canvas, &[&[Piece::Plain("rms |dx/dt|")]], true)?;
    speed.draw(canvas, &panel)?;
    Ok(panel)
}

impl Figure for SpeedFigure<'_> {
    fn height(&self) -> u32 {
        640
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let (times, _) = self.speed.host.checked()?;
        let (first, last) = (times[0], times[times.len() - 1]);
        // A run from zero whose first value comes after its first step still begins at zero.
        let near_zero = first > 0.0 && first < 0.01 * last;
        let x = Axis::linear(if near_zero { 0.0 } else { first }, last)?;
        let panel = draw_speed(canvas, &self.speed, x, (126.0, 526.0), self.frozen)?;
        panel.bars(canvas, self.frozen)?;
        self.speed.legend(canvas, self.labels, 32.0)?;
        panel.lower_axis(canvas, Some(&[Piece::Plain(TIME)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn every_trace_is_drawn_and_named() {
        let times: Vec<f64> = (0..200).map(f64::from).collect();
        let values: Vec<f64> = times.iter().map(|time| (-0.1 * time).exp()).collect();
        let host = Trace {
            times: &times,
            values: &values,
        };
        let device = Trace {
            times: &times[..5],
            values: &values[..5],
        };
        let speed = Traces {
            host,
            device: Some(device),
            control: Some(host),
        };
        let figure = SpeedFigure {
            speed,
            frozen: &[FrozenInterval {
                start: 20.0,
                end: 90.0,
            }],
            labels: Labels::default(),
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("microcontroller") && text.contains("k = 0") && text.contains("frozen"));
        // 1280 pixels for 199 time units: of five points within 26 pixels, only the first and the last have room.
        assert_eq!(
            text.matches("<circle").count(),
            2 * (2 + 1),
            "markers and the one of the legend"
        );
        let alone = SpeedFigure {
            speed: Traces {
                host,
                device: None,
                control: None,
            },
            ..figure
        };
        let text = svg_text(&alone).unwrap();
        assert!(!text.contains("host") && !text.contains("<circle"));
    }

    #[test]
    fn speeds_without_a_positive_value_are_refused() {
        let host = Trace {
            times: &[0.0, 1.0],
            values: &[0.0, f64::NAN],
        };
        let speed = Traces {
            host,
            device: None,
            control: None,
        };
        let figure = SpeedFigure {
            speed,
            frozen: &[],
            labels: Labels::default(),
        };
        assert!(matches!(svg_text(&figure), Err(FigureError::Data(_))));
    }
}
