//! Signals of sensors as a task for the working memory: windows of recordings, what is read of them, and the trivial
//! alternatives.

mod channels;
mod features;
mod neighbours;
mod recordings;
mod regression;
mod scores;
mod synthetic;

pub use channels::{Channels, Drive};
pub use features::{FEATURES, features};
pub use neighbours::nearest;
pub use recordings::{Recordings, Split};
pub use regression::{Linear, regress};
pub use scores::{Reading, Score, score};
pub use synthetic::synthetic_movements;
