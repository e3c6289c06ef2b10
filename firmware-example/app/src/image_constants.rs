// What the firmware is built for. Read by the build script too, which draws the flash image from these.

/// Most neurons that the static buffers hold, and neurons of the network in flash.
pub const CAPACITY: usize = 128;
/// Gain of the couplings in flash: in the chaotic phase, and freezable with k = 1.5.
const IMAGE_GAIN: f32 = 1.5;
/// Seed of the couplings in flash, chosen on the host: at N = 128 many networks fall into a fixed point sooner or
/// later. With the demonstration's initial state this one is chaotic with k = 1.5, and keeps moving with k = 0 (the
/// control; at this size and gain it ends in an oscillation).
const IMAGE_SEED: u64 = 46;
/// Index of the network under that seed.
const IMAGE_NETWORK: u32 = 0;
