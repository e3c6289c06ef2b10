//! Samples of a network at even intervals of a run, in memory.

mod sample;

pub use sample::{Quantity, Sampler};

use super::arrays::Array;
use super::trajectory::{InputSource, run_driven};
use crate::networks::Simulation;
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// What is recorded, how often, and of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorder {
    /// What is kept; each once.
    pub quantities: Vec<Quantity>,
    /// Steps between two samples; the first is taken after as many.
    pub every: u64,
    /// The neurons, in this order; all if `None`. The speed is that of all.
    pub neurons: Option<Vec<usize>>,
}

/// A run that was recorded, in single precision.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Steps of the run before each sample.
    pub steps: Vec<u64>,
    /// Neurons of a sample.
    pub neurons: usize,
    /// The samples of each quantity asked for, one after the other.
    pub samples: Vec<(Quantity, Vec<f32>)>,
}

impl Recorder {
    /// Checks what is asked for against `n` neurons.
    pub fn check(&self, n: usize) -> Result<(), Refusal> {
        self.sampler(n).map(|_| ())
    }

    fn sampler(&self, n: usize) -> Result<Sampler, Refusal> {
        if self.every == 0 {
            return Err(Refusal::below("every", 0, 1));
        }
        Sampler::new(&self.quantities, self.neurons.as_deref(), n)
    }

    /// Steps a network and keeps the samples.
    ///
    /// # Errors
    ///
    /// Refuses what [`check`](Self::check) does, and samples for which there is no memory, before the first step. A run that
    /// ends early leaves the network where it is.
    pub fn run(
        &self,
        simulation: &mut dyn Simulation,
        steps: u64,
        input: &mut dyn InputSource,
        watch: &dyn Watch,
    ) -> Result<Recording, Stopped> {
        let mut sampler = self.sampler(simulation.n())?;
        let neurons = self.neurons.as_ref().map_or(simulation.n(), Vec::len);
        let mut recording = Recording {
            steps: Vec::new(),
            neurons,
            samples: self.room(steps, neurons)?,
        };
        run_driven(simulation, steps, input, watch, |step, network| {
            if !step.is_multiple_of(self.every) {
                return Ok(());
            }
            recording.steps.push(step);
            sampler.take(network, |quantity, values| {
                let mut samples = recording.samples.iter_mut();
                if let Some((_, samples)) = samples.find(|(of, _)| *of == quantity) {
                    samples.extend(values.map(|value| value as f32));
                }
                Ok(())
            })
        })?;
        Ok(recording)
    }

    /// Room for all samples, asked for before the first step.
    fn room(&self, steps: u64, neurons: usize) -> Result<Vec<(Quantity, Vec<f32>)>, Refusal> {
        let samples = steps / self.every;
        let room = |quantity: &Quantity| {
            let mut room = Vec::new();
            let count = usize::try_from(quantity.samples(samples)).ok()?;
            let axes = quantity.axes(neurons);
            let count = axes.into_iter().try_fold(count, usize::checked_mul)?;
            room.try_reserve_exact(count).ok()?;
            Some((*quantity, room))
        };
        let all: Option<Vec<_>> = self.quantities.iter().map(room).collect();
        all.ok_or_else(|| {
            let words =
                format!("steps make {samples} samples of {neurons} neurons, for which there is no memory");
            Refusal::because("every", self.every, words)
        })
    }
}

impl Recording {
    /// Named arrays; `time` gives the time after so many steps of the run.
    pub fn into_arrays(self, time: impl Fn(u64) -> f64) -> Vec<Array> {
        let (samples, neurons) = (("time", self.steps.len()), self.neurons);
        let times: Vec<f64> = self.steps.iter().map(|&step| time(step)).collect();
        let mut arrays = vec![Array::new("t", "times of the samples", &[samples], times).in_units("time")];
        arrays.extend(self.samples.into_iter().map(|(quantity, values)| {
            let name = quantity.name();
            let neuron = ("neuron", neurons);
            match quantity {
                Quantity::Rates => Array::new(name, "rates phi(x)", &[samples, neuron], values),
                Quantity::States => Array::new(name, "states x", &[samples, neuron], values),
                Quantity::Speed => {
                    Array::new(name, "rms over neurons of dx/dt", &[samples], values).in_units("1/time")
                }
                Quantity::Plastic => {
                    let axes = [samples, neuron, ("from_neuron", neurons)];
                    Array::new(name, "plastic couplings A_ij, from j on i", &axes, values)
                }
                Quantity::Quenched => {
                    // Of no sample there is no row.
                    let rows = values.len() / neurons.max(1);
                    let axes = [("neuron", rows), ("from_neuron", neurons)];
                    Array::new(name, "quenched couplings J_ij, from j on i", &axes, values)
                }
            }
        }));
        arrays
    }
}

#[cfg(test)]
mod tests;
