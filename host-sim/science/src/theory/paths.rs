//! Sampled paths of one neuron in its Gaussian field, with its coupling to its own past:
//!
//! `(1 + d/dt) x = eta(t) + (k/p) int_0^inf exp(-s/p) C_phi(s) phi(x(t - s)) ds`, `<eta eta> = g^2 C_phi`.
//!
//! In the Euler map the kernel is `k (dt/p) (1 - dt/p)^(h-1) C_phi(h dt)`, h >= 1 steps back.

use freezable_chaos::{AnyTransfer, Transfer};
use realfft::num_complex::Complex;

use super::draws::{LANES, Noise};
use super::past::Past;
use super::transforms::Transforms;

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

/// Rates along [`LANES`] paths after the burn-in, one row per step.
#[derive(Debug)]
pub struct Paths {
    /// Fields eta.
    pub fields: Vec<[f32; LANES]>,
    /// Rates phi(x), after `burn_in` further steps.
    pub rates: Vec<[f32; LANES]>,
    /// Steps before the first row of `fields`.
    pub burn_in: usize,
    /// Mean square of x after the burn-in.
    pub variance: f64,
}

impl Paths {
    /// Runs neurons in the fields that the noise makes.
    ///
    /// A field is periodic; the burn-in runs through its end, so that the path behind it is nearly periodic too.
    pub fn sample(
        neuron: &Neuron,
        transforms: &Transforms,
        field: &Field,
        burn_in: usize,
        noise: &Noise,
    ) -> Self {
        let length = transforms.length();
        let burn_in = burn_in.min(length);
        let mut lanes = Lanes::new(length);
        let mut spectrum = vec![Complex::default(); transforms.frequencies()];
        for (lane, noise) in noise.spectra.chunks_exact(field.frequencies()).enumerate() {
            spectrum.fill(Complex::default());
            let parts = spectrum.iter_mut().zip(noise).zip(&field.amplitudes);
            parts.for_each(|((value, noise), amplitude)| *value = noise * amplitude);
            transforms.path(&mut spectrum, lanes.path(lane));
        }
        let fields = lanes.rows();
        let (rates, squares) = run(neuron, &field.past, &fields, burn_in, noise.starts);
        Self {
            fields,
            rates,
            burn_in,
            variance: squares / (length * LANES) as f64,
        }
    }

    /// Adds the power of the rates of all paths.
    pub fn add_power(&self, transforms: &Transforms, power: &mut [f64]) {
        let mut lanes = Lanes::new(transforms.length());
        lanes.fill(&self.rates[self.burn_in..]);
        for lane in 0..LANES {
            transforms.add_power(lanes.path(lane), power);
        }
    }
}

/// [`LANES`] paths, one after the other.
struct Lanes {
    length: usize,
    values: Vec<f32>,
}

/// A line of the cache between two paths: at a power of two, all would compete for the same few lines.
const GAP: usize = 16;

impl Lanes {
    fn new(length: usize) -> Self {
        Self {
            length,
            values: vec![0.0; LANES * (length + GAP)],
        }
    }

    fn path(&mut self, lane: usize) -> &mut [f32] {
        let start = lane * (self.length + GAP);
        &mut self.values[start..start + self.length]
    }

    /// One row per step.
    fn rows(&self) -> Vec<[f32; LANES]> {
        let at = |step: usize| std::array::from_fn(|lane| self.values[lane * (self.length + GAP) + step]);
        (0..self.length).map(at).collect()
    }

    fn fill(&mut self, rows: &[[f32; LANES]]) {
        for (step, row) in rows.iter().enumerate().take(self.length) {
            for (lane, value) in row.iter().enumerate() {
                self.values[lane * (self.length + GAP) + step] = *value;
            }
        }
    }
}

/// Rates along the fields, the last `burn_in` rows of which come first once more, and the sum of x^2 after those.
fn run(
    neuron: &Neuron,
    past: &Past,
    fields: &[[f32; LANES]],
    burn_in: usize,
    mut state: [f32; LANES],
) -> (Vec<[f32; LANES]>, f64) {
    let mut squares = 0.0;
    let steps = burn_in + fields.len();
    let mut rates: Vec<[f32; LANES]> = Vec::with_capacity(steps + 1);
    let leak = neuron.leak.map(|leak| leak as f32);
    if leak.is_some() {
        rates.push(rate_of(neuron, &state));
    }
    let mut traces = past.traces();
    for (step, field) in fields[fields.len() - burn_in..].iter().chain(fields).enumerate() {
        let mut drive = *field;
        // x_{n+1} hears of phi_{n-1} and what came before.
        past.hear(&rates[..step], &mut traces, &mut drive);
        match leak {
            Some(leak) => {
                for (x, drive) in state.iter_mut().zip(&drive) {
                    *x += leak * (drive - *x);
                }
            }
            None => state = drive,
        }
        rates.push(rate_of(neuron, &state));
        if rates.len() > burn_in {
            let square: f32 = state.iter().map(|x| x * x).sum();
            squares += f64::from(square);
        }
    }
    // The row of a step holds the rates at the time of its field.
    rates.truncate(steps);
    (rates, squares)
}

fn rate_of(neuron: &Neuron, state: &[f32; LANES]) -> [f32; LANES] {
    let mut rates = [0.0; LANES];
    neuron.transfer.apply(state, &mut rates);
    rates
}
