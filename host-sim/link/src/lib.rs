//! Boards, emulated or real: the line to them, and what they are asked over it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod board;
pub mod emulator;
mod error;
mod identity;
mod image;
pub mod link;
pub mod place;
pub mod serial;
mod traffic;
pub mod verify;

pub use board::{Board, RecalledState, StoredState, floats};
pub use emulator::{Cpu, Emulator, end_all};
pub use error::LinkError;
pub use identity::Identity;
pub use link::{Heard, Link, refused};
pub use place::{Place, SerialPort, Socket};
pub use traffic::Traffic;
