//! The quenched couplings in flash.

use freezable_chaos::frames::{FlashImage, FlashSigns};

include!("image_constants.rs");
include!(concat!(env!("OUT_DIR"), "/image.rs"));

/// Which quenched couplings a board carries in flash.
#[derive(Clone, Copy, Debug)]
pub struct Images {
    /// Gaussian couplings in the kernel's memory order, 64 KiB of them.
    pub(crate) couplings: Option<(FlashImage, &'static [f32])>,
    /// Signs, one bit for each of 1024 x 1024 couplings in the kernel's memory order: 128 KiB.
    pub(crate) signs: Option<(FlashSigns, &'static [u64])>,
}

impl Images {
    /// All that there is, 192 KiB.
    pub const ALL: Self = Self {
        couplings: Some((IMAGE, &COUPLINGS)),
        signs: Some((SIGNS_IMAGE, &SIGNS)),
    };
    /// The Gaussian couplings alone, 64 KiB: the compact network hashes its signs.
    pub const GAUSSIAN: Self = Self {
        signs: None,
        ..Self::ALL
    };
}

/// Which Gaussian couplings lie in flash.
pub const IMAGE: FlashImage = FlashImage {
    n: IMAGE_NEURONS as u32,
    g: IMAGE_GAIN,
    seed: IMAGE_SEED,
    network: IMAGE_NETWORK,
};

/// Which signs lie in flash.
pub const SIGNS_IMAGE: FlashSigns = FlashSigns {
    n: SIGNS_NEURONS as u32,
    seed: SIGNS_SEED,
    network: IMAGE_NETWORK,
};

/// The signs in flash, for a program that has nothing but a compact network.
pub fn signs() -> &'static [u64] {
    &SIGNS
}
