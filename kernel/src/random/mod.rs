//! Randomness that is the same on every target: a counter-based generator and an exact-operation Gaussian.

mod gaussian;
#[cfg(feature = "rand_core")]
mod rand_core;

#[cfg(feature = "rand_core")]
pub use self::rand_core::UserRandomness;
pub use gaussian::gaussian_quantile;

/// What a stream of random numbers is for. Streams of different purposes are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// The quenched couplings J, in row-major order whatever their order in memory.
    Couplings = 0,
    /// The initial state x.
    State = 1,
    /// The initial tangent vectors of Lyapunov exponents.
    Tangent = 2,
    /// External input.
    Input = 3,
    /// The Gaussian fields of the mean-field theory.
    Field = 4,
}

/// A source of 32 uniform random bits at a time, and of standard Gaussians made from them.
pub trait Randomness {
    /// 32 independent, uniform bits.
    fn next_u32(&mut self) -> u32;

    /// A standard Gaussian: [`gaussian_quantile`] of 32 random bits.
    fn gaussian(&mut self) -> f32 {
        gaussian_quantile(self.next_u32())
    }
}

/// Philox4x32-10, the counter-based generator of Salmon et al. (SC 2011), keyed by a seed; the counter holds the
/// position in the stream, the index of the network and the purpose.
///
/// ```
/// use freezable_chaos::{Generator, Purpose, random::Randomness};
/// let mut couplings = Generator::new(7, 0, Purpose::Couplings);
/// let mut state = Generator::new(7, 0, Purpose::State);
/// assert_ne!(couplings.next_u32(), state.next_u32());
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    key: [u32; 2],
    network: u32,
    purpose: u32,
    block: u64,
    words: [u32; 4],
    used: u8,
}

impl Generator {
    /// The stream of one purpose for the network of that index, under that seed.
    pub const fn new(seed: u64, network: u32, purpose: Purpose) -> Self {
        let key = [seed as u32, (seed >> 32) as u32];
        Self {
            key,
            network,
            purpose: purpose as u32,
            block: 0,
            words: [0; 4],
            used: 4,
        }
    }

    /// The same stream from its word `4 block` on.
    pub const fn at_block(seed: u64, network: u32, purpose: Purpose, block: u64) -> Self {
        let mut generator = Self::new(seed, network, purpose);
        generator.block = block;
        generator
    }
}

impl Randomness for Generator {
    fn next_u32(&mut self) -> u32 {
        let word = match self.words.get(usize::from(self.used)) {
            Some(&word) => word,
            None => {
                let counter = [
                    self.block as u32,
                    (self.block >> 32) as u32,
                    self.network,
                    self.purpose,
                ];
                self.words = philox4x32(counter, self.key);
                self.block = self.block.wrapping_add(1);
                self.used = 0;
                let [first, ..] = self.words;
                first
            }
        };
        self.used += 1;
        word
    }
}

/// Ten rounds of Philox4x32.
fn philox4x32(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for _ in 0..10 {
        let [c0, c1, c2, c3] = counter;
        let [k0, k1] = key;
        let product_0 = 0xD251_1F53_u64 * u64::from(c0);
        let product_1 = 0xCD9E_8D57_u64 * u64::from(c2);
        counter = [
            (product_1 >> 32) as u32 ^ c1 ^ k0,
            product_1 as u32,
            (product_0 >> 32) as u32 ^ c3 ^ k1,
            product_0 as u32,
        ];
        key = [k0.wrapping_add(0x9E37_79B9), k1.wrapping_add(0xBB67_AE85)];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn philox_gives_its_published_test_vectors() {
        // Known answers distributed with Random123.
        let zero = philox4x32([0; 4], [0; 2]);
        assert_eq!(zero, [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]);
        let ones = philox4x32([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD]);
        let pi = philox4x32(
            [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
            [0xA409_3822, 0x299F_31D0],
        );
        assert_eq!(pi, [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1]);
    }

    #[test]
    fn a_stream_walks_the_counter_and_no_two_streams_meet() {
        let mut stream = Generator::new(0, 0, Purpose::Couplings);
        let first: [u32; 8] = core::array::from_fn(|_| stream.next_u32());
        assert_eq!(first[..4], philox4x32([0, 0, 0, 0], [0, 0]));
        assert_eq!(first[4..], philox4x32([1, 0, 0, 0], [0, 0]));
        for mut other in [
            Generator::new(1, 0, Purpose::Couplings),
            Generator::new(1 << 32, 0, Purpose::Couplings),
            Generator::new(0, 1, Purpose::Couplings),
            Generator::new(0, 0, Purpose::State),
        ] {
            assert!(!first.contains(&other.next_u32()));
        }
    }

    #[test]
    fn values_of_a_seed_never_change() {
        // Value stability: networks are identified by their seeds, so these bits are part of the contract.
        let mut stream = Generator::new(20_240_214, 3, Purpose::State);
        let values: [u32; 4] = core::array::from_fn(|_| stream.gaussian().to_bits());
        assert_eq!(values, VALUES_OF_A_SEED);
    }

    const VALUES_OF_A_SEED: [u32; 4] = [3_195_231_280, 3_213_670_872, 3_192_917_976, 1_069_313_112];
}
