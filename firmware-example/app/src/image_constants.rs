// What the firmware is built for. Read by the build script too, which draws the flash images from these.

/// Neurons of the exact network in flash.
const IMAGE_NEURONS: usize = 128;
/// Neurons of the compact network in flash.
const SIGNS_NEURONS: usize = 1024;
/// Gain of the Gaussian couplings in flash: in the chaotic phase, and freezable with k = 1.5.
const IMAGE_GAIN: f32 = 1.5;
/// Seed of the Gaussian couplings in flash, chosen on the host: at N = 128 many networks fall into a fixed point
/// sooner or later. With the demonstration's initial state this one is chaotic with k = 1.5, and keeps moving with k = 0
/// (the control; at this size and gain it ends in an oscillation).
const IMAGE_SEED: u64 = 46;
/// Seed of the signs in flash. At N = 1024, g = 2, k = 2 and p = 2.5 none of the first 20 networks of this seed came to
/// rest within 3,200 time units (`host-sim run --model compact --n 1024 --networks 20 --duration 3000`).
const SIGNS_SEED: u64 = 1;
/// Index of both networks under their seeds.
const IMAGE_NETWORK: u32 = 0;
