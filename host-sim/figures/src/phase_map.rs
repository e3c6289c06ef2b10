//! The phase diagram: a cell for each point in the colour of its class, boundaries of the theory over them.

mod legend;

use plotters::prelude::DrawingBackend;

use self::legend::Line;
use super::axis::Axis;
use super::canvas::{Align, Canvas, Piece};
use super::panel::Panel;
use super::style::{self, Colour};
use super::{Figure, FigureError};
use science::measure::phase::{Boundaries, Class, Point};

/// A sweep over strengths k (across) and gains g (upward).
#[derive(Clone, Copy, Debug)]
pub struct PhaseMapFigure<'a> {
    /// Gains, ascending.
    pub g: &'a [f32],
    /// Strengths of the plasticity, ascending.
    pub k: &'a [f32],
    /// Gain by gain, in the order of the strengths.
    pub points: &'a [&'a Point],
    /// Of the theory, at ascending gains.
    pub boundaries: &'a [Boundaries],
    /// What all points have in common.
    pub title: &'a str,
}

const TOP: f64 = 337.0;
const BOTTOM: f64 = 1057.0;
/// White between two cells, on either side.
const GAP: f64 = 1.5;
/// Height of the letters of an exponent, and the least width of a cell that has room for one.
const LETTERS: f64 = 21.0;
const ROOM: f64 = 60.0;

/// Pale for what rests, blue for what is chaotic: told apart by lightness too.
fn colour(class: Class) -> Colour {
    match class {
        Class::Quiescent => (236, 236, 232),
        Class::FixedPoint => (233, 196, 106),
        Class::Oscillating => (64, 160, 130),
        Class::Chaotic => (133, 178, 219),
        Class::Freezable => (38, 92, 153),
        // The first two have the colours of their starts.
        Class::Coexisting | Class::InducedChaos | Class::Undecided => (176, 176, 176),
    }
}

/// Edges of cells about ascending values: halfway between neighbours, and as far out at the ends.
fn edges(values: &[f32]) -> Vec<f64> {
    let at = |index: usize| f64::from(values[index]);
    let last = values.len() - 1;
    if last == 0 {
        return vec![at(0) - 0.5, at(0) + 0.5];
    }
    let mut edges = vec![at(0) - (at(1) - at(0)) / 2.0];
    edges.extend((0..last).map(|index| (at(index) + at(index + 1)) / 2.0));
    edges.push(at(last) + (at(last) - at(last - 1)) / 2.0);
    edges
}

/// A point, and the upper left and the lower right corner of its cell.
struct Cell<'a> {
    point: &'a Point,
    from: (f64, f64),
    to: (f64, f64),
}

impl PhaseMapFigure<'_> {
    fn panel(&self) -> Result<Panel, FigureError> {
        if self.g.is_empty() || self.k.is_empty() || self.points.len() != self.g.len() * self.k.len() {
            return Err(FigureError::Data("the points are none, or do not fill the grid"));
        }
        let axis = |values: &[f32]| {
            let edges = edges(values);
            Axis::linear(edges[0], edges[edges.len() - 1])
        };
        Ok(Panel {
            top: TOP,
            bottom: BOTTOM,
            x: axis(self.k)?,
            y: axis(self.g)?,
        })
    }

    fn cells(&self, panel: &Panel) -> Vec<Cell<'_>> {
        let across: Vec<f64> = edges(self.k)
            .into_iter()
            .filter_map(|k| panel.pixel_x(k))
            .collect();
        let upward: Vec<f64> = edges(self.g)
            .into_iter()
            .filter_map(|g| panel.pixel_y(g))
            .collect();
        let cell = |at: usize| {
            let (row, column) = (at / self.k.len(), at % self.k.len());
            Cell {
                point: self.points[at],
                from: (across[column] + GAP, upward[row + 1] + GAP),
                to: (across[column + 1] - GAP, upward[row] - GAP),
            }
        };
        (0..self.points.len()).map(cell).collect()
    }

    /// The boundaries within the panel, in pixels.
    fn lines(&self, panel: &Panel) -> Vec<Boundary> {
        let [gains, strengths] = [self.g, self.k].map(|values| {
            let edges = edges(values);
            edges[0]..=edges[edges.len() - 1]
        });
        let mut lines = Vec::new();
        if gains.contains(&1.0) {
            let y = panel.pixel_y(1.0).unwrap_or(BOTTOM);
            lines.push(Boundary {
                line: Line::ZeroState,
                points: vec![(style::LEFT, y), (style::RIGHT, y)],
                errors: Vec::new(),
            });
        }
        let solved = [
            Line::Freezability,
            Line::StableFixedPoints,
            Line::Marginality,
            Line::ChaosOnset,
            Line::ChaosEnd,
        ];
        lines.extend(solved.into_iter().map(|line| {
            let (mut points, mut errors) = (Vec::new(), Vec::new());
            for boundaries in self.boundaries {
                let (g, k) = (f64::from(boundaries.g), line.of(boundaries));
                let Some(k) = k.filter(|k| strengths.contains(k) && gains.contains(&g)) else {
                    continue;
                };
                let pixel = |k: f64| Some((panel.pixel_x(k)?, panel.pixel_y(g)?));
                points.extend(pixel(k));
                if let Some(error) = line.error(boundaries) {
                    let [low, high] =
                        [k - error, k + error].map(|k| k.clamp(*strengths.start(), *strengths.end()));
                    errors.extend(pixel(low).zip(pixel(high)));
                }
            }
            Boundary { line, points, errors }
        }));
        lines.retain(|boundary| boundary.points.len() > 1);
        lines
    }
}

