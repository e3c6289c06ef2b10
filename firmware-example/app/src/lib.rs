//! The working memory on a board, for any board.
//!
//! One network at a time lives in static buffers: the exact one, or the compact one of eight times as many neurons. A
//! serial line carries typed frames both ways (the kernel's `frames`): a host configures the network, lets it run,
//! watches it, saves and restores it, and has it kept in flash, where it outlives a power cut. A button freezes the synapses and releases them again, and an indicator shows
//! which; that is all a person at the board needs.
//!
//! A board implements [`Board`], puts a [`Memory`] into a static, and calls [`run`].
#![no_std]
#![deny(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]
#![cfg_attr(
    test,
    allow(
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic
    )
)]

#[cfg(test)]
extern crate std;

#[macro_use]
mod log;

mod application;
mod board;
mod button;
mod image;
mod inbox;
mod line;
mod memory;
mod plan;
mod session;
mod stored;
mod transit;

pub use application::run;
pub use board::Board;
pub use image::{CAPACITY, COMPACT_CAPACITY, IMAGE, SIGNS_IMAGE, signs};
pub use memory::Memory;
