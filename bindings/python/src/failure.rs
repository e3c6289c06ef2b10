//! Refusals as Python's exceptions.

use link::LinkError;
use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use science::{Refusal, Stopped};

/// A refused argument: its name, its value, the bound.
pub fn refused(refusal: Refusal) -> PyErr {
    PyValueError::new_err(refusal.to_string())
}

/// Why there is no result.
pub fn stopped(stopped: Stopped) -> PyErr {
    match stopped {
        Stopped::Refused(refusal) => refused(refusal),
        Stopped::Interrupted => PyKeyboardInterrupt::new_err(()),
        // What the caller's own function raised.
        Stopped::Outside(error) => match error.downcast::<PyErr>() {
            Ok(error) => *error,
            // without the dashes of the program's options
            Err(error) if error.is::<LinkError>() => {
                PyOSError::new_err(error.to_string().trim_start_matches("--").to_owned())
            }
            Err(error) => PyRuntimeError::new_err(error.to_string()),
        },
        other => PyRuntimeError::new_err(other.to_string()),
    }
}