/// A line of theory, in pixels.
struct Boundary {
    line: Line,
    points: Vec<(f64, f64)>,
    /// Ends of the bars of one standard error on either side.
    errors: Vec<((f64, f64), (f64, f64))>,
}

impl Cell<'_> {
    /// Where the starts differ, small ones upper left, large ones lower right.
    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let Point {
            class, small, large, ..
        } = self.point;
        match class {
            Class::InducedChaos => split(canvas, [small.class, Class::Chaotic], self.from, self.to),
            Class::Coexisting | Class::Undecided if small.class != large.class => {
                split(canvas, [small.class, large.class], self.from, self.to)
            }
            class => canvas.rectangle(self.from, self.to, colour(*class)),
        }
    }

    /// The largest exponent, where it says something about the whole cell and has room.
    fn label<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let ink = match self.point.class {
            Class::Chaotic => style::INK,
            Class::Freezable => style::WHITE,
            _ => return Ok(()),
        };
        let has_room = self.to.0 - self.from.0 >= ROOM && self.to.1 - self.from.1 >= 1.5 * LETTERS;
        let Some(exponent) = self.point.small.lyapunov_max.filter(|_| has_room) else {
            return Ok(());
        };
        let text = format!("{:.2}", exponent.mean);
        let at = (self.from.0 + 8.0, self.to.1 - 9.0);
        canvas.text(&[Piece::Plain(&text)], at, LETTERS, Align::Start, ink, false)
    }
}

fn split<DB: DrawingBackend>(
    canvas: &Canvas<DB>,
    [small, large]: [Class; 2],
    from: (f64, f64),
    to: (f64, f64),
) -> Result<(), FigureError> {
    canvas.rectangle(from, to, colour(large))?;
    canvas.polygon(&[from, (to.0, from.1), (from.0, to.1)], colour(small))?;
    canvas.line(&[(from.0, to.1), (to.0, from.1)], style::WHITE, 2.0)
}

impl Figure for PhaseMapFigure<'_> {
    fn height(&self) -> u32 {
        1177
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &Canvas<DB>) -> Result<(), FigureError> {
        let panel = self.panel()?;
        let (cells, lines) = (self.cells(&panel), self.lines(&panel));
        cells.iter().try_for_each(|cell| cell.draw(canvas))?;
        for boundary in &lines {
            canvas.line(&boundary.points, style::WHITE, 8.0)?;
        }
        for boundary in &lines {
            boundary.line.draw(canvas, &boundary.points)?;
            for &(low, high) in &boundary.errors {
                boundary.line.draw_error(canvas, low, high)?;
            }
        }
        cells.iter().try_for_each(|cell| cell.label(canvas))?;
        let at = (style::LEFT, 40.0);
        let title = [Piece::Plain(self.title)];
        canvas.text(&title, at, style::LABEL, Align::Start, style::INK, false)?;
        let lines: Vec<Line> = lines.iter().map(|boundary| boundary.line).collect();
        legend::draw(canvas, self.points, &lines)?;
        panel.left_axis(canvas, &[&[Piece::Plain("gain g")]], false)?;
        panel.lower_axis(canvas, Some(&[Piece::Plain("strength of the plasticity k")]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::svg_text;
    use science::measure::phase::{Crossing, StartRow};

    fn point(g: f32, k: f32, class: Class, starts: [Class; 2]) -> Point {
        let start = |class| StartRow {
            class,
            alive: None,
            lyapunov_max: science::estimators::MeanSem::of([0.13]),
            c_phi_0: None,
            freeze_success: None,
            runs: Vec::new(),
        };
        Point {
            g,
            k,
            class,
            freeze_success: None,
            small: start(starts[0]),
            large: start(starts[1]),
        }
    }

    #[test]
    fn cells_meet_halfway_between_their_points() {
        assert_eq!(edges(&[1.0, 2.0, 4.0]), [0.5, 1.5, 3.0, 5.0]);
        assert_eq!(edges(&[2.0]), [1.5, 2.5]);
    }

    #[test]
    fn cells_lines_and_their_names_are_drawn() {
        use Class::{Chaotic, Coexisting, FixedPoint, Freezable, Quiescent};
        let points = [
            point(0.5, 1.0, Quiescent, [Quiescent; 2]),
            point(0.5, 3.0, Coexisting, [Quiescent, FixedPoint]),
            point(1.5, 1.0, Chaotic, [Chaotic; 2]),
            point(1.5, 3.0, Freezable, [Freezable; 2]),
        ];
        let points: Vec<&Point> = points.iter().collect();
        let boundary = |g: f32| Boundaries {
            g,
            freezability: Some(1.5),
            freezability_error: Some(0.1),
            stable_fixed_points: None,
            marginality: None,
            chaos_onset: None,
            chaos_end: Some(Crossing {
                k: 2.5,
                error: Some(0.2),
            }),
        };
        let figure = PhaseMapFigure {
            g: &[0.5, 1.5],
            k: &[1.0, 3.0],
            points: &points,
            boundaries: &[boundary(0.5), boundary(1.5)],
            title: "four points",
        };
        let text = svg_text(&figure).unwrap();
        for name in [
            "four points",
            "freezable chaos",
            "small start",
            "frozen bulk",
            "zero state",
            "chaos slows down",
            "0.13",
        ] {
            assert!(text.contains(name), "{name}");
        }
        assert!(!text.contains("oscillating") && !text.contains("outer fixed points"));
        assert!(!text.contains("induced chaos"), "a line of no point");
        // One split cell, one split sample.
        assert_eq!(text.matches("<polygon").count(), 2);
        let short = PhaseMapFigure {
            points: &points[1..],
            ..figure
        };
        assert!(matches!(svg_text(&short), Err(FigureError::Data(_))));
    }
}
