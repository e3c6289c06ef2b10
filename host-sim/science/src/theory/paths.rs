//! Sampled paths of one neuron in its Gaussian field, with its coupling to its own past:
//!
//! `(1 + d/dt) x = eta(t) + (k/p) int_0^inf exp(-s/p) C_phi(s) phi(x(t - s)) ds`, `<eta eta> = g^2 C_phi`.
//!
//! In the Euler map the kernel is `k (dt/p) (1 - dt/p)^(h-1) C_phi(h dt)`, h >= 1 steps back.

use freezable_chaos::AnyTransfer;
use multiversion::multiversion;
use numerics::Complex;

use super::draws::{LANES, Noise};
use super::past::{Memory, Past};
use super::rates::rates;
use super::transforms::{Room, Transforms};

/// The equation of one neuron.
#[derive(Clone, Copy, Debug)]
pub struct Neuron {
    /// Gain of the field.
    pub g: f64,
    /// Strength of the coupling to the past.
    pub k: f64,
    /// Share of A that a step replaces, dt / p.
    pub rate: f64,
    /// Share of x that a step replaces, dt; `None` for synapses so slow that x follows them at once (p -> infinity).
    pub leak: Option<f64>,
    /// Transfer function.
    pub transfer: AnyTransfer,
}

impl Neuron {
    /// `k r (1 - r)^(h-1) C_h` for h = 1, 2, ..., as long as the exponential is above 1e-5.
    pub fn kernel(&self, covariance: &[f64]) -> Vec<f64> {
        let keep = 1.0 - self.rate;
        let longest = if keep > 0.0 {
            (1e-5_f64.ln() / keep.ln()).ceil() as usize
        } else {
            1
        };
        let lags = covariance.iter().skip(1).take(longest);
        lags.scan(self.k * self.rate, |weight, c| {
            let value = *weight * c;
            *weight *= keep;
            Some(value)
        })
        .collect()
    }
}

/// The field of the paths: its power, and what the neuron hears of its own past with the covariance of that power.
#[derive(Clone, Debug)]
pub struct Field {
    /// Standard deviations of the frequencies of a path, up to the last that matters.
    amplitudes: Vec<f32>,
    past: Past,
}

/// Power, per that of the strongest frequency, which does not matter: of all frequencies together below 1e-7 of it.
const NEGLIGIBLE: f64 = 1e-12;

impl Field {
    /// Of rates of that power, whose autocovariance is `covariance`.
    pub fn new(neuron: &Neuron, power: &[f64], covariance: &[f64], length: usize) -> Self {
        let amplitude = |power: &f64| (neuron.g * (power / length as f64).sqrt()) as f32;
        let least = NEGLIGIBLE * power.iter().copied().fold(0.0, f64::max);
        let matter = power
            .iter()
            .rposition(|power| *power > least)
            .map_or(1, |last| last + 1);
        Self {
            amplitudes: power.iter().take(matter).map(amplitude).collect(),
            past: Past::new(&neuron.kernel(covariance)),
        }
    }

    /// Frequencies that matter, the lowest ones; at least one.
    pub fn frequencies(&self) -> usize {
        self.amplitudes.len()
    }
}

/// Fields and rates along [`LANES`] paths, one row per step.
#[derive(Debug)]
pub struct Paths {
    /// Fields eta.
    pub fields: Vec<[f32; LANES]>,
    /// Rates phi(x).
    pub rates: Vec<[f32; LANES]>,
}

/// Room for [`LANES`] paths, which is used again for others.
#[derive(Debug)]
pub struct Lanes {
    length: usize,
    /// One path after the other.
    values: Vec<f32>,
    room: Room,
}

/// A line of the cache between two paths: at a power of two, all would compete for the same few lines.
const GAP: usize = 16;
/// Steps that are looked at together: as many as paths, so that both orders lie in whole lines of the cache.
const BLOCK: usize = LANES;

impl Lanes {
    /// For paths of the length of the transforms.
    pub fn new(transforms: &Transforms) -> Self {
        let length = transforms.length();
        Self {
            length,
            values: vec![0.0; LANES * (length + GAP)],
            room: transforms.room(),
        }
    }

