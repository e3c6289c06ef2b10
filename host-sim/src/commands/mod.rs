//! The commands of the program, one file each.

pub mod attached;
pub mod board;
pub mod budget;
pub mod couplings;
pub mod demo;
pub mod equivalence;
mod estimate;
pub mod experiment;
pub mod fixed_points;
pub mod freeze;
pub mod golden;
pub mod jacobian;
pub mod lyapunov;
pub mod mean_field;
mod measured;
pub mod memory;
pub mod monitor;
pub mod power_cuts;
pub mod precision;
pub mod repro;
pub mod run;
pub mod submit;
pub mod sweep;
mod table;
mod typed;
pub mod verify;

pub(crate) use table::print_text;
