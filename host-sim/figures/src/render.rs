//! From a figure to the bytes of its two files.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::OnceLock;

use base64::Engine;
use plotters::prelude::*;
use plotters::style::register_font;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

use super::canvas::{Canvas, FONT, drawing};
use super::style::WIDTH;
use super::{Figure, FigureError};

/// The bitmap is drawn this much larger, then averaged down: smooth edges.
const OVERSAMPLING: usize = 2;
/// The drawing library places points of the vector figure on whole units: this many per pixel.
const VECTOR_UNITS: usize = 8;

fn require_font() -> Result<(), FigureError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let font: &'static [u8] = include_bytes!("../assets/Inter-Regular.otf");
    let registered = REGISTERED.get_or_init(|| register_font(FONT, FontStyle::Normal, font).is_ok());
    if *registered {
        Ok(())
    } else {
        Err(FigureError::Drawing("the font is damaged".to_owned()))
    }
}

/// The figure as the bytes of a `.png` file.
pub fn png_bytes<F: Figure>(figure: &F) -> Result<Vec<u8>, FigureError> {
    require_font()?;
    let (width, height) = (WIDTH as usize, figure.height() as usize);
    let large = (width * OVERSAMPLING, height * OVERSAMPLING);
    let mut buffer = vec![255; 3 * large.0 * large.1];
    {
        let area =
            BitMapBackend::with_buffer(&mut buffer, (large.0 as u32, large.1 as u32)).into_drawing_area();
        figure.draw(&Canvas::new(&area, OVERSAMPLING as f64, false))?;
        area.present().map_err(drawing)?;
    }
    let mut pixels = Vec::with_capacity(3 * width * height);
    for row in 0..height {
        for column in 0..width {
            for channel in 0..3 {
                let mut sum = 0;
                for y in 0..OVERSAMPLING {
                    let start = 3 * ((row * OVERSAMPLING + y) * large.0 + column * OVERSAMPLING) + channel;
                    sum += (0..OVERSAMPLING)
                        .map(|x| usize::from(buffer[start + 3 * x]))
                        .sum::<usize>();
                }
                pixels.push((sum / (OVERSAMPLING * OVERSAMPLING)) as u8);
            }
        }
    }
    encode_png((width as u32, height as u32), &pixels)
}

fn encode_png((width, height): (u32, u32), pixels: &[u8]) -> Result<Vec<u8>, FigureError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_compression(png::Compression::High);
    let encoded = encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(pixels));
    encoded.map_err(|error| FigureError::Drawing(error.to_string()))?;
    Ok(bytes)
}

/// The figure as the text of a `.svg` file.
pub fn svg_text<F: Figure>(figure: &F) -> Result<String, FigureError> {
    require_font()?;
    let (width, height) = (WIDTH, figure.height());
    let size = (width * VECTOR_UNITS as u32, height * VECTOR_UNITS as u32);
    let (mut text, images) = (String::new(), Rc::new(RefCell::new(String::new())));
    {
        let backend = Vector {
            inner: SVGBackend::with_string(&mut text, size),
            images: Rc::clone(&images),
        };
        let area = backend.into_drawing_area();
        figure.draw(&Canvas::new(&area, VECTOR_UNITS as f64, true))?;
        area.present().map_err(drawing)?;
    }
    // Our own head gives the size in pixels; heat maps go under everything else.
    let body = text.split_once('\n').map_or("", |(_, body)| body);
    Ok(format!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}{body}",
        size.0,
        size.1,
        images.borrow()
    ))
}

/// The vector backend with working heat maps: its own ones have an address that no viewer accepts.
struct Vector<'a> {
    inner: SVGBackend<'a>,
    images: Rc<RefCell<String>>,
}

type Outcome = Result<(), DrawingErrorKind<std::io::Error>>;

impl DrawingBackend for Vector<'_> {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> Outcome {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Outcome {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome {
        self.inner.draw_pixel(point, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.inner.draw_rect(from, to, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        self.inner.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        at: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.inner.draw_circle(at, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        self.inner.fill_polygon(path, style)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Outcome {
        self.inner.draw_text(text, style, at)
    }

    fn blit_bitmap(&mut self, (x, y): BackendCoord, (width, height): (u32, u32), pixels: &[u8]) -> Outcome {
        let png = encode_png((width, height), pixels)
            .map_err(|error| DrawingErrorKind::DrawingError(std::io::Error::other(error.to_string())))?;
        let data = base64::engine::general_purpose::STANDARD.encode(png);
        let (width, height) = (width * VECTOR_UNITS as u32, height * VECTOR_UNITS as u32);
        self.images.borrow_mut().push_str(&format!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             href=\"data:image/png;base64,{data}\"/>\n"
        ));
        Ok(())
    }
}
