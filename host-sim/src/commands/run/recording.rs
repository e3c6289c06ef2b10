//! Trajectories that are recorded while networks run: streamed to disk, so that memory does not grow with time.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use science::estimators::Precision;
use science::measure::activity::Observe;
use science::measure::recording::{Quantity, Sampler};
use science::networks::{Ensemble, Simulation};
use science::{Refusal, Stopped};
use serde::Serialize;

use crate::failure::Failure;
use crate::output::npz::Streamed;
use crate::output::{Arrays, OutputError};

/// What to record, how often, of which neurons.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) quantities: Vec<Quantity>,
    /// Steps between two samples.
    pub(super) stride: u64,
    pub(super) neurons: Vec<usize>,
}

impl Plan {
    /// Takes the samples of one network; refuses what cannot be sampled.
    fn sampler(&self, of: &Ensemble) -> Result<Sampler, Refusal> {
        Sampler::new(&self.quantities, Some(&self.neurons), of.network.n)
    }

    /// Refuses what cannot be sampled.
    pub(super) fn check(&self, of: &Ensemble) -> Result<(), Refusal> {
        self.sampler(of).map(|_| ())
    }

    /// Samples of a run, the state before the first step among them.
    fn samples(&self, of: &Ensemble) -> u64 {
        (of.burn_in_steps() + of.window_steps()) / self.stride + 1
    }

    /// Bytes on disk before they are compressed, of all networks.
    pub(super) fn bytes(&self, of: &Ensemble) -> u64 {
        let numbers = |quantity: &Quantity| {
            let axes = quantity.axes(self.neurons.len());
            let sample: u64 = axes.into_iter().map(|axis| axis as u64).product();
            sample.saturating_mul(quantity.samples(self.samples(of)))
        };
        let each: u64 = self.quantities.iter().map(numbers).sum();
        each.saturating_mul(width(of) * u64::from(of.networks))
    }
}

/// Bytes of a number as it is computed.
fn width(of: &Ensemble) -> u64 {
    match of.network.precision {
        Precision::F32 => 4,
        Precision::F64 => 8,
    }
}

/// Records all networks of a run.
pub(super) struct Recorder {
    plan: Plan,
    networks: Vec<Mutex<Tape>>,
    folder: PathBuf,
    times: Vec<f64>,
    precision: Precision,
}

/// The files that one network's samples go to.
struct Tape {
    sampler: Sampler,
    columns: Vec<(Quantity, Column)>,
}

/// Numbers on their way to a file, little-endian.
struct Column {
    file: BufWriter<File>,
    precision: Precision,
}

impl Column {
    fn extend(&mut self, values: &mut dyn Iterator<Item = f64>) -> io::Result<()> {
        for value in values {
            match self.precision {
                Precision::F32 => self.file.write_all(&(value as f32).to_le_bytes())?,
                Precision::F64 => self.file.write_all(&value.to_le_bytes())?,
            }
        }
        Ok(())
    }
}

impl Recorder {
    /// Opens the files of all networks in an empty folder.
    pub(super) fn begin(plan: Plan, of: &Ensemble, folder: PathBuf) -> Result<Self, Failure> {
        let samples = plan.samples(of);
        let sampler = plan.sampler(of)?;
        let tape = |index: u32| -> Result<Mutex<Tape>, OutputError> {
            let column = |&quantity: &Quantity| {
                let path = file(&folder, index, quantity);
                let column = Column {
                    file: BufWriter::new(File::create(&path).map_err(OutputError::at(&path))?),
                    precision: of.network.precision,
                };
                Ok((quantity, column))
            };
            let columns: Result<_, OutputError> = plan.quantities.iter().map(column).collect();
            Ok(Mutex::new(Tape {
                sampler: sampler.clone(),
                columns: columns?,
            }))
        };
        Ok(Self {
            networks: (0..of.networks).map(tape).collect::<Result<_, _>>()?,
            times: (0..samples)
                .map(|sample| of.network.time(sample * plan.stride))
                .collect(),
            precision: of.network.precision,
            plan,
            folder,
        })
    }

