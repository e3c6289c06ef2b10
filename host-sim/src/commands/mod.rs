//! The commands of the program, one file each.

pub mod budget;
pub mod demo;
mod drawing;
pub mod equivalence;
pub mod freeze;
pub mod lyapunov;
pub mod mean_field;
pub mod memory;
pub mod run;
mod table;
pub mod verify;
