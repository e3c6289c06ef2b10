//! Tangent vectors that are made orthonormal as seldom as their precision allows.
//!
//! Left alone, they all turn into the direction that grows the fastest, and the QR decomposition knows the part of a
//! vector orthogonal to the others to one part in 1e16 over the condition number of the frame. Vectors of length 1 grow
//! to lengths l, with parts r orthogonal to those before; the largest l over the least r, read off the R factor, is about
//! that condition number, and grows exponentially with the time between two decompositions. The next one is made before, at
//! the rate of the last one, it reaches [`CONDITION`]. Growth adds up whatever the spacing: the product of two R factors is
//! that of one decomposition.

use freezable_chaos::Generator;
use freezable_chaos::random::Randomness;
use numerics::orthonormalise;

/// Condition number of the frame that is allowed: growth is then known to about 1e-10.
const CONDITION: f64 = 1e6;
/// Of the time to there at the last rate, so much is used: rates fluctuate.
const CAUTION: f64 = 0.75;
/// Most intervals between two decompositions.
pub(super) const LONGEST: usize = 16;

/// Tangent vectors, how much they have grown, and when they are to be made orthonormal again.
pub(super) struct Frame {
    dimension: usize,
    /// One after the other.
    vectors: Vec<f64>,
    /// Logarithms of how much each grew orthogonally to those before it, up to the last decomposition.
    growth: Vec<f64>,
    /// Logarithm of the length of the first vector at the last look.
    length_of_first: f64,
    /// Intervals since the last decomposition, those to the next, and the most.
    waited: usize,
    spacing: usize,
    longest: usize,
}

impl Frame {
    /// Random orthonormal vectors, `count` of them, to be decomposed after 1 to `longest` intervals.
    pub(super) fn new(dimension: usize, count: usize, longest: usize, randomness: &mut Generator) -> Self {
        let vectors = (0..dimension * count).map(|_| f64::from(randomness.gaussian()));
        let mut frame = Self {
            dimension,
            vectors: vectors.collect(),
            growth: vec![0.0; count],
            length_of_first: 0.0,
            waited: 0,
            spacing: 1,
            longest,
        };
        frame.orthonormalise();
        frame.forget();
        frame
    }

    /// The vectors, one after the other.
    pub(super) fn vectors(&mut self) -> &mut [f64] {
        &mut self.vectors
    }

    /// Logarithms of how much each vector grew since the start, or since all was forgotten; as of the last decomposition.
    pub(super) fn growth(&self) -> &[f64] {
        &self.growth
    }

    /// Counts growth anew.
    pub(super) fn forget(&mut self) {
        self.growth.fill(0.0);
    }

    /// Logarithm of how much the first vector, which no other touches, grew since it was last asked for.
    pub(super) fn growth_of_first(&mut self) -> f64 {
        let first = self.vectors[..self.dimension].iter();
        let length = first.map(|value| value * value).sum::<f64>().sqrt().ln();
        length - std::mem::replace(&mut self.length_of_first, length)
    }

    /// After each interval: decomposes if it is time, or `now`; gives the intervals since the last time then, else 0.
    pub(super) fn orthonormalise_in_time(&mut self, now: bool) -> usize {
        self.waited += 1;
        if self.waited < self.spacing && !now {
            return 0;
        }
        let waited = std::mem::take(&mut self.waited);
        let rate = self.orthonormalise() / waited as f64;
        let next = CAUTION * CONDITION.ln() / rate.max(f64::MIN_POSITIVE);
        self.spacing = (next as usize).min(2 * waited).clamp(1, self.longest);
        waited
    }

    /// Makes the vectors orthonormal, each by its part orthogonal to those before it; gives the logarithm of the largest
    /// length over the least such part.
    fn orthonormalise(&mut self) -> f64 {
        let factor = orthonormalise(&mut self.vectors, self.dimension);
        let (mut longest, mut least) = (0.0, f64::INFINITY);
        for (at, growth) in self.growth.iter_mut().enumerate() {
            let orthogonal = factor[(at, at)].abs();
            *growth += orthogonal.ln();
            least = f64::min(least, orthogonal);
            let square: f64 = (0..=at).map(|row| factor[(row, at)].powi(2)).sum();
            longest = f64::max(longest, square.sqrt());
        }
        self.length_of_first = 0.0;
        (longest / least).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use freezable_chaos::Purpose;

    /// Vectors that grow by known factors an interval; the frame turns into the axes.
    fn stretched(factors: &[f64], longest: usize, intervals: usize) -> (Frame, Vec<usize>) {
        let n = factors.len();
        let mut frame = Frame::new(n, n, longest, &mut Generator::new(1, 0, Purpose::Tangent));
        let mut waits = Vec::new();
        for _ in 0..intervals {
            for vector in frame.vectors().chunks_exact_mut(n) {
                vector
                    .iter_mut()
                    .zip(factors)
                    .for_each(|(value, factor)| *value *= factor);
            }
            let waited = frame.orthonormalise_in_time(false);
            waits.extend((waited > 0).then_some(waited));
        }
        frame.orthonormalise_in_time(true);
        (frame, waits)
    }

    #[test]
    fn the_spacing_is_the_time_in_which_the_frame_would_collapse() {
        // e^1.2 apart: 13.8 / 1.2 = 11.5 intervals to the condition 1e6, 8 of them with caution, after 1, 2 and 4.
        let (_, waits) = stretched(&[1.0, (-1.2_f64).exp()], LONGEST, 200);
        assert_eq!(waits[..3], [1, 2, 4]);
        assert!(waits[5..].iter().all(|&waited| waited == 8), "{waits:?}");
        // Hardly apart: the longest. Further apart than one interval allows: each of them.
        let (_, waits) = stretched(&[1.0, 0.99], LONGEST, 200);
        assert_eq!(waits.last(), Some(&LONGEST));
        let (_, waits) = stretched(&[1.0, 1e-9], LONGEST, 20);
        assert!(waits.iter().all(|&waited| waited == 1), "{waits:?}");
        assert_eq!(stretched(&[1.0, 0.5], 1, 20).1, [1; 20]);
    }

    #[test]
    fn growth_is_that_of_the_factors_whatever_the_spacing() {
        let factors = [1.1, 0.7, 0.2, 0.05];
        let [every, seldom] = [1, LONGEST].map(|longest| stretched(&factors, longest, 300).0);
        for ((every, seldom), factor) in every.growth().iter().zip(seldom.growth()).zip(factors) {
            assert!((every - seldom).abs() < 1e-8, "{every} and {seldom}");
            assert!((every / 300.0 - factor.ln()).abs() < 0.02, "{every} of {factor}");
        }
    }
}