    /// Makes one file of arrays of each network: `record-0.npz`.
    pub(super) fn publish(&self, out: &Path, kind: &str, params: &impl Serialize) -> Result<(), Failure> {
        let neurons: Vec<u64> = self.plan.neurons.iter().map(|&neuron| neuron as u64).collect();
        for index in 0..self.networks.len() as u32 {
            let mut arrays = Arrays::new();
            arrays.f64("time", &[self.times.len()], self.times.clone())?;
            arrays.u64("neuron", &[neurons.len()], neurons.clone())?;
            let streamed = |&quantity: &Quantity| {
                let times = (quantity != Quantity::Quenched).then_some(self.times.len());
                let axes = times.into_iter().chain(quantity.axes(neurons.len()));
                Streamed {
                    name: quantity.name(),
                    shape: axes.map(|axis| axis as u64).collect(),
                    precision: self.precision,
                    path: file(&self.folder, index, quantity),
                }
            };
            let further: Vec<Streamed<'_>> = self.plan.quantities.iter().map(streamed).collect();
            arrays
                .made_with(kind, params)?
                .write_with(&out.join(format!("record-{index}.npz")), &further)?;
        }
        Ok(())
    }

    fn tape(&self, index: u32) -> Option<MutexGuard<'_, Tape>> {
        let tape = self.networks.get(index as usize)?;
        Some(tape.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn file(folder: &Path, index: u32, quantity: Quantity) -> PathBuf {
    folder.join(format!("{index}-{}", quantity.name()))
}

impl Tape {
    fn sample(&mut self, network: &dyn Simulation) -> io::Result<()> {
        let Self { sampler, columns } = self;
        sampler.take(network, |quantity, values| {
            let mut columns = columns.iter_mut();
            match columns.find(|(of, _)| *of == quantity) {
                Some((_, column)) => column.extend(values),
                None => Ok(()),
            }
        })
    }
}

impl Observe for Recorder {
    fn look(&self, index: u32, step: u64, network: &dyn Simulation) -> Result<(), Stopped> {
        if !step.is_multiple_of(self.plan.stride) {
            return Ok(());
        }
        match self.tape(index) {
            Some(mut tape) => tape.sample(network).map_err(|error| self.failed(error)),
            None => Ok(()),
        }
    }

    fn end(&self, index: u32, _network: &dyn Simulation) -> Result<(), Stopped> {
        let Some(mut tape) = self.tape(index) else {
            return Ok(());
        };
        let mut columns = tape.columns.iter_mut();
        columns
            .try_for_each(|(_, column)| column.file.flush())
            .map_err(|error| self.failed(error))
    }

    fn bytes(&self, of: &Ensemble) -> u64 {
        self.plan
            .sampler(of)
            .map_or(0, |sampler| sampler.bytes(of.network.n))
    }
}

impl Recorder {
    fn failed(&self, error: io::Error) -> Stopped {
        Stopped::Outside(Box::new(Failure::from(OutputError::at(&self.folder)(error))))
    }
}

/// Neurons by number, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neurons(pub Vec<usize>);

impl Serialize for Neurons {
    /// As one types them.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let numbers: Vec<String> = self.0.iter().map(usize::to_string).collect();
        serializer.serialize_str(&numbers.join(","))
    }
}

/// Reads a list of neurons: `0,5,10-19`.
pub(super) fn neurons(text: &str) -> Result<Neurons, String> {
    let one = |part: &str| -> Option<std::ops::RangeInclusive<usize>> {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        (first <= last && last < freezable_chaos::NEURON_LIMIT).then_some(first..=last)
    };
    let mut found = Vec::new();
    for part in text.split(',') {
        let range = one(part).ok_or_else(|| format!("{part:?} is neither a neuron nor a range of them"))?;
        found.extend(range);
    }
    found.sort_unstable();
    found.dedup();
    Ok(Neurons(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_neurons_are_read() {
        assert_eq!(neurons("7,0, 3-5,4"), Ok(Neurons(vec![0, 3, 4, 5, 7])));
        for wrong in ["", "a", "3-", "5-3", "1,,2", "0-99999999999"] {
            assert!(neurons(wrong).is_err(), "{wrong}");
        }
    }
}
