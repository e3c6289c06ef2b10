//! What a command leaves behind: one JSON object, named arrays, and where all of it came from.

mod figure;
pub mod files;
pub mod json;
pub mod npy;
pub mod npz;
pub mod provenance;
pub mod reader;
mod text;

pub use figure::draw;
pub use files::{OutputError, write_atomically};
pub use json::ResultObject;
pub use npz::Arrays;
pub use provenance::Provenance;
pub use reader::ArrayFile;
pub use science::networks::Seeds;
