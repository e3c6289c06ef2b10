//! Records in flash that a power cut cannot spoil: two slots, written by turns (feature `embedded-storage`).
//!
//! A slot begins with two blocks of 64 bytes and goes on with the record:
//!
//! | block | holds |
//! |---|---|
//! | header | `"FzSt"`, version of this layout (u16), two zero bytes, generation, length, CRC-32 of the record, CRC-32 of all before (u32, little-endian), then ones |
//! | seal | zeros, once the record was read back |
//!
//! `Slots::write` takes the slot that does not hold the newest record: erases it, writes the record, then the header,
//! reads both back, and then writes the seal: **that is the commit**. What a cut at any moment leaves, and why that is
//! always the record before or the new one, is in `docs/persistence.md`.

#[cfg(feature = "embedded-storage-async")]
mod async_slots;
mod error;
#[cfg(feature = "embedded-storage")]
mod header;
mod lost;
#[cfg(feature = "embedded-storage")]
mod record;
#[cfg(feature = "embedded-storage")]
mod slots;
#[cfg(feature = "embedded-storage")]
mod states;

#[cfg(feature = "embedded-storage-async")]
pub use async_slots::AsyncSlots;
pub use error::StorageError;
#[cfg(feature = "embedded-storage")]
pub use header::BLOCK;
pub use lost::Lost;
#[cfg(feature = "embedded-storage")]
pub use record::Record;
#[cfg(feature = "embedded-storage")]
pub use slots::Slots;
