//! What the colours and the lines of a phase diagram mean.

use plotters::prelude::DrawingBackend;

use super::{colour, split};
use crate::canvas::{Align, Canvas, Piece};
use crate::style::Colour;
use crate::{FigureError, style};
use science::measure::phase::{Boundaries, Class, Point};

/// A boundary of the theory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    ZeroState,
    Freezability,
    StableFixedPoints,
    Marginality,
    ChaosOnset,
    ChaosEnd,
}

impl Line {
    pub(super) fn of(self, boundaries: &Boundaries) -> Option<f64> {
        match self {
            Self::ZeroState => None,
            Self::Freezability => boundaries.freezability,
            Self::StableFixedPoints => boundaries.stable_fixed_points,
            Self::Marginality => boundaries.marginality,
            Self::ChaosOnset => boundaries.chaos_onset.map(|at| at.k),
            Self::ChaosEnd => boundaries.chaos_end.map(|at| at.k),
        }
    }

    /// Standard error of those that have one.
    pub(super) fn error(self, boundaries: &Boundaries) -> Option<f64> {
        match self {
            Self::ZeroState | Self::StableFixedPoints | Self::Marginality => None,
            Self::Freezability => boundaries.freezability_error,
            Self::ChaosOnset => boundaries.chaos_onset?.error,
            Self::ChaosEnd => boundaries.chaos_end?.error,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::ZeroState => "zero state loses its stability",
            Self::Freezability => "frozen bulk becomes stable",
            Self::StableFixedPoints => "stable fixed points grow in number with N",
            Self::Marginality => "outer fixed points become stable",
            Self::ChaosOnset => "induced chaos begins beside rest",
            Self::ChaosEnd => "chaos slows down to fixed points",
        }
    }

    fn colour(self) -> Colour {
        match self {
            Self::ZeroState | Self::StableFixedPoints => style::INK,
            Self::Freezability => style::OVERLAY,
            Self::Marginality => style::FIXED_POINTS,
            Self::ChaosOnset | Self::ChaosEnd => style::CHAOS_RANGE,
        }
    }

    pub(super) fn draw<DB: DrawingBackend>(
        self,
        canvas: &Canvas<DB>,
        points: &[(f64, f64)],
    ) -> Result<(), FigureError> {
        match self {
            Self::ZeroState | Self::Marginality => canvas.line(points, self.colour(), 3.0),
            Self::Freezability | Self::ChaosOnset => canvas.line(points, self.colour(), 4.5),
            Self::StableFixedPoints => canvas.dashed(points, self.colour(), 3.0),
            Self::ChaosEnd => canvas.dashed(points, self.colour(), 4.5),
        }
    }

    /// A bar of one standard error on either side.
    pub(super) fn draw_error<DB: DrawingBackend>(
        self,
        canvas: &Canvas<DB>,
        low: (f64, f64),
        high: (f64, f64),
    ) -> Result<(), FigureError> {
        canvas.line(&[low, high], self.colour(), 2.5)?;
        for (x, y) in [low, high] {
            canvas.line(&[(x, y - CAP), (x, y + CAP)], self.colour(), 2.5)?;
        }
        Ok(())
    }
}

/// Half the height of the end of a bar.
const CAP: f64 = 7.0;
/// Width of a sample of a colour, and of a line.
const AREA: f64 = 34.0;
const STROKE: f64 = 54.0;
/// Half the height of a sample of a colour.
const HALF: f64 = 14.0;
/// Rows, and the two columns of those below the first.
const ROWS: [f64; 5] = [92.0, 139.0, 186.0, 233.0, 280.0];
const COLUMNS: [f64; 2] = [style::LEFT, style::LEFT + 620.0];

/// A row of classes; below, in two columns, lines and split cells.
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    points: &[&Point],
    lines: &[Line],
) -> Result<(), FigureError> {
    let has = |class: Class| {
        let of = |point: &&Point| [point.class, point.small.class, point.large.class].contains(&class);
        points.iter().any(of)
    };
    let mut x = COLUMNS[0];
    for class in Class::ALL {
        if matches!(class, Class::Coexisting | Class::InducedChaos) || !has(class) {
            continue;
        }
        canvas.rectangle((x, ROWS[0] - HALF), (x + AREA, ROWS[0] + HALF), colour(class))?;
        x = name(canvas, class.name(), x + AREA, ROWS[0])?;
    }
    let places = || ROWS[1..].iter().flat_map(|&y| COLUMNS.map(|x| (x, y)));
    for (line, (x, y)) in lines.iter().zip(places()) {
        line.draw(canvas, &[(x, y), (x + STROKE, y)])?;
        name(canvas, line.name(), x + STROKE, y)?;
    }
    if !points.iter().any(|point| point.small.class != point.large.class) {
        return Ok(());
    }
    if let Some((x, y)) = places().nth(lines.len()) {
        let classes = [Class::Quiescent, Class::FixedPoint];
        split(canvas, classes, (x, y - HALF), (x + AREA, y + HALF))?;
        let text = "upper left from a small start, lower right from a large one";
        name(canvas, text, x + AREA, y)?;
    }
    Ok(())
}

/// Writes what a sample at the left means, and gives where the next one may begin.
fn name<DB: DrawingBackend>(canvas: &Canvas<DB>, text: &str, x: f64, y: f64) -> Result<f64, FigureError> {
    canvas.label(text, (x + 12.0, y + 0.36 * style::SMALL), Align::Start)?;
    Ok(x + 12.0 + canvas.text_width(&[Piece::Plain(text)], style::SMALL)? + 34.0)
}
