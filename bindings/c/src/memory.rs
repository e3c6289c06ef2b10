//! The caller's memory: looked at as far as that can be done before anything is read from it or written to it.

use core::mem::{align_of, size_of};
use core::slice;

use crate::status::{Error, code};

/// Where an argument of C lies.
#[derive(Clone, Copy)]
pub struct Region {
    what: &'static str,
    start: usize,
    bytes: usize,
}

impl Region {
    /// Nowhere.
    pub const NONE: Self = Self {
        what: "",
        start: 0,
        bytes: 0,
    };

    /// So many elements from there on. Refuses NULL, a pointer that is not aligned, and more bytes than an address can count.
    pub fn of<T>(what: &'static str, pointer: *const T, length: usize) -> Result<Self, Error> {
        if pointer.is_null() {
            return Err(Error::null(what));
        }
        let start = pointer.addr();
        let (alignment, size) = (align_of::<T>(), size_of::<T>());
        if !start.is_multiple_of(alignment) {
            let found = start % alignment;
            return Err(Error::new(code::ALIGNMENT, what, found as f64, alignment as f64));
        }
        let longest = isize::MAX as usize / size;
        let bytes = length.saturating_mul(size);
        if length > longest || start.checked_add(bytes).is_none() {
            return Err(Error::new(code::LENGTH, what, length as f64, longest as f64));
        }
        Ok(Self { what, start, bytes })
    }

    /// Refuses memory that shares bytes with any of these: `value` is how many.
    pub fn check_apart(self, others: &[Self]) -> Result<(), Error> {
        for other in others {
            let start = self.start.max(other.start);
            let end = (self.start + self.bytes).min(other.start + other.bytes);
            if start < end {
                let shared = end - start;
                return Err(Error::new(code::OVERLAP, self.what, shared as f64, 0.0));
            }
        }
        Ok(())
    }
}

/// A slice of the caller's memory to write to, of the length that is needed, apart from the others.
///
/// # Safety
/// If it is not NULL, `pointer` points to `length` initialised elements that nothing but `others` uses during `'a`.
pub unsafe fn lent<'a, T>(
    what: &'static str,
    pointer: *mut T,
    length: usize,
    needed: usize,
    others: &[Region],
) -> Result<&'a mut [T], Error> {
    check(what, pointer, length, needed, others)?;
    // SAFETY: not NULL, aligned, of a length that can be; the rest is the caller's promise.
    Ok(unsafe { slice::from_raw_parts_mut(pointer, length) })
}

/// As [`lent`], to read only; the others are those that are written to meanwhile.
///
/// # Safety
/// If it is not NULL, `pointer` points to `length` initialised elements that nothing but `others` changes during `'a`.
pub unsafe fn read<'a, T>(
    what: &'static str,
    pointer: *const T,
    length: usize,
    needed: usize,
    others: &[Region],
) -> Result<&'a [T], Error> {
    check(what, pointer, length, needed, others)?;
    // SAFETY: as of `lent`.
    Ok(unsafe { slice::from_raw_parts(pointer, length) })
}

fn check<T>(
    what: &'static str,
    pointer: *const T,
    length: usize,
    needed: usize,
    others: &[Region],
) -> Result<(), Error> {
    let region = Region::of(what, pointer, length)?;
    if length != needed {
        return Err(Error::new(code::LENGTH, what, length as f64, needed as f64));
    }
    region.check_apart(others)
}
