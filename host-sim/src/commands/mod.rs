//! The commands of the program, one file each.

pub mod budget;
pub mod demo;
mod drawing;
pub mod equivalence;
pub mod fixed_points;
pub mod freeze;
pub mod jacobian;
pub mod lyapunov;
pub mod mean_field;
pub mod run;
pub mod sweep;
mod table;
pub mod verify;
