//! Fourier transforms of periodic paths, and between autocovariance and power.

use numerics::{Complex, Fourier, double_precision, single_precision};

/// Fourier transforms of periodic paths, of one length; in single precision of paths, in double of their power.
#[derive(Clone)]
pub struct Transforms {
    length: usize,
    of_paths: Fourier<f32>,
    of_power: Fourier<f64>,
}

impl std::fmt::Debug for Transforms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transforms of {} steps", self.length)
    }
}

impl Transforms {
    /// For paths of an even `length`.
    pub fn new(length: usize) -> Self {
        Self {
            length,
            of_paths: single_precision(length),
            of_power: double_precision(length),
        }
    }

    /// Steps of a path.
    pub fn length(&self) -> usize {
        self.length
    }

    /// Frequencies of a path.
    pub fn frequencies(&self) -> usize {
        self.length / 2 + 1
    }

    /// The autocovariance at the lags 0 ... L/2 of a periodic process with that power (of `|sum|^2 / L`).
    pub fn covariance(&self, power: &[f64]) -> Vec<f64> {
        let mut spectrum: Vec<Complex<f64>> = power.iter().map(|&power| power.into()).collect();
        let mut curve = self.of_power.backward.make_output_vec();
        // Lengths are this struct's own.
        if self.of_power.backward.process(&mut spectrum, &mut curve).is_err() {
            curve.fill(f64::NAN);
        }
        curve.truncate(self.frequencies());
        curve.iter_mut().for_each(|value| *value /= self.length as f64);
        curve
    }

    /// The power of a process with that autocovariance at the lags 0 ... L/2, not below zero.
    pub fn power(&self, covariance: &[f64]) -> Vec<f64> {
        let mut curve = self.of_power.forward.make_input_vec();
        for (lag, value) in curve.iter_mut().enumerate() {
            let lag = lag.min(self.length - lag);
            *value = covariance.get(lag).copied().unwrap_or(0.0);
        }
        let mut spectrum = self.of_power.forward.make_output_vec();
        if self.of_power.forward.process(&mut curve, &mut spectrum).is_err() {
            spectrum.fill(f64::NAN.into());
        }
        spectrum.iter().map(|value| value.re.max(0.0)).collect()
    }

    /// Room for the transforms of a path.
    pub(super) fn room(&self) -> Room {
        Room {
            spectrum: self.of_paths.forward.make_output_vec(),
            scratch: vec![
                Complex::default();
                self.of_paths
                    .forward
                    .get_scratch_len()
                    .max(self.of_paths.backward.get_scratch_len())
            ],
        }
    }

    /// The path whose spectrum is in the room, which is used up.
    pub(super) fn path(&self, room: &mut Room, path: &mut [f32]) {
        let Room { spectrum, scratch } = room;
        if self
            .of_paths
            .backward
            .process_with_scratch(spectrum, path, scratch)
            .is_err()
        {
            path.fill(f32::NAN);
        }
    }

    /// Adds the power of a path, which is used up.
    pub(super) fn add_power(&self, path: &mut [f32], room: &mut Room, power: &mut [f64]) {
        let Room { spectrum, scratch } = room;
        if self
            .of_paths
            .forward
            .process_with_scratch(path, spectrum, scratch)
            .is_err()
        {
            spectrum.fill(f32::NAN.into());
        }
        let share = 1.0 / self.length as f64;
        for (power, value) in power.iter_mut().zip(spectrum.iter()) {
            *power += share * f64::from(value.norm_sqr());
        }
    }
}

/// What the transform of a path needs beside it.
#[derive(Debug)]
pub(super) struct Room {
    /// Spectrum of a path.
    pub(super) spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}
