//! Working memory by freezing and by short-term facilitation on one axis of time.

use plotters::prelude::DrawingBackend;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::recall::{RecallCurve, draw_recall, legend, places};
use super::style::{self, Colour};
use super::{Figure, FigureError};
use science::estimators::MeanSem;

/// Facilitation of the cued group against time.
#[derive(Clone, Debug)]
pub struct FacilitationCurve {
    /// Its colour, which is that of its recall.
    pub colour: Colour,
    /// Time and mean u.
    pub points: Vec<(f64, MeanSem)>,
    /// Time and u of the theory.
    pub theory: Vec<(f64, f64)>,
}

/// Recall above, facilitation below.
#[derive(Clone, Copy, Debug)]
pub struct FacilitationFigure<'a> {
    /// Recall of the networks that are frozen or facilitated.
    pub recall: &'a [RecallCurve],
    /// Recall by guessing.
    pub chance: f64,
    /// u of the facilitated ones.
    pub facilitation: &'a [FacilitationCurve],
    /// What is common to all.
    pub title: &'a str,
}

impl Figure for FacilitationFigure<'_> {
    fn height(&self) -> u32 {
        1330
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        canvas.label(self.title, (style::LEFT, 44.0), Align::Start)?;
        let bottom = legend(canvas, self.recall, 82.0)?;
        let x = Axis::decades(places(self.recall).chain([1.0, 10.0]))?;
        let upper = draw_recall(
            canvas,
            self.recall,
            &[(1.0, self.chance)],
            x,
            (bottom + 14.0, 850.0),
        )?;
        upper.lower_axis(canvas, None)?;
        let values = self.facilitation.iter().flat_map(|curve| &curve.points);
        let most = values.fold(0.0_f64, |most, (_, value)| most.max(value.mean));
        let lower = Panel {
            top: 900.0,
            bottom: 1210.0,
            x,
            y: Axis::linear(0.0, (1.1 * most).max(0.1))?,
        };
        lower.left_axis(
            canvas,
            &[
                &[Piece::Plain("facilitation u")],
                &[Piece::Plain("of the cued group")],
            ],
            true,
        )?;
        for curve in self.facilitation {
            let (times, u): (Vec<f64>, Vec<f64>) = curve.theory.iter().copied().unzip();
            lower.curve(canvas, (&times, &u), style::INK, 2.5)?;
            for (time, value) in &curve.points {
                if let Some((x, y)) = lower.pixel_x(*time).zip(lower.pixel_y(value.mean)) {
                    canvas.disc((x, y), 7.0, curve.colour)?;
                }
            }
        }
        canvas.label("line: theory", (style::RIGHT, 890.0), Align::End)?;
        lower.lower_axis(
            canvas,
            Some(&[Piece::Plain(
                "time since the cue (units of the neuronal time constant, 10 ms)",
            )]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;

    #[test]
    fn both_panels_share_the_axis() {
        let value = |mean| MeanSem {
            mean,
            sem: None,
            count: 1,
        };
        let recall = [RecallCurve {
            name: Some("frozen".to_owned()),
            colour: style::MAIN,
            is_broken: false,
            points: vec![(10.0, value(1.0)), (1000.0, value(0.9))],
        }];
        let facilitation = [FacilitationCurve {
            colour: style::OVERLAY,
            points: vec![(10.0, value(0.7)), (1000.0, value(0.3))],
            theory: vec![(10.0, 0.7), (1000.0, 0.3)],
        }];
        let figure = FacilitationFigure {
            recall: &recall,
            chance: 0.125,
            facilitation: &facilitation,
            title: "one unit",
        };
        let text = svg_text(&figure).unwrap();
        assert!(text.contains("facilitation u") && text.contains("frozen") && text.contains("one unit"));
        assert_eq!(text.matches("<circle").count(), 4);
    }
}
