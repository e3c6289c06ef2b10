//! Phase diagrams: what becomes of networks over a grid of gains g and strengths k of the plasticity, from small and from
//! large starts.
//!
//! [`Settings`] say what to sweep and come from a TOML file. [`measure_point`] simulates one point and gives it its class
//! by the rules of [`class`]; [`Boundaries`] are those of the mean-field theory at one gain. Both are independent of all
//! other points, and kept in a [`Folder`]: so a sweep can be killed and resumed, and dealt out in shards.

mod boundaries;
pub mod class;
mod folder;
mod point;
mod settings;

pub use boundaries::Boundaries;
pub use class::Class;
pub use folder::{Folder, Item, Shard};
pub use point::{Point, Run, StartRow, measure_point};
pub use settings::Settings;