    /// Runs neurons in the fields that the noise makes, adds the power of their rates, and returns the mean square of x.
    pub fn add_power(
        &mut self,
        neuron: &Neuron,
        transforms: &Transforms,
        field: &Field,
        burn_in: usize,
        noise: &Noise,
        power: &mut [f64],
    ) -> f64 {
        self.draw(transforms, field, noise);
        let variance = self.answer(neuron, &field.past, burn_in, noise.starts);
        for path in self.values.chunks_exact_mut(self.length + GAP) {
            transforms.add_power(&mut path[..self.length], &mut self.room, power);
        }
        variance
    }

    /// The fields that the noise makes, and the rates of neurons in them.
    pub fn sample(
        &mut self,
        neuron: &Neuron,
        transforms: &Transforms,
        field: &Field,
        burn_in: usize,
        noise: &Noise,
    ) -> Paths {
        self.draw(transforms, field, noise);
        let fields = self.rows();
        self.answer(neuron, &field.past, burn_in, noise.starts);
        Paths {
            fields,
            rates: self.rows(),
        }
    }

    /// The fields that the noise makes.
    fn draw(&mut self, transforms: &Transforms, field: &Field, noise: &Noise) {
        let paths = self.values.chunks_exact_mut(self.length + GAP);
        for (path, noise) in paths.zip(noise.spectra.chunks_exact(field.frequencies())) {
            let (matter, rest) = self.room.spectrum.split_at_mut(field.frequencies());
            let parts = matter.iter_mut().zip(noise).zip(&field.amplitudes);
            parts.for_each(|((value, noise), amplitude)| *value = noise * amplitude);
            rest.fill(Complex::default());
            transforms.path(&mut self.room, &mut path[..self.length]);
        }
    }

    /// Puts the rates of neurons in the place of their fields, and returns the mean square of x.
    ///
    /// A field is periodic; the burn-in runs through its end, so that the path behind it is nearly periodic too.
    fn answer(&mut self, neuron: &Neuron, past: &Past, burn_in: usize, start: [f32; LANES]) -> f64 {
        let mut walk = Walk::new(neuron, past, start);
        let mut block = [[0.0; LANES]; BLOCK];
        let first = self.length - burn_in.min(self.length);
        for at in (first..self.length).step_by(BLOCK) {
            let rows = &mut block[..BLOCK.min(self.length - at)];
            self.load(at, rows);
            along(&mut walk, rows);
        }
        walk.squares = 0.0;
        for at in (0..self.length).step_by(BLOCK) {
            let rows = &mut block[..BLOCK.min(self.length - at)];
            self.load(at, rows);
            along(&mut walk, rows);
            self.store(at, rows);
        }
        walk.squares / (self.length * LANES) as f64
    }

    fn load(&self, at: usize, rows: &mut [[f32; LANES]]) {
        for (lane, path) in self.values.chunks_exact(self.length + GAP).enumerate() {
            for (row, value) in rows.iter_mut().zip(&path[at..]) {
                row[lane] = *value;
            }
        }
    }

    fn store(&mut self, at: usize, rows: &[[f32; LANES]]) {
        for (lane, path) in self.values.chunks_exact_mut(self.length + GAP).enumerate() {
            for (row, value) in rows.iter().zip(&mut path[at..]) {
                *value = row[lane];
            }
        }
    }

    fn rows(&self) -> Vec<[f32; LANES]> {
        let mut rows = vec![[0.0; LANES]; self.length];
        self.load(0, &mut rows);
        rows
    }
}

/// Neurons on their way.
struct Walk<'a> {
    neuron: &'a Neuron,
    past: &'a Past,
    leak: Option<f32>,
    memory: Memory,
    state: [f32; LANES],
    /// Of that state.
    rates: [f32; LANES],
    /// What is heard next: x_{n+1} hears of phi_{n-1} and what came before.
    last: [f32; LANES],
    /// Sum of x^2.
    squares: f64,
}

impl<'a> Walk<'a> {
    fn new(neuron: &'a Neuron, past: &'a Past, state: [f32; LANES]) -> Self {
        Self {
            neuron,
            past,
            leak: neuron.leak.map(|leak| leak as f32),
            memory: past.memory(),
            state,
            rates: rates(neuron.transfer, &state),
            last: [0.0; LANES],
            squares: 0.0,
        }
    }
}

