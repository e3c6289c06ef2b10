//! A thin layer over `plotters`: the same calls, in pixels of a figure 1600 wide, draw for `.png` and `.svg`.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::FontTransform;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::FigureError;
use super::style::{self, Colour};

/// Name under which the font that ships with the program is registered; viewers of `.svg` may have to replace it.
pub(super) const FONT: &str = "Inter, Helvetica, Arial, sans-serif";
/// Heights of the line of this font, and of the one that the vector backend supposes, in ems.
const BITMAP_LINE: f64 = 1.21;
const VECTOR_LINE: f64 = 1.24;

/// Where a text stands about its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The point is at its beginning.
    Start,
    /// The point is at its middle.
    Middle,
    /// The point is at its end.
    End,
}

/// A piece of text that may be lowered, as in `C_phi`.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// On the line.
    Plain(&'a str),
    /// Smaller and below the line.
    Subscript(&'a str),
}

/// What figures draw on.
pub struct Canvas<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    /// Units of the backend per pixel of the figure.
    scale: f64,
    /// The backend keeps shapes rather than pixels.
    vector: bool,
}

impl<'a, DB: DrawingBackend> Canvas<'a, DB> {
    pub(super) fn new(area: &'a DrawingArea<DB, Shift>, scale: f64, vector: bool) -> Self {
        Self { area, scale, vector }
    }

    fn units(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    /// A connected line through points.
    pub fn line(&self, points: &[(f64, f64)], colour: Colour, width: f64) -> Result<(), FigureError> {
        if points.len() < 2 {
            return Ok(());
        }
        if self.vector {
            let style = rgb(colour).stroke_width((width * self.scale).round() as u32);
            let path = PathElement::new(
                points.iter().map(|&point| self.units(point)).collect::<Vec<_>>(),
                style,
            );
            return self.area.draw(&path).map_err(drawing);
        }
        // The bitmap backend fills a thick path as one polygon, with holes where it crosses itself.
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length > 0.0 {
                let across = (
                    -(to.1 - from.1) / length * width / 2.0,
                    (to.0 - from.0) / length * width / 2.0,
                );
                let corner =
                    |point: (f64, f64), sign: f64| (point.0 + sign * across.0, point.1 + sign * across.1);
                self.polygon(
                    &[
                        corner(from, 1.0),
                        corner(to, 1.0),
                        corner(to, -1.0),
                        corner(from, -1.0),
                    ],
                    colour,
                )?;
            }
        }
        let joints = &points[1..points.len() - 1];
        // A little smaller than the line is wide, or rounding would make beads of them.
        joints
            .iter()
            .try_for_each(|&joint| self.disc(joint, width / 2.0 - 0.25, colour))
    }

    /// A line of dashes.
    pub fn dashed(&self, points: &[(f64, f64)], colour: Colour, width: f64) -> Result<(), FigureError> {
        let (dash, gap) = (4.0 * width, 3.0 * width);
        let (mut drawn, mut piece) = (0.0, Vec::new());
        for pair in points.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            let steps = (length / (width / 2.0)).ceil().max(1.0);
            for step in 0..steps as usize {
                let at = |part: f64| (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
                if drawn % (dash + gap) < dash {
                    piece.push(at(step as f64 / steps));
                } else {
                    self.line(&std::mem::take(&mut piece), colour, width)?;
                }
                drawn += length / steps;
            }
        }
        self.line(&piece, colour, width)
    }

    /// A filled polygon.
    pub fn polygon(&self, corners: &[(f64, f64)], colour: Colour) -> Result<(), FigureError> {
        let corners: Vec<_> = corners.iter().map(|&corner| self.units(corner)).collect();
        self.area
            .draw(&Polygon::new(corners, rgb(colour).filled()))
            .map_err(drawing)
    }

    /// A filled rectangle between two corners.
    pub fn rectangle(&self, from: (f64, f64), to: (f64, f64), colour: Colour) -> Result<(), FigureError> {
        let corners = [self.units(from), self.units(to)];
        self.area
            .draw(&Rectangle::new(corners, rgb(colour).filled()))
            .map_err(drawing)
    }

    /// A filled disc.
    pub fn disc(&self, centre: (f64, f64), radius: f64, colour: Colour) -> Result<(), FigureError> {
        let radius = (radius * self.scale).round() as i32;
        self.area
            .draw(&Circle::new(self.units(centre), radius, rgb(colour).filled()))
            .map_err(drawing)
    }

