//! The working memory as an experiment: cues are written, held by freezing, and read by a trained linear readout; and its
//! rival, short-term facilitation.

mod export;
pub mod facilitation;
mod quantiser;
mod ridge;
mod subject;
mod task;
mod trial;

pub use export::TrainedReadout;
pub use quantiser::quantised;
pub use ridge::{FitError, FittedReadout, fit, fit_targets};
pub use subject::Subject;
pub(crate) use task::count;
pub use task::{Cues, Task, share_recalled, train};
pub use trial::{
    FORGETTING, Protocol, Recorded, forget, hold_for, record, settle, store, until_repeated, write,
};
