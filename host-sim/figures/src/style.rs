//! The look that all figures share: sizes in pixels of a figure 1600 wide, and colours that also people with a
//! colour-vision deficiency tell apart.

/// Red, green, blue.
pub type Colour = (u8, u8, u8);

/// Width of every figure.
pub const WIDTH: u32 = 1600;
/// Left edge of the axes.
pub const LEFT: f64 = 180.0;
/// Right edge of the axes.
pub const RIGHT: f64 = 1460.0;

/// Height of the letters of axis labels (one em).
pub const LABEL: f64 = 29.0;
/// Height of the letters of tick labels and legends.
pub const SMALL: f64 = 25.0;

/// Axes and text.
pub const INK: Colour = (38, 41, 46);
/// Grid lines.
pub const GRID: Colour = (232, 234, 237);
/// The line of the main result.
pub const MAIN: Colour = (24, 78, 140);
/// One of many networks.
pub const NETWORK: Colour = (160, 184, 212);
/// A standard error about the main line.
pub const BAND: Colour = (214, 226, 241);
/// A control condition.
pub const CONTROL: Colour = (158, 158, 158);
/// Points measured on a device, and theory: whatever is laid over the main line.
pub const OVERLAY: Colour = (213, 94, 0);
/// Under lines that cross areas, and text on dark ones.
pub const WHITE: Colour = (255, 255, 255);
/// A second theory beside [`OVERLAY`].
pub const FIXED_POINTS: Colour = (140, 45, 110);
/// A third one: where chaos begins and ends.
pub const CHAOS_RANGE: Colour = (0, 100, 80);
/// The interval of frozen plasticity, behind lines.
pub const FROZEN: Colour = (224, 239, 248);
/// The interval of frozen plasticity, as a bar and in text.
pub const FROZEN_EDGE: Colour = (58, 134, 178);

/// Anchors of the diverging map, evenly spaced from -1 to 1: blue over white to red, the classes of
/// ColorBrewer's RdBu.
const DIVERGING: [Colour; 9] = [
    (33, 102, 172),
    (67, 147, 195),
    (146, 197, 222),
    (209, 229, 240),
    (247, 247, 247),
    (253, 219, 199),
    (244, 165, 130),
    (214, 96, 77),
    (178, 24, 43),
];
/// Colour of a value that is not a number.
const MISSING: Colour = (120, 120, 120);

/// Colour of `value` in [-1, 1]; values beyond take the colours of the ends, NaN is grey.
pub fn diverging(value: f64) -> Colour {
    if value.is_nan() {
        return MISSING;
    }
    let position = (value.clamp(-1.0, 1.0) + 1.0) / 2.0 * (DIVERGING.len() - 1) as f64;
    let below = (position as usize).min(DIVERGING.len() - 2);
    let fraction = position - below as f64;
    let (a, b) = (DIVERGING[below], DIVERGING[below + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + fraction * (f64::from(b) - f64::from(a))).round() as u8;
    (mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_white_at_zero_and_saturates() {
        assert_eq!(diverging(0.0), (247, 247, 247));
        assert_eq!(diverging(1.0), (178, 24, 43));
        assert_eq!(diverging(f64::INFINITY), diverging(1.0));
        assert_eq!(diverging(-7.0), (33, 102, 172));
        assert_eq!(diverging(0.125), (250, 233, 223));
        assert_eq!(diverging(f64::NAN), MISSING);
    }
}
