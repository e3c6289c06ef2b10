//! External input of the neurons: a series of one's own, white noise, or both.

use std::sync::Arc;

use freezable_chaos::random::Randomness;
use freezable_chaos::{ByteSink, Fnv1a, Generator};
use serde::Serialize;

use crate::{Refusal, Stopped};

/// Numbers of one's own in rows, shared by the networks of an ensemble. Their JSON form is the digest: FNV-1a over the
/// little-endian bits, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    columns: usize,
    values: Arc<[f32]>,
}

impl Table {
    /// Takes rows of so many values each; refuses by that name what has no row, a row that is not whole, and a value that
    /// is not finite.
    pub fn new(name: &'static str, columns: usize, values: impl Into<Arc<[f32]>>) -> Result<Self, Refusal> {
        let values = values.into();
        if columns == 0 || values.is_empty() || !values.len().is_multiple_of(columns) {
            let words = format!("values do not make rows of {columns}");
            return Err(Refusal::because(name, values.len(), words));
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            let words = format!(
                "in row {}, column {} is not a finite number",
                at / columns,
                at % columns
            );
            return Err(Refusal::because(name, values[at], words));
        }
        Ok(Self { columns, values })
    }

    /// Values in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// The row of that number.
    pub fn row(&self, row: usize) -> Option<&[f32]> {
        self.values.get(row * self.columns..(row + 1) * self.columns)
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Tells tables apart.
    pub fn digest(&self) -> u64 {
        let mut digest = Fnv1a::new();
        self.values
            .iter()
            .for_each(|value| digest.put(&value.to_le_bytes()));
        digest.digest()
    }
}

impl Serialize for Table {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:016x}", self.digest()))
    }
}

/// The input `I_i(t)` of `dx/dt = -x + (J + A) phi(x) + I`, the same for every network but for its noise.
///
/// It begins with the first step of a run, in the burn-in. All sums are of single precision, in the order of the channels:
/// the bits are the same on every machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Input {
    /// One row for each interval: a value for each neuron, or for each channel where there are weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    series: Option<Table>,
    /// N rows, one value for each channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    weights: Option<Table>,
    /// Steps for which a row stays.
    steps_of_row: u64,
    /// Whether the series begins again after its last row; else the input is then zero.
    repeats: bool,
    /// Strength sigma of white noise: `sigma dW` is added to every `x_i`, with independent Wiener processes W.
    noise: f32,
}

impl Default for Input {
    /// No input.
    fn default() -> Self {
        Self {
            series: None,
            weights: None,
            steps_of_row: 1,
            repeats: false,
            noise: 0.0,
        }
    }
}

impl Input {
    /// A series with a row for every step, which has a value for every neuron.
    pub fn series(series: Table) -> Self {
        Self {
            series: Some(series),
            ..Self::default()
        }
    }

    /// A series of channels: `I_i` is the sum over channels c of `weights[i][c] series[t][c]`.
    pub fn channels(series: Table, weights: Table) -> Result<Self, Refusal> {
        if weights.columns() != series.columns() {
            let words = format!("is not the number of channels of the input, {}", series.columns());
            return Err(Refusal::because("input_weights", weights.columns(), words));
        }
        Ok(Self {
            weights: Some(weights),
            ..Self::series(series)
        })
    }

    /// Keeps each row for so many steps.
    pub fn every(self, steps: u64) -> Result<Self, Refusal> {
        if steps == 0 {
            return Err(Refusal::below("input_every", steps, 1));
        }
        Ok(Self {
            steps_of_row: steps,
            ..self
        })
    }

    /// Begins again after the last row.
    pub fn repeating(self) -> Self {
        Self {
            repeats: true,
            ..self
        }
    }

    /// Adds white noise of strength `sigma`, the standard deviation that x alone would gather in one neuronal time constant
    /// if it did not decay.
    pub fn with_noise(self, sigma: f32) -> Result<Self, Refusal> {
        if !(0.0..=1e6).contains(&sigma) {
            return Err(Refusal::outside("noise", sigma, 0.0, 1e6));
        }
        Ok(Self { noise: sigma, ..self })
    }

    /// Whether it is none at all.
    pub fn is_none(&self) -> bool {
        self.series.is_none() && self.noise == 0.0
    }

    /// Refuses a series that is not for so many neurons.
    pub(super) fn check(&self, n: usize) -> Result<(), Refusal> {
        if let Some(weights) = &self.weights {
            if weights.rows() != n {
                let words = format!("is not the number of neurons, {n}");
                return Err(Refusal::because("input_weights", weights.rows(), words));
            }
        } else if let Some(series) = &self.series
            && series.columns() != n
        {
            let words = format!("is not the number of neurons, {n}, and there are no weights for channels");
            return Err(Refusal::because("input", series.columns(), words));
        }
        Ok(())
    }

    /// What the series gives in a step, counted from 0.
    fn row(&self, step: u64) -> Option<&[f32]> {
        let series = self.series.as_ref()?;
        let row = step / self.steps_of_row;
        let rows = series.rows() as u64;
        let row = if self.repeats { row % rows } else { row };
        (row < rows).then(|| series.row(row as usize))?
    }

    /// Writes the input of a step, counted from 0.
    fn write(&self, step: u64, amplitude: f32, noise: &mut Generator, input: &mut [f32]) {
        match (self.row(step), &self.weights) {
            (None, _) => input.fill(0.0),
            (Some(row), None) => input.copy_from_slice(row),
            (Some(row), Some(weights)) => {
                for (input, weights) in input.iter_mut().zip(weights.values().chunks_exact(row.len())) {
                    *input = 0.0;
                    for (weight, channel) in weights.iter().zip(row) {
                        *input += weight * channel;
                    }
                }
            }
        }
        if self.noise > 0.0 {
            for input in input {
                *input += amplitude * noise.gaussian();
            }
        }
    }
}

/// Where the input of one network is.
#[derive(Clone, Debug)]
pub struct Current {
    input: Input,
    /// Of the noise, in one step: `sigma / sqrt dt`.
    amplitude: f32,
    beginning: Generator,
    noise: Generator,
    step: u64,
    values: Vec<f32>,
}

impl Current {
    /// The input of a network before its first step; the generator is its noise's.
    pub(super) fn new(input: &Input, n: usize, dt: f32, noise: Generator) -> Self {
        Self {
            input: input.clone(),
            // The root in double precision is that of IEEE-754, hence the same everywhere.
            amplitude: (f64::from(input.noise) / f64::from(dt).sqrt()) as f32,
            beginning: noise.clone(),
            noise,
            step: 0,
            values: vec![0.0; n],
        }
    }

    /// The input of the next step.
    pub(super) fn next(&mut self) -> &mut [f32] {
        self.input
            .write(self.step, self.amplitude, &mut self.noise, &mut self.values);
        self.step += 1;
        &mut self.values
    }

    /// The input of the next step, and another that is added to it.
    pub(super) fn next_with(&mut self, other: Option<&[f32]>) -> Result<&[f32], Stopped> {
        let n = self.values.len();
        let input = self.next();
        if let Some(other) = other {
            if other.len() != n {
                let words = format!("is not the number of neurons, {n}");
                return Err(Refusal::because("input", other.len(), words).into());
            }
            for (input, other) in input.iter_mut().zip(other) {
                *input += other;
            }
        }
        Ok(input)
    }

    pub(super) fn begin(&mut self) {
        (self.step, self.noise) = (0, self.beginning.clone());
    }
}

#[cfg(test)]
mod tests;
