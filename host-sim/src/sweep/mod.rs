//! What of a sweep is the program's own: its file of settings, its parts on disk, and their shares among jobs.

mod points;
pub mod settings;

pub use points::Points;
