//! Stable fixed points: how many, and how stable.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::speed::{Entry, legend};
use super::{Figure, FigureError, style};
use science::estimators::MeanSem;

/// Number of stable fixed points against the number of neurons, and a histogram of their rightmost eigenvalues.
#[derive(Clone, Copy, Debug)]
pub struct FixedPointsFigure<'a> {
    /// Number of neurons, distinct fixed points found, and lower bound on how many there are.
    pub numbers: &'a [(usize, MeanSem, MeanSem)],
    /// The annealed count's factor per neuron.
    pub annealed_per_neuron: Option<f64>,
    /// Number of neurons, and the rightmost eigenvalues of all fixed points found; from small networks to large ones.
    pub rightmost: &'a [(usize, Vec<f64>)],
    /// What is shown.
    pub title: &'a str,
}

/// Bins of the histogram.
const BINS: usize = 40;

impl FixedPointsFigure<'_> {
    fn draw_numbers<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let last = self.numbers.iter().map(|(n, ..)| *n).max().unwrap_or(0) as f64;
        let last = 1.08 * last;
        let values = self
            .numbers
            .iter()
            .flat_map(|(_, distinct, bound)| [distinct.mean, bound.mean]);
        let panel = Panel {
            top: 130.0,
            bottom: 660.0,
            x: Axis::linear(0.0, last)?,
            y: Axis::decades(values.chain([1.0, 10.0]))?,
        };
        panel.left_axis(canvas, &[&[Piece::Plain("stable fixed points")]], true)?;
        let mut entries = vec![
            Entry::Dot("found", style::CONTROL),
            Entry::Dot("at least (Chao1)", style::MAIN),
        ];
        let annealed = self.annealed_per_neuron.filter(|factor| *factor > 1.0);
        if let (Some(factor), Axis::Decades { high, .. }) = (annealed, panel.y) {
            // Up to the upper edge: beyond, the line would be bent along it.
            let end = last.min(f64::from(high) / factor.log10());
            panel.curve(
                canvas,
                (&[0.0, end], &[1.0, factor.powf(end)]),
                style::OVERLAY,
                3.0,
            )?;
            entries.push(Entry::Line("annealed count, exp(N Σ)", style::OVERLAY, 3.0));
        }
        for (n, distinct, bound) in self.numbers {
            for (value, colour, radius) in [(distinct, style::CONTROL, 6.0), (bound, style::MAIN, 7.0)] {
                let (Some(x), Some(y)) = (panel.pixel_x(*n as f64), panel.pixel_y(value.mean)) else {
                    continue;
                };
                if value.mean <= 0.0 {
                    continue;
                }
                let error = value.sem.unwrap_or(0.0);
                let ends =
                    [value.mean - error, value.mean + error].map(|end| panel.pixel_y(end).unwrap_or(y));
                canvas.line(&[(x, ends[0]), (x, ends[1])], colour, 2.5)?;
                canvas.disc((x, y), radius, colour)?;
            }
        }
        legend(canvas, &entries, 90.0)?;
        panel.lower_axis(canvas, Some(&[Piece::Plain("number of neurons N")]))
    }

    fn draw_eigenvalues<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let shown: Vec<&(usize, Vec<f64>)> = self
            .rightmost
            .iter()
            .filter(|(_, values)| !values.is_empty())
            .collect();
        let Some((largest, of_largest)) = shown.last() else {
            return Err(FigureError::Data("no stable fixed point was found"));
        };
        let values = shown.iter().flat_map(|(_, values)| values);
        let low = 1.05 * values.copied().fold(-0.01, f64::min);
        let width = -low / BINS as f64;
        let density = |values: &[f64]| {
            let mut bins = [0.0; BINS];
            for value in values {
                let bin = ((value - low) / width) as usize;
                bins[bin.min(BINS - 1)] += 1.0 / (values.len() as f64 * width);
            }
            bins
        };
        let bars = density(of_largest);
        let smallest = (shown.len() > 1).then(|| (shown[0].0, density(&shown[0].1)));
        let outline = smallest.map_or([0.0; BINS], |(_, bins)| bins);
        let top = bars.iter().chain(&outline).copied().fold(0.0, f64::max);
        let panel = Panel {
            top: 880.0,
            bottom: 1340.0,
            x: Axis::linear(low, -0.04 * low)?,
            y: Axis::linear(0.0, 1.08 * top)?,
        };
        panel.left_axis(canvas, &[&[Piece::Plain("density")]], true)?;
        let corner = |at: f64, value: f64| panel.pixel_x(at).zip(panel.pixel_y(value));
        for (bin, value) in bars.iter().enumerate() {
            let left = low + bin as f64 * width;
            if let (Some(from), Some(to)) = (corner(left, 0.0), corner(left + 0.9 * width, *value)) {
                canvas.rectangle(from, to, style::NETWORK)?;
            }
        }
        let of_largest = format!("N = {largest}");
        let mut entries = vec![Entry::Line(&of_largest, style::NETWORK, 14.0)];
        let of_smallest = smallest.map(|(n, _)| format!("N = {n}")).unwrap_or_default();
        if smallest.is_some() {
            let steps = outline.iter().enumerate().flat_map(|(bin, value)| {
                let left = low + bin as f64 * width;
                [corner(left, *value), corner(left + width, *value)]
            });
            canvas.line(&steps.flatten().collect::<Vec<_>>(), style::MAIN, 3.0)?;
            entries.push(Entry::Line(&of_smallest, style::MAIN, 3.0));
        }
        if let (Some(from), Some(to)) = (corner(0.0, 0.0), corner(0.0, 1.08 * top)) {
            canvas.line(&[from, to], style::CONTROL, 2.0)?;
        }
        legend(canvas, &entries, 840.0)?;
        panel.lower_axis(
            canvas,
            Some(&[Piece::Plain("rightmost eigenvalue of neurons and synapses")]),
        )
    }
}

impl Figure for FixedPointsFigure<'_> {
    fn height(&self) -> u32 {
        1460
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        canvas.label(self.title, (style::LEFT, 40.0), Align::Start)?;
        self.draw_numbers(canvas)?;
        self.draw_eigenvalues(canvas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn numbers_and_eigenvalues_are_drawn_and_nothing_is_refused() {
        let number = |mean| MeanSem::of([mean, 1.1 * mean]).unwrap();
        let numbers = [
            (8, number(20.0), number(30.0)),
            (16, number(400.0), number(900.0)),
        ];
        let rightmost = [(8, vec![-0.3, -0.2]), (16, vec![-0.1, -0.15, -0.01])];
        let figure = FixedPointsFigure {
            numbers: &numbers,
            annealed_per_neuron: Some(1.5),
            rightmost: &rightmost,
            title: "g = 1.5",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("annealed") && text.contains("N = 16") && text.contains("N = 8"));
        assert_eq!(
            text.matches("<circle").count(),
            6,
            "two sizes of two numbers, two entries"
        );
        let none = FixedPointsFigure {
            rightmost: &[],
            ..figure
        };
        assert!(matches!(svg_text(&none), Err(FigureError::Data(_))));
    }
}