    /// A line of text of `size` pixels per em, whose base line passes through `at`; `upward` turns it by a quarter.
    pub fn text(
        &self,
        pieces: &[Piece],
        at: (f64, f64),
        size: f64,
        align: Align,
        colour: Colour,
        upward: bool,
    ) -> Result<(), FigureError> {
        let width = self.text_width(pieces, size)?;
        let single = pieces.len() == 1;
        let colour_of_text = rgb(colour);
        let start = match align {
            Align::Start => 0.0,
            Align::Middle => -width / 2.0,
            Align::End => -width,
        };
        let mut along = start;
        for &piece in pieces {
            let (text, text_size, drop) = dimensions(piece, size);
            // A text of one piece is anchored by the backend, so that a replaced font stays aligned.
            let (h, offset) = match align {
                Align::Middle if single => (HPos::Center, 0.0),
                Align::End if single => (HPos::Right, 0.0),
                _ => (HPos::Left, along),
            };
            let line = if self.vector { VECTOR_LINE } else { BITMAP_LINE };
            // Both backends are asked to hang the text from its top, which each puts elsewhere.
            let ascent = if self.vector {
                0.76 * text_size
            } else {
                0.5 * line * text_size
            };
            let transform = if upward {
                FontTransform::Rotate270
            } else {
                FontTransform::None
            };
            let font = (FONT, text_size * line * self.scale)
                .into_font()
                .transform(transform);
            let style = TextStyle::from(font)
                .color(&colour_of_text)
                .pos(Pos::new(h, VPos::Top));
            let place = if upward {
                (at.0 + drop - ascent, at.1 - offset)
            } else {
                (at.0 + offset, at.1 + drop - ascent)
            };
            self.area
                .draw_text(text, &style, self.units(place))
                .map_err(drawing)?;
            along += self.text_width(&[piece], size)?;
        }
        Ok(())
    }

    /// A horizontal text in the size of tick labels.
    pub fn label(&self, text: &str, at: (f64, f64), align: Align) -> Result<(), FigureError> {
        self.text(&[Piece::Plain(text)], at, style::SMALL, align, style::INK, false)
    }

    /// Width of a line of text in pixels.
    pub fn text_width(&self, pieces: &[Piece], size: f64) -> Result<f64, FigureError> {
        let mut width = 0.0;
        for &piece in pieces {
            let (text, size, _) = dimensions(piece, size);
            let style = TextStyle::from((FONT, size * BITMAP_LINE * self.scale).into_font());
            width += f64::from(self.area.estimate_text_size(text, &style).map_err(drawing)?.0) / self.scale;
        }
        Ok(width)
    }

    /// A heat map between two corners; `colour(u, v)` with u and v in [0, 1) from the left and the top.
    pub fn image<F: Fn(f64, f64) -> Colour>(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        colour: F,
    ) -> Result<(), FigureError> {
        // A bitmap needs a pixel per unit, the vector figure one per pixel of the figure.
        let per_unit = if self.vector { self.scale } else { 1.0 };
        let (corner, end) = (self.units(from), self.units(to));
        let width = (f64::from(end.0 - corner.0) / per_unit).round().max(1.0) as u32;
        let height = (f64::from(end.1 - corner.1) / per_unit).round().max(1.0) as u32;
        let mut pixels = Vec::with_capacity(3 * width as usize * height as usize);
        for row in 0..height {
            for column in 0..width {
                let (red, green, blue) = colour(
                    (f64::from(column) + 0.5) / f64::from(width),
                    (f64::from(row) + 0.5) / f64::from(height),
                );
                pixels.extend([red, green, blue]);
            }
        }
        match BitMapElement::with_owned_buffer(corner, (width, height), pixels) {
            Some(element) => self.area.draw(&element).map_err(drawing),
            None => Ok(()),
        }
    }
}

fn rgb((red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

/// Text, size and drop below the line of a piece in a line of `size`.
fn dimensions(piece: Piece<'_>, size: f64) -> (&str, f64, f64) {
    match piece {
        Piece::Plain(text) => (text, size, 0.0),
        Piece::Subscript(text) => (text, 0.72 * size, 0.22 * size),
    }
}

pub(super) fn drawing<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> FigureError {
    FigureError::Drawing(error.to_string())
}
