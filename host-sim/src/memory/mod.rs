//! The working memory as an experiment: cues are written, held by freezing, and read by a trained linear readout; and its
//! rival, short-term facilitation.

pub mod facilitation;
mod ridge;
mod trial;

pub use ridge::{FitError, FittedReadout, fit};
pub use trial::{Protocol, Recorded, record};
