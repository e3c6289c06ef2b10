//! What a neuron hears of its own past: a convolution of its rates with a kernel of hundreds of steps, as a sum of a few
//! exponentials that are carried along.
//!
//! The exponentials are found by the matrix pencil (Hua and Sarkar, IEEE Trans. Acoust. Speech Signal Process. 38, 814,
//! 1990): the singular vectors of a Hankel matrix of the kernel, shifted by one sample, are multiplied by them. Rates are
//! at most 1, so that the sum of all errors of the kernel bounds that of what is heard; where it is not within
//! `TOLERANCE`, the sum is taken as it stands.

use multiversion::multiversion;
use numerics::{Complex, Matrix};

use super::draws::LANES;

/// Largest error of what is heard, for rates of 1, per the sum of the kernel's magnitudes.
const TOLERANCE: f64 = 1e-5;
/// Most exponentials; a pair of complex ones counts twice.
const MOST: usize = 24;
/// About so many samples of the kernel are given to the matrix pencil.
const SAMPLES: usize = 64;

/// A way to convolve rates with a kernel.
#[derive(Clone, Debug)]
pub enum Past {
    /// By exponentials `Re(weight decay^(h - 1))`, h = 1, 2, ... steps back, that add up to the kernel.
    Exponentials(Vec<Exponential>),
    /// By the kernel as it stands.
    Direct(Vec<f32>),
}

/// A term of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct Exponential {
    decay: Complex<f32>,
    weight: Complex<f32>,
}

/// What a neuron remembers of its rates, of [`LANES`] paths.
#[derive(Clone, Debug)]
pub(super) enum Memory {
    /// What each exponential has heard so far: real and imaginary parts.
    Traces(Vec<[[f32; LANES]; 2]>),
    /// All rates so far.
    Rates(Vec<[f32; LANES]>),
}

impl Past {
    /// Of the kernel at 1, 2, ... steps back: exponentials if they are good enough.
    pub fn new(kernel: &[f64]) -> Self {
        match fit(kernel, TOLERANCE) {
            Some(exponentials) => Self::Exponentials(exponentials),
            None => Self::direct(kernel),
        }
    }

    /// Of the kernel as it stands.
    pub fn direct(kernel: &[f64]) -> Self {
        Self::Direct(kernel.iter().map(|&value| value as f32).collect())
    }

    /// Memory of a past in which nothing was heard.
    pub(super) fn memory(&self) -> Memory {
        match self {
            Self::Exponentials(exponentials) => Memory::Traces(vec![[[0.0; LANES]; 2]; exponentials.len()]),
            Self::Direct(_) => Memory::Rates(Vec::new()),
        }
    }

    /// Remembers the rates of one step, and adds to the drive what is heard of all so far.
    #[inline(always)]
    pub(super) fn hear(&self, rates: &[f32; LANES], memory: &mut Memory, drive: &mut [f32; LANES]) {
        match (self, memory) {
            (Self::Exponentials(exponentials), Memory::Traces(traces)) => {
                follow(exponentials, rates, traces, drive);
            }
            (Self::Direct(kernel), Memory::Rates(before)) => {
                before.push(*rates);
                convolve(kernel, before, drive);
            }
            // A memory is asked for where it came from.
            _ => drive.fill(f32::NAN),
        }
    }
}

#[inline(always)]
fn follow(
    exponentials: &[Exponential],
    rates: &[f32; LANES],
    traces: &mut [[[f32; LANES]; 2]],
    drive: &mut [f32; LANES],
) {
    for (Exponential { decay, weight }, [re, im]) in exponentials.iter().zip(traces) {
        if decay.im == 0.0 {
            for lane in 0..LANES {
                re[lane] = decay.re * re[lane] + rates[lane];
                drive[lane] += weight.re * re[lane];
            }
        } else {
            for lane in 0..LANES {
                let (a, b) = (re[lane], im[lane]);
                re[lane] = decay.re * a - decay.im * b + rates[lane];
                im[lane] = decay.re * b + decay.im * a;
                drive[lane] += weight.re * re[lane] - weight.im * im[lane];
            }
        }
    }
}

