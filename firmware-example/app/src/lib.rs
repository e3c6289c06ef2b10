//! The working memory on a board, for any board.
//!
//! One network at a time lives in static buffers: the exact one, or the compact one of eight times as many neurons. A
//! serial line carries typed frames both ways (the kernel's `frames`): a host configures the network, lets it run,
//! watches it, saves and restores it, and has it kept in flash, where it outlives a power cut. A button freezes the
//! synapses and releases them again, and an indicator shows which; that is all a person at the board needs. Without a host, a
//! press of the button starts the network: with the state in flash, or else anew.
//!
//! A host may also have a cue written, and read with a trained readout which recalls it: that lies in flash, if
//! `FREEZABLE_READOUT` names the file (`readout.bin` of `host-sim memory`) when this crate is built.
//!
//! With the feature `sensor`, samples of a sensor drive the network, are held, and read with what was trained for them: that
//! lies in flash, one file for each network, if `FREEZABLE_SENSOR` names them (`sensor.bin` of `host-sim memory
//! sensor-image`, several as in a search path).
//!
//! A host may give the steps a rate: they then begin on a timer's grid, the board sleeps in between, and neither a host
//! that does not read nor a command under way holds them up. Deadline misses and dropped telemetry are counted and
//! reported, and a watchdog, fed by completed steps alone, resets a board whose steps stop.
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

mod alone;
mod application;
mod board;
mod button;
mod general;
mod image;
mod inbox;
mod line;
mod memory;
mod pacer;
mod plan;
mod readout;
#[cfg(feature = "sensor")]
mod sensor;
mod session;
mod stored;
mod transit;
mod waiting;

pub use application::run;
pub use board::{Board, WATCHDOG_SECONDS};
pub use image::{IMAGE, Images, SIGNS_IMAGE, signs};
// for `memory!`
#[doc(hidden)]
pub use freezable_chaos::{couplings_len, synapses_len};
pub use memory::{Memory, snapshot_room};
