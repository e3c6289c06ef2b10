//! What goes wrong, as JavaScript gets it: an `Error` with the kernel's own words.

use std::fmt::Display;

use wasm_bindgen::{JsError, JsValue};

/// Why something was refused.
#[derive(Debug, PartialEq)]
pub struct Failure(pub String);

/// A value, or why there is none.
pub type Outcome<T> = Result<T, Failure>;

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        JsError::new(&failure.0).into()
    }
}