/// Adds the kernel times the rates before, the last of which it begins with.
#[multiversion(targets = "simd")]
pub(super) fn convolve(kernel: &[f32], before: &[[f32; LANES]], drive: &mut [f32; LANES]) {
    let mut sums = [0.0; LANES];
    for (weight, rates) in kernel.iter().zip(before.iter().rev()) {
        for (sum, rate) in sums.iter_mut().zip(rates) {
            *sum += weight * rate;
        }
    }
    drive.iter_mut().zip(&sums).for_each(|(drive, sum)| *drive += sum);
}

/// The fewest exponentials within a share of the sum of the kernel's magnitudes.
fn fit(kernel: &[f64], tolerance: f64) -> Option<Vec<Exponential>> {
    let total: f64 = kernel.iter().map(|value| value.abs()).sum();
    if total == 0.0 {
        return Some(Vec::new());
    }
    // A handful of terms costs as much directly.
    if !total.is_finite() || kernel.len() < 2 * MOST {
        return None;
    }
    let stride = kernel.len().div_ceil(SAMPLES);
    let samples: Vec<f64> = kernel.iter().step_by(stride).copied().collect();
    let columns = samples.len() / 2;
    let hankel = Matrix::from_fn(samples.len() - columns, columns + 1, |i, j| samples[i + j]);
    let vectors = hankel.right_singular_vectors()?;
    (1..=MOST.min(columns)).find_map(|count| {
        let before = vectors.part(0..columns, 0..count);
        let after = vectors.part(1..columns + 1, 0..count);
        let decays = before.least_squares(&after).eigenvalues()?;
        let decays: Vec<Complex<f64>> = decays
            .into_iter()
            // One of each pair. What is on the negative axis cannot be told apart between two samples.
            .filter(|decay| decay.im > 0.0 || (decay.im == 0.0 && decay.re > 0.0))
            .map(|decay| decay.powf(1.0 / stride as f64))
            .filter(|decay| decay.norm() < 1.0)
            .collect();
        let (weights, error) = weigh(kernel, &decays)?;
        (error < tolerance * total).then(|| {
            let single = |value: Complex<f64>| Complex::new(value.re as f32, value.im as f32);
            let terms = decays.iter().zip(&weights);
            terms
                .map(|(&decay, &weight)| Exponential {
                    decay: single(decay),
                    weight: single(weight),
                })
                .collect()
        })
    })
}

