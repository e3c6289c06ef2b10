//! The quenched couplings in flash.

use freezable_chaos::frames::{FlashImage, FlashSigns};

include!("image_constants.rs");
include!(concat!(env!("OUT_DIR"), "/image.rs"));

/// Which Gaussian couplings lie in flash.
pub const IMAGE: FlashImage = FlashImage {
    n: CAPACITY as u32,
    g: IMAGE_GAIN,
    seed: IMAGE_SEED,
    network: IMAGE_NETWORK,
};

/// Which signs lie in flash.
pub const SIGNS_IMAGE: FlashSigns = FlashSigns {
    n: COMPACT_CAPACITY as u32,
    seed: SIGNS_SEED,
    network: IMAGE_NETWORK,
};

/// The Gaussian couplings in flash, in the kernel's memory order.
pub fn couplings() -> &'static [f32] {
    &COUPLINGS
}

/// The signs in flash, one bit for each of 1024 x 1024 couplings, in the kernel's memory order.
pub fn signs() -> &'static [u64] {
    &SIGNS
}
