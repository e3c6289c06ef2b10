//! Boards, emulated or real: the line to them, and what they are asked over it.

pub mod board;
pub mod emulator;
pub mod link;
pub mod place;
pub mod serial;

pub use board::{Board, Identity, RecalledState, StoredState, floats};
pub use emulator::{Cpu, Emulator};
pub use link::{Heard, Link, refused};
pub use place::{Place, SerialPort, Socket};
