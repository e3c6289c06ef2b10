//! The working memory as an experiment: cues are written, held by freezing, and read by a trained linear readout.

mod ridge;
mod trial;

pub use ridge::{FitError, FittedReadout, fit};
pub use trial::{Protocol, Recorded, record};
