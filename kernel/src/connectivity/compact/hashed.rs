//! Signs of the quenched couplings that are computed and never stored.

use crate::parameters::Dynamics;
use crate::random::{Generator, Purpose, Randomness};
use crate::signed_sums::{Key, Words};
use crate::values::SizeError;

/// Quenched couplings `J_ij = +-g / sqrt N` whose signs are a hash of the seed, the row and the word of columns.
///
/// The sign of column j in row i is bit `j mod 32` of `hash(i; a_w, b_w)` with `w = j / 32`: a multiplicative hash
/// with 64 bits of key for each word of columns, which are words 2w and 2w + 1 of the stream
/// `Generator::new(seed, network, Purpose::Couplings)`. Modulo 2^32,
///
/// ```text
/// h = a + i 0x9E3779B9;  h = (h ^ h >> 16) 0x21F0AAAD ^ b;  h = (h ^ h >> 15) 0x735A2D97;  h ^ h >> 15
/// ```
///
/// (the multipliers and shifts of C. Wellons' `lowbias32`). [`SignCouplings::store`](super::SignCouplings::store)
/// keeps the same signs in memory.
#[derive(Clone, Debug)]
pub struct HashedSigns {
    seed: u64,
    network: u32,
    n: usize,
}

impl HashedSigns {
    /// The couplings of the network of that index under that seed.
    pub fn new(dynamics: &Dynamics, seed: u64, network: u32) -> Self {
        Self {
            seed,
            network,
            n: dynamics.n(),
        }
    }

    /// Number of neurons.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The keys of a pass over 64 columns: one for its first 32 columns, one for the others.
    pub(super) fn keys(&self, pass: usize) -> [Key; 2] {
        let mut words = Generator::at_block(self.seed, self.network, Purpose::Couplings, pass as u64);
        core::array::from_fn(|_| Key {
            origin: words.next_u32(),
            twist: words.next_u32(),
        })
    }

    /// The signs of a pass over 64 columns.
    pub(super) fn pass(&self, pass: usize) -> Words<'static> {
        Words::Hashed {
            keys: self.keys(pass),
            first_row: 0,
        }
    }

    /// Whether `J_ij` is positive.
    pub fn is_positive(&self, i: usize, j: usize) -> Option<bool> {
        if i >= self.n || j >= self.n {
            return None;
        }
        let [low, high] = self.keys(j / 64);
        let key = if j % 64 < 32 { low } else { high };
        Some(key.hash(i as u32) >> (j % 32) & 1 == 1)
    }

    /// Refuses another number of neurons.
    pub(super) fn check(&self, n: usize) -> Result<(), SizeError> {
        SizeError::check("the set of hashed couplings, in neurons,", n, self.n)
    }
}
