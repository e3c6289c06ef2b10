//! The readout in flash.

/// A trained readout as `host-sim memory` writes it, of the file that `FREEZABLE_READOUT` named when this was built; empty
/// if there was none.
pub static READOUT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/readout.bin"));
