//! The quenched couplings in flash.

use freezable_chaos::frames::FlashImage;

include!("image_constants.rs");
include!(concat!(env!("OUT_DIR"), "/image.rs"));

/// Which couplings lie in flash.
pub const IMAGE: FlashImage = FlashImage {
    n: CAPACITY as u32,
    g: IMAGE_GAIN,
    seed: IMAGE_SEED,
    network: IMAGE_NETWORK,
};

/// The couplings in flash, in the kernel's memory order.
pub fn couplings() -> &'static [f32] {
    &COUPLINGS
}
