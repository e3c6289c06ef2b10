//! The random numbers behind sampled paths. Bound to no arithmetic contract, they come from a fast generator.

use numerics::Complex;
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

/// Paths that advance together, one per lane.
pub const LANES: usize = 16;

/// The generators of a set of paths, one for each group of [`LANES`], and the noise last drawn from them.
#[derive(Clone, Debug)]
pub struct Draws {
    generators: Vec<Xoshiro256PlusPlus>,
    noise: Vec<Noise>,
}

/// White noise for the fields of [`LANES`] paths.
#[derive(Clone, Debug, Default)]
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
            noise: vec![Noise::default(); groups],
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
    pub fn noise(&mut self, frequencies: usize, all: usize) -> &[Noise] {
        let groups = self.generators.par_iter_mut().zip(&mut self.noise);
        groups.for_each(|(generator, noise)| noise.draw(generator, frequencies, all));
        let mut scales = vec![0.0_f32; frequencies];
        for path in self
            .noise
            .iter()
            .flat_map(|group| group.spectra.chunks_exact(frequencies))
        {
            let amplitudes = scales.iter_mut().zip(path);
            amplitudes.for_each(|(sum, amplitude)| *sum += amplitude.norm_sqr());
        }
        let paths = (self.noise.len() * LANES) as f32;
        scales.iter_mut().for_each(|sum| *sum = (paths / *sum).sqrt());
        self.noise.par_iter_mut().for_each(|group| {
            for path in group.spectra.chunks_exact_mut(frequencies) {
                path.iter_mut()
                    .zip(&scales)
                    .for_each(|(amplitude, scale)| *amplitude *= *scale);
            }
        });
        &self.noise
    }
}

impl Noise {
    fn draw(&mut self, randomness: &mut Xoshiro256PlusPlus, frequencies: usize, all: usize) {
        let mut gaussian = || -> f32 { StandardNormal.sample(randomness) };
        self.spectra.resize(LANES * frequencies, Complex::default());
        for path in self.spectra.chunks_exact_mut(frequencies) {
            for amplitude in path.iter_mut() {
                *amplitude = Complex::new(gaussian(), gaussian()) * std::f32::consts::FRAC_1_SQRT_2;
            }
            // The sum over a path and the one of alternating signs are real.
            for real in [0, all - 1] {
                if let Some(amplitude) = path.get_mut(real) {
                    *amplitude = gaussian().into();
                }
            }
        }
        self.starts = std::array::from_fn(|_| gaussian());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frequency_has_unit_power_in_a_set_and_sets_are_independent() {
        const FREQUENCIES: usize = 65;
        let mut draws = [0, 0, 1].map(|stream| Draws::new(7, stream, 3));
        let [one, same, other] = draws
            .each_mut()
            .map(|draws| draws.noise(FREQUENCIES, 65).to_vec());
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
