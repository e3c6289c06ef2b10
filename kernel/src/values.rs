//! What is wrong with values that are handed in.

use core::fmt;

/// A slice of the wrong length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SizeError {
    /// What the slice holds.
    pub what: &'static str,
    /// Elements needed.
    pub expected: usize,
    /// Elements found.
    pub found: usize,
}

impl SizeError {
    pub(crate) fn check(what: &'static str, expected: usize, found: usize) -> Result<(), Self> {
        if expected == found {
            Ok(())
        } else {
            Err(Self {
                what,
                expected,
                found,
            })
        }
    }
}

impl fmt::Display for SizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} has {} elements where {} are needed",
            self.what, self.found, self.expected
        )
    }
}

impl core::error::Error for SizeError {}

/// Values of the wrong number, or one among them that is not finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ValuesError {
    /// Too few or too many.
    Size(SizeError),
    /// A value is infinite or not a number.
    NotFinite {
        /// What the slice holds.
        what: &'static str,
        /// Its place in the slice, the first of several.
        index: usize,
    },
}

impl ValuesError {
    /// Refuses another number of values, and values of which one is not finite.
    pub(crate) fn check(what: &'static str, expected: usize, values: &[f32]) -> Result<(), Self> {
        SizeError::check(what, expected, values.len())?;
        Self::check_finite(what, values)
    }

    /// Refuses values of which one is not finite.
    pub(crate) fn check_finite(what: &'static str, values: &[f32]) -> Result<(), Self> {
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(Self::NotFinite { what, index }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ValuesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(error) => error.fmt(f),
            Self::NotFinite { what, index } => {
                write!(f, "{what} has an element, number {index}, that is not finite")
            }
        }
    }
}

impl core::error::Error for ValuesError {}

impl From<SizeError> for ValuesError {
    fn from(error: SizeError) -> Self {
        Self::Size(error)
    }
}
