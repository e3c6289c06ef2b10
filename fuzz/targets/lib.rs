//! What several targets share.

#[path = "../../tests/support/flash.rs"]
pub mod flash;
#[path = "../../tests/support/mod.rs"]
pub mod support;

use libfuzzer_sys::arbitrary::{self, Arbitrary};

use freezable_chaos::Params;

/// Parameters that a network can have, small networks among them.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Choice {
    n: u8,
    g: u8,
    k: i8,
    p: u8,
    dt: u8,
    /// Seed of the couplings.
    pub seed: u8,
}

impl Choice {
    /// 1 to 24 neurons: with and without whole tiles and lanes.
    pub fn n(self) -> usize {
        1 + usize::from(self.n % 24)
    }

    /// In range, whatever the bytes.
    pub fn params(self) -> Params {
        let p = 0.25 + f32::from(self.p) / 16.0;
        let longest = if p < 1.0 { p } else { 1.0 };
        Params {
            g: f32::from(self.g) / 32.0,
            k: f32::from(self.k) / 16.0,
            p,
            dt: longest * (1.0 + f32::from(self.dt)) / 256.0,
        }
    }
}
