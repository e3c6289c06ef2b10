//! The working memory as an experiment: cues are written, held by freezing, and read by a trained linear readout; and its
//! rival, short-term facilitation.

pub mod facilitation;
mod quantiser;
mod ridge;
mod trial;

pub use quantiser::quantised;
pub use ridge::{FitError, FittedReadout, fit};
pub use trial::{FORGETTING, Protocol, Recorded, Repetition, come_to_rest, forget, record, settle, store};
