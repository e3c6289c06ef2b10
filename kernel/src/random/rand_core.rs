//! Both ways to `rand_core` 0.10: the kernel's generator as a `rand_core` generator, and any of theirs as ours.

use super::{Generator, Randomness};
use rand_core::{Infallible, Rng, TryRng};

impl TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(Randomness::next_u32(self))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        rand_core::utils::next_u64_via_u32(self)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        rand_core::utils::fill_bytes_via_next_word(bytes, || self.try_next_u32())
    }
}

/// Lets any infallible `rand_core` generator seed couplings and states.
///
/// The bits of a network then depend on that generator: record which one it was.
#[derive(Debug)]
pub struct UserRandomness<R>(pub R);

impl<R: Rng> Randomness for UserRandomness<R> {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn both_directions_give_the_same_words() {
        let mut own = Generator::new(5, 1, Purpose::State);
        let mut theirs = UserRandomness(own.clone());
        for _ in 0..9 {
            assert_eq!(Randomness::next_u32(&mut own), Randomness::next_u32(&mut theirs));
        }
        let mut bytes = [0; 7];
        let expected = Rng::next_u64(&mut own.clone()).to_le_bytes();
        Rng::fill_bytes(&mut own, &mut bytes);
        assert_eq!(bytes[..], expected[..7]);
    }
}
