//! The random numbers behind sampled paths. Bound to no arithmetic contract, they come from a fast generator.

use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use realfft::num_complex::Complex;

/// Paths that advance together, one per lane.
pub const LANES: usize = 16;

/// The generators of a set of paths, one for each group of [`LANES`].
#[derive(Clone, Debug)]
pub struct Draws {
    generators: Vec<Xoshiro256PlusPlus>,
}

/// White noise for the fields of [`LANES`] paths.
#[derive(Debug)]
pub struct Noise {
    /// Amplitudes of the lowest frequencies of one path after the other, of unit variance.
    pub(super) spectra: Vec<Complex<f32>>,
    /// First states.
    pub(super) starts: [f32; LANES],
}

impl Draws {
    /// For `groups` groups of paths; two streams of a seed, and two groups of a stream, never meet.
    pub fn new(seed: u64, stream: u32, groups: usize) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        (0..stream).for_each(|_| generator.long_jump());
        let generators = (0..groups).map(|_| {
            generator.jump();
            generator.clone()
        });
        Self {
            generators: generators.collect(),
        }
    }

    /// The generators, one for each group of paths.
    pub(super) fn generators(&self) -> &[Xoshiro256PlusPlus] {
        &self.generators
    }

    /// New noise for every group, of the lowest `frequencies` of `all`.
    ///
    /// At each frequency, the mean square over all paths is 1 exactly: the power of the fields is the one that is asked
    /// for, and only what is not linear in it fluctuates from set to set.
    pub fn noise(&mut self, frequencies: usize, all: usize) -> Vec<Noise> {
        let generators = self.generators.par_iter_mut();
        let mut groups: Vec<Noise> = generators
            .map(|generator| Noise::new(generator, frequencies, all))
            .collect();
        let mut squares = vec![0.0_f64; frequencies];
        for path in groups
            .iter()
            .flat_map(|group| group.spectra.chunks_exact(frequencies))
        {
            let amplitudes = squares.iter_mut().zip(path);
            amplitudes.for_each(|(sum, amplitude)| *sum += f64::from(amplitude.norm_sqr()));
        }
        let paths = (groups.len() * LANES) as f64;
        let scales: Vec<f32> = squares.iter().map(|sum| (paths / sum).sqrt() as f32).collect();
        for group in &mut groups {
            for path in group.spectra.chunks_exact_mut(frequencies) {
                path.iter_mut()
                    .zip(&scales)
                    .for_each(|(amplitude, scale)| *amplitude *= *scale);
            }
        }
        groups
    }
}

impl Noise {
    fn new(randomness: &mut Xoshiro256PlusPlus, frequencies: usize, all: usize) -> Self {
        let mut gaussian = || -> f32 { StandardNormal.sample(randomness) };
        let spectra = (0..LANES * frequencies)
            .map(|at| {
                let frequency = at % frequencies;
                // The sum over a path and the one of alternating signs are real.
                if frequency == 0 || frequency + 1 == all {
                    Complex::new(gaussian(), 0.0)
                } else {
                    Complex::new(gaussian(), gaussian()) * std::f32::consts::FRAC_1_SQRT_2
                }
            })
            .collect();
        Self {
            spectra,
            starts: std::array::from_fn(|_| gaussian()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frequency_has_unit_power_in_a_set_and_sets_are_independent() {
        const FREQUENCIES: usize = 65;
        let mut draws = [0, 0, 1].map(|stream| Draws::new(7, stream, 3));
        let [one, same, other] = draws.each_mut().map(|draws| draws.noise(FREQUENCIES, 65));
        assert_eq!(one[2].spectra, same[2].spectra);
        let later = draws[0].noise(FREQUENCIES, 65);
        assert_ne!(one[2].spectra, later[2].spectra);
        for frequency in 0..FREQUENCIES {
            let paths = one
                .iter()
                .flat_map(|group| group.spectra.chunks_exact(FREQUENCIES));
            let square = paths.map(|path| path[frequency].norm_sqr()).sum::<f32>() / 48.0;
            assert!((square - 1.0).abs() < 1e-5, "{frequency}: {square}");
        }
        let pairs = one
            .iter()
            .zip(&other)
            .flat_map(|(one, other)| one.spectra.iter().zip(&other.spectra));
        let product: f32 = pairs.map(|(a, b)| (a * b.conj()).re).sum();
        // Of 48 * 65 products of variance 1/2: four standard deviations.
        assert!(product.abs() < 4.0 * (48.0 * 65.0 / 2.0_f32).sqrt(), "{product}");
    }
}
