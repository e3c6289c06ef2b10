//! Arguments that the compiler cannot know.

use core::hint::black_box;

use freezable_chaos::Params;

/// A stretch of memory that only [`black_box`] knows, of a length that only it knows.
pub fn unknown<T>(slice: &mut [T]) -> &mut [T] {
    let length = black_box(slice.len());
    slice.get_mut(..length).unwrap_or_default()
}

/// Parameters that only [`black_box`] knows.
pub fn params() -> Params {
    Params {
        g: black_box(3.0),
        k: black_box(2.0),
        p: black_box(2.5),
        dt: black_box(0.05),
    }
}
