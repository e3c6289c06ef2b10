//! The arrays of what was seen.

use std::path::{Path, PathBuf};

use freezable_chaos::Plasticity;

use super::Sample;
use crate::output::{Arrays, OutputError};

/// Samples on their way into a file.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    samples: Vec<Sample>,
}

impl Recording {
    /// Takes a sample.
    pub fn push(&mut self, sample: &Sample) {
        self.samples.push(sample.clone());
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is none yet.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// Writes `step`, `frozen` (0 or 1), `speed`, `overlap`, `missed`, `dropped` and `step_nanoseconds`, one value per
    /// sample, and `rates` of shape (samples, neurons): a neuron that a sample lacks, after another network was started, is
    /// not a number.
    pub fn write(&self, path: &Path) -> Result<(), OutputError> {
        let count = self.samples.len();
        let neurons = self
            .samples
            .iter()
            .map(|sample| sample.activity.len())
            .max()
            .unwrap_or(0);
        let rate = |sample: &Sample, neuron: usize| {
            sample
                .activity
                .get(neuron)
                .map_or(f32::NAN, |&rate| f32::from(rate) / 127.0)
        };
        let rates = self
            .samples
            .iter()
            .flat_map(|sample| (0..neurons).map(move |neuron| rate(sample, neuron)));
        let numbers = |value: fn(&Sample) -> u64| self.samples.iter().map(value).collect::<Vec<u64>>();
        let floats = |value: fn(&Sample) -> f32| self.samples.iter().map(value).collect::<Vec<f32>>();
        let mut arrays = Arrays::new();
        arrays
            .u64("step", &[count], numbers(|sample| sample.step))?
            .u64(
                "frozen",
                &[count],
                numbers(|sample| u64::from(sample.plasticity == Plasticity::Frozen)),
            )?
            .f32("speed", &[count], floats(|sample| sample.speed))?
            .f32("overlap", &[count], floats(|sample| sample.overlap))?
            .u64("missed", &[count], numbers(|sample| sample.timing.missed.into()))?
            .u64(
                "dropped",
                &[count],
                numbers(|sample| sample.timing.dropped.into()),
            )?
            .u64(
                "step_nanoseconds",
                &[count],
                numbers(|sample| sample.timing.last_step.into()),
            )?
            .f32("rates", &[count, neurons], rates.collect())?;
        arrays.write(path)
    }
}

/// The first of `monitor-1.npz`, `monitor-2.npz`, ... that is not in a folder yet.
pub fn next_path(folder: &Path) -> PathBuf {
    let mut paths = (1_u64..).map(|number| folder.join(format!("monitor-{number}.npz")));
    paths
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join("monitor.npz"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::ArrayFile;
    use freezable_chaos::frames::Timing;

    #[test]
    fn what_was_seen_is_read_back_and_no_file_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let mut recording = Recording::default();
        for (step, activity) in [(20, vec![127, -127]), (40, vec![0])] {
            recording.push(&Sample {
                step,
                plasticity: if step == 40 {
                    Plasticity::Frozen
                } else {
                    Plasticity::Running
                },
                speed: 0.5,
                overlap: -0.25,
                activity,
                timing: Timing {
                    missed: 3,
                    ..Timing::default()
                },
            });
        }
        let path = next_path(folder.path());
        assert!(path.ends_with("monitor-1.npz"));
        recording.write(&path).unwrap();
        assert!(next_path(folder.path()).ends_with("monitor-2.npz"));
        let mut file = ArrayFile::open(&path).unwrap();
        let mut numbers = |name| file.read::<u64>(name, &["report"]).unwrap();
        assert_eq!(numbers("step"), (vec![2], vec![20, 40]));
        assert_eq!(numbers("frozen").1, [0, 1]);
        assert_eq!(numbers("missed").1, [3, 3]);
        assert_eq!(
            file.read::<f32>("overlap", &["report"]).unwrap().1,
            [-0.25, -0.25]
        );
        let (shape, rates) = file.read::<f32>("rates", &["report", "neuron"]).unwrap();
        assert_eq!((shape, &rates[..3]), (vec![2, 2], &[1.0, -1.0, 0.0][..]));
        assert!(rates[3].is_nan());
    }
}
