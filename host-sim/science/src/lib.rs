//! Clark and Abbott's network of neurons and plastic synapses, to measure and to compare with theory: numbers in, numbers
//! out. Networks run by the kernel, `freezable_chaos`, whose arithmetic is the same on every machine.
//!
//! Nothing here knows files, options, clocks or terminals: who calls hands in a [`Watch`], which sees the
//! progress and may end the work, and a [`Keep`](measure::Keep), which keeps what is done.
//!
//! Times are in units of the neuronal time constant throughout, exponents per such unit.

#![deny(clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod estimators;
pub mod fixed_points;
pub mod golden;
pub mod lyapunov;
pub mod measure;
pub mod memory;
pub mod networks;
mod refusal;
pub mod signals;
pub mod spectra;
mod stopped;
pub mod theory;
mod watch;

pub use refusal::{Bound, Refusal};
pub use stopped::Stopped;
pub use watch::{Uncounted, Watch, advance};
