//! Rates, states, speed and plastic couplings of a network at even intervals of a run.

use super::arrays::Array;
use super::trajectory::{Input, run_driven};
use crate::networks::Simulation;
use crate::watch::Watch;
use crate::{Refusal, Stopped};

/// What is kept of a network at each sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// The rates phi(x).
    Rates,
    /// The states x.
    States,
    /// Rms over all neurons of dx/dt in the last step.
    Speed,
    /// The plastic couplings A.
    Plastic,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rates, Self::States, Self::Speed, Self::Plastic];

    /// Its name: "phi", "x", "speed", "A".
    pub fn name(self) -> &'static str {
        match self {
            Self::Rates => "phi",
            Self::States => "x",
            Self::Speed => "speed",
            Self::Plastic => "A",
        }
    }

    /// The quantity of that name.
    pub fn named(name: &str) -> Result<Self, Refusal> {
        let found = Self::ALL.into_iter().find(|quantity| quantity.name() == name);
        found.ok_or_else(|| Refusal::because("record", name, "is not one of phi, x, speed and A"))
    }

    /// Numbers of it in a sample of so many neurons.
    fn count(self, neurons: usize) -> Option<usize> {
        match self {
            Self::Rates | Self::States => Some(neurons),
            Self::Speed => Some(1),
            Self::Plastic => neurons.checked_mul(neurons),
        }
    }
}

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
        if self.every == 0 {
            return Err(Refusal::below("every", 0, 1));
        }
        for (at, quantity) in self.quantities.iter().enumerate() {
            if self.quantities[..at].contains(quantity) {
                return Err(Refusal::because("record", quantity.name(), "is asked for twice"));
            }
        }
        let mut neurons = self.neurons.iter().flatten();
        match neurons.find(|&&neuron| neuron >= n) {
            Some(neuron) => Err(Refusal::above("neurons", neuron, n - 1)),
            None => Ok(()),
        }
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
        input: &mut dyn Input,
        watch: &dyn Watch,
    ) -> Result<Recording, Stopped> {
        self.check(simulation.n())?;
        let neurons = self.neurons.as_ref().map_or(simulation.n(), Vec::len);
        let mut recording = Recording {
            steps: Vec::new(),
            neurons,
            samples: self.room(steps, neurons)?,
        };
        let (mut values, mut states) = (Vec::new(), Vec::new());
        run_driven(simulation, steps, input, watch, |step, network| {
            if step.is_multiple_of(self.every) {
                recording.steps.push(step);
                for (quantity, samples) in &mut recording.samples {
                    match quantity {
                        Quantity::Rates => {
                            network.copy_rates(&mut values);
                            self.pick(&values, samples);
                        }
                        Quantity::States => {
                            network.copy_state(&mut states);
                            values.clear();
                            values.extend(states.iter().map(|&x| x as f32));
                            self.pick(&values, samples);
                        }
                        Quantity::Speed => samples.push(network.speed().rms as f32),
                        Quantity::Plastic => {
                            self.pick_couplings(&network.couplings().1, network.n(), samples)
                        }
                    }
                }
            }
            Ok(())
        })?;
        Ok(recording)
    }

    /// Room for all samples, asked for before the first step.
    fn room(&self, steps: u64, neurons: usize) -> Result<Vec<(Quantity, Vec<f32>)>, Refusal> {
        let samples = steps / self.every;
        let room = |quantity: &Quantity| {
            let mut room = Vec::new();
            let count = usize::try_from(samples)
                .ok()?
                .checked_mul(quantity.count(neurons)?)?;
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

    fn pick(&self, values: &[f32], samples: &mut Vec<f32>) {
        match &self.neurons {
            None => samples.extend_from_slice(values),
            Some(neurons) => samples.extend(neurons.iter().map(|&neuron| values[neuron])),
        }
    }

    fn pick_couplings(&self, plastic: &[f64], n: usize, samples: &mut Vec<f32>) {
        match &self.neurons {
            None => samples.extend(plastic.iter().map(|&a| a as f32)),
            Some(neurons) => {
                let pairs = neurons.iter().flat_map(|&i| neurons.iter().map(move |&j| (i, j)));
                samples.extend(pairs.map(|(i, j)| plastic[i * n + j] as f32));
            }
        }
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
            }
        }));
        arrays
    }
}

#[cfg(test)]
mod tests;