/// The weights of given exponentials by least squares, and the bound of the error of what is heard.
fn weigh(kernel: &[f64], decays: &[Complex<f64>]) -> Option<(Vec<Complex<f64>>, f64)> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for decay in decays {
        let powers = || std::iter::successors(Some(Complex::new(1.0, 0.0)), |power| Some(power * decay));
        basis.push(powers().take(kernel.len()).map(|power| power.re).collect());
        if decay.im != 0.0 {
            basis.push(powers().take(kernel.len()).map(|power| -power.im).collect());
        }
    }
    if basis.is_empty() {
        return None;
    }
    let matrix = Matrix::from_fn(kernel.len(), basis.len(), |row, column| basis[column][row]);
    let solution = matrix.least_squares(&Matrix::from_rows(kernel, kernel.len(), 1));
    let mut coefficients = (0..basis.len()).map(|row| solution[(row, 0)]);
    let weights: Vec<Complex<f64>> = decays
        .iter()
        .map(|decay| {
            let re = coefficients.next().unwrap_or(f64::NAN);
            let im = if decay.im == 0.0 {
                Some(0.0)
            } else {
                coefficients.next()
            };
            Complex::new(re, im.unwrap_or(f64::NAN))
        })
        .collect();
    let fitted = matrix.times(&solution);
    let within: f64 = kernel
        .iter()
        .enumerate()
        .map(|(row, value)| (value - fitted[(row, 0)]).abs())
        .sum();
    // Beyond the end of the kernel the exponentials go on; and they are carried along in single precision.
    let beyond = decays.iter().zip(&weights).map(|(decay, weight)| {
        let whole = weight.norm() / (1.0 - decay.norm());
        whole * (decay.norm().powi(kernel.len() as i32) + f64::from(f32::EPSILON))
    });
    let error = within + beyond.sum::<f64>();
    error.is_finite().then_some((weights, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(past: &Past, rates: &[[f32; LANES]]) -> Vec<[f32; LANES]> {
        let mut memory = past.memory();
        rates
            .iter()
            .map(|rates| {
                let mut drive = [0.0; LANES];
                past.hear(rates, &mut memory, &mut drive);
                drive
            })
            .collect()
    }

    #[test]
    fn exponentials_hear_what_the_sum_hears() {
        // Kernels as they occur: the trace of the synapses times a covariance that decays, and one that swings.
        let covariances: [fn(f64) -> f64; 2] = [
            |time| 0.7 / (time / 8.0).cosh(),
            |time| 0.3 * (-time / 3.0).exp() * (1.2 * time).cos() / (1.0 + time).sqrt(),
        ];
        let rates: Vec<[f32; LANES]> = (0..2000)
            .map(|step| std::array::from_fn(|lane| ((step * (7 + lane) + lane * 3) as f32 * 0.01).sin()))
            .collect();
        for covariance in covariances {
            let kernel: Vec<f64> = (1..570)
                .map(|lag| 0.02 * 0.98_f64.powi(lag - 1) * covariance(f64::from(lag) * 0.05))
                .collect();
            let total: f64 = kernel.iter().map(|value| value.abs()).sum();
            let past = Past::new(&kernel);
            let Past::Exponentials(terms) = &past else {
                panic!("no fit")
            };
            assert!(terms.len() <= 8, "{}", terms.len());
            // What is heard of a single rate of 1 is the kernel: six exponentials have it within 1e-6 of its peak.
            let close = fit(&kernel, 2e-6).unwrap();
            assert!(close.len() <= 6, "{}", close.len());
            let mut single = vec![[0.0; LANES]; kernel.len()];
            single[0] = [1.0; LANES];
            let peak = kernel.iter().fold(0.0, |peak: f64, value| peak.max(value.abs()));
            for (heard, value) in heard(&Past::Exponentials(close), &single).iter().zip(&kernel) {
                assert!((f64::from(heard[0]) - value).abs() < 1e-6 * peak);
            }
            let direct = heard(&Past::direct(&kernel), &rates);
            for (fitted, direct) in heard(&past, &rates).iter().zip(&direct) {
                for (fitted, direct) in fitted.iter().zip(direct) {
                    assert!(f64::from((fitted - direct).abs()) < TOLERANCE * total + 1e-6);
                }
            }
        }
    }

    #[test]
    fn the_sum_is_the_convolution() {
        let kernel: Vec<f64> = (0..37).map(|lag| (1.0 + f64::from(lag)).recip()).collect();
        let rates: Vec<[f32; LANES]> = (0..101)
            .map(|step| std::array::from_fn(|lane| ((step * 7 + lane * 3) as f32).sin()))
            .collect();
        for (step, drive) in heard(&Past::direct(&kernel), &rates).iter().enumerate() {
            for (lane, found) in drive.iter().enumerate() {
                let expected: f64 = (0..kernel.len().min(step + 1))
                    .map(|lag| kernel[lag] * f64::from(rates[step - lag][lane]))
                    .sum();
                assert!(
                    (f64::from(*found) - expected).abs() < 1e-5,
                    "step {step}, lane {lane}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_sum_of_exponentials_is_summed_as_it_stands() {
        let noise: Vec<f64> = (0..400)
            .map(|lag: u32| f64::from(lag.wrapping_mul(2_654_435_761) >> 8))
            .collect();
        assert!(matches!(Past::new(&noise), Past::Direct(_)));
        assert!(matches!(Past::new(&[0.5; 10]), Past::Direct(_)));
        assert!(matches!(Past::new(&[0.0; 400]), Past::Exponentials(terms) if terms.is_empty()));
    }
}