/// Puts into each row, which has the fields of a step, the rates at its time.
#[multiversion(targets = "simd")]
fn along(walk: &mut Walk, rows: &mut [[f32; LANES]]) {
    let transfer = walk.neuron.transfer;
    for row in rows {
        let mut drive = *row;
        walk.past.hear(&walk.last, &mut walk.memory, &mut drive);
        if let Some(leak) = walk.leak {
            *row = walk.rates;
            walk.squares += square(&walk.state);
            for (x, drive) in walk.state.iter_mut().zip(&drive) {
                *x += leak * (drive - *x);
            }
            walk.rates = rates(transfer, &walk.state);
        } else {
            *row = rates(transfer, &drive);
            walk.squares += square(&drive);
        }
        walk.last = *row;
    }
}

#[inline(always)]
fn square(state: &[f32; LANES]) -> f64 {
    f64::from(state.iter().map(|x| x * x).sum::<f32>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::draws::Draws;
    use freezable_chaos::Transfer;

    /// The equation step by step in double precision, with all of the past summed at every step.
    fn plain(neuron: &Neuron, kernel: &[f64], fields: &[f64], burn_in: usize, start: f64) -> Vec<f64> {
        let rate = |x: f64| f64::from(neuron.transfer.value(x as f32));
        let mut x = start;
        let mut rates: Vec<f64> = Vec::new();
        for field in fields[fields.len() - burn_in..].iter().chain(fields) {
            let heard = kernel
                .iter()
                .zip(rates.iter().rev())
                .map(|(weight, rate)| weight * rate);
            let drive = field + heard.sum::<f64>();
            match neuron.leak {
                Some(leak) => {
                    rates.push(rate(x));
                    x += leak * (drive - x);
                }
                None => rates.push(rate(drive)),
            }
        }
        rates.split_off(burn_in)
    }

    #[test]
    fn paths_obey_the_equation_in_a_new_room_and_in_a_used_one() {
        // Neither a multiple of a block.
        let (length, burn_in) = (1000, 333);
        let transforms = Transforms::new(length);
        let covariance: Vec<f64> = (0..=length / 2)
            .map(|lag| 0.6 / (lag as f64 / 40.0).cosh())
            .collect();
        let power = transforms.power(&covariance);
        let mut lanes = Lanes::new(&transforms);
        for (leak, transfer) in [
            (Some(0.05), AnyTransfer::Tanh),
            (None, AnyTransfer::Tanh),
            (Some(0.1), AnyTransfer::LibmErf),
        ] {
            let neuron = Neuron {
                g: 1.5,
                k: 1.0,
                rate: 0.02,
                leak,
                transfer,
            };
            let field = Field::new(&neuron, &power, &covariance, length);
            let mut draws = Draws::new(3, 0, 1);
            let noise = &draws.noise(field.frequencies(), transforms.frequencies())[0];
            let paths = lanes.sample(&neuron, &transforms, &field, burn_in, noise);
            for lane in [0, 7, LANES - 1] {
                let fields: Vec<f64> = paths.fields.iter().map(|row| row[lane].into()).collect();
                let start = noise.starts[lane].into();
                let expected = plain(&neuron, &neuron.kernel(&covariance), &fields, burn_in, start);
                for (row, expected) in paths.rates.iter().zip(&expected) {
                    assert!((f64::from(row[lane]) - expected).abs() < 2e-5, "{leak:?}");
                }
            }
            // The room has been used; what comes of it is what comes of a new one.
            let mut found = [
                vec![0.0; transforms.frequencies()],
                vec![0.0; transforms.frequencies()],
            ];
            let used = lanes.add_power(&neuron, &transforms, &field, burn_in, noise, &mut found[0]);
            let mut new = Lanes::new(&transforms);
            let expected = new.add_power(&neuron, &transforms, &field, burn_in, noise, &mut found[1]);
            assert_eq!((used, &found[0]), (expected, &found[1]));
            let total: f64 = paths
                .rates
                .iter()
                .flatten()
                .map(|rate| f64::from(rate * rate))
                .sum();
            let mean = transforms.covariance(&found[0])[0] / LANES as f64;
            assert!(
                (mean / (total / (length * LANES) as f64) - 1.0).abs() < 1e-4,
                "Parseval"
            );
        }
    }
}
