//! Sampled paths of one neuron in its Gaussian field, with its coupling to its own past:
//!
//! `(1 + d/dt) x = eta(t) + (k/p) int_0^inf exp(-s/p) C_phi(s) phi(x(t - s)) ds`, `<eta eta> = g^2 C_phi`.
//!
//! In the Euler map the kernel is `k (dt/p) (1 - dt/p)^(h-1) C_phi(h dt)`, h >= 1 steps back.

use freezable_chaos::random::Randomness;
use freezable_chaos::{AnyTransfer, Generator, Transfer};
use multiversion::multiversion;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Paths that advance together, one per lane.
pub const LANES: usize = 16;

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
    pub fn kernel(&self, covariance: &[f64]) -> Vec<f32> {
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
            Some(value as f32)
        })
        .collect()
    }
}

/// Fourier transforms of periodic paths, of one length.
#[derive(Clone)]
pub struct Transforms {
    length: usize,
    forward: Arc<dyn RealToComplex<f32>>,
    backward: Arc<dyn realfft::ComplexToReal<f32>>,
}

impl std::fmt::Debug for Transforms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transforms of {} steps", self.length)
    }
}

impl Transforms {
    /// For paths of an even `length`.
    pub fn new(length: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        Self {
            length,
            forward: planner.plan_fft_forward(length),
            backward: planner.plan_fft_inverse(length),
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
        let transform = RealFftPlanner::<f64>::new().plan_fft_inverse(self.length);
        let mut spectrum: Vec<Complex<f64>> = power.iter().map(|&power| power.into()).collect();
        let mut curve = transform.make_output_vec();
        // Lengths are this struct's own.
        if transform.process(&mut spectrum, &mut curve).is_err() {
            curve.fill(f64::NAN);
        }
        curve.truncate(self.frequencies());
        curve.iter_mut().for_each(|value| *value /= self.length as f64);
        curve
    }

    /// The power of a process with that autocovariance at the lags 0 ... L/2, not below zero.
    pub fn power(&self, covariance: &[f64]) -> Vec<f64> {
        let transform = RealFftPlanner::<f64>::new().plan_fft_forward(self.length);
        let mut curve = transform.make_input_vec();
        for (lag, value) in curve.iter_mut().enumerate() {
            let lag = lag.min(self.length - lag);
            *value = covariance.get(lag).copied().unwrap_or(0.0);
        }
        let mut spectrum = transform.make_output_vec();
        if transform.process(&mut curve, &mut spectrum).is_err() {
            spectrum.fill(f64::NAN.into());
        }
        spectrum.iter().map(|value| value.re.max(0.0)).collect()
    }

    /// A Gaussian path of that power.
    fn field(&self, power: &[f64], scale: f64, randomness: &mut Generator, path: &mut [f32]) {
        let (count, last) = (self.length as f64, power.len() - 1);
        let mut spectrum: Vec<Complex<f32>> = power
            .iter()
            .enumerate()
            .map(|(frequency, power)| {
                let (re, im) = (randomness.gaussian(), randomness.gaussian());
                let amplitude = (scale * (power / count).sqrt()) as f32;
                if frequency == 0 || frequency == last {
                    Complex::new(amplitude * re, 0.0)
                } else {
                    let half = amplitude * std::f32::consts::FRAC_1_SQRT_2;
                    Complex::new(half * re, half * im)
                }
            })
            .collect();
        if self.backward.process(&mut spectrum, path).is_err() {
            path.fill(f32::NAN);
        }
    }

    /// Adds the power of a path.
    fn add_power(&self, path: &mut [f32], power: &mut [f64]) {
        let mut spectrum = self.forward.make_output_vec();
        if self.forward.process(path, &mut spectrum).is_err() {
            spectrum.fill(f32::NAN.into());
        }
        for (power, value) in power.iter_mut().zip(&spectrum) {
            *power += f64::from(value.norm_sqr()) / self.length as f64;
        }
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
    /// Draws fields of that power of the rates, and runs neurons in them.
    ///
    /// A field is periodic; the burn-in runs through its end, so that the path behind it is nearly periodic too.
    pub fn sample(
        neuron: &Neuron,
        transforms: &Transforms,
        power: &[f64],
        burn_in: usize,
        randomness: &mut Generator,
    ) -> Self {
        let length = transforms.length();
        let burn_in = burn_in.min(length);
        let mut fields = vec![[0.0; LANES]; length];
        let mut path = vec![0.0; length];
        let mut start = [0.0; LANES];
        for (lane, start) in start.iter_mut().enumerate() {
            transforms.field(power, neuron.g, randomness, &mut path);
            for (row, value) in fields.iter_mut().zip(&path) {
                row[lane] = *value;
            }
            *start = randomness.gaussian();
        }
        let kernel = neuron.kernel(&transforms.covariance(power));
        let (rates, squares) = run(neuron, &kernel, &fields, burn_in, start);
        Self {
            fields,
            rates,
            burn_in,
            variance: squares / (length * LANES) as f64,
        }
    }

    /// Adds the power of the rates of all paths.
    pub fn add_power(&self, transforms: &Transforms, power: &mut [f64]) {
        let mut path = vec![0.0; transforms.length()];
        for lane in 0..LANES {
            for (value, row) in path.iter_mut().zip(&self.rates[self.burn_in..]) {
                *value = row[lane];
            }
            transforms.add_power(&mut path, power);
        }
    }
}

/// Steps whose coupling to the rates before them is summed at once: each of those rates is read once for all of them.
/// With four the sums fit in the registers of AVX2.
const BLOCK: usize = 4;

/// Rates along the fields, the last `burn_in` rows of which come first once more, and the sum of x^2 after those.
fn run(
    neuron: &Neuron,
    kernel: &[f32],
    fields: &[[f32; LANES]],
    burn_in: usize,
    mut state: [f32; LANES],
) -> (Vec<[f32; LANES]>, f64) {
    let mut squares = 0.0;
    let mut rates: Vec<[f32; LANES]> = Vec::with_capacity(burn_in + fields.len() + 1);
    let leak = neuron.leak.map(|leak| leak as f32);
    if leak.is_some() {
        rates.push(rate_of(neuron, &state));
    }
    let mut padded = kernel.to_vec();
    padded.resize(kernel.len() + BLOCK, 0.0);
    let steps = burn_in + fields.len();
    for start in (0..steps).step_by(BLOCK) {
        let heard = hear(&padded, &rates[..start]);
        for (step, mut drive) in (start..steps).zip(heard) {
            // x_{n+1} hears of phi_{n-1} and what came before.
            add_coupling(&padded, &rates[start..step], &mut drive);
            let field = fields[(step + fields.len() - burn_in) % fields.len()];
            for (drive, field) in drive.iter_mut().zip(&field) {
                *drive += field;
            }
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
    }
    // The row of a step holds the rates at the time of its field.
    rates.truncate(steps);
    (rates, squares)
}

/// What the next [`BLOCK`] steps hear of the rates before all of them.
#[multiversion(targets = "simd")]
fn hear(kernel: &[f32], before: &[[f32; LANES]]) -> [[f32; LANES]; BLOCK] {
    // Four names: the compiler keeps an array of sums in memory, at thirty times the price.
    let [mut first, mut second, mut third, mut fourth] = [[0.0; LANES]; BLOCK];
    for (weights, rates) in kernel.windows(BLOCK).zip(before.iter().rev()) {
        let &[a, b, c, d] = weights else { break };
        add_scaled(&mut first, a, rates);
        add_scaled(&mut second, b, rates);
        add_scaled(&mut third, c, rates);
        add_scaled(&mut fourth, d, rates);
    }
    [first, second, third, fourth]
}

/// Adds what one step hears of the rates before it.
fn add_coupling(kernel: &[f32], before: &[[f32; LANES]], drive: &mut [f32; LANES]) {
    for (weight, rates) in kernel.iter().zip(before.iter().rev()) {
        add_scaled(drive, *weight, rates);
    }
}

/// Adds `weight rates`; inlined, to be compiled for the instruction set of its caller.
#[inline(always)]
fn add_scaled(sums: &mut [f32; LANES], weight: f32, rates: &[f32; LANES]) {
    for (sum, rate) in sums.iter_mut().zip(rates) {
        *sum += weight * rate;
    }
}

fn rate_of(neuron: &Neuron, state: &[f32; LANES]) -> [f32; LANES] {
    let mut rates = [0.0; LANES];
    neuron.transfer.apply(state, &mut rates);
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_blocks_of_steps_hear_is_the_convolution() {
        let kernel: Vec<f32> = (0..37).map(|lag| (1.0 + lag as f32).recip()).collect();
        let rates: Vec<[f32; LANES]> = (0..101)
            .map(|step| std::array::from_fn(|lane| ((step * 7 + lane * 3) as f32).sin()))
            .collect();
        let mut padded = kernel.clone();
        padded.resize(kernel.len() + BLOCK, 0.0);
        for start in [0, 8, 48, 88] {
            let heard = hear(&padded, &rates[..start]);
            // The plain twin: the same order, one number after the other.
            for (later, sums) in heard.iter().enumerate() {
                for (lane, sum) in sums.iter().enumerate() {
                    let terms = 0..start.min(kernel.len() + 1);
                    let plain = terms.fold(0.0_f32, |sum, back| {
                        sum + padded[back + later] * rates[start - 1 - back][lane]
                    });
                    assert_eq!(
                        sum.to_bits(),
                        plain.to_bits(),
                        "from step {start}, {later} later, lane {lane}"
                    );
                }
            }
            for (step, mut drive) in (start..).zip(heard) {
                add_coupling(&padded, &rates[start..step], &mut drive);
                for (lane, found) in drive.iter().enumerate() {
                    let expected: f64 = (1..=kernel.len().min(step))
                        .map(|lag| f64::from(kernel[lag - 1]) * f64::from(rates[step - lag][lane]))
                        .sum();
                    assert!(
                        (f64::from(*found) - expected).abs() < 1e-5,
                        "step {step}, lane {lane}"
                    );
                }
            }
        }
    }
}
