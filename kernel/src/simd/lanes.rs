//! The unit of the panels' memory.

/// Rows that are worked on side by side.
pub(crate) const LANES: usize = 16;

/// One value for each of sixteen neighbouring rows, aligned to a cache line: what the buffers of panels are made of.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub struct Lanes(pub(crate) [f32; LANES]);

impl Lanes {
    /// All zero.
    pub const ZERO: Self = Self([0.0; LANES]);

    /// The first sixteen of some values; zero where there are fewer.
    pub(crate) fn padded(values: &[f32]) -> Self {
        let mut lanes = Self::ZERO;
        for (slot, &value) in lanes.0.iter_mut().zip(values) {
            *slot = value;
        }
        lanes
    }
}
